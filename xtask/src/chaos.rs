//! The program that lets good and hostile tasks loose on processes.

use std::ffi::OsString;
use std::process::Command;

use crate::workspace::Workspace;

/// Builds it and runs it.
pub(crate) fn command(workspace: &Workspace, options: &[OsString]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--release", "--quiet", "--package", "chaos", "--"]).args(options);
    cargo.current_dir(&workspace.root);
    cargo
}
