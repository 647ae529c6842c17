//! Errors of making an executor and of handing it work.

use super::{BrokenExecutor, CodecError, WouldBlockError};
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
    Broken(BrokenExecutor),
    /// As many tasks wait already as the executor may keep.
    Full(FullError),
    /// The executor's queue is full, and this thread must not block until there is room.
    WouldBlock(WouldBlockError),
    /// No worker exists and none could be started.
    Start(StartWorkerError),
    /// An option has a value that makes no sense.
    Value(ValueError),
    /// The arguments could not be turned into the bytes that go to a worker process.
    Encode(Box<CodecError>),
    /// The function cannot be named to a worker process.
    Name(NameError),
}

impl fmt::Display for SubmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shutdown(error) => error.fmt(f),
            Self::Broken(error) => error.fmt(f),
            Self::Full(error) => error.fmt(f),
            Self::WouldBlock(error) => error.fmt(f),
            Self::Start(error) => error.fmt(f),
            Self::Value(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::Name(error) => error.fmt(f),
        }
    }
}

impl StdError for SubmitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Broken(error) => error.source(),
            Self::Start(error) => error.source(),
            Self::Shutdown(_)
            | Self::Full(_)
            | Self::WouldBlock(_)
            | Self::Value(_)
            | Self::Encode(_)
            | Self::Name(_) => None,
        }
    }
}

from!(
    SubmitError:
    Shutdown(ShutdownError),
    Broken(BrokenExecutor),
    Full(FullError),
    WouldBlock(WouldBlockError),
    Start(StartWorkerError),
    Value(ValueError),
    Name(NameError),
);

impl From<CodecError> for SubmitError {
    fn from(error: CodecError) -> Self {
        Self::Encode(Box::new(error))
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

/// As many tasks wait as the executor's [queue limit](crate::Builder::queue_limit) allows, and it was told to refuse more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullError {
    pub(crate) limit: usize,
}

impl FullError {
    /// The number of tasks that may wait.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for FullError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = if self.limit == 1 { "task waits" } else { "tasks wait" };
        write!(f, "the executor's queue is full: {} {tasks} already", self.limit)
    }
}

impl StdError for FullError {}

/// The function of the task lies in another dynamic library than the program, where a worker process could not find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameError {
    pub(crate) function: &'static str,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` cannot be named to another process: it is not part of the program's own executable, but of a \
             dynamic library; call it through a function of the program",
            self.function
        )
    }
}

impl StdError for NameError {}

/// A worker could not be started; it tells what the platform said.
#[derive(Debug, Clone)]
pub struct StartWorkerError {
    cause: Arc<dyn StdError + Send + Sync>,
}

impl StartWorkerError {
    /// Wraps what the platform said.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { cause: Arc::from(cause.into()) }
    }
}

impl fmt::Display for StartWorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot start a worker: {}", self.cause)
    }
}

impl StdError for StartWorkerError {
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
    AtLeast(u32),
    WithoutNul,
}

impl ValueError {
    /// Returns `value`, or the error if it is below `least`.
    pub(crate) fn at_least(option: &'static str, value: usize, least: u32) -> Result<usize, Self> {
        if value < least as usize { Err(Self::too_small(option, least)) } else { Ok(value) }
    }

    /// What an option must be at least.
    pub(crate) fn too_small(option: &'static str, least: u32) -> Self {
        Self { option, rule: Rule::AtLeast(least) }
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
