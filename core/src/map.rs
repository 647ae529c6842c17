//! `Executor::map`: results in the order of the input, with a bounded number of items in flight.

use crate::Future;
use crate::deadline::Deadline;
use crate::error::{Error, SubmitError, TaskError, ValueError};
use crate::executor::Accept;
use crate::process_pool::Items;
use crate::sync::{Mutex, lock};
use crate::task_options::TaskOptions;
use std::collections::VecDeque;
use std::fmt;
use std::iter::{Fuse, FusedIterator};
use std::sync::Arc;
use std::time::Duration;

/// Chunks in flight for each worker, if nothing else is asked for: one that it runs, one that waits for it, and as many that
/// wait for their reader.
const CHUNKS_AHEAD: usize = 16;

/// The keyword arguments of Python's `Executor.map`.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::MapOptions;
/// use std::time::Duration;
///
/// let options = MapOptions::default().buffersize(8).timeout(Duration::from_secs(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "options do nothing until they are given to `map_with`"]
pub struct MapOptions {
    timeout: Option<Duration>,
    chunksize: usize,
    buffersize: Option<usize>,
}

impl MapOptions {
    /// The number of items in flight if nothing else is asked for. With a larger [`chunksize`](Self::chunksize), it is as many
    /// as sixteen chunks for each worker have.
    pub const DEFAULT_BUFFERSIZE: usize = 1024;

    /// Limits the whole iteration, from the call of `map_with` on.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends so many items to a worker as one task, which saves most of the cost of sending them one by one; executors of
    /// threads ignore it, as in Python. Each item still has a result, or an error, of its own.
    pub fn chunksize(mut self, items: usize) -> Self {
        self.chunksize = items;
        self
    }

    /// Limits the items that are submitted and whose results were not yet taken.
    pub fn buffersize(mut self, items: usize) -> Self {
        self.buffersize = Some(items);
        self
    }
}

impl Default for MapOptions {
    fn default() -> Self {
        Self { timeout: None, chunksize: 1, buffersize: None }
    }
}

/// The results of [`Executor::map`](crate::Executor::map), in the order of the items.
///
/// Each item is a `Result`: the error of a call comes out in its own place and the iteration goes on, as from Python 3.16
/// on. When the timeout has passed, one [`Error::Timeout`] comes out, the rest is cancelled, and the iterator ends;
/// a result that is there already comes out even then. When the executor refuses the next item, [`Error::Submit`]
/// follows the results of those before it. On a thread that must not block, [`Error::WouldBlock`] comes out as long as the
/// next result is not there, and nothing is lost. Dropping or [closing](Self::close) the iterator cancels what has not begun.
#[must_use = "dropping the iterator cancels what has not begun"]
pub struct Map<'e, E, F, I: Iterator, R> {
    executor: &'e E,
    call: F,
    items: Fuse<I>,
    /// What is in flight, in the order of the items.
    window: VecDeque<Part<R>>,
    /// Items in the window and in `ready`; never more than `buffersize`.
    in_flight: usize,
    buffersize: usize,
    chunksize: usize,
    /// Results that have come together; they are older than the window.
    ready: VecDeque<Result<R, TaskError>>,
    deadline: Deadline,
    /// Why the executor took no more items, until it is reported.
    refused: Option<SubmitError>,
    open: bool,
}

/// Some items of a map that are in flight. For executors.
#[derive(Debug)]
#[must_use = "dropping it loses the results"]
pub struct Part<R>(InFlight<R>);

#[derive(Debug)]
enum InFlight<R> {
    /// Each item is a task.
    OneByOne(VecDeque<Future<Slot<R>>>),
    /// All items are one task.
    Together { future: Future<()>, results: Arc<Items<R>>, left: usize },
}

/// A result on its way to the one reader that a map has, who takes it out, so it need not be `Clone` or `Sync`.
#[derive(Debug)]
struct Slot<R>(Mutex<Option<R>>);

