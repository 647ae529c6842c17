//! The model: CPython's executors, driven by the scripts in `python`.

use std::path::Path;
use std::process::Command;

use crate::contest::Contestant;
use crate::script::Script;

const NAME: &str = "CPython";
const PYTHON: &str = "python3";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// The version that takes part.
pub(crate) fn version() -> Option<String> {
    let output = Command::new(PYTHON).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// A contestant that does the work of this name in this script, `count` units of it in a turn.
pub(crate) fn contestant(
    script: &'static str,
    work: impl Into<String>,
    workers: usize,
    count: usize,
) -> Contestant {
    let work = work.into();
    Contestant::new(NAME, count, move || {
        let mut command = Command::new(PYTHON);
        command.arg(Path::new(FOLDER).join(script)).arg(work);
        command.arg(workers.to_string()).arg(count.to_string());
        let mut script = Script::start(&mut command)?;
        Ok(Box::new(move || script.measure("")))
    })
}
