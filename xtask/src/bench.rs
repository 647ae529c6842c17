//! Measures what the executors cost, next to their peers.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// A table of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// `ProcessPoolExecutor`.
    Process,
}

impl Table {
    const ALL: [Self; 1] = [Self::Process];

    /// The name on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|table| table.name() == name);
        found.with_context(|| format!("no table is called `{name}`; there are {}", Self::names()))
    }

    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

/// Builds the bench as its users would build their programs, and runs it: the table goes to standard output.
pub(crate) fn run(workspace: &Workspace, table: Table, options: &[OsString]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    // The folder stays the user's, since options name files; so the workspace must be named.
    cargo.args(["run", "--release", "--quiet", "--package", "bench", "--manifest-path"]);
    cargo.arg(workspace.root.join("Cargo.toml")).args(["--", table.name()]);
    // The last of its kind counts, so the user's own may follow.
    cargo.arg("--svg").arg(workspace.target.join(format!("bench/{}.svg", table.name())));
    cargo.args(options);
    process::run(&mut cargo)
}
