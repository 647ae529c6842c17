//! How a run's process is started.

use examples::Example;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{self, Stdio};
use tokio::process::{Child, Command};

/// A run, as a page has ordered it and the server has checked it.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) run: u32,
    pub(super) example: String,
    pub(super) parameters: BTreeMap<String, f64>,
}

impl Order {
    /// Checks that there is such an example, and that it has such parameters; what values they may have, it says itself.
    pub(super) fn check(&self) -> Result<(), String> {
        let Some(example) = examples::find(&self.example) else {
            return Err(format!("there is no example `{}`", self.example));
        };
        match self.parameters.keys().find(|name| !has_parameter(example, name)) {
            Some(name) => Err(format!("the example `{}` has no parameter `{name}`", example.id)),
            None => Ok(()),
        }
    }
}

fn has_parameter(example: &Example, name: &str) -> bool {
    example.parameters.iter().any(|parameter| parameter.name == name)
}

/// The command that runs are.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    program: PathBuf,
    arguments: Arguments,
    /// Where the examples find something to download.
    site: String,
}

#[derive(Debug, Clone)]
enum Arguments {
    /// Those that make this program run the example that is ordered.
    Ordered,
    /// These, whatever is ordered: programs that misbehave, for tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests start other programs"))]
    Fixed(Vec<OsString>),
}

impl Launch {
    /// Runs are processes of this same program.
    pub(super) fn of_this_program(site: &str) -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, arguments: Arguments::Ordered, site: site.to_owned() })
    }

    /// Runs are processes of another program.
    #[cfg(test)]
    pub(super) fn of(program: &str, arguments: &[&str]) -> Self {
        let arguments = Arguments::Fixed(arguments.iter().map(OsString::from).collect());
        Self { program: program.into(), arguments, site: String::new() }
    }

    /// Starts the process of a run, as the first of a group. It ends with this process: it is killed when the handle is dropped,
    /// and it asks the system for the same should this process be killed.
    pub(super) fn start(&self, order: &Order) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        match &self.arguments {
            Arguments::Ordered => {
                command.args(["run", &order.example, "--json"]);
                command.arg(format!("--supervised={}", process::id()));
                let values = order.parameters.iter().map(|(name, value)| format!("--set={name}={value}"));
                command.args(values);
            }
            Arguments::Fixed(arguments) => {
                command.args(arguments);
            }
        }
        command.env("PLAYGROUND_SITE", &self.site);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }
}
