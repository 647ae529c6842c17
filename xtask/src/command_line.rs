//! What may be written after `cargo xtask`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::bench::Table;
use crate::conformance::{self, Place};
use crate::suite::Suite;

pub(crate) const USAGE: &str = "\
The project's own commands. Each first installs what it needs and the machine lacks.

cargo xtask serve [--port 8080] [--open]   build the playground, serve it and print its address
cargo xtask test [suite...]                run every test, or the named suites, and print a summary
cargo xtask conformance [option...]        run what CPython's own tests assert, and print row by row what holds where
cargo xtask bench <table> [option...]      measure side by side with the peers; `bench threads --help` names the options
cargo xtask chaos [--seconds 60] [--seed N]  good and hostile tasks on processes while their workers are killed
cargo xtask races [name...]                run the native tests, or those of such names, under ThreadSanitizer
cargo xtask lighthouse                     measure the page's first load, accessibility and good practice
cargo xtask build                          build the playground into www/dist
cargo xtask dist [--out folder]            build the playground for static hosts, into www/dist-static
cargo xtask setup [--tests]                only install, for the playground or for the tests too
cargo xtask env                            print the environment in which plain cargo builds for the browser

Suites: fmt clippy doc native python models chaos web-chromium web-firefox page e2e-chromium e2e-firefox
Tables: threads process web
Options of conformance: --native, --browser chromium|firefox (only there), --no-run (judge the last runs again),
                        --markdown FILE, --json FILE
";

/// One command with its options.
pub(crate) enum Task {
    /// Installs what is missing, for the tests too if asked.
    Setup { tests: bool },
    /// Builds the page.
    Build,
    /// Builds the page for static hosts, into this folder.
    Dist { out: Option<PathBuf> },
    /// Builds and serves the page, at this port or the next free one.
    Serve { port: u16, open: bool },
    /// Runs these suites, in this order.
    Test { suites: Vec<Suite> },
    /// Runs the scenarios and joins them with the table of CPython's tests.
    Conformance { options: conformance::Options },
    /// Measures a table; its own program reads the options.
    Bench { table: Table, options: Vec<OsString> },
    /// Lets good and hostile tasks loose on processes; its own program reads the options.
    Chaos { options: Vec<OsString> },
    /// Runs the native tests under ThreadSanitizer; the test programs read the options.
    Races { options: Vec<OsString> },
    /// Measures the page as Lighthouse does.
    Lighthouse,
    /// Prints the environment of browser builds.
    Env,
    /// Prints the usage.
    Help,
}

impl Task {
    /// Reads the process's arguments.
    pub(crate) fn parse() -> Result<Self> {
        Self::parse_from(lexopt::Parser::from_env())
    }

    fn parse_from(mut arguments: lexopt::Parser) -> Result<Self> {
        let mut task = match arguments.next()? {
            None | Some(Short('h') | Long("help")) => return Ok(Self::Help),
            Some(Value(name)) => match name.string()?.as_str() {
                "setup" => Self::Setup { tests: false },
                "build" => Self::Build,
                "dist" => Self::Dist { out: None },
                "serve" => Self::Serve { port: 8080, open: false },
                "test" => Self::Test { suites: Vec::new() },
                "conformance" => return Self::parse_conformance(arguments),
                "chaos" => return Ok(Self::Chaos { options: arguments.raw_args()?.collect() }),
                "races" => return Ok(Self::Races { options: arguments.raw_args()?.collect() }),
                "bench" => return Self::parse_bench(arguments),
                "lighthouse" => Self::Lighthouse,
                "env" => Self::Env,
                "help" => Self::Help,
                other => bail!("no command is called `{other}`; `cargo xtask help` lists them"),
            },
            Some(other) => return Err(other.unexpected().into()),
        };
        while let Some(argument) = arguments.next()? {
            match (&mut task, argument) {
                (_, Short('h') | Long("help")) => return Ok(Self::Help),
                (Self::Setup { tests }, Long("tests")) => *tests = true,
                (Self::Dist { out }, Long("out")) => *out = Some(arguments.value()?.into()),
                (Self::Serve { port, .. }, Long("port")) => *port = arguments.value()?.parse()?,
                (Self::Serve { open, .. }, Long("open")) => *open = true,
                (Self::Test { suites }, Value(name)) => suites.push(Suite::named(&name.string()?)?),
                (_, argument) => return Err(argument.unexpected().into()),
            }
        }
        if let Self::Test { suites } = &mut task
            && suites.is_empty()
        {
            suites.extend(Suite::ALL);
        }
        Ok(task)
    }

