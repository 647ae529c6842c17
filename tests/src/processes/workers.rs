//! How long each worker lives.

use super::square;
use crate::observing::Log;
use concurrent_futures::{Executor, ProcessPoolExecutor};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells how many tasks this worker had run before.
fn count((): ()) -> u64 {
    static TASKS: AtomicU64 = AtomicU64::new(0);
    TASKS.fetch_add(1, Ordering::SeqCst)
}

/// PPE-11: after so many tasks the next one finds a new worker, and only one lives.
pub fn max_tasks_per_child() {
    let log = Log::new();
    let builder = ProcessPoolExecutor::builder().max_workers(1).max_tasks_per_child(3);
    let pool = builder.observer(log.observer()).build().unwrap();
    let counts: Vec<_> = (0..7).map(|_| *pool.submit(count, ()).unwrap().result().unwrap()).collect();
    assert_eq!(counts, [0, 1, 2, 0, 1, 2, 0]);
    assert!(pool.workers() <= 1);
    drop(pool);
    let ended: Vec<_> = log.lines().into_iter().filter(|line| line.starts_with("worker ended")).collect();
    assert_eq!(ended, ["worker ended 0", "worker ended 1", "worker ended 2"]);
    assert!(!log.lines().iter().any(|line| line.starts_with("worker lost")));
}

/// PPE-13: what waits while workers retire is done; also when many were submitted at once, and by `map`.
pub fn pending_tasks_of_retiring_workers() {
    for (workers, limit, tasks) in [(1, 2, 6), (2, 2, 8), (2, 3, 40)] {
        let builder = ProcessPoolExecutor::builder().max_workers(workers).max_tasks_per_child(limit);
        let pool = builder.build().unwrap();
        let futures: Vec<_> = (0..tasks).map(|n| pool.submit(square, n).unwrap()).collect();
        for (n, future) in (0..).zip(&futures) {
            assert_eq!(future.result().unwrap(), &(n * n));
        }
        let squares = pool.map(square, 0..tasks).unwrap().map(Result::unwrap);
        assert!(squares.eq((0..tasks).map(square)));
    }
}

/// PPE-11
pub fn zero_tasks_refused() {
    let refused = ProcessPoolExecutor::builder().max_tasks_per_child(0).build().unwrap_err();
    assert_eq!(refused.to_string(), "max_tasks_per_child must be at least 1");
}
