//! Awaiting, polled by hand: every async runtime does no more than this.

use crate::pool;
use concurrent_futures::{Error, Executor, Promise};
use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Counts its wakes.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// By reference the value is lent, to any number of awaits.
pub fn lends() {
    let promise = Promise::new();
    let future = promise.future();
    let mut context = Context::from_waker(Waker::noop());
    let mut first = pin!((&future).into_future());
    let mut second = pin!((&future).into_future());
    assert!(first.as_mut().poll(&mut context).is_pending());
    assert!(second.as_mut().poll(&mut context).is_pending());
    promise.set_result(String::from("text")).unwrap();
    let Poll::Ready(Ok(one)) = first.poll(&mut context) else { panic!("it is done") };
    let Poll::Ready(Ok(two)) = second.poll(&mut context) else { panic!("it is done") };
    assert!(std::ptr::eq(one, two));
}

/// By value it is given.
pub fn gives() {
    let pool = pool(1);
    let future = pool.submit(|n: u32| n + 1, 1).unwrap();
    future.result().unwrap();
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(pin!(future.into_future()).poll(&mut context), Poll::Ready(Ok(2))));
    let cancelled = Promise::<u32>::new();
    assert!(cancelled.future().cancel());
    let mut awaited = pin!(cancelled.future().into_future());
    assert!(matches!(awaited.as_mut().poll(&mut context), Poll::Ready(Err(Error::Cancelled(_)))));
}

/// However often it is polled, it wakes once, and one that was given up not at all.
pub fn wakes_once_done() {
    let promise = Promise::new();
    let future = promise.future();
    let (kept, dropped) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    let (kept_waker, dropped_waker) = (Waker::from(Arc::clone(&kept)), Waker::from(Arc::clone(&dropped)));
    let mut awaited = pin!((&future).into_future());
    for _ in 0..3 {
        assert!(awaited.as_mut().poll(&mut Context::from_waker(&kept_waker)).is_pending());
    }
    {
        let mut given_up = pin!((&future).into_future());
        assert!(given_up.as_mut().poll(&mut Context::from_waker(&dropped_waker)).is_pending());
    }
    promise.set_result(()).unwrap();
    assert_eq!(kept.0.load(Ordering::SeqCst), 1);
    assert_eq!(dropped.0.load(Ordering::SeqCst), 0);
}
