//! The project's own commands, run as `cargo xtask <command>`.
//!
//! A fresh machine needs rustup's cargo, git, node and npm; each command installs whatever else it needs before it
//! starts. The pattern is [cargo-xtask](https://github.com/matklad/cargo-xtask): the commands are a Rust program in the
//! workspace, so they need no shell and no tool that would have to be installed first.
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod chaos;
mod command_line;
mod conformance;
mod debian;
mod failures;
mod fingerprint;
mod lighthouse;
mod models;
mod node;
mod page;
mod process;
mod progress;
mod races;
mod serve;
mod setup;
mod stack_check;
mod suite;
mod tally;
mod test;
mod tool;
mod toolchain;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

use command_line::{Task, USAGE};
use setup::Needs;
use toolchain::Toolchain;
use workspace::Workspace;

fn main() -> ExitCode {
    match Task::parse().and_then(perform) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // The alternate form joins the causes into one sentence.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Performs one command and says whether all went well: only tests can fail without an error.
fn perform(task: Task) -> Result<bool> {
    let workspace = Workspace::find()?;
    match task {
        Task::Setup { tests } => {
            let needs = if tests { Needs::EVERYTHING } else { Needs::PAGE };
            setup::ensure(&workspace, needs)?;
        }
        Task::Build => {
            let tools = setup::ensure(&workspace, Needs::PAGE)?;
            page::build(&workspace, &tools)?;
        }
        Task::Dist { out } => {
            let tools = setup::ensure(&workspace, Needs::PAGE)?;
            page::dist(&workspace, &tools, out)?;
        }
        Task::Serve { port, open } => serve::until_interrupted(&workspace, port, open)?,
        Task::Test { suites } => return test::run(&workspace, &suites),
        Task::Conformance { options } => return conformance::run(&workspace, &options),
        Task::Bench { table, options } => bench::run(&workspace, table, &options)?,
        Task::Chaos { options } => process::run(&mut chaos::command(&workspace, &options))?,
        Task::Races { options } => process::run(&mut races::command(&workspace, &options)?)?,
        Task::Lighthouse => lighthouse::run(&workspace)?,
        Task::Env => {
            for (name, value) in Toolchain::ensure()?.environment(&workspace) {
                println!("export {name}='{}'", value.display());
            }
        }
        Task::Help => print!("{USAGE}"),
    }
    Ok(true)
}
