//! What every executor can do.

use crate::Future;
use crate::error::{StillRunningError, SubmitError, TaskError, WouldBlockError};
use crate::map::{Map, MapOptions, MapUnordered, Part};
use crate::task_options::TaskOptions;
use std::error::Error as StdError;
use std::time::Duration;

/// Runs calls on workers (Python's `concurrent.futures.Executor`).
///
/// The methods look the same on every executor, so that another executor is a change of one word. A call is a function
/// and its argument; several arguments are a tuple. Dropping an executor is the end of Python's `with` block: it shuts
/// down and waits for what was submitted.
pub trait Executor: Sized {
    /// The number of workers that items of a map are spread over, if the executor gains by taking them in chunks.
    fn chunk_workers(&self) -> Option<usize> {
        None
    }

    /// The most tasks that run at a time, which [adaptive chunks](MapOptions::adaptive_chunks) are meant for; 1 if that is
    /// not known.
    fn parallelism(&self) -> usize {
        self.chunk_workers().unwrap_or(1)
    }

    /// Schedules `call(args)` and returns its future at once (Python's `submit`).
    ///
    /// The result must be `Sync`, since a future lends it to any number of threads; a value that is not can travel in a
    /// `Mutex`, or come out of [`map`](Self::map), which hands each result to its one reader.
    ///
    /// # Errors
    ///
    /// [`SubmitError`] when the executor was shut down, is broken, is full, or cannot start its first worker.
    fn submit<F, A, R>(&self, call: F, args: A) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce(A) -> R,
        R: Send + Sync + 'static,
        Self: Accept<F, A, R>,
    {
        self.accept(TaskOptions::new(), call, args, Ok)
    }

    /// As [`submit`](Self::submit), with a priority, limits of time, or a token for this one task.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    fn submit_with<F, A, R>(&self, options: TaskOptions, call: F, args: A) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce(A) -> R,
        R: Send + Sync + 'static,
        Self: Accept<F, A, R>,
    {
        self.accept(options, call, args, Ok)
    }

    /// Schedules `call(args)`, whose `Err` fails the future, as an exception does in Python.
    ///
    /// From a thread the error comes back as it was: [`Error::downcast_ref`](crate::Error::downcast_ref) finds its type. From a
    /// process it comes back as a [`RemoteError`](crate::RemoteError), with its text and the texts of its sources.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    fn try_submit<F, A, R, E>(&self, call: F, args: A) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce(A) -> Result<R, E>,
        R: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
        Self: TryAccept<F, A, R, E>,
    {
        self.try_accept(TaskOptions::new(), call, args)
    }

