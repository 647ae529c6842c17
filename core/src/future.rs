//! The handle of a result that is on its way.

use crate::any::Handle;
use crate::collector::Collector;
use crate::deadline::Deadline;
use crate::error::{Error, InvalidStateError, TaskError, WouldBlockError};
use crate::observer;
use crate::seat;
use crate::shared::{Interest, Outcome, Settled, Shared};
use crate::turn;
use crate::{AnyFuture, ReturnWhen, State, wait};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

/// What stands behind a future: a task of an executor, or a promise.
pub(crate) trait Completion<T>: Send + Sync {
    fn shared(&self) -> &Shared<T>;

    fn shared_mut(&mut self) -> &mut Shared<T>;

    /// Moves to Cancelled, if that is still possible; the caller announces it.
    fn cancel(&self) -> Result<Settled<'_, T>, InvalidStateError> {
        self.shared().cancel()
    }

    /// Drops what would have run and reports the cancellation. Called once, by whoever cancelled.
    fn discard(&self);

    /// Runs the task on this thread if it is still queued and this thread is a worker of its pool.
    ///
    /// A worker that waits for a task of its own pool would otherwise hold the very place that the task needs.
    fn help(self: Arc<Self>);

    /// The number of the executor that runs the task, if one does.
    fn pool(&self) -> Option<u64>;

    /// The future that this one comes from, while it waits for that.
    fn awaited(&self) -> Option<Box<dyn Handle>> {
        None
    }

    /// If it comes from other futures, the one at the start of those that are not done, which may be this one itself.
    fn root(self: Arc<Self>) -> Option<Box<dyn Handle>> {
        None
    }

    /// Waits for the outcome in a better way than to block until another thread brings it, where there is one. May return
    /// at any time.
    fn drive(&self, limit: Option<Duration>) {
        let _ = limit;
    }

    /// Asks the task to end by itself.
    fn request_stop(&self) {}

    /// Whether [`kill`](Self::kill) ends the task, if it is running when that is called.
    fn can_be_killed(&self) -> bool {
        false
    }

    /// Ends the worker that runs the task, if that harms nothing else; returns whether it does.
    fn kill(&self) -> bool {
        false
    }
}

/// How [`Future::stop`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The task had not begun, and never will.
    Cancelled,
    /// The task ended by itself, before it was asked to or within the time of grace.
    Ended,
    /// Its worker was killed.
    Killed,
    /// It runs on a thread, which cannot be killed. It has been asked to end.
    StillRunning,
}

/// The result of a task that may still be running (Python's `concurrent.futures.Future`).
///
/// A future is a cheap handle: clones name the same result, compare equal and hash alike, so futures can be the keys of a
/// map, as Python programs like to have it. Dropping every handle does not cancel the task.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::Promise;
///
/// let promise = Promise::new();
/// let future = promise.future();
/// assert!(!future.done());
/// promise.set_result(42)?;
/// assert_eq!(future.result()?, &42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping a future loses the task's result and its error; the task runs all the same"]
pub struct Future<T> {
    pub(crate) completion: Arc<dyn Completion<T>>,
}

impl<T> Future<T> {
    pub(crate) fn new(completion: Arc<dyn Completion<T>>) -> Self {
        Self { completion }
    }

    pub(crate) fn shared(&self) -> &Shared<T> {
        self.completion.shared()
    }

