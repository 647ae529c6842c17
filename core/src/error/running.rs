//! What an executor still does when somebody stops waiting for its end.

use std::fmt;
use std::time::Duration;

/// The executor was shut down and had not ended in the given time; its workers finish what they are at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillRunningError {
    pub(crate) waited: Duration,
    pub(crate) tasks: Vec<RunningTask>,
    pub(crate) queued: usize,
}

/// A task that a worker is running.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunningTask {
    /// The [id](crate::Future::id) of its future.
    pub task: u64,
    /// The function's name.
    pub name: String,
    /// The number of the worker within its executor.
    pub worker: usize,
}

impl StillRunningError {
    /// The tasks that were running when time ran out.
    #[must_use]
    pub fn tasks(&self) -> &[RunningTask] {
        &self.tasks
    }

    /// The number of tasks that had not begun by then.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queued
    }
}

/// The tasks that are told by name; a sentence about hundreds of workers would be none.
const NAMED: usize = 5;

impl fmt::Display for StillRunningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the executor has not ended")?;
        if !self.waited.is_zero() {
            write!(f, " after {:?}", self.waited)?;
        }
        for (position, RunningTask { task, name, worker }) in self.tasks.iter().take(NAMED).enumerate() {
            let before = if position == 0 { ": it is still running" } else { "," };
            write!(f, "{before} `{name}` (task {task}, worker {worker})")?;
        }
        if self.tasks.len() > NAMED {
            write!(f, " and {} more", self.tasks.len() - NAMED)?;
        }
        match (self.tasks.is_empty(), self.queued) {
            (true, 0) => f.write_str(": its workers are about to"),
            (false, 0) => Ok(()),
            (true, 1) => f.write_str(": 1 task waits"),
            (true, queued) => write!(f, ": {queued} tasks wait"),
            (false, 1) => f.write_str(", and 1 more task waits"),
            (false, queued) => write!(f, ", and {queued} more tasks wait"),
        }
    }
}

impl std::error::Error for StillRunningError {}
