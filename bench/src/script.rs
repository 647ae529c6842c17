//! A contestant that is another program: it does its work once for each line that it is sent.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Deserialize;

/// The running program; it ends with its standard input.
pub(crate) struct Script {
    name: String,
    child: Child,
    output: BufReader<ChildStdout>,
}

/// A line of its output.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// The work is done: what it took, in seconds or in bytes.
    Took(f64),
    /// It cannot be done.
    Error(String),
    /// The program is ready: what it is.
    Ready(String),
}

impl Script {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow!("there is no {name} here"),
            _ => anyhow!("cannot start {name}: {error}"),
        })?;
        let output = child.stdout.take().context("no pipe to the script")?;
        Ok(Self { name, child, output: BufReader::new(output) })
    }

    /// Waits for a program that says first what it is.
    pub(crate) fn introduction(&mut self) -> Result<String> {
        match self.answer()? {
            Answer::Ready(name) => Ok(name),
            Answer::Error(reason) => bail!("{reason}"),
            Answer::Took(_) => bail!("{} does not say what it is", self.name),
        }
    }

    /// Has the work done once; the request is one line, and may be empty. Returns what it took.
    pub(crate) fn measure(&mut self, request: &str) -> Result<f64> {
        let input = self.child.stdin.as_mut().context("no pipe to the script")?;
        writeln!(input, "{request}").with_context(|| format!("{} does not listen", self.name))?;
        match self.answer()? {
            Answer::Took(figure) => Ok(figure),
            Answer::Ready(name) => bail!("{name} is ready, once more"),
            Answer::Error(reason) => bail!("{reason}"),
        }
    }

    fn answer(&mut self) -> Result<Answer> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        ensure!(!line.is_empty(), "{} has ended", self.name);
        serde_json::from_str(&line).with_context(|| format!("{} says {line:?}", self.name))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // Closes the script's input before it waits.
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell that answers every line with this.
    fn answering(text: &str) -> Script {
        let script = format!("while read -r line; do echo '{text}'; done");
        Script::start(Command::new("sh").args(["-c", &script])).unwrap()
    }

    #[test]
    fn figures_and_errors_are_read() {
        assert_eq!(answering(r#"{"took": 0.25}"#).measure("").unwrap(), 0.25);
        let error = answering(r#"{"error": "no such work"}"#).measure("").unwrap_err();
        assert_eq!(error.to_string(), "no such work");
        let error = answering("Segmentation fault").measure("").unwrap_err();
        assert!(error.to_string().contains("says \"Segmentation fault"), "{error}");
    }

    #[test]
    fn ended_and_missing_programs_are_told() {
        let mut ended = Script::start(Command::new("sh").args(["-c", "read -r line"])).unwrap();
        assert_eq!(ended.measure("").unwrap_err().to_string(), "sh has ended");
        let missing = Script::start(&mut Command::new("no-such-program")).map(|_| ()).unwrap_err();
        assert_eq!(missing.to_string(), "there is no no-such-program here");
    }
}
