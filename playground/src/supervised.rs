//! A run in a process of its own, which the server has started for it.

use crate::python_file;
use anyhow::{Context as _, Result};
use examples::Values;
use playground::{Event, Outcome};
use std::io::{BufRead as _, Write as _};
use std::sync::mpsc;
use std::thread;

/// Runs the example and writes its events, one JSON object a line; `parent` is the process that reads them.
pub(crate) fn run(example: &str, values: &Values, parent: u32) -> Result<()> {
    end_with(parent);
    let ends_process = examples::find(example).is_some_and(|example| example.page_only);
    let outcome = if ends_process {
        // What happens right before the end is told as well: each event is written before the task goes on.
        playground::run_supervised(example, values, Box::new(|event| drop(write(&event))))?;
        None
    } else {
        let (sender, events) = mpsc::channel();
        // A thread of its own, so that a slow reader delays no task.
        let writer = thread::spawn(move || write_all(&events));
        playground::run_supervised(example, values, Box::new(move |event| drop(sender.send(event))))?;
        writer.join().ok().context("the writing thread panicked")??
    };
    match outcome {
        Some(Outcome::Failed { .. }) => std::process::exit(1),
        _ => Ok(()),
    }
}

/// Runs the Python program whose source the parent sends, and writes its events as [`run`] does.
pub(crate) fn run_python(example: &str, parent: u32) -> Result<()> {
    end_with(parent);
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("no program was sent")?;
    let source: String =
        serde_json::from_str(&line).context("the program that was sent is no JSON string")?;
    let (sender, events) = mpsc::channel();
    let writer = thread::spawn(move || write_all(&events));
    python_file::run_recorded(example, &source, Box::new(move |event| drop(sender.send(event))));
    match writer.join().ok().context("the writing thread panicked")?? {
        Some(Outcome::Failed { .. }) => std::process::exit(1),
        _ => Ok(()),
    }
}

fn write(event: &Event) -> Result<()> {
    let line = serde_json::to_string(event)? + "\n";
    Ok(std::io::stdout().lock().write_all(line.as_bytes())?)
}

/// Writes events until the run is over and returns how it ended. What has come together is written together.
fn write_all(events: &mpsc::Receiver<Event>) -> Result<Option<Outcome>> {
    let mut stdout = std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout().lock());
    let mut outcome = None;
    while let Ok(event) = events.recv() {
        let mut next = Some(event);
        while let Some(event) = next {
            serde_json::to_writer(&mut stdout, &event)?;
            stdout.write_all(b"\n")?;
            if let Event::RunEnded { outcome: ended, .. } = event {
                outcome = Some(ended);
            }
            next = events.try_recv().ok();
        }
        stdout.flush()?;
        // What the program has left behind may keep the other end of the channel for longer than the run.
        if outcome.is_some() {
            break;
        }
    }
    Ok(outcome)
}

/// Has this process killed when its parent dies, however that happens. The system counts from here on, so a parent that is dead
/// already is looked for.
#[cfg(target_os = "linux")]
fn end_with(parent: u32) {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    // A system that refuses leaves the run to its limits.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let now = getppid().and_then(|now| u32::try_from(now.as_raw_nonzero().get()).ok());
    if now != Some(parent) {
        std::process::exit(1);
    }
}

/// Elsewhere the run notices when nobody reads what it writes.
#[cfg(not(target_os = "linux"))]
fn end_with(_: u32) {}
