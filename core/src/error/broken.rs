//! Executors that can run nothing any more.

use super::TaskError;
use std::error::Error as StdError;
use std::fmt;

/// An executor that can run nothing any more (Python's `BrokenExecutor`).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum BrokenExecutor {
    /// A pool of threads.
    ThreadPool(BrokenThreadPool),
    /// A pool of processes.
    ProcessPool(BrokenProcessPool),
}

impl BrokenExecutor {
    /// What broke the executor.
    #[must_use]
    pub fn cause(&self) -> &TaskError {
        match self {
            Self::ThreadPool(broken) => broken.cause(),
            Self::ProcessPool(broken) => broken.cause(),
        }
    }
}

impl fmt::Display for BrokenExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThreadPool(broken) => broken.fmt(f),
            Self::ProcessPool(broken) => broken.fmt(f),
        }
    }
}

impl StdError for BrokenExecutor {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::ThreadPool(broken) => broken.source(),
            Self::ProcessPool(broken) => broken.source(),
        }
    }
}

impl From<BrokenThreadPool> for BrokenExecutor {
    fn from(broken: BrokenThreadPool) -> Self {
        Self::ThreadPool(broken)
    }
}

impl From<BrokenProcessPool> for BrokenExecutor {
    fn from(broken: BrokenProcessPool) -> Self {
        Self::ProcessPool(broken)
    }
}

/// Why an executor broke. Every future has room for an error, so errors are small.
#[derive(Debug, Clone, Copy)]
enum Reason {
    Initializer,
    #[cfg(feature = "rayon")]
    Irreplaceable,
    CrashLoop,
    Loss,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::Initializer => "its initializer failed",
            #[cfg(feature = "rayon")]
            Self::Irreplaceable => "it cannot replace a worker",
            Self::CrashLoop => "one worker after the other died before it could take a task",
            Self::Loss => "a worker was lost",
        }
    }
}

/// No thread of the executor can run anything any more (Python's `BrokenThreadPool`).
///
/// Unlike Python's, it carries the [cause](Self::cause), and tells it.
#[derive(Debug, Clone)]
pub struct BrokenThreadPool {
    reason: Reason,
    cause: TaskError,
}

impl BrokenThreadPool {
    pub(crate) fn initializer(cause: TaskError) -> Self {
        Self { reason: Reason::Initializer, cause }
    }

    #[cfg(feature = "rayon")]
    pub(crate) fn worker(cause: TaskError) -> Self {
        Self { reason: Reason::Irreplaceable, cause }
    }

    /// What the initializer failed with, or what ended the worker.
    #[must_use]
    pub fn cause(&self) -> &TaskError {
        &self.cause
    }
}

impl fmt::Display for BrokenThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pool is broken, because {}: {}", self.reason.text(), self.cause)
    }
}

impl StdError for BrokenThreadPool {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The text tells the cause, so what lies behind that comes next.
        self.cause.source()
    }
}

/// No process of the executor can run anything any more (Python's `BrokenProcessPool`).
///
/// Unlike Python's, a pool breaks only if its initializer failed, if workers die as soon as they are started, or if
/// [`OnLoss::Break`](crate::OnLoss::Break) asks for it; and the error tells which.
#[derive(Debug, Clone)]
pub struct BrokenProcessPool {
    reason: Reason,
    cause: TaskError,
}

impl BrokenProcessPool {
    pub(crate) fn initializer(cause: TaskError) -> Self {
        Self { reason: Reason::Initializer, cause }
    }

    pub(crate) fn crash_loop(cause: TaskError) -> Self {
        Self { reason: Reason::CrashLoop, cause }
    }

    pub(crate) fn loss(cause: TaskError) -> Self {
        Self { reason: Reason::Loss, cause }
    }

    /// What the initializer failed with, or what ended the worker.
    #[must_use]
    pub fn cause(&self) -> &TaskError {
        &self.cause
    }
}

impl fmt::Display for BrokenProcessPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pool is broken, because {}: {}", self.reason.text(), self.cause)
    }
}

impl StdError for BrokenProcessPool {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The text tells the cause, so what lies behind that comes next.
        self.cause.source()
    }
}
