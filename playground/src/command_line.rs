//! The command line: runs examples natively, and tells the page's build what there is.

use crate::python_file::Options;
use crate::{python_file, server, supervised};
use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use examples::{EXAMPLES, Values};
use playground::{Event, Outcome, Stream};
use std::env;
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

/// Python's concurrent.futures in Rust: the tutorial's examples on threads and processes.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs an example, or a Python program.
    Run {
        /// The example's name, as `list` prints it; or a file that ends in `.py`, or `-` for a program from the standard input.
        example: String,
        /// Writes every event of the run instead, one JSON object a line.
        #[arg(long)]
        json: bool,
        /// Changes a parameter, as `--set max_workers=2`; `list` names them.
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
        values: Vec<(String, f64)>,
        /// Writes a trace of a Python program's run to that file, for the viewers of Chrome traces.
        #[arg(long, value_name = "FILE", conflicts_with = "json")]
        trace: Option<PathBuf>,
        /// A Python program's own arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
        /// The process that runs this one and tells how it ends; without it, neither goes on.
        #[arg(long, hide = true, value_name = "PROCESS")]
        supervised: Option<u32>,
        /// Runs the Python program that the first line of the standard input has as a JSON string, under the example's name.
        #[arg(long, hide = true, requires = "supervised")]
        source: bool,
    },
    /// Serves the playground to browsers on this machine, with runs on its own threads and processes.
    Serve(server::Options),
    /// Names the examples and their parameters.
    List,
    /// Writes what the page shows of the examples, as JSON.
    Catalog,
    /// Writes the TypeScript types of events and catalog.
    Types,
}

pub(crate) fn main() -> Result<()> {
    python_file::prepare();
    concurrent_futures::init();
    examples::http::set_site(site);
    match Arguments::parse().command {
        Command::Run { example, json, trace, arguments, supervised: None, .. }
            if python_file::is_program(&example) =>
        {
            python_file::run_file(&example, Options { json, trace, arguments })
        }
        Command::Run { example, json, values, supervised: None, .. } => {
            run(&example, json, &values.into_iter().collect())
        }
        Command::Run { example, supervised: Some(parent), source: true, .. } => {
            supervised::run_python(&example, parent)
        }
        Command::Run { example, values, supervised: Some(parent), .. } => {
            supervised::run(&example, &values.into_iter().collect(), parent)
        }
        Command::Serve(options) => server::serve(options),
        Command::List => print(&list()),
        Command::Catalog => print(&(serde_json::to_string_pretty(&playground::catalog())? + "\n")),
        Command::Types => print(&playground::typescript()),
    }
}

/// Where examples download from: the site that the environment names, else endpoints of this program's own.
fn site() -> Result<String, Box<dyn Error>> {
    match env::var("PLAYGROUND_SITE") {
        Ok(site) => Ok(site),
        Err(_) => Ok(server::endpoints::serve_in_background()?),
    }
}

/// Runs the example on this thread while another writes, so that a slow terminal delays no task.
fn run(example: &str, json: bool, values: &Values) -> Result<()> {
    let (sender, events) = mpsc::channel();
    let writer = thread::spawn(move || write(&events, json));
    playground::run(example, values, Box::new(move |event| drop(sender.send(event))))?;
    let outcome = writer.join().ok().context("the writing thread panicked")??;
    match outcome {
        Some(Outcome::Failed { error, .. }) if !json => bail!(error),
        Some(Outcome::Failed { .. }) => std::process::exit(1),
        _ => Ok(()),
    }
}

/// Writes events until the run is over and returns how it ended.
fn write(events: &mpsc::Receiver<Event>, json: bool) -> Result<Option<Outcome>> {
    let mut outcome = None;
    for event in events {
        let line = match &event {
            _ if json => serde_json::to_string(&event)? + "\n",
            Event::Text { stream: Stream::Stdout, text, .. } => text.clone(),
            Event::Text { stream: Stream::Stderr, text, .. } => {
                std::io::stderr().write_all(text.as_bytes())?;
                String::new()
            }
            _ => String::new(),
        };
        print(&line)?;
        if let Event::RunEnded { outcome: ended, .. } = event {
            outcome = Some(ended);
        }
    }
    Ok(outcome)
}

/// Writes to the standard output at once; a reader that has gone away is an error, not a panic.
fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

fn list() -> String {
    let mut list = String::new();
    for example in EXAMPLES {
        list += &format!("{:<20} {}\n", example.id, example.title);
        for parameter in example.parameters {
            let (name, default) = (parameter.name, parameter.default);
            list += &format!(
                "    {:<20} {} to {}, {}\n",
                format!("{name}={default}"),
                parameter.min,
                parameter.max,
                parameter.label
            );
        }
    }
    list
}

/// Parses `name=value`.
fn assignment(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, as max_workers=2")?;
    let value = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
    Ok((name.to_owned(), value))
}
