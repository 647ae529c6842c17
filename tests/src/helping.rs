//! Workers that wait for tasks of their own pool.

use crate::pool;
use concurrent_futures::{Executor, Future, ReturnWhen, ThreadPoolExecutor, as_completed, wait};
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Duration;

/// On one worker, a task waits for tasks that it has submitted: it runs them itself.
pub fn waits_inside_one_worker() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let future = pool
        .spawn(move || {
            let parts: Vec<_> = (0..3_u32).map(|n| inner.submit(|n: u32| n * n, n).unwrap()).collect();
            parts.iter().map(|part| part.result().unwrap()).sum::<u32>()
        })
        .unwrap();
    assert_eq!(future.result().unwrap(), &5);
}

/// The same by `wait`.
pub fn wait_inside_one_worker() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let future = pool
        .spawn(move || {
            let parts: Vec<_> = (0..3_u32).map(|n| inner.submit(|n: u32| n, n).unwrap()).collect();
            let first = wait(&parts, None, ReturnWhen::FirstCompleted).unwrap().done.len();
            (first, wait(parts, None, ReturnWhen::AllCompleted).unwrap().done.len())
        })
        .unwrap();
    assert_eq!(future.result().unwrap(), &(1, 3));
}

/// The same by `as_completed`.
pub fn completed_inside_one_worker() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let future = pool
        .spawn(move || {
            let parts: Vec<_> = (0..4_u32).map(|n| inner.submit(|n: u32| n, n).unwrap()).collect();
            as_completed(parts).map(|part| *part.result().unwrap()).sum::<u32>()
        })
        .unwrap();
    assert_eq!(future.result().unwrap(), &6);
}

fn countdown((pool, left): (Arc<ThreadPoolExecutor>, u32)) -> u32 {
    if left == 0 {
        return 0;
    }
    let next: Future<u32> = pool.submit(countdown, (Arc::clone(&pool), left - 1)).unwrap();
    next.result().unwrap() + 1
}

/// Each task waits for the next, on one worker.
pub fn deep_chain() {
    let pool = Arc::new(pool(1));
    let first = pool.submit(countdown, (Arc::clone(&pool), 100)).unwrap();
    assert_eq!(first.result().unwrap(), &100);
}

/// A waiting worker runs what it waits for and nothing else: another task might need a lock that it holds.
pub fn never_another_task() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let outer = pool
        .spawn(move || {
            let other = inner.spawn(|| thread::current().id()).unwrap();
            let awaited = inner.spawn(|| 1).unwrap();
            awaited.result().unwrap();
            // A wait with a limit must keep it, so it does not begin a task that could take any time.
            (other.done(), other.result_timeout(Duration::from_millis(10)).is_err(), other)
        })
        .unwrap();
    let (done, timed_out, other): &(bool, bool, Future<ThreadId>) = outer.result().unwrap();
    assert!(!done && *timed_out);
    other.result().unwrap();
}
