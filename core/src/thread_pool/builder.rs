//! The options of a `ThreadPoolExecutor`.

use super::ThreadPoolExecutor;
use super::pool::Pool;
use crate::error::ValueError;
use crate::observer::{self, Observer};
use crate::spawn::Spawn;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Python's `ThreadPoolExecutor` starts no more threads than this unless it is told to.
const DEFAULT_LIMIT: usize = 32;
/// Threads beyond the number of processors, for tasks that wait.
const DEFAULT_EXTRA: usize = 4;

/// Makes a [`ThreadPoolExecutor`] with options (the keyword arguments of Python's constructor).
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<S: Spawn> {
    pub(super) max_workers: usize,
    pub(super) prefix: Option<String>,
    pub(super) initializer: Option<Box<dyn Fn() + Send + Sync>>,
    pub(super) queue_limit: Option<(usize, WhenFull)>,
    pub(super) queue_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) spawn: S,
}

/// What becomes of a task that is submitted while as many wait as [may](Builder::queue_limit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// The submitter waits until there is room. A worker of the executor itself, whose place may be needed for that, runs the
    /// task instead; on a thread that must not block, the task is refused.
    Block,
    /// The task is refused with [`SubmitError::Full`](crate::SubmitError::Full).
    Refuse,
    /// The submitter runs the task itself, before `submit` returns. On a page's main thread it freezes the page meanwhile.
    CallerRuns,
}

impl<S: Spawn> Builder<S> {
    pub(super) fn new() -> Self {
        Self {
            max_workers: DEFAULT_LIMIT.min(S::processors() + DEFAULT_EXTRA),
            prefix: None,
            initializer: None,
            queue_limit: None,
            queue_timeout: None,
            idle_timeout: None,
            observer: observer::current(),
            spawn: S::default(),
        }
    }

    /// Limits the number of threads.
    pub fn max_workers(mut self, max_workers: usize) -> Self {
        self.max_workers = max_workers;
        self
    }

    /// Names the threads: `prefix_0`, `prefix_1` and so on. By default the prefix is `ThreadPoolExecutor-N`, where N counts
    /// the executors of the process.
    pub fn thread_name_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Runs `initializer` on every new thread before its first task. If it panics, the executor is
    /// [broken](crate::BrokenThreadPool): queued tasks fail and no more are taken.
    pub fn initializer(mut self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
        self.initializer = Some(Box::new(initializer));
        self
    }

    /// Lets at most `limit` tasks wait for a worker, and says what becomes of more; without it, any number may wait. A task
    /// that a worker has begun does not count. A [`map`](crate::Executor::map) submits its window of items like everybody else.
    pub fn queue_limit(mut self, limit: usize, when_full: WhenFull) -> Self {
        self.queue_limit = Some((limit, when_full));
        self
    }

    /// Limits the time for which each task may wait, unless its own
    /// [`TaskOptions::queue_timeout`](crate::TaskOptions::queue_timeout) says otherwise.
    pub fn queue_timeout(mut self, limit: Duration) -> Self {
        self.queue_timeout = Some(limit);
        self
    }

    /// Ends a worker that has had nothing to do for so long; by default workers stay until the executor is shut down, as in
    /// Python. The next task that finds no free worker starts one again.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// Tells `observer` everything that tasks and workers do.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Makes the executor.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when `max_workers` or the queue limit is 0, or when the prefix has a NUL byte, which no thread's name can have.
    pub fn build(self) -> Result<ThreadPoolExecutor<S>, ValueError> {
        ValueError::at_least("max_workers", self.max_workers, 1)?;
        ValueError::at_least("queue_limit", self.queue_limit.map_or(1, |(limit, _)| limit), 1)?;
        ValueError::without_nul("thread_name_prefix", self.prefix.as_deref().unwrap_or_default())?;
        Ok(ThreadPoolExecutor { pool: Arc::new(Pool::new(self)) })
    }

    /// The prefix of the threads' names.
    pub(super) fn take_prefix(&mut self) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        self.prefix.take().unwrap_or_else(|| {
            // ORDERING: only uniqueness matters.
            format!("ThreadPoolExecutor-{}", NEXT.fetch_add(1, Ordering::Relaxed))
        })
    }
}

impl<S: Spawn> fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("max_workers", &self.max_workers)
            .field("thread_name_prefix", &self.prefix)
            .field("initializer", &self.initializer.is_some())
            .field("queue_limit", &self.queue_limit)
            .field("queue_timeout", &self.queue_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("observer", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}
