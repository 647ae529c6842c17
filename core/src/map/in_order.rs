//! `Executor::map`: results in the order of the input.

use super::feed::{Feed, Supply};
use super::in_turn::InTurn;
use super::options::MapOptions;
use super::sorted::Sorted;
use crate::deadline::Deadline;
use crate::error::{Error, SubmitError};
use crate::executor::Accept;
use crate::progress::Progress;
use crate::stream::Streamed;
use std::task::{Poll, Waker};

/// The results of [`Executor::map`](crate::Executor::map), in the order of the items.
///
/// Each item is a `Result`: the error of a call comes out in its own place and the iteration goes on, as from Python 3.16
/// on. When the timeout has passed, one [`Error::Timeout`] comes out, the rest is cancelled, and the iterator ends;
/// a result that is there already comes out even then. When the executor refuses the next item, [`Error::Submit`]
/// follows the results of those before it. On a thread that must not block, [`Error::WouldBlock`] comes out as long as the
/// next result is not there, and nothing is lost. Dropping or [closing](Self::close) the iterator cancels what has not begun.
#[must_use = "dropping the iterator cancels what has not begun"]
pub struct Map<'e, E, F, I: Iterator, R> {
    feed: Feed<'e, E, F, I>,
    line: Line<R>,
}

/// The results on their way.
struct Line<R> {
    order: Order<R>,
    deadline: Deadline,
    open: bool,
}

/// How the results are brought into order.
enum Order<R> {
    InTurn(InTurn<R>),
    Sorted(Sorted<R>),
}

impl<R> Line<R> {
    fn refill(&mut self, supply: &mut dyn Supply<R>, is_start: bool) {
        match &mut self.order {
            Order::InTurn(order) => order.refill(supply, is_start),
            Order::Sorted(order) => order.refill(supply),
        }
    }

    /// Takes the next result if it has come and is a value.
    #[inline]
    fn take_ready(&mut self) -> Option<Result<R, Error>> {
        match &mut self.order {
            Order::InTurn(order) => order.take_ready().map(Ok),
            Order::Sorted(_) => None,
        }
    }

    /// Waits for the next result, or has `waker` woken when it is time to ask again.
    fn advance(
        &mut self,
        supply: &mut dyn Supply<R>,
        waker: Option<&Waker>,
    ) -> Poll<Option<Result<R, Error>>> {
        if !self.open {
            return Poll::Ready(None);
        }
        let result = match &mut self.order {
            Order::InTurn(order) => order.next(self.deadline, waker),
            Order::Sorted(order) => order.next(supply, self.deadline, waker),
        };
        result.map(|result| match result {
            // These two are outcomes of the wait: no task can have them as its own.
            Some(Err(Error::Timeout(error))) => {
                self.close();
                Some(Err(Error::Timeout(error)))
            }
            Some(Err(Error::WouldBlock(error))) => Some(Err(Error::WouldBlock(error))),
            Some(result) => {
                if supply.give() {
                    self.refill(supply, false);
                }
                Some(result)
            }
            None => {
                self.open = false;
                supply.take_refusal().map(|refused| Err(Error::Submit(refused)))
            }
        })
    }

    fn close(&mut self) {
        self.open = false;
        match &mut self.order {
            Order::InTurn(order) => order.close(),
            Order::Sorted(order) => order.close(),
        }
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
        let feed = Feed::new(executor, options, call, items)?;
        let order =
            if feed.is_adaptive() { Order::Sorted(Sorted::new()) } else { Order::InTurn(InTurn::new()) };
        let mut map =
            Self { feed, line: Line { order, deadline: Deadline::after(options.timeout), open: true } };
        map.line.refill(&mut map.feed, true);
        match map.feed.take_refusal() {
            // The part of the window that was taken is cancelled as `map` is dropped.
            Some(refused) => Err(refused),
            None => Ok(map),
        }
    }
}

impl<E, F, I: Iterator, R> Map<'_, E, F, I, R> {
    /// Cancels what has not begun and ends the iteration (Python's `close()` of a generator).
    pub fn close(&mut self) {
        self.line.close();
    }

    /// Returns the same results as a stream, for async code.
    ///
    /// No timer wakes it: when the [timeout](MapOptions::timeout) has passed, whoever polls it next hears of that. The event loop
    /// has timers that do.
    ///
    /// # Example
    ///
    /// ```
    #[doc = "# mod concurrent_futures { include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/doctest/threads.rs\")); }"]
    /// use concurrent_futures::{Executor, ThreadPoolExecutor};
    /// use futures::TryStreamExt;
    ///
    /// # futures::executor::block_on(async {
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let squares: Vec<u64> = pool.map(|n: u64| n * n, 0..4)?.stream().try_collect().await?;
    /// assert_eq!(squares, [0, 1, 4, 9]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn stream(self) -> Streamed<Self> {
        Streamed::new(self)
    }

    /// Returns how many of how many results have come out. The whole is known if the input knows its length.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.feed.progress()
    }
}

results!(Map, line, Result<R, Error>);
