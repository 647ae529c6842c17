//! `Executor::map`: results in the order of the input, with a bounded number of items in flight.

use crate::Future;
use crate::deadline::Deadline;
use crate::error::{Error, SubmitError, ValueError};
use crate::executor::Accept;
use crate::sync::{Mutex, lock};
use std::collections::VecDeque;
use std::fmt;
use std::iter::{Fuse, FusedIterator};
use std::time::Duration;

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
    buffersize: usize,
}

impl MapOptions {
    /// The number of items in flight if nothing else is asked for.
    pub const DEFAULT_BUFFERSIZE: usize = 1024;

    /// Limits the whole iteration, from the call of `map_with` on.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends so many items to a worker at once, where that saves something; executors of threads ignore it, as in Python.
    pub fn chunksize(mut self, items: usize) -> Self {
        self.chunksize = items;
        self
    }

    /// Limits the items that are submitted and whose results were not yet taken.
    pub fn buffersize(mut self, items: usize) -> Self {
        self.buffersize = items;
        self
    }
}

impl Default for MapOptions {
    fn default() -> Self {
        Self { timeout: None, chunksize: 1, buffersize: Self::DEFAULT_BUFFERSIZE }
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
    /// What is in flight, in the order of the items; never more than `buffersize`.
    window: VecDeque<Future<Slot<R>>>,
    buffersize: usize,
    deadline: Deadline,
    /// Why the executor took no more items, until it is reported.
    refused: Option<SubmitError>,
    open: bool,
}

/// A result on its way to the one reader that a map has, who takes it out, so it need not be `Clone` or `Sync`.
struct Slot<R>(Mutex<Option<R>>);

impl<'e, E, F, I, R> Map<'e, E, F, I, R>
where
    E: Accept<F, I::Item, R>,
    F: Fn(I::Item) -> R + Clone,
    I: Iterator,
    R: Send + 'static,
{
    pub(crate) fn new(executor: &'e E, options: MapOptions, call: F, items: I) -> Result<Self, SubmitError> {
        ValueError::at_least("chunksize", options.chunksize, 1)?;
        let buffersize = ValueError::at_least("buffersize", options.buffersize, 1)?;
        let mut map = Self {
            executor,
            call,
            items: items.fuse(),
            window: VecDeque::new(),
            buffersize,
            deadline: Deadline::after(options.timeout),
            refused: None,
            open: true,
        };
        map.refill();
        match map.refused.take() {
            // The part of the window that was taken is cancelled as `map` is dropped.
            Some(refused) => Err(refused),
            None => Ok(map),
        }
    }

    /// Submits items until the window is full, the input ends, or the executor refuses.
    fn refill(&mut self) {
        while self.refused.is_none() && self.window.len() < self.buffersize {
            let Some(item) = self.items.next() else { return };
            let finish = |result| Ok(Slot(Mutex::new(Some(result))));
            match self.executor.accept(self.call.clone(), item, finish) {
                Ok(future) => self.window.push_back(future),
                Err(refused) => self.refused = Some(refused),
            }
        }
    }

    /// Waits for the oldest item in flight.
    fn oldest(&mut self) -> Option<Result<R, Error>> {
        let future = self.window.front()?;
        let waited = match self.deadline.remaining() {
            Ok(None) => future.result(),
            Ok(Some(left)) => future.result_timeout(left),
            Err(_) => future.result_timeout(Duration::ZERO),
        };
        let waited = match waited {
            // It may have become done since; what is there comes out even when time is up.
            Err(Error::Timeout(_)) if future.done() => future.result(),
            waited => waited,
        };
        match waited {
            // These are outcomes of the wait: no task can have them as its own.
            Err(Error::Timeout(error)) => {
                self.close();
                Some(Err(Error::Timeout(error)))
            }
            Err(Error::WouldBlock(error)) => Some(Err(Error::WouldBlock(error))),
            outcome => {
                let result = outcome.map(|slot| lock(&slot.0).take());
                self.window.pop_front();
                Some(result.map(|value| value.expect("a map reads each of its results once")))
            }
        }
    }
}

impl<E, F, I: Iterator, R> Map<'_, E, F, I, R> {
    /// Cancels what has not begun and ends the iteration (Python's `close()` of a generator).
    pub fn close(&mut self) {
        self.open = false;
        self.refused = None;
        for future in self.window.drain(..) {
            future.cancel();
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
                self.refill();
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
            .field("in_flight", &self.window.len())
            .field("buffersize", &self.buffersize)
            .finish_non_exhaustive()
    }
}
