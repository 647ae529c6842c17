//! Awaiting a future, from any async runtime and from the page's main thread.

use crate::Future;
use crate::error::Error;
use crate::shared::unique;
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Awaits a borrowed future; made by `(&future).await`.
///
/// Any event loop can poll it: tokio's, smol's, a page's. Dropping it, as a timeout does or a `select!` that goes another way,
/// ends the wait and leaves the task alone; [`Future::cancel`] or [`Future::stop`] end that.
///
/// Unlike [`Future::result`] it never runs the task itself. An async block that a worker runs by some `block_on` therefore needs
/// another worker for the tasks of the same pool that it awaits.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::Promise;
///
/// # futures::executor::block_on(async {
/// let promise = Promise::new();
/// let future = promise.future();
/// promise.set_result("lent to all")?;
/// assert_eq!((&future).await?, &"lent to all");
/// assert_eq!(future.await?, "lent to all");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "an awaited future does nothing until it is polled"]
pub struct Lend<'a, T> {
    future: &'a Future<T>,
    /// Names the waker of this await among those of others.
    key: u64,
}

impl<'a, T> std::future::Future for Lend<'a, T> {
    type Output = Result<&'a T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = self.future.shared();
        if shared.outcome().is_none() && shared.wake_later(self.key, context.waker()) {
            return Poll::Pending;
        }
        match shared.outcome() {
            Some(outcome) => Poll::Ready(outcome.as_ref().map_err(Error::clone)),
            None => unreachable!("a waker is refused only once the outcome is there"),
        }
    }
}

impl<T> Drop for Lend<'_, T> {
    fn drop(&mut self) {
        if !self.future.done() {
            self.future.shared().forget_waker(self.key);
        }
    }
}

/// `(&future).await` lends the value, as [`Future::result`] does, without blocking.
impl<'a, T> IntoFuture for &'a Future<T> {
    type Output = Result<&'a T, Error>;
    type IntoFuture = Lend<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        Lend { future: self, key: unique() }
    }
}

/// Awaits a future by value; made by `future.await`. Otherwise as [`Lend`].
#[derive(Debug)]
#[must_use = "an awaited future does nothing until it is polled"]
pub struct Give<T> {
    /// Gone when the value has been given.
    future: Option<Future<T>>,
    key: u64,
}

impl<T: Clone> std::future::Future for Give<T> {
    type Output = Result<T, Error>;

    /// # Panics
    ///
    /// Polled again after it was ready, as every future of `async fn` does.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.future.take().expect("polled after it was ready");
        if !future.done() && future.shared().wake_later(self.key, context.waker()) {
            self.future = Some(future);
            return Poll::Pending;
        }
        Poll::Ready(future.into_result())
    }
}

/// `future.await` gives the value, as [`Future::into_result`] does, without blocking.
impl<T: Clone> IntoFuture for Future<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Give<T>;

    fn into_future(self) -> Self::IntoFuture {
        Give { future: Some(self), key: unique() }
    }
}

impl<T> Drop for Give<T> {
    fn drop(&mut self) {
        if let Some(future) = &self.future
            && !future.done()
        {
            future.shared().forget_waker(self.key);
        }
    }
}
