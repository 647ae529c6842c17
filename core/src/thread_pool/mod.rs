//! `ThreadPoolExecutor`, for whatever a platform calls a thread.

mod builder;
mod pool;

pub use self::builder::Builder;
use self::pool::Pool;
use crate::Future;
use crate::error::{SubmitError, TaskError, ValueError, WouldBlockError};
use crate::executor::{Accept, Executor, Shutdown, TryAccept};
use crate::spawn::Spawn;
use crate::task::{Task, name};
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// Runs calls on a pool of threads (Python's `ThreadPoolExecutor`).
///
/// A thread is started when a task is submitted while none is free, up to `max_workers`; threads are used again and
/// tasks begin in the order in which they were submitted. For work that waits: for a network, a disk, another program.
///
/// Dropping the executor shuts it down and blocks until everything that was submitted is done; on a thread that must not
/// block, and on the executor's own workers, it shuts down without waiting.
pub struct ThreadPoolExecutor<S: Spawn> {
    pool: Arc<Pool<S>>,
}

impl<S: Spawn> ThreadPoolExecutor<S> {
    /// Makes an executor of at most `max_workers` threads. None is started before the first task.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when `max_workers` is 0.
    pub fn new(max_workers: usize) -> Result<Self, ValueError> {
        Self::builder().max_workers(max_workers).build()
    }

    /// Returns a builder with the defaults: as many workers as processors and four more, but at most 32.
    pub fn builder() -> Builder<S> {
        Builder::new()
    }

    /// Returns the largest number of threads that the executor starts.
    #[must_use]
    pub fn max_workers(&self) -> usize {
        self.pool.max_workers()
    }

    /// Returns the number of threads that it has started and that have not ended.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.pool.workers()
    }

    /// Schedules a closure, which may capture what it needs.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    pub fn spawn<R, F>(&self, task: F) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + Sync + 'static,
    {
        self.schedule(name::<F>(), move || Ok(task()))
    }

    fn schedule<T, F>(&self, name: &'static str, work: F) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static,
    {
        let task = Arc::new(Task::new(work, self.pool.reporter().clone()));
        let future = task.future();
        self.pool.submit(task, future.id(), name)?;
        Ok(future)
    }
}

/// A panic cannot leave a pool half-way: its counts move under a lock, and no code of the user's runs under it.
impl<S: Spawn> UnwindSafe for ThreadPoolExecutor<S> {}
impl<S: Spawn> RefUnwindSafe for ThreadPoolExecutor<S> {}

impl<S: Spawn> Executor for ThreadPoolExecutor<S> {
    fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        self.pool.shutdown(options)
    }
}

impl<S, F, A, R> Accept<F, A, R> for ThreadPoolExecutor<S>
where
    S: Spawn,
    F: FnOnce(A) -> R + Send + 'static,
    A: Send + 'static,
{
    fn accept<T: Send + Sync + 'static>(
        &self,
        call: F,
        args: A,
        finish: impl FnOnce(R) -> Result<T, TaskError> + Send + 'static,
    ) -> Result<Future<T>, SubmitError> {
        self.schedule(name::<F>(), move || finish(call(args)))
    }
}

impl<S, F, A, R, E> TryAccept<F, A, R, E> for ThreadPoolExecutor<S>
where
    S: Spawn,
    F: FnOnce(A) -> Result<R, E> + Send + 'static,
    A: Send + 'static,
    R: Send + Sync + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    fn try_accept(&self, call: F, args: A) -> Result<Future<R>, SubmitError> {
        self.accept(call, args, |returned| returned.map_err(TaskError::returned))
    }
}

impl<S: Spawn> Drop for ThreadPoolExecutor<S> {
    fn drop(&mut self) {
        // Where waiting is refused, the workers finish what was submitted and end by themselves.
        let _ = self.pool.shutdown(Shutdown::default());
    }
}

impl<S: Spawn> fmt::Debug for ThreadPoolExecutor<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolExecutor")
            .field("max_workers", &self.max_workers())
            .field("workers", &self.workers())
            .finish_non_exhaustive()
    }
}
