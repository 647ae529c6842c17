//! `run program.py` without the feature `python`.

use anyhow::{Result, bail};
use playground::Emit;
use std::path::{Path, PathBuf};

/// What may follow the file's name.
#[expect(dead_code, reason = "what it says goes into no run")]
pub(crate) struct Options {
    /// Writes every event instead, one JSON object a line.
    pub(crate) json: bool,
    /// Where a trace of the run is written.
    pub(crate) trace: Option<PathBuf>,
    /// `sys.argv[1:]`.
    pub(crate) arguments: Vec<String>,
}

/// Whether `run` is to run a Python program by that name, and no example.
pub(crate) fn is_program(name: &str) -> bool {
    name == "-" || Path::new(name).extension().is_some_and(|extension| extension == "py")
}

/// There is nothing to prepare.
pub(crate) fn prepare() {}

/// Is never called: the server refuses such a run before.
pub(crate) fn run_recorded(_: &str, _: &str, _: Emit) {}

/// Says that this executable cannot run the program.
pub(crate) fn run_file(name: &str, _: Options) -> Result<()> {
    bail!(
        "`{name}` is a Python program, which this executable was built without: build it with `--features python`"
    )
}
