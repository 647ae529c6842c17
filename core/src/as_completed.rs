//! Futures in the order in which they complete.

use crate::any::Waitable;
use crate::deadline::Deadline;
use crate::error::{Error, TimeoutError};
use crate::wait::distinct;
use crate::waiter::Waiter;
use std::fmt;
use std::iter::FusedIterator;
use std::time::Duration;
use std::vec;

/// Returns an iterator over the futures as they complete (Python's `as_completed`).
///
/// Futures that are done already come first. A future that is given twice comes out once. The iterator lets go of each
/// future that it yields, and of all when it is dropped. Pairs are futures too, so what belongs to a future can travel
/// with it. A worker that iterates over tasks queued in its own pool runs them itself only when every worker of the pool is
/// blocked in such a wait.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{Promise, as_completed};
///
/// let (first, second) = (Promise::new(), Promise::new());
/// let futures = [(first.future(), "a"), (second.future(), "b")];
/// second.set_result(2)?;
/// first.set_result(1)?;
/// for (future, source) in as_completed(futures) {
///     println!("{source}: {}", future.result()?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn as_completed<W: Waitable>(futures: impl IntoIterator<Item = W>) -> AsCompleted<W> {
    AsCompleted::new(distinct(futures))
}

/// The iterator of [`as_completed`]. Its `next` blocks until a future is done.
///
/// # Panics
///
/// `next` panics on a thread that must not block, as the page's main thread in a browser, if it would have to;
/// [`timeout`](Self::timeout) makes an iterator that returns an error there.
#[must_use = "iterators are lazy: nothing is waited for before `next`"]
pub struct AsCompleted<W: Waitable> {
    waiter: Waiter,
    /// The futures by their keys; a yielded one is gone.
    futures: Vec<Option<W>>,
    /// How many futures have not been yielded.
    left: usize,
    /// Keys of futures that were done at the start.
    ready: vec::IntoIter<usize>,
}

impl<W: Waitable> AsCompleted<W> {
    fn new(futures: Vec<W>) -> Self {
        let waiter = Waiter::watch(futures.len(), |key| futures[key].handle());
        let mut open = waiter.open().iter().copied().peekable();
        let ready: Vec<usize> = (0..futures.len()).filter(|key| open.next_if_eq(key).is_none()).collect();
        let left = futures.len();
        Self { waiter, futures: futures.into_iter().map(Some).collect(), left, ready: ready.into_iter() }
    }

    /// Limits the whole iteration to `timeout` from now on (Python's `timeout` argument).
    ///
    /// The items become results; when time runs out, one [`TimeoutError`] that counts the unfinished futures is the last.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::{Error, Promise, as_completed};
    /// use std::time::Duration;
    ///
    /// let promise = Promise::<u32>::new();
    /// let mut futures = as_completed([promise.future()]).timeout(Duration::from_millis(1));
    /// assert!(matches!(futures.next(), Some(Err(Error::Timeout(_)))));
    /// assert!(futures.next().is_none());
    /// ```
    pub fn timeout(self, timeout: Duration) -> Timeout<W> {
        Timeout { futures: Some(self), deadline: Deadline::after(Some(timeout)) }
    }

    /// Returns how many of the futures have not come out yet, for showing progress.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.left
    }

    fn advance(&mut self, deadline: Deadline) -> Result<Option<W>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let key = self.next_key(deadline).map_err(|error| match error {
            Error::Timeout(_) => Error::Timeout(TimeoutError::new(self.left, self.futures.len())),
            other => other,
        })?;
        self.left -= 1;
        Ok(self.futures[key].take())
    }

    fn next_key(&mut self, deadline: Deadline) -> Result<usize, Error> {
        match self.ready.next() {
            Some(key) => Ok(key),
            None => {
                self.waiter.next(deadline, |key| self.futures[key].as_ref().map(|future| future.handle()))
            }
        }
    }
}

impl<W: Waitable> Iterator for AsCompleted<W> {
    type Item = W;

    fn next(&mut self) -> Option<W> {
        match self.advance(Deadline::never()) {
            Ok(future) => future,
            Err(error) => panic!("{error}"),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<W: Waitable> ExactSizeIterator for AsCompleted<W> {}

impl<W: Waitable> FusedIterator for AsCompleted<W> {}

impl<W: Waitable> Drop for AsCompleted<W> {
    fn drop(&mut self) {
        for future in self.futures.iter().flatten() {
            self.waiter.unwatch(future.handle());
        }
    }
}

impl<W: Waitable> fmt::Debug for AsCompleted<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("unfinished", &self.left).finish_non_exhaustive()
    }
}

/// The iterator of [`AsCompleted::timeout`]: futures as they complete, until time runs out.
#[must_use = "iterators are lazy: nothing is waited for before `next`"]
#[derive(Debug)]
pub struct Timeout<W: Waitable> {
    /// Gone when time has run out.
    futures: Option<AsCompleted<W>>,
    deadline: Deadline,
}

impl<W: Waitable> Iterator for Timeout<W> {
    type Item = Result<W, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let outcome = self.futures.as_mut()?.advance(self.deadline);
        if outcome.is_err() {
            self.futures = None;
        }
        outcome.transpose()
    }
}

impl<W: Waitable> FusedIterator for Timeout<W> {}