    /// As [`try_submit`](Self::try_submit), with a priority, limits of time, or a token for this one task.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    fn try_submit_with<F, A, R, E>(
        &self,
        options: TaskOptions,
        call: F,
        args: A,
    ) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce(A) -> Result<R, E>,
        R: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
        Self: TryAccept<F, A, R, E>,
    {
        self.try_accept(options, call, args)
    }

    /// Calls `call` with each item on the workers and iterates over the results in the order of the items (Python's `map`).
    ///
    /// At most [1,024](MapOptions::DEFAULT_BUFFERSIZE) items are in flight: so many are taken from `items` and submitted
    /// at once, and more as results are taken, so endless input is fine. See [`Map`] for errors.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit), for the items submitted at once; those that were submitted are cancelled.
    fn map<F, I, R>(&self, call: F, items: I) -> Result<Map<'_, Self, F, I::IntoIter, R>, SubmitError>
    where
        F: Fn(I::Item) -> R + Clone,
        I: IntoIterator,
        R: Send + 'static,
        Self: Accept<F, I::Item, R>,
    {
        self.map_with(MapOptions::default(), call, items)
    }

    /// As [`map`](Self::map), with Python's keyword arguments `timeout`, `chunksize` and `buffersize`.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map), and [`SubmitError::Value`] when an option is zero.
    fn map_with<F, I, R>(
        &self,
        options: MapOptions,
        call: F,
        items: I,
    ) -> Result<Map<'_, Self, F, I::IntoIter, R>, SubmitError>
    where
        F: Fn(I::Item) -> R + Clone,
        I: IntoIterator,
        R: Send + 'static,
        Self: Accept<F, I::Item, R>,
    {
        Map::new(self, options, call, items.into_iter())
    }

    /// Calls `call` with each item on the workers and iterates over the results as they complete, each with the place of
    /// its item (`imap_unordered` of Python's `multiprocessing.Pool`, with the places).
    ///
    /// A slow item keeps no result of another back. Otherwise as [`map`](Self::map); see [`MapUnordered`] for errors.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map).
    ///
    /// # Example
    ///
    /// ```
    #[doc = "# mod concurrent_futures { include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/doctest/threads.rs\")); }"]
    /// use concurrent_futures::{Executor, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(3)?;
    /// let names = ["one", "three", "seventeen"];
    /// for (place, length) in pool.map_unordered(str::len, names)? {
    ///     assert_eq!(length?, names[place].len());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn map_unordered<F, I, R>(
        &self,
        call: F,
        items: I,
    ) -> Result<MapUnordered<'_, Self, F, I::IntoIter, R>, SubmitError>
    where
        F: Fn(I::Item) -> R + Clone,
        I: IntoIterator,
        R: Send + 'static,
        Self: Accept<F, I::Item, R>,
    {
        self.map_unordered_with(MapOptions::default(), call, items)
    }

    /// As [`map_unordered`](Self::map_unordered), with the options of [`map_with`](Self::map_with).
    ///
    /// # Errors
    ///
    /// As [`map_with`](Self::map_with).
    fn map_unordered_with<F, I, R>(
        &self,
        options: MapOptions,
        call: F,
        items: I,
    ) -> Result<MapUnordered<'_, Self, F, I::IntoIter, R>, SubmitError>
    where
        F: Fn(I::Item) -> R + Clone,
        I: IntoIterator,
        R: Send + 'static,
        Self: Accept<F, I::Item, R>,
    {
        MapUnordered::new(self, options, call, items.into_iter())
    }

    /// Takes no more tasks, and ends the workers when what was submitted is done (Python's `shutdown`).
    ///
    /// With [`Shutdown::wait`] it blocks until then, except on one of the executor's own workers, which cannot wait for
    /// itself. It may be called any number of times.
    ///
    /// # Errors
    ///
    /// [`WouldBlockError`] when it should wait on a thread that must not block; the executor is shut down all the same.
    fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError>;

    /// Shuts down and blocks for at most `timeout` until every worker has ended; `cancel_futures` as in [`Shutdown`].
    ///
    /// The limit is one of the wait. It does not include what comes before and after it: cancelling, which runs callbacks and
    /// destructors on this thread, and joining the threads of workers that have ended, whose thread-local values are dropped.
    ///
    /// When time runs out the executor stays shut down, and what was submitted goes on. On a thread that must not block it
    /// does not wait at all. Python has no such method.
    ///
    /// # Errors
    ///
    /// [`StillRunningError`], which names the tasks that are running, when the workers have not ended in time.
    fn shutdown_within(&self, timeout: Duration, cancel_futures: bool) -> Result<(), StillRunningError>;
}

/// An executor that can run `F` on an `A`, giving an `R`.
///
/// Each executor says here what it asks of a call: threads take whatever can be sent to a thread. The bound belongs in
/// code that is generic over executors.
pub trait Accept<F, A, R>: Executor {
    /// Schedules `call(args)`; on the worker, `finish` turns what it returned into the outcome of the future.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    fn accept<T: Send + Sync + 'static>(
        &self,
        options: TaskOptions,
        call: F,
        args: A,
        finish: impl FnOnce(R) -> Result<T, TaskError> + Send + 'static,
    ) -> Result<Future<T>, SubmitError>;

    /// Schedules `call` for each item of a chunk of a [`map`](Executor::map). By default each becomes a task of its own; an
    /// executor that gains by it makes one task of them all.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    fn accept_items(&self, call: F, items: Vec<A>) -> Result<Part<R>, SubmitError>
    where
        F: Clone,
        R: Send + 'static,
    {
        Part::one_by_one(self, &call, items)
    }
}

/// An executor that can run `F` on an `A`, giving an `R` or failing with an `E`: what [`Accept`] is for
/// [`try_submit`](Executor::try_submit).
pub trait TryAccept<F, A, R, E>: Executor {
    /// Schedules `call(args)`, whose `Err` is the failure of the future.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    fn try_accept(&self, options: TaskOptions, call: F, args: A) -> Result<Future<R>, SubmitError>;
}

/// How an executor is to be shut down (the arguments of Python's `shutdown`).
///
/// # Example
///
/// ```
/// use concurrent_futures_core::Shutdown;
///
/// let at_once = Shutdown { cancel_futures: true, ..Shutdown::default() };
/// assert!(at_once.wait);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown {
    /// Whether to block until every worker has ended.
    pub wait: bool,
    /// Whether to cancel what has not begun.
    pub cancel_futures: bool,
}

impl Default for Shutdown {
    /// Waits and cancels nothing, as in Python.
    fn default() -> Self {
        Self { wait: true, cancel_futures: false }
    }
}
