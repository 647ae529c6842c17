//! The model: CPython's `ProcessPoolExecutor`, driven by `python/process.py`.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde::Deserialize;

use super::{Contestant, turn};

const NAME: &str = "CPython";
const PYTHON: &str = "python3";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/process.py");

/// The version that takes part.
pub(super) fn version() -> Option<String> {
    let output = Command::new(PYTHON).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// A contestant that does the work of this name in the script.
pub(super) fn contestant(work: &'static str, workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, move || {
        let mut script = Script::start(work, workers, count)?;
        turn(move || script.measure())
    })
}

/// A line of the script's output.
#[derive(Debug, Deserialize)]
struct Measurement {
    seconds: f64,
}

/// The running script; it ends with its standard input.
struct Script {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Script {
    fn start(work: &str, workers: usize, count: usize) -> Result<Self> {
        let mut command = Command::new(PYTHON);
        command.arg(SCRIPT).arg(work).arg(workers.to_string()).arg(count.to_string());
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow!("there is no {PYTHON} here"),
            _ => anyhow!("cannot start {PYTHON}: {error}"),
        })?;
        let output = child.stdout.take().context("no pipe to the script")?;
        Ok(Self { child, output: BufReader::new(output) })
    }

    /// Has the work done once.
    fn measure(&mut self) -> Result<Duration> {
        let input = self.child.stdin.as_mut().context("no pipe to the script")?;
        input.write_all(b"\n")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the script has ended");
        let measurement: Measurement =
            serde_json::from_str(&line).with_context(|| format!("the script says {line:?}"))?;
        Ok(Duration::try_from_secs_f64(measurement.seconds)?)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // Closes the script's input before it waits.
        let _ = self.child.wait();
    }
}
