//! The command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::process::{self, Peer};
use crate::report::{self, Report};

/// Measures the executors side by side with their peers.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// `ProcessPoolExecutor`, next to `procspawn`, CPython, a bare socket pair and bare pipes.
    Process(Options),
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
    pub(crate) rounds: u32,
    /// A smoke test: little work and two rounds. Its figures mean nothing.
    #[arg(long, conflicts_with = "rounds")]
    pub(crate) quick: bool,
    /// Measures only the rows that have this in their name.
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Writes every single figure, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the plot goes.
    #[arg(long, value_name = "FILE", default_value = "target/bench/process.svg", overrides_with = "svg")]
    svg: PathBuf,
}

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

/// Says whether this project's own contestants all finished; a missed target is no failure, on a machine that others use.
fn perform(command: Command) -> Result<bool> {
    match command {
        Command::Peer { peer } => peer.run().map(|()| true),
        Command::Process(options) => {
            let report = process::measure(&options);
            print!("{}", report::markdown::write(&report));
            options.write(&report)?;
            Ok(report.is_complete())
        }
    }
}

impl Options {
    fn write(&self, report: &Report) -> Result<()> {
        if let Some(path) = &self.json {
            let text = serde_json::to_string_pretty(report)? + "\n";
            make_folder(path)?;
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        make_folder(&self.svg)?;
        let plot = report::plot::draw(report, &self.svg);
        plot.with_context(|| format!("cannot draw {}", self.svg.display()))?;
        eprintln!("    the plot is {}", self.svg.display());
        Ok(())
    }
}

fn make_folder(file: &Path) -> Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
