//! One future, settled by several threads and awaited by several.

use super::{Bell, Count, explore, join, spawn};
use crate::error::Error;
use crate::sync::{AtomicUsize, Ordering};
use crate::{Future, Promise, State};
use std::future::IntoFuture;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn is_cancelled<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Cancelled(_)))
}

fn count_calls<T>(future: &Future<T>) -> Count {
    let calls = Count::default();
    let counted = calls.clone();
    future.add_done_callback(move |_| counted.add());
    calls
}

#[test]
fn cancel_or_result() {
    explore(|| {
        let promise = Promise::new();
        let future = promise.future();
        let calls = count_calls(&future);
        let other = future.clone();
        let canceller = spawn(move || other.cancel());
        let producer = spawn(move || {
            matches!(promise.set_running_or_notify_cancel(), Ok(true)) && promise.set_result(1).is_ok()
        });
        let outcome = future.result().copied();
        let (cancelled, kept) = (join(canceller), join(producer));
        assert_ne!(cancelled, kept);
        assert_eq!(is_cancelled(&outcome), cancelled);
        assert_eq!(outcome.ok(), kept.then_some(1));
        assert_eq!(calls.get(), 1);
    });
}

#[test]
fn one_of_many_outcomes() {
    explore(|| {
        let promise = Arc::new(Promise::new());
        let future = promise.future();
        let calls = count_calls(&future);
        let (first, second, third) = (Arc::clone(&promise), promise, future.clone());
        let first = spawn(move || first.set_result(1).is_ok());
        let second = spawn(move || second.set_exception("failed").is_ok());
        let third = spawn(move || third.cancel());
        let settled = [join(first), join(second), join(third)];
        assert_eq!(settled.iter().filter(|settled| **settled).count(), 1);
        let outcome = future.result().copied();
        let seen = [outcome.is_ok(), matches!(outcome, Err(Error::Failed(_))), is_cancelled(&outcome)];
        assert_eq!(seen, settled);
        assert_eq!(calls.get(), 1);
    });
}

#[test]
fn all_waiters_wake() {
    explore(|| {
        let promise = Promise::new();
        let (first, second) = (promise.future(), promise.future());
        let first = spawn(move || first.result().copied().ok());
        let producer = spawn(move || promise.set_result(1).is_ok());
        assert_eq!(second.result().copied().ok(), Some(1));
        assert_eq!(second.state(), State::Finished);
        assert_eq!(join(first), Some(1));
        assert!(join(producer));
    });
}

#[test]
fn dropped_promise_wakes() {
    explore(|| {
        let promise = Promise::<u32>::new();
        let future = promise.future();
        let dropper = spawn(move || drop(promise));
        assert!(matches!(future.result(), Err(Error::Failed(_))));
        join(dropper);
    });
}

#[test]
fn late_callback_runs_once() {
    explore(|| {
        let promise = Promise::new();
        let future = promise.future();
        let early = count_calls(&future);
        let producer = spawn(move || promise.set_result(1).is_ok());
        let late = count_calls(&future);
        assert!(join(producer));
        assert_eq!((early.get(), late.get()), (1, 1));
    });
}

#[test]
fn latest_waker_is_woken() {
    explore(|| {
        let promise = Promise::new();
        let future = promise.future();
        let producer = spawn(move || promise.set_result(1).is_ok());
        let bells = [Arc::new(Bell::default()), Arc::new(Bell::default())];
        let mut lent = pin!((&future).into_future());
        let pending = bells.iter().all(|bell| {
            let waker = Waker::from(Arc::clone(bell));
            lent.as_mut().poll(&mut Context::from_waker(&waker)).is_pending()
        });
        assert!(join(producer));
        if pending {
            assert_eq!(bells[1].rings(), 1);
            let polled = lent.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Ready(Ok(1))));
        }
    });
}

#[test]
fn dropped_await_leaves_no_waker() {
    explore(|| {
        let promise = Promise::new();
        let future = promise.future();
        let other = promise.future();
        let producer = spawn(move || promise.set_result(1).is_ok());
        let bell = Arc::new(Bell::default());
        {
            let waker = Waker::from(Arc::clone(&bell));
            let mut given = pin!(other.into_future());
            let _ = given.as_mut().poll(&mut Context::from_waker(&waker));
        }
        assert!(join(producer));
        assert_eq!(Arc::strong_count(&bell), 1);
        drop(future);
    });
}

#[test]
fn two_awaits_of_one_future() {
    explore(|| {
        let promise = Promise::new();
        let futures = [promise.future(), promise.future()];
        let producer = spawn(move || promise.set_result(1).is_ok());
        let other = futures[1].clone();
        let poll = |future: &Future<u32>, bell: &Arc<Bell>| {
            let waker = Waker::from(Arc::clone(bell));
            let mut lent = pin!(future.into_future());
            let polled = lent.as_mut().poll(&mut Context::from_waker(&waker)).is_pending();
            (polled, lent.as_mut().poll(&mut Context::from_waker(&waker)).is_pending())
        };
        let bell = Arc::new(Bell::default());
        let awaiter = spawn(move || poll(&other, &Arc::new(Bell::default())));
        let polled = poll(&futures[0], &bell);
        // Ready once is ready for good.
        assert!(polled.0 || !polled.1);
        join(awaiter);
        assert!(join(producer));
        assert_eq!(Arc::strong_count(&bell), 1);
    });
}

#[test]
fn what_was_written_before_is_seen() {
    explore(|| {
        let (promise, written) = (Promise::new(), Arc::new(AtomicUsize::new(0)));
        let (future, writing) = (promise.future(), Arc::clone(&written));
        let producer = spawn(move || {
            writing.store(1, Ordering::Relaxed);
            promise.set_result(()).unwrap();
        });
        if future.done() {
            assert_eq!(written.load(Ordering::Relaxed), 1);
        }
        join(producer);
    });
}