/// A function and no closure: a closure's type would depend on the call's, and all that it goes through be compiled for
/// each call anew.
fn slot<R>(result: R) -> Result<Slot<R>, TaskError> {
    Ok(Slot(Mutex::new(Some(result))))
}

impl<R: Send + 'static> Part<R> {
    /// Schedules each item as a task of its own. If the executor refuses one, those before it are cancelled.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`](crate::Executor::submit).
    pub fn one_by_one<E, F, A>(executor: &E, call: &F, items: Vec<A>) -> Result<Self, SubmitError>
    where
        E: Accept<F, A, R>,
        F: Clone,
    {
        let mut part = Self(InFlight::OneByOne(VecDeque::with_capacity(items.len())));
        for item in items {
            match executor.accept(TaskOptions::new(), call.clone(), item, slot) {
                Ok(future) => part.push(future),
                Err(refused) => {
                    part.cancel();
                    return Err(refused);
                }
            }
        }
        Ok(part)
    }

    pub(crate) fn together(future: Future<()>, results: Arc<Items<R>>, items: usize) -> Self {
        Self(InFlight::Together { future, results, left: items })
    }
}

impl<R> Part<R> {
    fn push(&mut self, future: Future<Slot<R>>) {
        if let InFlight::OneByOne(futures) = &mut self.0 {
            futures.push_back(future);
        }
    }

    fn cancel(&self) {
        match &self.0 {
            InFlight::OneByOne(futures) => {
                for future in futures {
                    future.cancel();
                }
            }
            InFlight::Together { future, .. } => {
                future.cancel();
            }
        }
    }

    fn is_spent(&self) -> bool {
        match &self.0 {
            InFlight::OneByOne(futures) => futures.is_empty(),
            InFlight::Together { left, .. } => *left == 0,
        }
    }

    /// Waits for the next item.
    fn next(&mut self, deadline: Deadline, ready: &mut VecDeque<Result<R, TaskError>>) -> Result<R, Error> {
        match &mut self.0 {
            InFlight::OneByOne(futures) => {
                let future = futures.front().expect("a part is dropped when it is spent");
                let value = waited(future, deadline).map(|slot| lock(&slot.0).take());
                if !matches!(value, Err(Error::Timeout(_) | Error::WouldBlock(_))) {
                    futures.pop_front();
                }
                value.map(|value| value.expect("a map reads each of its results once"))
            }
            InFlight::Together { future, results, left } => {
                // What has come by now comes out, whatever became of the rest.
                let waited = waited(future, deadline);
                results.take_all(ready);
                *left -= ready.len();
                match (ready.pop_front(), waited) {
                    (Some(result), _) => result.map_err(Error::Failed),
                    (None, Err(error)) => {
                        let stays = matches!(error, Error::Timeout(_) | Error::WouldBlock(_));
                        *left -= usize::from(!stays);
                        Err(error)
                    }
                    (None, Ok(())) => unreachable!("a chunk that has finished has a result for each item"),
                }
            }
        }
    }
}

/// Waits for a future; what is there comes out even when time is up.
fn waited<T>(future: &Future<T>, deadline: Deadline) -> Result<&T, Error> {
    let waited = match deadline.remaining() {
        Ok(None) => future.result(),
        Ok(Some(left)) => future.result_timeout(left),
        Err(_) => future.result_timeout(Duration::ZERO),
    };
    match waited {
        // It may have become done since.
        Err(Error::Timeout(_)) if future.done() => future.result(),
        waited => waited,
    }
}