    /// Returns a number that names this future in errors, traces and observers; no other future of the process has it.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.shared().id()
    }

    /// Returns what the future is doing at this moment.
    #[must_use]
    pub fn state(&self) -> State {
        self.shared().state()
    }

    /// Returns whether the task was cancelled or has finished (Python's `done()`). Never blocks.
    #[must_use]
    pub fn done(&self) -> bool {
        self.shared().outcome().is_some()
    }

    /// Returns whether a worker is executing the task now (Python's `running()`).
    #[must_use]
    pub fn running(&self) -> bool {
        self.state() == State::Running
    }

    /// Returns whether the task was cancelled before it began (Python's `cancelled()`).
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.state() == State::Cancelled
    }

    /// Cancels the task unless it has begun; returns whether it is cancelled (Python's `cancel()`).
    ///
    /// Waiters wake with [`Error::Cancelled`] and the callbacks run, on this thread. A task that runs or has finished is
    /// left alone and `false` comes back.
    pub fn cancel(&self) -> bool {
        match self.completion.cancel() {
            Ok(settled) => {
                settled.announce(|| self.completion.discard(), || self.clone());
                true
            }
            Err(error) => error.state() == State::Cancelled,
        }
    }

    /// Cancels the task, or, if it runs in a process or an isolated worker, ends that worker; returns whether the task has
    /// been stopped or is about to be.
    ///
    /// The worker is killed, not asked, and another takes its place. The future then fails with a
    /// [`WorkerLost`](crate::WorkerLost) whose cause is [`LossCause::Killed`](crate::LossCause::Killed), unless the task has finished
    /// meanwhile. A thread cannot be ended without harm to others, so a task that runs on one is left alone and `false` comes
    /// back, as it does for a task that is done. Python has no such method.
    pub fn kill(&self) -> bool {
        self.cancel() || self.completion.kill()
    }

    /// Stops the task, politely first: cancels it if it has not begun, else cancels its [token](crate::CancelToken::current),
    /// waits for at most `grace`, and then kills its worker where that harms nothing else.
    ///
    /// Blocks for at most `grace`. Python has no such method.
    ///
    /// # Errors
    ///
    /// [`WouldBlockError`] when the task runs and this thread must not block; the token is cancelled all the same.
    pub fn stop(&self, grace: Duration) -> Result<Stopped, WouldBlockError> {
        if self.cancel() {
            return Ok(Stopped::Cancelled);
        }
        if self.done() {
            return Ok(Stopped::Ended);
        }
        self.completion.request_stop();
        let mut waited = self.result_timeout(grace);
        while let Err(Error::Timeout(_)) = waited {
            if self.completion.kill() {
                return Ok(Stopped::Killed);
            }
            if !self.completion.can_be_killed() {
                return Ok(if self.done() { Stopped::Ended } else { Stopped::StillRunning });
            }
            // Its worker is done with it, and the outcome is on its way.
            waited = self.result_timeout(Duration::from_millis(1));
        }
        match waited {
            Err(Error::WouldBlock(error)) => Err(error),
            _ => Ok(Stopped::Ended),
        }
    }

    /// Blocks until the task is done and lends its value (Python's `result()`).
    ///
    /// The value can be read any number of times, by any number of threads. Called by a worker for a task that is still
    /// queued in the same pool, it runs that task itself, so waiting inside a pool cannot use up the pool.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] with what the task failed with, [`Error::Cancelled`], [`Error::Broken`], and
    /// [`Error::WouldBlock`] on a thread that must not block.
    pub fn result(&self) -> Result<&T, Error> {
        self.outcome(Deadline::never())?.as_ref().map_err(Error::clone)
    }

    /// Blocks for at most `timeout` and lends the task's value (Python's `result(timeout)`).
    ///
    /// The task goes on when time runs out. Zero asks without waiting. A finished future ignores the timeout.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] when time runs out, else as [`result`](Self::result).
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::{Error, Promise};
    /// use std::time::Duration;
    ///
    /// let promise = Promise::<u32>::new();
    /// let waited = promise.future().result_timeout(Duration::from_millis(1)).copied();
    /// assert!(matches!(waited, Err(Error::Timeout(_))));
    /// ```
    pub fn result_timeout(&self, timeout: Duration) -> Result<&T, Error> {
        self.outcome(Deadline::after(Some(timeout)))?.as_ref().map_err(Error::clone)
    }

    /// Blocks until the task is done and returns what it failed with, `None` if it did not (Python's `exception()`).
    ///
    /// # Errors
    ///
    /// Everything that [`result`](Self::result) returns except [`Error::Failed`].
    pub fn exception(&self) -> Result<Option<TaskError>, Error> {
        failure(self.outcome(Deadline::never())?)
    }

    /// Blocks for at most `timeout` and returns what the task failed with (Python's `exception(timeout)`).
    ///
    /// # Errors
    ///
    /// Everything that [`result_timeout`](Self::result_timeout) returns except [`Error::Failed`].
    pub fn exception_timeout(&self, timeout: Duration) -> Result<Option<TaskError>, Error> {
        failure(self.outcome(Deadline::after(Some(timeout)))?)
    }

    /// Blocks until the task is done and returns its value: moved if nobody else can reach it any more, else cloned.
    ///
    /// "Nobody else" includes the executor, which may hold the task for a moment after its outcome can be seen, so the
    /// value of a cheap handle such as an `Arc` is the way to be sure that nothing large is cloned.
    ///
    /// # Errors
    ///
    /// As [`result`](Self::result).
    pub fn into_result(mut self) -> Result<T, Error>
    where
        T: Clone,
    {
        self.outcome(Deadline::never())?;
        let taken = Arc::get_mut(&mut self.completion).and_then(|last| last.shared_mut().take_outcome());
        taken.unwrap_or_else(|| self.result().cloned())
    }

    /// Registers a function that runs when the future is done (Python's `add_done_callback`).
    ///
    /// Callbacks run in the order of their registration, on the thread that completes or cancels the future; for a task of a pool
    /// of processes that was not cancelled, on a thread that the pool keeps for that. On a future
    /// that is done, `callback` runs at once, on this thread. A panic in a callback is reported by the panic hook and
    /// harms neither the other callbacks nor the worker.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::Promise;
    /// use std::sync::mpsc;
    ///
    /// let promise = Promise::new();
    /// let (sender, squares) = mpsc::channel();
    /// promise.future().add_done_callback(move |future| {
    ///     sender.send(future.result().copied().unwrap_or(0)).expect("the receiver lives");
    /// });
    /// promise.set_result(9)?;
    /// assert_eq!(squares.recv()?, 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_done_callback(&self, callback: impl FnOnce(&Future<T>) + Send + 'static) {
        let callback = observer::told_callback(self.id(), callback);
        let callback = Box::new(move |future: &Future<T>| {
            callback(future);
            None
        });
        if let Err(callback) = self.shared().add_callback(callback) {
            turn::run(turn::call(callback, self));
        }
    }

    /// Forgets the type of the value, so that futures of different types can be waited on together.
    pub fn erase(&self) -> AnyFuture
    where
        T: 'static,
    {
        AnyFuture::new(self.clone())
    }

    fn outcome(&self, deadline: Deadline) -> Result<&Outcome<T>, Error> {
        if self.done() {
            return self.shared().block_until_done(deadline);
        }
        let timed_out = |result: &Result<_, _>| matches!(result, Err(Error::Timeout(_)));
        observer::waiting("result", Some(self.id()), || self.wait_for_outcome(deadline), timed_out)
    }

    /// Waits, helping first where that is what keeps the pool alive.
    fn wait_for_outcome(&self, deadline: Deadline) -> Result<&Outcome<T>, Error> {
        // A helper cannot be interrupted, so a wait with a limit never helps: it would break its promise.
        if deadline.is_never() {
            Arc::clone(&self.completion).help();
            if let Some(seat) = seat::occupied() {
                if Arc::clone(&self.completion).root().is_some() {
                    // The task behind it may be yet to come, and this worker the only one that could run it.
                    wait([self], None, ReturnWhen::AllCompleted).map_err(Error::WouldBlock)?;
                } else if Some(seat.pool()) == self.completion.pool() {
                    return seat.crew.while_blocked(None, || self.shared().block_until_done(deadline));
                }
            }
        }
        if !self.done()
            && let Ok(limit) = deadline.remaining()
        {
            self.completion.drive(limit);
        }
        self.shared().block_until_done(deadline)
    }
}

