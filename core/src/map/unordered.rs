//! `Executor::map_unordered`: results in the order in which they complete.

use super::arrivals::Arrivals;
use super::feed::{Feed, Supply};
use super::options::MapOptions;
use crate::deadline::Deadline;
use crate::error::{Error, SubmitError};
use crate::executor::Accept;
use crate::progress::Progress;
use crate::stream::{Streamed, may_wait};
use std::task::{Poll, Waker};

/// The results of [`Executor::map_unordered`](crate::Executor::map_unordered), as they complete, each with the place of its
/// item in the input, counted from 0.
///
/// Items of one chunk come out together, when the last of them is done. The error of a call comes out as its result and
/// the iteration goes on.
///
/// An error of the iteration itself comes with the place of the first item of which nothing has come out. When the timeout has
/// passed, that is one [`Error::Timeout`]; the rest is cancelled, and the iterator ends; results that are there already come
/// out even then. When the executor refuses the next item, [`Error::Submit`] follows the results of all those before it. On a
/// thread that must not block, [`Error::WouldBlock`] comes out as long as no result is there, and nothing is lost.
///
/// Dropping or [closing](Self::close) the iterator cancels what has not begun.
#[must_use = "dropping the iterator cancels what has not begun"]
pub struct MapUnordered<'e, E, F, I: Iterator, R> {
    feed: Feed<'e, E, F, I>,
    crowd: Crowd<R>,
}

/// The results on their way.
struct Crowd<R> {
    arrivals: Arrivals<R>,
    deadline: Deadline,
    open: bool,
}

impl<R> Crowd<R> {
    fn refill(&mut self, supply: &mut dyn Supply<R>, is_start: bool) {
        while let Some((first, part)) = supply.next(is_start) {
            self.arrivals.add(first, part);
        }
    }

    /// Takes a result that has come.
    fn take_ready(&mut self) -> Option<(usize, Result<R, Error>)> {
        self.arrivals.take()
    }

    /// Waits for any result, or has `waker` woken when it is time to ask again.
    fn advance(
        &mut self,
        supply: &mut dyn Supply<R>,
        waker: Option<&Waker>,
    ) -> Poll<Option<(usize, Result<R, Error>)>> {
        if !self.open {
            return Poll::Ready(None);
        }
        loop {
            if let Some(item) = self.take_ready() {
                if supply.give() {
                    self.refill(supply, false);
                }
                return Poll::Ready(Some(item));
            }
            if !may_wait(waker, |waker| self.arrivals.is_ready_or_wakes(self.deadline, waker)) {
                return Poll::Pending;
            }
            match self.arrivals.next(self.deadline) {
                Some(Ok(None)) => {}
                Some(Ok(Some(took))) => supply.note(took),
                Some(Err(error)) => {
                    let first = self.arrivals.first().unwrap_or_default();
                    if !matches!(error, Error::WouldBlock(_)) {
                        self.close();
                    }
                    return Poll::Ready(Some((first, Err(error))));
                }
                None => {
                    self.open = false;
                    let refused = supply.take_refusal();
                    return Poll::Ready(refused.map(|refused| (supply.given(), Err(Error::Submit(refused)))));
                }
            }
        }
    }

    fn close(&mut self) {
        self.open = false;
        self.arrivals.close();
    }
}

impl<'e, E, F, I, R> MapUnordered<'e, E, F, I, R>
where
    E: Accept<F, I::Item, R>,
    F: Fn(I::Item) -> R + Clone,
    I: Iterator,
    R: Send + 'static,
{
    pub(crate) fn new(executor: &'e E, options: MapOptions, call: F, items: I) -> Result<Self, SubmitError> {
        let feed = Feed::new(executor, options, call, items)?;
        let deadline = Deadline::after(options.timeout);
        let mut map = Self { feed, crowd: Crowd { arrivals: Arrivals::new(), deadline, open: true } };
        map.crowd.refill(&mut map.feed, true);
        match map.feed.take_refusal() {
            // The part of the window that was taken is cancelled as `map` is dropped.
            Some(refused) => Err(refused),
            None => Ok(map),
        }
    }
}

impl<E, F, I: Iterator, R> MapUnordered<'_, E, F, I, R> {
    /// Cancels what has not begun and ends the iteration (Python's `close()` of a generator).
    pub fn close(&mut self) {
        self.crowd.close();
    }

    /// Returns the same results as a stream, for async code.
    ///
    /// No timer wakes it: when the [timeout](MapOptions::timeout) has passed, whoever polls it next hears of that. The event loop
    /// has timers that do.
    pub fn stream(self) -> Streamed<Self> {
        Streamed::new(self)
    }

    /// Returns how many of how many results have come out. The whole is known if the input knows its length.
    ///
    /// # Example
    ///
    /// ```
    #[doc = "# mod concurrent_futures { include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/doctest/threads.rs\")); }"]
    /// use concurrent_futures::{Executor, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let mut lengths = pool.map_unordered(str::len, ["one", "three"])?;
    /// while let Some((place, length)) = lengths.next() {
    ///     println!("{}: word {place} has {} letters", lengths.progress(), length?);
    /// }
    /// assert_eq!(lengths.progress().to_string(), "2 of 2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.feed.progress()
    }
}

results!(MapUnordered, crowd, (usize, Result<R, Error>));