impl<'e, E, F, I, R> Map<'e, E, F, I, R>
where
    E: Accept<F, I::Item, R>,
    F: Fn(I::Item) -> R + Clone,
    I: Iterator,
    R: Send + 'static,
{
    pub(crate) fn new(executor: &'e E, options: MapOptions, call: F, items: I) -> Result<Self, SubmitError> {
        let asked = ValueError::at_least("chunksize", options.chunksize, 1)?;
        let (chunksize, default) = match executor.chunk_workers() {
            Some(workers) => (asked, asked.saturating_mul(workers).saturating_mul(CHUNKS_AHEAD)),
            None => (1, 1),
        };
        let buffersize = options.buffersize.unwrap_or(default.max(MapOptions::DEFAULT_BUFFERSIZE));
        ValueError::at_least("buffersize", buffersize, 1)?;
        let mut map = Self {
            executor,
            call,
            items: items.fuse(),
            window: VecDeque::new(),
            in_flight: 0,
            buffersize,
            chunksize: chunksize.min(buffersize),
            ready: VecDeque::new(),
            deadline: Deadline::after(options.timeout),
            refused: None,
            open: true,
        };
        // The whole window, even if its last chunk is a short one.
        map.refill(1);
        match map.refused.take() {
            // The part of the window that was taken is cancelled as `map` is dropped.
            Some(refused) => Err(refused),
            None => Ok(map),
        }
    }

    /// Submits chunks until there is no room for one of `least` items, the input ends, or the executor refuses.
    fn refill(&mut self, least: usize) {
        while self.refused.is_none() {
            let room = (self.buffersize - self.in_flight).min(self.chunksize);
            if room < least {
                return;
            }
            let items: Vec<_> = self.items.by_ref().take(room).collect();
            let count = items.len();
            if count == 0 {
                return;
            }
            match self.executor.accept_items(self.call.clone(), items) {
                Ok(part) => {
                    self.window.push_back(part);
                    self.in_flight += count;
                }
                Err(refused) => self.refused = Some(refused),
            }
        }
    }

    /// Waits for the oldest item in flight.
    fn oldest(&mut self) -> Option<Result<R, Error>> {
        if let Some(result) = self.ready.pop_front() {
            self.in_flight -= 1;
            return Some(result.map_err(Error::Failed));
        }
        let part = self.window.front_mut()?;
        let result = part.next(self.deadline, &mut self.ready);
        let spent = part.is_spent();
        match result {
            // These are outcomes of the wait: no task can have them as its own.
            Err(Error::Timeout(error)) => {
                self.close();
                Some(Err(Error::Timeout(error)))
            }
            Err(Error::WouldBlock(error)) => Some(Err(Error::WouldBlock(error))),
            outcome => {
                self.in_flight -= 1;
                if spent {
                    self.window.pop_front();
                }
                Some(outcome)
            }
        }
    }
}

impl<E, F, I: Iterator, R> Map<'_, E, F, I, R> {
    /// Cancels what has not begun and ends the iteration (Python's `close()` of a generator).
    pub fn close(&mut self) {
        self.open = false;
        self.refused = None;
        self.ready.clear();
        for part in self.window.drain(..) {
            part.cancel();
        }
    }
}

impl<E, F, I, R> Iterator for Map<'_, E, F, I, R>
where
    E: Accept<F, I::Item, R>,
    F: Fn(I::Item) -> R + Clone,
    I: Iterator,
    R: Send + 'static,
{
    type Item = Result<R, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open {
            return None;
        }
        if let Some(result) = self.oldest() {
            if self.open {
                self.refill(self.chunksize);
            }
            return Some(result);
        }
        self.open = false;
        self.refused.take().map(|refused| Err(Error::Submit(refused)))
    }
}

impl<E, F, I, R> FusedIterator for Map<'_, E, F, I, R>
where
    E: Accept<F, I::Item, R>,
    F: Fn(I::Item) -> R + Clone,
    I: Iterator,
    R: Send + 'static,
{
}

impl<E, F, I: Iterator, R> Drop for Map<'_, E, F, I, R> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<E, F, I: Iterator, R> fmt::Debug for Map<'_, E, F, I, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("in_flight", &self.in_flight)
            .field("buffersize", &self.buffersize)
            .finish_non_exhaustive()
    }
}
