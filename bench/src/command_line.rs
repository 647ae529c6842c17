//! The command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser, Subcommand};

use crate::process::{self, Peer};
use crate::report::{self, Report};
use crate::{threads, web};

/// Measures the executors side by side with their peers.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// `ThreadPoolExecutor` and `WorkStealingExecutor`, next to rayon, tokio, `threadpool`, `futures`, `blocking`,
    /// plain threads and CPython.
    Threads(Options),
    /// `ProcessPoolExecutor`, next to `procspawn`, CPython, a bare socket pair and bare pipes.
    Process(Options),
    /// The executors in a browser, next to rayon in wasm, the npm package `workerpool`, and themselves on this machine.
    Web(web::Options),
    /// The other end of a bare peer, started by this program itself.
    #[command(hide = true)]
    Peer {
        #[command(subcommand)]
        peer: Peer,
    },
}

/// How to measure, and where to write what comes out besides the table on standard output.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many times each contestant has its turn.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// A smoke test: little work and two rounds. Its figures mean nothing.
    #[arg(long, conflicts_with = "rounds")]
    pub(crate) quick: bool,
    /// Measures only the rows that have this in their name.
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Writes every single figure, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draws the ratios as bars.
    #[arg(long, value_name = "FILE", overrides_with = "svg")]
    svg: Option<PathBuf>,
}

const QUICK_ROUNDS: usize = 2;

pub(crate) fn main() -> ExitCode {
    match perform(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Says whether this project's own contestants all finished; a missed target is no failure, on a machine that others
/// use.
fn perform(command: Command) -> Result<bool> {
    match command {
        Command::Peer { peer } => peer.run().map(|()| true),
        Command::Threads(options) => options.publish(&threads::measure(&options)),
        Command::Process(options) => options.publish(&process::measure(&options)),
        Command::Web(options) => options.common.publish(&web::measure(&options)?),
    }
}

impl Options {
    pub(crate) fn rounds(&self) -> usize {
        if self.quick { QUICK_ROUNDS } else { self.rounds as usize }
    }

    /// Prints and writes the report; returns whether it is complete.
    fn publish(&self, report: &Report) -> Result<bool> {
        let only = self.only.as_deref().unwrap_or_default();
        ensure!(!report.rows.is_empty(), "no row has `{only}` in its name");
        print!("{}", report::markdown::write(report));
        if let Some(path) = &self.json {
            let text = serde_json::to_string_pretty(report)? + "\n";
            make_folder(path)?;
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(path) = &self.svg {
            make_folder(path)?;
            let plot = report::plot::draw(report, path);
            plot.with_context(|| format!("cannot draw {}", path.display()))?;
            eprintln!("    the plot is {}", path.display());
        }
        Ok(report.is_complete())
    }
}

fn make_folder(file: &Path) -> Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
