//! Errors of asking a future, or several, at the wrong moment or from the wrong thread.

use crate::State;
use std::fmt;
use std::time::Duration;

/// The future was cancelled (Python's `CancelledError`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelledError;

impl fmt::Display for CancelledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the future was cancelled")
    }
}

impl std::error::Error for CancelledError {}

/// Time ran out while waiting; what was waited for goes on (Python's `TimeoutError`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError {
    unfinished: usize,
    total: usize,
}

impl TimeoutError {
    pub(crate) fn new(unfinished: usize, total: usize) -> Self {
        Self { unfinished, total }
    }

    /// The number of futures that were not done when time ran out.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// The number of futures that were waited for.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            1 => f.write_str("the future did not finish in time"),
            total => write!(f, "{} (of {total}) futures unfinished", self.unfinished),
        }
    }
}

impl std::error::Error for TimeoutError {}

/// The future already has an outcome, or already runs (Python's `InvalidStateError`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidStateError {
    state: State,
}

impl InvalidStateError {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }

    /// The state that the future was in, and still is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }
}

impl fmt::Display for InvalidStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the future is already {}", self.state.name())
    }
}

impl std::error::Error for InvalidStateError {}

/// This thread must not block: in a browser, the page's main thread would freeze or trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WouldBlockError;

impl fmt::Display for WouldBlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this thread must not block: await the future instead, or move the call into a worker")
    }
}

impl std::error::Error for WouldBlockError {}

/// No worker began the task within its [queue timeout](crate::TaskOptions::queue_timeout); it never runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueTimeoutError {
    pub(crate) limit: Duration,
}

impl QueueTimeoutError {
    /// The time that the task was given.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for QueueTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no worker began the task within {:?}", self.limit)
    }
}

impl std::error::Error for QueueTimeoutError {}
