//! The producing side.

use concurrent_futures::{Error, Promise, State};
use std::thread;
use std::time::Duration;

/// FUT-16, without threads: what is set is what is read.
pub fn result_travels() {
    let promise = Promise::new();
    let future = promise.future();
    promise.set_result(42).unwrap();
    assert_eq!(future.result().unwrap(), &42);
    assert_eq!(promise.future(), future);
}

/// FUT-19
pub fn error_travels() {
    let promise = Promise::<u32>::new();
    promise.set_exception("out of paper").unwrap();
    let error = promise.future().exception().unwrap().expect("it failed");
    assert_eq!(error.to_string(), "out of paper");
}

/// FUT-20, FUT-21
pub fn second_outcome_refused() {
    let promise = Promise::new();
    promise.set_result(1).unwrap();
    assert_eq!(promise.set_result(2).unwrap_err().state(), State::Finished);
    assert_eq!(promise.set_exception("late").unwrap_err().to_string(), "the future is already finished");
    assert_eq!(promise.future().result().unwrap(), &1);
    let cancelled = Promise::<u32>::new();
    assert!(cancelled.future().cancel());
    assert_eq!(cancelled.set_result(1).unwrap_err().state(), State::Cancelled);
}

/// Nobody waits for a promise that cannot be kept any more.
pub fn dropped_promise_fails() {
    let future = Promise::<u32>::new().future();
    let error = future.result().unwrap_err();
    assert!(matches!(&error, Error::Failed(_)));
    assert_eq!(error.to_string(), "the promise was dropped without a result");
}

/// `set_running_or_notify_cancel` tells whether there is anything to do.
pub fn running_or_cancelled() {
    let promise = Promise::<u32>::new();
    assert!(promise.set_running_or_notify_cancel().unwrap());
    assert!(promise.future().running());
    assert!(promise.set_running_or_notify_cancel().is_err());
    let cancelled = Promise::<u32>::new();
    assert!(cancelled.future().cancel());
    assert!(!cancelled.set_running_or_notify_cancel().unwrap());
}

/// FUT-09
pub fn states_shown() {
    let promise = Promise::<u32>::new();
    let future = promise.future();
    let shown = |word: &str| {
        let text = format!("{future:?}");
        assert!(text.starts_with(&format!("<Future {} state={word}", future.id())), "{text}");
    };
    shown("pending");
    promise.set_running_or_notify_cancel().unwrap();
    shown("running");
    promise.set_exception("paper jam").unwrap();
    shown("finished raised");
}

/// FUT-22: done and outcome never disagree, whoever looks.
pub fn snapshot_is_consistent() {
    for _ in 0..50 {
        let promise = Promise::new();
        let future = promise.future();
        let pool = crate::pool(2);
        let watchers: Vec<_> = (0..2)
            .map(|_| {
                let future = future.clone();
                let watch = move || {
                    while !future.done() {
                        thread::yield_now();
                    }
                    (future.result_timeout(Duration::ZERO).copied().ok(), future.state())
                };
                pool.spawn(watch).unwrap()
            })
            .collect();
        promise.set_result(7).unwrap();
        for watcher in watchers {
            assert_eq!(watcher.result().unwrap(), &(Some(7), State::Finished));
        }
    }
}
