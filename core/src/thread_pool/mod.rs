//! `ThreadPoolExecutor`, for whatever a platform calls a thread.

mod builder;
mod closing;
mod inbox;
mod pool;
mod worker;

pub use self::builder::{Builder, WhenFull};
use self::pool::Pool;
use crate::Future;
use crate::error::{StillRunningError, SubmitError, TaskError, ValueError, WouldBlockError};
use crate::executor::{Executor, Shutdown};
use crate::schedule::Schedule;
use crate::scope::{self, Scope};
use crate::spawn::Spawn;
use crate::task::{Job, Name, Task, name};
use crate::task_options::TaskOptions;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

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
        self.pool.max_workers
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
        self.schedule(TaskOptions::new(), name::<F>, move || Ok(task()))
    }

    /// As [`spawn`](Self::spawn), with a priority, limits of time, or a token for this one task.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    pub fn spawn_with<R, F>(&self, options: TaskOptions, task: F) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + Sync + 'static,
    {
        self.schedule(options, name::<F>, move || Ok(task()))
    }

    /// Runs `body` with a [`Scope`], whose tasks may borrow what outlives it, and returns when all of them are done
    /// (Rust's [`std::thread::scope`], Python's `with` block).
    ///
    /// The executor stays open. If `body` panics, what has not begun is cancelled, what runs is waited for, and the panic
    /// goes on. A worker that waits here runs tasks of the scope itself. In a browser, where a task can be lost to a trap, its
    /// scope is lost with it: the thread that called this traps too, since nobody can tell when what was lent is free again.
    ///
    /// # Errors
    ///
    /// [`WouldBlockError`] on a thread that must not block; `body` does not run then.
    pub fn scope<'env, R>(
        &'env self,
        body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env, Self>) -> R,
    ) -> Result<R, WouldBlockError> {
        scope::enter(self, body)
    }

    fn enqueue<T, F>(
        &self,
        options: TaskOptions,
        name: fn() -> &'static str,
        work: F,
    ) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static,
    {
        let name = Name::new(name, &options);
        let task = Arc::new(Task::new(work, self.pool.reporter.clone(), name, options.token.clone()));
        let future = task.future();
        self.queue(task, &options)?;
        Ok(future)
    }

    /// What does not depend on the types of the task.
    fn queue(&self, job: Arc<dyn Job>, options: &TaskOptions) -> Result<(), SubmitError> {
        let Some(limit) = options.queue_timeout.or(self.pool.queue_timeout) else {
            return self.pool.submit(job, options.priority, options.token.as_ref());
        };
        self.pool.submit(Arc::clone(&job), options.priority, options.token.as_ref())?;
        self.pool.timer.expire(&job, limit)
    }
}

impl<S: Spawn> Schedule for ThreadPoolExecutor<S> {
    const CAN_LOSE_THREADS: bool = S::CAN_LOSE_THREADS;

    fn schedule<T, F>(
        &self,
        options: TaskOptions,
        name: fn() -> &'static str,
        work: F,
    ) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static,
    {
        let Some(limit) = options.run_timeout else { return self.enqueue(options, name, work) };
        let (options, token) = options.with_own_token();
        self.enqueue(options, name, self.pool.timer.limit_run(limit, token, work))
    }
}

/// A panic cannot leave a pool half-way: its counts move under a lock, and no code of the user's runs under it.
impl<S: Spawn> UnwindSafe for ThreadPoolExecutor<S> {}
impl<S: Spawn> RefUnwindSafe for ThreadPoolExecutor<S> {}

impl<S: Spawn> Executor for ThreadPoolExecutor<S> {
    fn parallelism(&self) -> usize {
        self.max_workers()
    }

    fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        self.pool.shutdown(options)
    }

    fn shutdown_within(&self, timeout: Duration, cancel_futures: bool) -> Result<(), StillRunningError> {
        self.pool.shutdown_within(timeout, cancel_futures)
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
