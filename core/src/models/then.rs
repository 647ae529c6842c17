//! Futures that come from other futures, while either is settled and cancelled.

use super::{Count, explore, join, spawn};
use crate::Promise;
use crate::error::Error;

#[test]
fn derived_or_cancelled() {
    explore(|| {
        let promise = Promise::new();
        let calls = Count::default();
        let counted = calls.clone();
        let derived = promise.future().map(move |n: &u32| {
            counted.add();
            n + 1
        });
        let other = derived.clone();
        let canceller = spawn(move || other.cancel());
        let producer = spawn(move || promise.set_result(1).is_ok());
        let outcome = derived.result().copied();
        let cancelled = join(canceller);
        assert!(join(producer));
        match outcome {
            Ok(value) => assert!(value == 2 && !cancelled && calls.get() == 1),
            Err(error) => assert!(matches!(error, Error::Cancelled(_)) && cancelled && calls.get() == 0),
        }
    });
}

#[test]
fn source_is_cancelled_or_kept() {
    explore(|| {
        let promise = Promise::new();
        let source = promise.future();
        let derived = source.map(|n: &u32| n + 1).map(|n| n + 1);
        let canceller = spawn(move || source.cancel());
        let producer = spawn(move || promise.set_result(1).is_ok());
        let outcome = derived.result().copied();
        let cancelled = join(canceller);
        assert_ne!(cancelled, join(producer));
        assert_eq!(outcome.ok(), (!cancelled).then_some(3));
    });
}

#[test]
fn follows_whichever_future() {
    explore(|| {
        let (outer, inner) = (Promise::new(), Promise::new());
        let follows = inner.future();
        let derived = outer.future().and_then(move |()| follows);
        let outer = spawn(move || outer.set_result(()).is_ok());
        let other = derived.clone();
        let canceller = spawn(move || other.cancel());
        let inner = spawn(move || inner.set_result(1).is_ok());
        let outcome = derived.result().copied();
        let cancelled = join(canceller);
        assert!(join(outer) && join(inner));
        assert_eq!(outcome.ok(), (!cancelled).then_some(1));
    });
}

#[test]
fn registered_while_it_completes() {
    explore(|| {
        let promise = Promise::new();
        let source = promise.future();
        let producer = spawn(move || promise.set_result(1).is_ok());
        let derived = source.then(|done| *done.result().unwrap() + 1);
        assert_eq!(derived.result().copied().ok(), Some(2));
        assert!(join(producer));
    });
}