    fn parse_conformance(mut arguments: lexopt::Parser) -> Result<Self> {
        let mut options = conformance::Options::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("native") => options.places.push(Place::Native),
                Long("browser") => options.places.push(match arguments.value()?.string()?.as_str() {
                    "chromium" => Place::Chromium,
                    "firefox" => Place::Firefox,
                    other => bail!("no browser is called `{other}`; there are chromium and firefox"),
                }),
                Long("no-run") => options.reuse = true,
                Long("markdown") => options.markdown = Some(arguments.value()?.into()),
                Long("json") => options.json = Some(arguments.value()?.into()),
                argument => return Err(argument.unexpected().into()),
            }
        }
        Ok(Self::Conformance { options })
    }

    fn parse_bench(mut arguments: lexopt::Parser) -> Result<Self> {
        match arguments.next()? {
            Some(Value(name)) => {
                let table = Table::named(&name.string()?)?;
                Ok(Self::Bench { table, options: arguments.raw_args()?.collect() })
            }
            Some(Short('h') | Long("help")) => Ok(Self::Help),
            Some(other) => Err(other.unexpected().into()),
            None => bail!("`cargo xtask bench` takes a table: {}", Table::names()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Task> {
        Task::parse_from(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn port_and_open_are_read() {
        let task = parse(&["serve", "--open", "--port=9000"]).unwrap();
        assert!(matches!(task, Task::Serve { port: 9000, open: true }));
    }

    #[test]
    fn the_folder_of_a_static_build_is_read() {
        assert!(matches!(parse(&["dist"]).unwrap(), Task::Dist { out: None }));
        let Ok(Task::Dist { out }) = parse(&["dist", "--out", "site"]) else { panic!("a dist task") };
        assert_eq!(out, Some("site".into()));
    }

    #[test]
    fn no_suite_means_all() {
        let Ok(Task::Test { suites }) = parse(&["test"]) else { panic!("a test task") };
        assert_eq!(suites, Suite::ALL);
    }

    #[test]
    fn bench_leaves_options_to_its_program() {
        let Ok(Task::Bench { table, options }) = parse(&["bench", "process", "--rounds", "3"]) else {
            panic!("a bench task")
        };
        assert_eq!((table, options), (Table::Process, vec!["--rounds".into(), "3".into()]));
    }

    #[test]
    fn conformance_options_are_read() {
        let task = parse(&["conformance", "--native", "--browser=firefox", "--no-run", "--markdown", "a.md"]);
        let Ok(Task::Conformance { options }) = task else { panic!("a conformance task") };
        let expected = conformance::Options {
            places: vec![Place::Native, Place::Firefox],
            reuse: true,
            markdown: Some("a.md".into()),
            json: None,
        };
        assert_eq!(options, expected);
        assert!(parse(&["conformance", "--browser", "lynx"]).is_err());
    }

    #[test]
    fn unknown_words_are_refused() {
        assert!(parse(&["tset"]).is_err());
        assert!(parse(&["test", "natve"]).is_err());
        assert!(parse(&["build", "--open"]).is_err());
        assert!(parse(&["bench"]).is_err());
        assert!(parse(&["bench", "proces"]).is_err());
    }
}
