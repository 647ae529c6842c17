//! The iterators of this crate for async code: what they block for, the streams await.

use crate::progress::{Progress, WithProgress};
use futures_core::stream::{FusedStream, Stream};
use std::iter::FusedIterator;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// An iterator of this crate as a [`Stream`], which awaits what the iterator would block for; made by
/// [`AsCompleted::stream`](crate::AsCompleted::stream), [`Map::stream`](crate::Map::stream) and
/// [`MapUnordered::stream`](crate::MapUnordered::stream).
///
/// Dropping it is dropping the iterator, whenever that is: no waker is kept, so nothing touches an event loop that is gone.
#[derive(Debug)]
#[must_use = "streams do nothing unless they are polled, and dropping one drops its iterator"]
pub struct Streamed<I>(I);

impl<I> Streamed<I> {
    pub(crate) fn new(iterator: I) -> Self {
        Self(iterator)
    }

    /// Lends the iterator.
    pub fn get_ref(&self) -> &I {
        &self.0
    }

    /// Lends the iterator, to [close](crate::Map::close) it; its `next` blocks.
    pub fn get_mut(&mut self) -> &mut I {
        &mut self.0
    }
}

impl<I: WithProgress> Streamed<I> {
    /// Returns how many of how many items have come out.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.0.progress()
    }
}

/// Nothing of it is pinned.
impl<I> Unpin for Streamed<I> {}

impl<I: Awaitable> Stream for Streamed<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<I::Item>> {
        self.0.poll_next(context.waker())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<I: Awaitable> FusedStream for Streamed<I> {
    fn is_terminated(&self) -> bool {
        self.0.is_over()
    }
}

/// An iterator whose next item can be awaited. The trait is sealed.
pub trait Awaitable: sealed::Sealed + FusedIterator {}

mod sealed {
    use super::{Poll, Waker};

    pub trait Sealed: Iterator {
        /// The next item, or `Pending`, and then `waker` is woken when it is time to ask again. Of several wakers the latest counts.
        fn poll_next(&mut self, waker: &Waker) -> Poll<Option<Self::Item>>;

        /// Whether nothing more comes out.
        fn is_over(&self) -> bool;
    }
}

pub(crate) use self::sealed::Sealed;

/// Whether an iterator may wait: if it was given no waker, it may block; else only if what it waits for `is_ready_or_wakes`, so
/// that it will not. One loop serves both.
pub(crate) fn may_wait(waker: Option<&Waker>, is_ready_or_wakes: impl FnOnce(&Waker) -> bool) -> bool {
    waker.is_none_or(is_ready_or_wakes)
}

/// What an iterator's `next` makes of a poll that was given no waker.
pub(crate) fn blocked<T>(polled: Poll<T>) -> T {
    match polled {
        Poll::Ready(item) => item,
        Poll::Pending => unreachable!("without a waker the wait blocks"),
    }
}
