//! What a task failed with.

use super::{CodecError, RemoteError, WorkerLost};
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
    /// The task returned an error in another memory; its text has come over.
    Remote(RemoteError),
    /// Arguments or result could not be encoded or decoded.
    Codec(CodecError),
    /// The worker died under the task.
    WorkerLost(WorkerLost),
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

    pub(crate) fn remote(error: RemoteError) -> Self {
        Self(Arc::new(Cause::Remote(error)))
    }

    pub(crate) fn codec(error: CodecError) -> Self {
        Self(Arc::new(Cause::Codec(error)))
    }

    pub(crate) fn lost(lost: WorkerLost) -> Self {
        Self(Arc::new(Cause::WorkerLost(lost)))
    }

    pub(crate) fn abandoned() -> Self {
        Self(Arc::new(Cause::Abandoned))
    }

    /// Returns the error that the task returned, if it is an `E` (Python's `except E as e`).
    ///
    /// From another process an error comes as a [`RemoteError`]; a [`CodecError`] and a [`WorkerLost`] are found here too.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        let error: &(dyn StdError + 'static) = match &*self.0 {
            Cause::Returned(error) => &**error,
            Cause::Remote(error) => error,
            Cause::Codec(error) => error,
            Cause::WorkerLost(lost) => lost,
            Cause::Panicked(_) | Cause::Abandoned => return None,
        };
        error.downcast_ref()
    }

    /// Returns message, location and backtrace, if the task panicked.
    #[must_use]
    pub fn panic(&self) -> Option<&Panic> {
        match &*self.0 {
            Cause::Panicked(panic) => Some(panic),
            _ => None,
        }
    }

    /// Returns what ended the worker, if it died under the task: its process was killed, or WebAssembly trapped.
    #[must_use]
    pub fn worker_lost(&self) -> Option<&WorkerLost> {
        match &*self.0 {
            Cause::WorkerLost(lost) => Some(lost),
            _ => None,
        }
    }

    /// Whether the worker died under the task.
    #[must_use]
    pub fn is_worker_lost(&self) -> bool {
        self.worker_lost().is_some()
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Panicked(panic) => f.write_str(&panic.message),
            Cause::Returned(error) => error.fmt(f),
            Cause::Remote(error) => error.fmt(f),
            Cause::Codec(error) => error.fmt(f),
            Cause::WorkerLost(lost) => lost.fmt(f),
            Cause::Abandoned => f.write_str("the promise was dropped without a result"),
        }
    }
}

impl StdError for TaskError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            // Its own text is the text of this error, so what lies behind it comes next.
            Cause::Returned(error) => error.source(),
            Cause::Remote(error) => error.source(),
            _ => None,
        }
    }
}

/// Where a panic came from.
pub(crate) enum Trace {
    /// In this process; it is resolved when it is printed.
    Here(Backtrace),
    /// In another memory, which printed it.
    Text(String),
}

/// A panic of a task, as it was caught.
pub struct Panic {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) backtrace: Option<Trace>,
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

    /// The backtrace, if the environment variable `RUST_BACKTRACE` asked for one; that of the worker, if the task ran in
    /// another process.
    #[must_use]
    pub fn backtrace(&self) -> Option<&(dyn fmt::Display + Send + Sync)> {
        match self.backtrace.as_ref()? {
            Trace::Here(backtrace) => Some(backtrace),
            Trace::Text(text) => Some(text),
        }
    }

    /// Takes what the task gave to `panic!`, for [`std::panic::resume_unwind`]; a second call returns `None`. From
    /// another process only the message comes over.
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
