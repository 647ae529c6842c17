//! Errors of making an executor and of handing it work.

use super::TaskError;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Tells why an executor did not take a task. The task never ran and never will.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SubmitError {
    /// The executor was shut down.
    Shutdown(ShutdownError),
    /// The executor is broken.
    Broken(BrokenThreadPool),
    /// No worker exists and none could be started.
    Start(StartThreadError),
    /// An option has a value that makes no sense.
    Value(ValueError),
}

impl fmt::Display for SubmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shutdown(error) => error.fmt(f),
            Self::Broken(error) => error.fmt(f),
            Self::Start(error) => error.fmt(f),
            Self::Value(error) => error.fmt(f),
        }
    }
}

impl StdError for SubmitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Broken(error) => error.source(),
            Self::Start(error) => error.source(),
            Self::Shutdown(_) | Self::Value(_) => None,
        }
    }
}

impl From<ValueError> for SubmitError {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

/// The executor was shut down and takes no more tasks (Python's `RuntimeError` of `submit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShutdownError;

impl fmt::Display for ShutdownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot submit a task after shutdown")
    }
}

impl StdError for ShutdownError {}

/// No worker of the executor can run anything any more (Python's `BrokenThreadPool`).
///
/// Unlike Python's, it carries the [cause](Self::cause), and tells it.
#[derive(Debug, Clone)]
pub struct BrokenThreadPool {
    reason: &'static str,
    cause: TaskError,
}

impl BrokenThreadPool {
    pub(crate) fn initializer(cause: TaskError) -> Self {
        Self { reason: "its initializer failed", cause }
    }

    #[cfg(feature = "rayon")]
    pub(crate) fn worker(cause: TaskError) -> Self {
        Self { reason: "it cannot replace a worker", cause }
    }

    /// What the initializer failed with, or what ended the worker.
    #[must_use]
    pub fn cause(&self) -> &TaskError {
        &self.cause
    }
}

impl fmt::Display for BrokenThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pool is broken, because {}: {}", self.reason, self.cause)
    }
}

impl StdError for BrokenThreadPool {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The text tells the cause, so what lies behind that comes next.
        self.cause.source()
    }
}

/// A worker could not be started; it tells what the platform said.
#[derive(Debug, Clone)]
pub struct StartThreadError {
    cause: Arc<dyn StdError + Send + Sync>,
}

impl StartThreadError {
    /// Wraps what the platform said.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { cause: Arc::from(cause.into()) }
    }
}

impl fmt::Display for StartThreadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot start a worker: {}", self.cause)
    }
}

impl StdError for StartThreadError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

/// An option has a value that makes no sense (Python's `ValueError`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueError {
    option: &'static str,
    rule: Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    AtLeast(usize),
    WithoutNul,
}

impl ValueError {
    /// Returns `value`, or the error if it is below `least`.
    pub(crate) fn at_least(option: &'static str, value: usize, least: usize) -> Result<usize, Self> {
        if value < least { Err(Self { option, rule: Rule::AtLeast(least) }) } else { Ok(value) }
    }

    /// Refuses a text with a NUL byte, which no thread's name can have.
    pub(crate) fn without_nul(option: &'static str, text: &str) -> Result<(), Self> {
        if text.contains('\0') { Err(Self { option, rule: Rule::WithoutNul }) } else { Ok(()) }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Rule::AtLeast(least) => write!(f, "{} must be at least {least}", self.option),
            Rule::WithoutNul => write!(f, "{} must not contain a NUL byte", self.option),
        }
    }
}

impl StdError for ValueError {}
