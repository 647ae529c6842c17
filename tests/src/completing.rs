//! `as_completed`.

use crate::pool;
use concurrent_futures::{Executor, Promise, as_completed};
use std::collections::{HashMap, HashSet};

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
