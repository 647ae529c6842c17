//! The producing side of a future, for whoever brings results from elsewhere.

use crate::error::{Error, InvalidStateError, TaskError};
use crate::future::Completion;
use crate::shared::{Outcome, Shared};
use crate::{Future, State};
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// The end of a future at which its result is set (the methods of Python's `Future` that are meant for executors).
///
/// Dropping a promise that was not kept fails its future, so that nobody waits for ever.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::Promise;
///
/// let promise = Promise::new();
/// let future = promise.future();
/// std::thread::scope(|scope| {
///     scope.spawn(move || promise.set_result("done"));
///     assert_eq!(future.result().copied().ok(), Some("done"));
/// });
/// ```
#[must_use = "dropping a promise fails its future"]
pub struct Promise<T: Send + Sync + 'static> {
    promised: Arc<Promised<T>>,
}

impl<T: Send + Sync + 'static> Promise<T> {
    /// Makes a promise whose future is pending.
    pub fn new() -> Self {
        Self { promised: Arc::new(Promised { shared: Shared::new() }) }
    }

    /// Returns a handle of the future; any number can be had.
    pub fn future(&self) -> Future<T> {
        Future::new(Arc::clone(&self.promised) as Arc<dyn Completion<T>>)
    }

    /// Marks the future as running, unless it was cancelled; then returns false, and nothing is to be done
    /// (Python's `set_running_or_notify_cancel()`).
    ///
    /// # Errors
    ///
    /// [`InvalidStateError`] when the future already runs or has finished.
    pub fn set_running_or_notify_cancel(&self) -> Result<bool, InvalidStateError> {
        match self.promised.shared.begin() {
            Ok(()) => Ok(true),
            Err(error) if error.state() == State::Cancelled => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives the future its value and wakes whoever waits (Python's `set_result`).
    ///
    /// # Errors
    ///
    /// [`InvalidStateError`] when the future is done; the first outcome stays.
    pub fn set_result(&self, value: T) -> Result<(), InvalidStateError> {
        self.set(Ok(value))
    }

    /// Fails the future and wakes whoever waits (Python's `set_exception`).
    ///
    /// # Errors
    ///
    /// [`InvalidStateError`] when the future is done; the first outcome stays.
    pub fn set_exception(
        &self,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<(), InvalidStateError> {
        self.set(Err(Error::Failed(TaskError::returned(error))))
    }

    fn set(&self, outcome: Outcome<T>) -> Result<(), InvalidStateError> {
        self.promised.shared.settle(outcome, || ())?.announce(|| (), || self.future());
        Ok(())
    }
}

/// As a [`Future`] is.
impl<T: Send + Sync + 'static> UnwindSafe for Promise<T> {}
impl<T: Send + Sync + 'static> RefUnwindSafe for Promise<T> {}

impl<T: Send + Sync + 'static> Default for Promise<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Send + Sync + 'static> Drop for Promise<T> {
    fn drop(&mut self) {
        let abandoned = Err(Error::Failed(TaskError::abandoned()));
        // Refused when the promise was kept or the future cancelled, which is as it should be.
        if let Ok(settled) = self.promised.shared.settle(abandoned, || ()) {
            settled.announce(|| (), || self.future());
        }
    }
}

impl<T: Send + Sync + 'static> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.promised.shared;
        write!(f, "<Promise {} state={}>", shared.id(), shared.state().name())
    }
}

/// What stands behind a promise's future.
struct Promised<T> {
    shared: Shared<T>,
}

impl<T: Send + Sync> Completion<T> for Promised<T> {
    fn shared(&self) -> &Shared<T> {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared<T> {
        &mut self.shared
    }

    fn discard(&self) {}

    fn help(self: Arc<Self>) {}

    fn pool(&self) -> Option<u64> {
        None
    }
}