fn failure<T>(outcome: &Outcome<T>) -> Result<Option<TaskError>, Error> {
    match outcome {
        Ok(_) => Ok(None),
        Err(Error::Failed(error)) => Ok(Some(error.clone())),
        Err(error) => Err(error.clone()),
    }
}

/// A panic cannot leave a future half-way: its state moves under a lock, and no code of the user's runs under it.
impl<T> UnwindSafe for Future<T> {}
impl<T> RefUnwindSafe for Future<T> {}

impl<T> Handle for Future<T> {
    fn id(&self) -> u64 {
        Future::id(self)
    }

    fn state(&self) -> State {
        Future::state(self)
    }

    fn cancel(&self) -> bool {
        Future::cancel(self)
    }

    fn error(&self) -> Option<&Error> {
        self.shared().outcome()?.as_ref().err()
    }

    fn watch(&self, collector: &Arc<Collector>, key: usize) -> bool {
        self.shared().watch(collector, Interest::Done(key))
    }

    fn watch_moves(&self, collector: &Arc<Collector>, key: usize) {
        self.shared().watch(collector, Interest::Moved(key));
    }

    fn unwatch(&self, collector: &Arc<Collector>) {
        self.shared().unwatch(collector);
    }

    fn help(&self) {
        Arc::clone(&self.completion).help();
    }

    fn pool(&self) -> Option<u64> {
        self.completion.pool()
    }

    fn awaited(&self) -> Option<Box<dyn Handle>> {
        self.completion.awaited()
    }

    fn root(&self) -> Option<Box<dyn Handle>> {
        Arc::clone(&self.completion).root()
    }

    fn kill(&self) -> bool {
        Future::kill(self)
    }

    fn when_done(&self, callback: Box<dyn FnOnce() + Send>) {
        self.add_done_callback(|_| callback());
    }

    fn value_type(&self) -> &'static str {
        std::any::type_name::<T>()
    }
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Self { completion: Arc::clone(&self.completion) }
    }
}

impl<T> PartialEq for Future<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl<T> Eq for Future<T> {}

impl<T> Hash for Future<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::any::debug(self, f)
    }
}
