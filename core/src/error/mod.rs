//! The ways to fail, one small type each, named as in Python.

/// Lets `?` turn each way to fail into a common type.
macro_rules! from {
    ($common:ident: $($variant:ident($error:ty)),* $(,)?) => {$(
        impl From<$error> for $common {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

mod broken;
mod lost;
mod remote;
mod running;
mod state;
mod submit;
mod task;
#[cfg(test)]
mod texts;

pub use self::broken::{BrokenExecutor, BrokenProcessPool, BrokenThreadPool};
pub use self::lost::{LossCause, WorkerLost};
pub use self::remote::{CodecError, CodecStep, RemoteError};
pub use self::running::{RunningTask, StillRunningError};
pub use self::state::{CancelledError, InvalidStateError, QueueTimeoutError, TimeoutError, WouldBlockError};
pub use self::submit::{FullError, NameError, ShutdownError, StartWorkerError, SubmitError, ValueError};
pub(crate) use self::task::Trace;
pub use self::task::{Panic, TaskError};

use std::fmt;

/// Tells why a future has no value to give.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{Error, Promise};
///
/// let future = Promise::<u32>::new().future(); // The promise is dropped, so nobody can keep it.
/// assert!(matches!(future.result(), Err(Error::Failed(_))));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// The task itself failed: it panicked, returned an error, or died with its worker.
    Failed(TaskError),
    /// The future was cancelled before it began.
    Cancelled(CancelledError),
    /// The future, or the map, did not finish in the given time.
    Timeout(TimeoutError),
    /// No worker began the task within its queue timeout.
    QueueTimeout(QueueTimeoutError),
    /// The executor broke before it could run the task.
    Broken(BrokenExecutor),
    /// The executor refused to take the task; only an item of a `map` reports it this late.
    Submit(SubmitError),
    /// This thread must not block, as the page's main thread in a browser.
    WouldBlock(WouldBlockError),
}

impl Error {
    /// Returns the error that the task returned, if it did and if that is an `E` (Python's `except E as e`).
    #[must_use]
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        match self {
            Self::Failed(error) => error.downcast_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Cancelled(error) => error.fmt(f),
            Self::Timeout(error) => error.fmt(f),
            Self::QueueTimeout(error) => error.fmt(f),
            Self::Broken(error) => error.fmt(f),
            Self::Submit(error) => error.fmt(f),
            Self::WouldBlock(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            Self::Broken(error) => error.source(),
            Self::Submit(error) => error.source(),
            Self::Cancelled(_) | Self::Timeout(_) | Self::QueueTimeout(_) | Self::WouldBlock(_) => None,
        }
    }
}

from!(
    Error:
    Failed(TaskError),
    Cancelled(CancelledError),
    Timeout(TimeoutError),
    QueueTimeout(QueueTimeoutError),
    Broken(BrokenExecutor),
    Submit(SubmitError),
    WouldBlock(WouldBlockError),
);

/// For functions that make an executor, submit to it and read results, all with `?`.
impl From<ValueError> for Error {
    fn from(error: ValueError) -> Self {
        Self::Submit(SubmitError::Value(error))
    }
}
