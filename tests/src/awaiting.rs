//! Awaiting, polled by hand: every async runtime does no more than this.

use crate::pool;
use concurrent_futures::{Error, Executor, MapOptions, Promise, as_completed};
use futures_core::stream::{FusedStream, Stream};
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Counts its wakes.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Counter {
    fn wakes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// IPE-23: by reference the value is lent, to any number of awaits.
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

/// What is not there yet wakes whoever has polled for it, in either form.
pub fn gives_later() {
    let promise = Promise::new();
    let (given_to, lent_to) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    let (giving, lending) = (Waker::from(Arc::clone(&given_to)), Waker::from(Arc::clone(&lent_to)));
    let future = promise.future();
    let mut given = pin!(promise.future().into_future());
    let mut lent = pin!((&future).into_future());
    assert!(given.as_mut().poll(&mut Context::from_waker(&giving)).is_pending());
    assert!(lent.as_mut().poll(&mut Context::from_waker(&lending)).is_pending());
    assert_eq!((given_to.wakes(), lent_to.wakes()), (0, 0));
    promise.set_result(7).unwrap();
    assert_eq!((given_to.wakes(), lent_to.wakes()), (1, 1));
    assert!(matches!(given.as_mut().poll(&mut Context::from_waker(&giving)), Poll::Ready(Ok(7))));
    assert!(matches!(lent.as_mut().poll(&mut Context::from_waker(&lending)), Poll::Ready(Ok(7))));
}

/// A task that moves to another runtime polls with another waker: only the latest is woken.
pub fn latest_waker_counts() {
    let promise = Promise::new();
    let (early, late) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    let mut awaited = pin!(promise.future().into_future());
    for counter in [&early, &late] {
        let waker = Waker::from(Arc::clone(counter));
        assert!(awaited.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    promise.set_result(()).unwrap();
    assert_eq!((early.wakes(), late.wakes()), (0, 1));
}

/// A waker of somebody else's may panic: that is reported, and harms neither the promise nor whoever else waits.
pub fn panicking_waker_harms_nobody() {
    struct Faulty;
    impl Wake for Faulty {
        fn wake(self: Arc<Self>) {
            panic!("a waker may panic");
        }
    }
    let promise = Promise::new();
    let (future, counter) = (promise.future(), Arc::new(Counter::default()));
    let (faulty, sound) = (Waker::from(Arc::new(Faulty)), Waker::from(Arc::clone(&counter)));
    let mut first = pin!((&future).into_future());
    let mut second = pin!((&future).into_future());
    assert!(first.as_mut().poll(&mut Context::from_waker(&faulty)).is_pending());
    assert!(second.as_mut().poll(&mut Context::from_waker(&sound)).is_pending());
    let called = Arc::new(Counter::default());
    let callback = Arc::clone(&called);
    future.add_done_callback(move |_| callback.wake());
    promise.set_result(1).unwrap();
    assert_eq!((counter.wakes(), called.wakes()), (1, 1));
    assert_eq!(future.result().unwrap(), &1);
}

/// IPE-24: however often it is polled, it wakes once, and one that was given up not at all.
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
    assert_eq!((kept.wakes(), dropped.wakes()), (1, 0));
}

/// What the stream says when it is polled.
fn poll<S: Stream + Unpin>(stream: &mut S, waker: &Waker) -> Poll<Option<S::Item>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(waker))
}

/// A stream of completions wakes for each future that it was polled in vain for, and yields what was done at once.
pub fn completed_stream() {
    let promises = [Promise::new(), Promise::new(), Promise::new()];
    let futures: Vec<_> = promises.iter().map(Promise::future).collect();
    let (early, late) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    let (first_waker, waker) = (Waker::from(Arc::clone(&early)), Waker::from(Arc::clone(&late)));
    promises[2].set_result(2).unwrap();
    let mut stream = as_completed([&futures[0], &futures[1], &futures[2], &futures[0]]).stream();
    assert_eq!(stream.size_hint(), (3, Some(3)));
    assert_eq!(poll(&mut stream, &waker), Poll::Ready(Some(&futures[2])));
    // Only the latest waker counts, however often it was given.
    assert!(poll(&mut stream, &first_waker).is_pending());
    assert!(poll(&mut stream, &waker).is_pending() && poll(&mut stream, &waker).is_pending());
    assert!(futures[1].cancel());
    promises[0].set_result(0).unwrap();
    assert_eq!((early.wakes(), late.wakes()), (0, 1));
    assert_eq!(poll(&mut stream, &waker), Poll::Ready(Some(&futures[1])));
    assert!(!stream.is_terminated() && stream.get_ref().unfinished() == 1);
    assert_eq!(poll(&mut stream, &waker), Poll::Ready(Some(&futures[0])));
    assert_eq!(poll(&mut stream, &waker), Poll::Ready(None));
    assert!(stream.is_terminated());
}

/// IPE-24: a stream that was given up wakes nobody, and holds no waker.
pub fn dropped_streams_wake_nobody() {
    let (promise, counter) = (Promise::new(), Arc::new(Counter::default()));
    let (pool, future) = (pool(1), promise.future());
    let held = future.clone();
    let mut completed = as_completed([&future]).stream();
    let mut mapped = pool.map(move |_: u32| *held.result().unwrap(), 0..3).unwrap().stream();
    let waker = Waker::from(Arc::clone(&counter));
    assert!(poll(&mut completed, &waker).is_pending() && poll(&mut mapped, &waker).is_pending());
    drop((completed, mapped, waker));
    assert_eq!(Arc::strong_count(&counter), 1);
    promise.set_result(1).unwrap();
    drop(pool);
    assert_eq!(counter.wakes(), 0);
}

/// A stream of a map's results keeps their order, and wakes when the next one is there.
pub fn map_stream() {
    let (promise, counter) = (Promise::new(), Arc::new(Counter::default()));
    let (pool, future, waker) = (pool(2), promise.future(), Waker::from(Arc::clone(&counter)));
    let call = move |n: u32| if n == 1 { *future.result().unwrap() } else { n };
    let mut stream = pool.map_with(MapOptions::default().buffersize(2), call, 0..4).unwrap().stream();
    let mut results = Vec::new();
    let mut promise = Some(promise);
    while results.len() < 4 {
        let wakes = counter.wakes();
        match poll(&mut stream, &waker) {
            Poll::Ready(result) => results.push(result.unwrap().unwrap()),
            Poll::Pending => {
                if let Some(promise) = promise.take_if(|_| results.len() == 1) {
                    promise.set_result(10).unwrap();
                }
                while counter.wakes() == wakes {
                    std::thread::yield_now();
                }
            }
        }
    }
    assert_eq!(results, [0, 10, 2, 3]);
    assert!(!stream.is_terminated());
    assert!(matches!(poll(&mut stream, &waker), Poll::Ready(None)) && stream.is_terminated());
}
