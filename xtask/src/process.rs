//! Running other programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a wait looks whether the program has ended.
const POLL: Duration = Duration::from_millis(50);

/// Finds a program on PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// The value of PATH that makes other programs find the folder of `program` first.
pub(crate) fn path_starting_with(program: &Path) -> Result<OsString> {
    let folder = program.parent().map(Path::to_path_buf);
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(folder.into_iter().chain(env::split_paths(&path)))?)
}

/// What the program prints on standard output, or nothing if it cannot start or fails.
pub(crate) fn answer(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs the program with its output on this terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    check(command, status)
}

/// Runs the program like [`run`], and ends it when the limit is over.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return check(command, status);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("{} took more than {} s", shown(command), limit.as_secs());
        }
        thread::sleep(POLL);
    }
}

/// Runs the program and returns what it prints on standard output; its errors go to this terminal.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    check(command, output.status)?;
    Ok(output.stdout)
}

/// Runs the program and passes each line of its output, both streams in their order, on to this terminal and to
/// `read`.
pub(crate) fn stream(mut command: Command, mut read: impl FnMut(&str)) -> Result<ExitStatus> {
    let name = shown(&command);
    // A pipe is no terminal, so programs would drop their colours; cargo can be told.
    if io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let (reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    // The command holds the pipe's writing ends, and the reader would never see its end while they are open.
    drop(command);

    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(line.as_bytes())?;
                stdout.flush()?;
                read(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // A browser that outlives its driver keeps the pipe open; the program's own end is what counts.
            Err(RecvTimeoutError::Timeout) if child.try_wait()?.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    Ok(child.wait()?)
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// The command as one would type it: the program by its file name, then the arguments.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    let text: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    format!("`{}`", text.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_arrive_in_order() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo three"]);
        let mut lines = Vec::new();
        assert!(stream(command, |line| lines.push(line.to_owned())).unwrap().success());
        assert_eq!(lines, ["one\n", "two\n", "three\n"]);
    }

    #[test]
    fn lingering_grandchild_is_not_waited_for() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 30 & echo done"]);
        let start = Instant::now();
        stream(command, |_| ()).unwrap();
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn limit_ends_the_program() {
        let error = run_within(Command::new("sleep").arg("30"), Duration::from_millis(100)).unwrap_err();
        assert_eq!(error.to_string(), "`sleep 30` took more than 0 s");
    }
}
