//! Writes a run down in the Trace Event Format, which Perfetto and `chrome://tracing` show.

mod export;
mod format;
mod record;
#[cfg(test)]
mod tests;

use self::record::{Aside, Records};
use super::{Event, Observer};
use crate::sync::{Mutex, lock};
use std::fmt;
use std::io::{self, BufWriter, Write};
use web_time::Instant;

/// Records what executors do, for a viewer of traces.
///
/// Given to an executor, or to all that a scope makes, it keeps the run in memory; [`write_to`](Self::write_to) and
/// [`to_json`](Self::to_json) give it in the [Trace Event Format], at any time and as often as wanted. Open the file at
/// <https://ui.perfetto.dev>, or in Chromium at `chrome://tracing`.
///
/// # What is to be seen
///
/// * Each executor is a process, and each of its workers a thread with the worker's name. A task is a slice of its worker's; one
///   that a waiting worker runs itself lies within the one that waits.
/// * A slice has the arguments `task` (the [id](crate::Future::id)), `outcome` and `queued_us`, the time between submitting and
///   starting, and if it failed `error`; it is then red and of the category `failed`. One that is still running has no end.
/// * An arrow goes from where a task was submitted to where it began. It leaves from a slice `submit`, whose length means
///   nothing, within the task that submitted it, or on the lane of the submitting thread; those of threads that are no workers
///   are in a process `program`.
/// * Instants tell that an executor was made and shut down, that a worker started, ended, was lost, or took a lost one's place,
///   and that a task was cancelled, expired or failed before it began.
///
/// # Memory
///
/// What is kept is bounded: the latest [100,000](Self::DEFAULT_LIMIT) tasks that are done, as many instants, and whatever is not
/// done; of an error's text, 1,000 characters; and a few words for each executor and each submitting thread. That is
/// some 25 MB, and in a file some 45 MB. [`dropped`](Self::dropped) tells how much was let go, and the file says so.
///
/// # Example
///
/// ```
#[doc = "# mod concurrent_futures { include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/doctest/threads.rs\")); }"]
/// use concurrent_futures::observer::{ChromeTrace, with_observer};
/// use concurrent_futures::{Executor, ThreadPoolExecutor};
/// use std::sync::Arc;
///
/// fn double(n: u32) -> u32 {
///     2 * n
/// }
///
/// let trace = Arc::new(ChromeTrace::new());
/// with_observer(trace.clone(), || {
///     let pool = ThreadPoolExecutor::new(2)?;
///     assert_eq!(pool.submit(double, 21)?.result()?, &42);
///     Ok::<(), Box<dyn std::error::Error>>(())
/// })?;
/// let path = std::env::temp_dir().join(format!("double-{}.trace.json", std::process::id()));
/// trace.write_to(std::fs::File::create(&path)?)?;
/// # std::fs::remove_file(path)?;
///
/// let read: serde_json::Value = serde_json::from_str(&trace.to_json())?;
/// let events = read["traceEvents"].as_array().ok_or("an array")?;
/// let slice = events.iter().find(|event| event["name"] == "double").ok_or("a slice")?;
/// assert_eq!((&slice["ph"], &slice["args"]["outcome"]), (&"X".into(), &"finished".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [Trace Event Format]: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
pub struct ChromeTrace {
    /// The zero of the trace's times.
    started: Instant,
    records: Mutex<Records>,
}

impl ChromeTrace {
    /// How many tasks that are done a trace keeps if nothing else is asked for, and how many instants.
    pub const DEFAULT_LIMIT: usize = 100_000;

    /// Makes an empty trace, whose clock starts now.
    #[must_use]
    pub fn new() -> Self {
        Self::limited_to(Self::DEFAULT_LIMIT)
    }

    /// Makes an empty trace that keeps the latest `limit` tasks that are done, and as many instants.
    #[must_use]
    pub fn limited_to(limit: usize) -> Self {
        Self { started: Instant::now(), records: Mutex::new(Records::new(limit)) }
    }

    /// Returns how many tasks and instants were let go since the trace was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        lock(&self.records).dropped
    }

    /// Writes the run so far as a JSON object with the member `traceEvents`.
    ///
    /// The executors are not held up by a slow `writer`.
    ///
    /// # Errors
    ///
    /// What `writer` returns.
    pub fn write_to(&self, writer: impl Write) -> io::Result<()> {
        let mut writer = BufWriter::new(writer);
        let records = self.records();
        serde_json::to_writer(&mut writer, &export::trace(&records))?;
        writer.flush()
    }

    /// Returns what [`write_to`](Self::write_to) writes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let records = self.records();
        serde_json::to_string(&export::trace(&records)).expect("the keys of the format are strings")
    }

    /// A copy, so that the events of the run do not wait for its export.
    fn records(&self) -> Records {
        lock(&self.records).clone()
    }
}

impl Default for ChromeTrace {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for ChromeTrace {
    fn observe(&self, event: &Event<'_>) {
        let aside = Aside::of(&event.kind);
        let at = event.at.saturating_duration_since(self.started);
        lock(&self.records).note(at, event.pool, &event.kind, aside);
    }
}

impl fmt::Debug for ChromeTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChromeTrace").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}
