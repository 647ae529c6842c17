//! `as_completed`.

use crate::pool;
use concurrent_futures::{Error, Executor, Promise, as_completed};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// ASC-01: cancelled, failed, finished and live ones all come out.
pub fn every_future_once() {
    let pool = pool(2);
    let (cancelled, failed) = (Promise::<u32>::new(), Promise::<u32>::new());
    assert!(cancelled.future().cancel());
    failed.set_exception("no").unwrap();
    let futures = [
        cancelled.future(),
        failed.future(),
        pool.submit(|n: u32| n, 1).unwrap(),
        pool.submit(|n: u32| n, 2).unwrap(),
    ];
    let seen: HashSet<_> = as_completed(futures.clone()).collect();
    assert_eq!(seen, HashSet::from(futures));
}

/// Completion decides the order, not submission.
pub fn in_order_of_completion() {
    let promises: Vec<_> = (0..4).map(|_| Promise::new()).collect();
    let mut futures = as_completed(promises.iter().map(Promise::future).zip(0..));
    for n in [2, 0, 3, 1] {
        promises[n].set_result(n).unwrap();
        let (future, source) = futures.next().unwrap();
        assert_eq!((future.result().unwrap(), source), (&n, n));
    }
    assert!(futures.next().is_none());
    assert!(futures.next().is_none());
}

/// Those that are done already come first.
pub fn finished_first() {
    let promises: Vec<_> = (0..3).map(|_| Promise::new()).collect();
    promises[2].set_result(2).unwrap();
    promises[1].set_result(1).unwrap();
    let mut futures = as_completed(promises.iter().map(Promise::future));
    assert_eq!(futures.unfinished(), 3);
    let first: HashSet<_> = futures.by_ref().take(2).map(|future| *future.result().unwrap()).collect();
    assert_eq!(first, HashSet::from([1, 2]));
    promises[0].set_result(0).unwrap();
    assert_eq!(futures.next().unwrap().result().unwrap(), &0);
}

/// ASC-03
pub fn duplicates_once() {
    let promise = Promise::new();
    promise.set_result(1).unwrap();
    assert_eq!(as_completed(std::iter::repeat_with(|| promise.future()).take(3)).count(), 1);
    let pending = Promise::new();
    let futures = as_completed([pending.future(), pending.future()]);
    pending.set_result(1).unwrap();
    assert_eq!(futures.count(), 1);
}

/// ASC-02: everything that is done comes out before time is up.
pub fn zero_timeout() {
    let (finished, pending) = (Promise::new(), Promise::new());
    finished.set_result(1).unwrap();
    let mut futures = as_completed([pending.future(), finished.future()]).timeout(Duration::ZERO);
    assert_eq!(futures.next().unwrap().unwrap(), finished.future());
    assert!(matches!(futures.next(), Some(Err(Error::Timeout(_)))));
    assert!(futures.next().is_none());
    pending.set_result(2).unwrap();
}

/// ASC-05
pub fn timeout_counts() {
    let (finished, pending) = (Promise::new(), Promise::<u32>::new());
    finished.set_result(1).unwrap();
    let futures = as_completed([finished.future(), pending.future()]).timeout(Duration::from_millis(10));
    let last = futures.last().unwrap();
    assert_eq!(last.unwrap_err().to_string(), "1 (of 2) futures unfinished");
}

/// A future that is cancelled while it is waited for comes out.
pub fn cancelled_comes_out() {
    let promise = Promise::<u32>::new();
    let mut futures = as_completed([promise.future()]);
    assert!(promise.future().cancel());
    assert!(futures.next().unwrap().cancelled());
}

/// The tutorial's `future_to_source`, as pairs and as a map.
pub fn pairs_travel() {
    let pool = pool(2);
    let mut sources = HashMap::new();
    for source in 0..5_u32 {
        sources.insert(pool.submit(|n: u32| n * 10, source).unwrap(), source);
    }
    for future in as_completed(sources.keys()) {
        assert_eq!(*future.result().unwrap(), sources[future] * 10);
    }
    for (future, source) in as_completed(sources) {
        assert_eq!(*future.result().unwrap(), source * 10);
    }
}

/// ASC-04: nothing is kept of a future that has come out.
pub fn lets_go() {
    let token = Arc::new(());
    let (first, second) = (Promise::new(), Promise::new());
    first.set_result(Arc::clone(&token)).unwrap();
    let mut futures = as_completed([first.future(), second.future()]);
    drop(first);
    drop(futures.next());
    assert_eq!(Arc::strong_count(&token), 1);
    second.set_result(Arc::clone(&token)).unwrap();
    drop(second);
    drop(futures.next());
    assert_eq!(Arc::strong_count(&token), 1);
    assert!(futures.next().is_none());
}
