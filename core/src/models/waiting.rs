//! `wait` and `as_completed` against those who complete and cancel.

use super::{Bell, explore, join, spawn};
use crate::{Promise, ReturnWhen, as_completed, wait};
use futures_core::Stream;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

#[test]
fn all_of_two() {
    explore(|| {
        let (kept, cancelled) = (Promise::new(), Promise::<u32>::new());
        let futures = [kept.future(), cancelled.future()];
        let producer = spawn(move || kept.set_result(1).is_ok());
        let other = cancelled.future();
        let canceller = spawn(move || other.cancel());
        let waited = wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done, [&futures[0], &futures[1]]);
        assert!(futures[0].done() && futures[1].cancelled());
        assert!(join(producer) && join(canceller));
        assert!(!cancelled.set_result(2).is_ok());
    });
}

#[test]
fn first_of_two() {
    explore(|| {
        let (kept, cancelled) = (Promise::new(), Promise::<u32>::new());
        let futures = [kept.future(), cancelled.future()];
        let producer = spawn(move || kept.set_result(1).is_ok());
        let other = cancelled.future();
        let canceller = spawn(move || other.cancel());
        let waited = wait(&futures, None, ReturnWhen::FirstCompleted).unwrap();
        assert!(!waited.done.is_empty());
        assert_eq!(waited.done.len() + waited.not_done.len(), 2);
        assert!(waited.done.iter().all(|future| future.done()));
        assert!(join(producer) && join(canceller));
        // Whatever was left of the first wait does not disturb the second.
        let waited = wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done.len(), 2);
    });
}

#[test]
fn first_exception() {
    explore(|| {
        let (failing, open) = (Promise::<u32>::new(), Promise::<u32>::new());
        let futures = [failing.future(), open.future()];
        let other = open.future();
        let canceller = spawn(move || other.cancel());
        let producer = spawn(move || failing.set_exception("failed").is_ok());
        let waited = wait(&futures, None, ReturnWhen::FirstException).unwrap();
        // A cancelled future has not failed, so the wait has not ended before the other one did.
        assert!(waited.done.contains(&&futures[0]));
        assert!(join(producer) && join(canceller));
        drop(open);
    });
}

#[test]
fn each_once_as_completed() {
    explore(|| {
        let promises = [Promise::new(), Promise::new()];
        let futures = [promises[0].future(), promises[1].future()];
        let [first, second] = promises;
        let producers = [spawn(move || first.set_result(0)), spawn(move || second.set_result(1))];
        let mut iterator = as_completed(&futures);
        let mut seen: Vec<usize> = iterator.by_ref().map(|future| *future.result().unwrap()).collect();
        assert_eq!(iterator.unfinished(), 0);
        seen.sort_unstable();
        assert_eq!(seen, [0, 1]);
        for producer in producers {
            join(producer).unwrap();
        }
    });
}

#[test]
fn dropped_iterator_is_forgotten() {
    explore(|| {
        let promises = [Promise::new(), Promise::new()];
        let futures = [promises[0].future(), promises[1].future()];
        let [first, second] = promises;
        let producers = [spawn(move || first.set_result(0)), spawn(move || second.set_result(1))];
        let first = as_completed(&futures).next();
        assert!(first.is_some_and(|future| future.done()));
        for producer in producers {
            join(producer).unwrap();
        }
        assert_eq!(as_completed(&futures).count(), 2);
    });
}

#[test]
fn two_waits_for_one_future() {
    explore(|| {
        let promise = Promise::new();
        let (mine, other) = (promise.future(), promise.future());
        let waiter = spawn(move || wait([&other], None, ReturnWhen::FirstCompleted).unwrap().done.len());
        let producer = spawn(move || promise.set_result(1).is_ok());
        assert_eq!(as_completed([&mine]).count(), 1);
        assert_eq!(join(waiter), 1);
        assert!(join(producer));
    });
}

#[test]
fn stream_hears_of_each() {
    explore(|| {
        let promises = [Promise::new(), Promise::new()];
        let futures = [promises[0].future(), promises[1].future()];
        let producers = promises.map(|promise| spawn(move || promise.set_result(1).is_ok()));
        let mut stream = pin!(as_completed(&futures).stream());
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let mut poll = || stream.as_mut().poll_next(&mut Context::from_waker(&waker));
        let first = poll();
        let rung = bell.rings();
        let second = poll();
        assert!(producers.map(join).into_iter().all(|kept| kept));
        let came = [&first, &second].into_iter().filter(|polled| polled.is_ready()).count();
        // Whoever was told to wait has been woken for what has come since.
        assert!(second.is_ready() || bell.rings() > rung);
        for _ in came..2 {
            assert!(matches!(poll(), Poll::Ready(Some(_))));
        }
        assert!(matches!(poll(), Poll::Ready(None)));
    });
}
