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

impl fmt::Display for StillRunningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {:?} the executor is still running ", self.waited)?;
        match &*self.tasks {
            [] => f.write_str("no task")?,
            tasks => {
                for (position, RunningTask { task, name, worker }) in tasks.iter().enumerate() {
                    let comma = if position == 0 { "" } else { ", " };
                    write!(f, "{comma}`{name}` (task {task}, worker {worker})")?;
                }
            }
        }
        write!(f, "; {} more wait in its queue", self.queued)
    }
}

impl std::error::Error for StillRunningError {}
