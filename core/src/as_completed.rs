//! Futures in the order in which they complete.

use crate::any::Waitable;
use crate::deadline::Deadline;
use crate::error::{Error, TimeoutError};
use crate::progress::{Progress, WithProgress};
use crate::stream::{self, Awaitable, Streamed};
use crate::wait::distinct;
use crate::waiter::Waiter;
use std::fmt;
use std::iter::FusedIterator;
use std::task::{Poll, Waker};
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
        let mut waiter = Waiter::new();
        let open = waiter.watch(futures.len(), |key| futures[key].handle());
        let mut open = open.into_iter().peekable();
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
        let reached = self.progress();
        Timeout { futures: Some(self), deadline: Deadline::after(Some(timeout)), reached }
    }

    /// Returns the same futures as a stream, for async code (`as_completed` of Python's `asyncio`).
    ///
    /// A limit of time is the event loop's business, as by tokio's `timeout`.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::{Promise, as_completed};
    /// use futures::StreamExt;
    ///
    /// # futures::executor::block_on(async {
    /// let (first, second) = (Promise::new(), Promise::new());
    /// let mut completed = as_completed([first.future(), second.future()]).stream();
    /// second.set_result(2)?;
    /// assert_eq!(completed.next().await, Some(second.future()));
    /// first.set_result(1)?;
    /// assert_eq!(completed.next().await, Some(first.future()));
    /// assert_eq!(completed.next().await, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn stream(self) -> Streamed<Self> {
        Streamed::new(self)
    }

    /// Returns how many of the futures have not come out yet.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.left
    }

    /// Returns how many of how many futures have come out.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let total = self.futures.len();
        Progress { done: total - self.left, total: Some(total) }
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

impl<W: Waitable> Awaitable for AsCompleted<W> {}
impl<W: Waitable> stream::Sealed for AsCompleted<W> {
    fn poll_next(&mut self, waker: &Waker) -> Poll<Option<W>> {
        let is_ready = self.left == 0 || !self.ready.as_slice().is_empty();
        if is_ready || self.waiter.is_ready_or_wakes(waker) {
            return Poll::Ready(self.next());
        }
        Poll::Pending
    }

    fn is_over(&self) -> bool {
        self.left == 0
    }
}

impl<W: Waitable> WithProgress for AsCompleted<W> {
    fn progress(&self) -> Progress {
        AsCompleted::progress(self)
    }
}

impl<W: Waitable> Drop for AsCompleted<W> {
    fn drop(&mut self) {
        for future in self.futures.iter().flatten() {
            self.waiter.unwatch(future.handle());
        }
        // A future that completes at this moment may still hold the mailbox.
        self.waiter.forget_waker();
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
    /// How far the iteration has come.
    reached: Progress,
}

impl<W: Waitable> Timeout<W> {
    /// Returns how many of how many futures have come out.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.reached
    }
}

impl<W: Waitable> Iterator for Timeout<W> {
    type Item = Result<W, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let futures = self.futures.as_mut()?;
        let outcome = futures.advance(self.deadline);
        self.reached = futures.progress();
        if outcome.is_err() {
            self.futures = None;
        }
        outcome.transpose()
    }
}

impl<W: Waitable> FusedIterator for Timeout<W> {}

impl<W: Waitable> WithProgress for Timeout<W> {
    fn progress(&self) -> Progress {
        Timeout::progress(self)
    }
}
