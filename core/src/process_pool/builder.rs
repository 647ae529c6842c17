//! The options of a `ProcessPoolExecutor`.

use super::ProcessPoolExecutor;
use super::call::{Call, encode_whole};
use super::failure::Failure;
use super::isolation::Isolation;
use super::pool::Pool;
use super::wire::{self, Kind};
use super::worker::Hello;
use crate::capture;
use crate::error::{CodecError, CodecStep, NameError, SubmitError, ValueError};
use crate::observer::{self, Observer};
use crate::task::name;
use crate::thread_pool::WhenFull;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What the loss of a worker means to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnLoss {
    /// The task that it was running fails, and another worker takes its place.
    #[default]
    Replace,
    /// The pool breaks, and everything in it fails, as in CPython.
    Break,
}

/// Makes a [`ProcessPoolExecutor`] with options (the keyword arguments of Python's constructor, and more).
#[must_use = "a builder does nothing until `build`"]
pub struct ProcessPoolBuilder<P: Isolation> {
    pub(super) max_workers: usize,
    initializer: Result<Option<(u64, Vec<u8>)>, SubmitError>,
    pub(super) max_tasks_per_child: Option<usize>,
    pub(super) run_timeout: Option<Duration>,
    pub(super) queue_limit: Option<(usize, WhenFull)>,
    pub(super) queue_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) on_loss: OnLoss,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) platform: P,
}

pub(super) use ProcessPoolBuilder as Builder;

impl<P: Isolation> ProcessPoolBuilder<P> {
    pub(super) fn new() -> Self {
        Self {
            max_workers: P::processors(),
            initializer: Ok(None),
            max_tasks_per_child: None,
            run_timeout: None,
            queue_limit: None,
            queue_timeout: None,
            idle_timeout: None,
            on_loss: OnLoss::default(),
            observer: observer::current(),
            platform: P::default(),
        }
    }

    /// Limits the number of workers. By default there are as many as processors that the program may use.
    pub fn max_workers(mut self, max_workers: usize) -> Self {
        self.max_workers = max_workers;
        self
    }

    /// Calls `initializer(args)` in every new worker before its first task. If it panics, or the worker dies in it, the
    /// executor is [broken](crate::BrokenProcessPool): queued tasks fail and no more are taken.
    pub fn initializer<F, A>(mut self, initializer: F, args: A) -> Self
    where
        F: Fn(A) + Copy + 'static,
        A: Serialize + DeserializeOwned,
    {
        let _ = initializer;
        let position = Call::plain::<F, A, ()>().position(&P::image());
        let mut bytes = Vec::new();
        self.initializer = match position {
            None => Err(SubmitError::Name(NameError { function: name::<F>() })),
            Some(position) => {
                let encoded = capture::task(|| encode_whole(&args, &mut bytes, CodecStep::EncodeArguments));
                let encoded = encoded.unwrap_or_else(|panic| Err(Failure::panicked(&panic)));
                encoded.map(|()| Some((position, bytes))).map_err(unencoded)
            }
        };
        self
    }

    /// Ends a worker after so many tasks, and starts another one when there is more to do (Python's `max_tasks_per_child`).
    ///
    /// It bounds what tasks that leak can gather; in a browser it is the only way to give memory back. A chunk of
    /// [`map`](crate::Executor::map_with) counts as one task.
    pub fn max_tasks_per_child(mut self, tasks: usize) -> Self {
        self.max_tasks_per_child = Some(tasks);
        self
    }

    /// Ends the worker of a task that runs for longer than this, from the moment when it begins, unless its own
    /// [`TaskOptions::run_timeout`](crate::TaskOptions::run_timeout) says otherwise; each item of a chunk has that time for itself.
    /// The task fails with [`LossCause::RunTimeout`](crate::LossCause::RunTimeout), and another worker takes the place of its
    /// worker.
    pub fn run_timeout(mut self, limit: Duration) -> Self {
        self.run_timeout = Some(limit);
        self
    }

    /// Lets at most `limit` tasks wait for a worker, and says what becomes of more; without it, any number may wait. A task
    /// that a worker has begun does not count, and a chunk of a [`map`](crate::Executor::map_with) counts as one.
    ///
    /// A thread of the executor's own, as the one that runs its callbacks, must not wait for room, so
    /// [`WhenFull::Block`] refuses its tasks with [`SubmitError::WouldBlock`]. Under [`WhenFull::CallerRuns`] a task goes the same
    /// way as to a worker, encoded there and back, so the same comes out; but it runs in the program's own memory, on a thread
    /// that cannot be ended: a task that exits or crashes takes the program with it, and a run timeout only asks it to end.
    pub fn queue_limit(mut self, limit: usize, when_full: WhenFull) -> Self {
        self.queue_limit = Some((limit, when_full));
        self
    }

    /// Limits the time for which each task may wait for a worker, unless its own
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

    /// Says what the loss of a worker means to the others.
    pub fn on_loss(mut self, on_loss: OnLoss) -> Self {
        self.on_loss = on_loss;
        self
    }

    /// Tells `observer` everything that tasks and workers do.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Makes the executor. No worker is started before the first task.
    ///
    /// # Errors
    ///
    /// [`SubmitError::Value`] when `max_workers`, `max_tasks_per_child` or the queue limit is 0, and [`SubmitError::Encode`] or
    /// [`SubmitError::Name`] when the initializer cannot travel.
    pub fn build(mut self) -> Result<ProcessPoolExecutor<P>, SubmitError> {
        ValueError::at_least("max_workers", self.max_workers, 1)?;
        ValueError::at_least("max_tasks_per_child", self.max_tasks_per_child.unwrap_or(1), 1)?;
        ValueError::at_least("queue_limit", self.queue_limit.map_or(1, |(limit, _)| limit), 1)?;
        let initializer = std::mem::replace(&mut self.initializer, Ok(None))?;
        let has_initializer = initializer.is_some();
        let mut body = Vec::new();
        encode_whole(
            &Hello { initializer, is_timed: self.run_timeout.is_some() },
            &mut body,
            CodecStep::EncodeArguments,
        )
        .map_err(unencoded)?;
        check_length::<Hello>(&body)?;
        let mut hello = Vec::new();
        wire::push(&mut hello, Kind::Hello, 0, &body);
        Ok(ProcessPoolExecutor { pool: Pool::new(self, hello, has_initializer) })
    }
}

/// What `submit` says to arguments that do not travel.
pub(super) fn unencoded(failure: Failure) -> SubmitError {
    match failure {
        Failure::Codec { step, type_name, message } => {
            SubmitError::Encode(Box::new(CodecError { step, type_name, message }))
        }
        Failure::Returned { message, .. } | Failure::Panicked { message, .. } => {
            let message = format!("it panicked: {message}");
            let step = CodecStep::EncodeArguments;
            SubmitError::Encode(Box::new(CodecError { step, type_name: String::new(), message }))
        }
    }
}

/// Refuses the body of a frame, made of an `A`, if it is too long.
pub(super) fn check_length<A>(body: &[u8]) -> Result<(), SubmitError> {
    if wire::fits(body) {
        return Ok(());
    }
    Err(unencoded(Failure::codec::<A>(CodecStep::EncodeArguments, "it takes 4 GiB or more")))
}

impl<P: Isolation> fmt::Debug for ProcessPoolBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolBuilder")
            .field("max_workers", &self.max_workers)
            .field("max_tasks_per_child", &self.max_tasks_per_child)
            .field("run_timeout", &self.run_timeout)
            .field("queue_limit", &self.queue_limit)
            .field("queue_timeout", &self.queue_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("on_loss", &self.on_loss)
            .field("observer", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}
