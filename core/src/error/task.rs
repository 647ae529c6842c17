//! What a task failed with.

use crate::sync::{Mutex, lock};
use std::any::Any;
use std::backtrace::Backtrace;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// What a task failed with: Python's exception, as data that every reader of the future shares.
///
/// The first line of [`Display`](fmt::Display) is the message alone; [`panic`](Self::panic) tells the rest of a panic.
#[derive(Debug, Clone)]
pub struct TaskError(Arc<Cause>);

#[derive(Debug)]
enum Cause {
    /// The task panicked.
    Panicked(Panic),
    /// The task returned an error.
    Returned(Box<dyn StdError + Send + Sync>),
    /// The worker died under the task, for the reason given.
    WorkerLost(String),
    /// Whoever had promised the result gave up.
    Abandoned,
}

impl TaskError {
    pub(crate) fn panicked(panic: Panic) -> Self {
        Self(Arc::new(Cause::Panicked(panic)))
    }

    /// Wraps an error that the task returned.
    pub fn returned(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::new(Cause::Returned(error.into())))
    }

    pub(crate) fn worker_lost(cause: String) -> Self {
        Self(Arc::new(Cause::WorkerLost(cause)))
    }

    pub(crate) fn abandoned() -> Self {
        Self(Arc::new(Cause::Abandoned))
    }

    /// Returns the error that the task returned, if it is an `E` (Python's `except E as e`).
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        match &*self.0 {
            Cause::Returned(error) => error.downcast_ref(),
            Cause::Panicked(_) | Cause::WorkerLost(_) | Cause::Abandoned => None,
        }
    }

    /// Returns message, location and backtrace, if the task panicked.
    #[must_use]
    pub fn panic(&self) -> Option<&Panic> {
        match &*self.0 {
            Cause::Panicked(panic) => Some(panic),
            _ => None,
        }
    }

    /// Whether the worker died under the task, as by a trap in WebAssembly.
    #[must_use]
    pub fn is_worker_lost(&self) -> bool {
        matches!(&*self.0, Cause::WorkerLost(_))
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Panicked(panic) => f.write_str(&panic.message),
            Cause::Returned(error) => error.fmt(f),
            Cause::WorkerLost(cause) => write!(f, "the worker was lost while it ran the task: {cause}"),
            Cause::Abandoned => f.write_str("the promise was dropped without a result"),
        }
    }
}

impl StdError for TaskError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            // Its own text is the text of this error, so what lies behind it comes next.
            Cause::Returned(error) => error.source(),
            _ => None,
        }
    }
}

/// A panic of a task, as it was caught.
pub struct Panic {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) backtrace: Option<Backtrace>,
    /// What the task gave to `panic!`, until somebody resumes the panic. Locked because a payload need not be `Sync`.
    pub(crate) payload: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Panic {
    /// The text given to `panic!`.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// File, line and column, unless a panic hook installed later hid them.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The backtrace, if the environment variable `RUST_BACKTRACE` asked for one.
    #[must_use]
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.backtrace.as_ref()
    }

    /// Takes what the task gave to `panic!`, for [`std::panic::resume_unwind`]; a second call returns `None`.
    #[must_use]
    pub fn take_payload(&self) -> Option<Box<dyn Any + Send>> {
        lock(&self.payload).take()
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panic")
            .field("message", &self.message)
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}
