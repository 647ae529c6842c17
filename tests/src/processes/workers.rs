//! How many workers there are, and how long each lives.

use super::{forever, hold, loss, pool, square, until};
use crate::observing::Log;
use concurrent_futures::{Executor, Future, ProcessPoolExecutor, ReturnWhen, wait};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells how many tasks this worker had run before.
fn count((): ()) -> u64 {
    static TASKS: AtomicU64 = AtomicU64::new(0);
    TASKS.fetch_add(1, Ordering::SeqCst)
}

/// 2.6
pub fn none_before_the_first_task() {
    let pool = pool(2);
    assert_eq!((pool.workers(), pool.max_workers()), (0, 2));
    assert!(pool.process_ids().is_empty());
}

/// By default there are as many as the program may use processors.
pub fn default_size() {
    let pool = ProcessPoolExecutor::builder().build().unwrap();
    assert!(pool.max_workers() >= 1);
}

/// PPE-09, IPE-19: a worker is free before its task's result can be seen.
pub fn one_is_used_again() {
    let pool = pool(3);
    for n in 0..20 {
        assert_eq!(pool.submit(count, ()).unwrap().result().unwrap(), &n);
        assert_eq!(pool.workers(), 1);
    }
}

/// PPE-10: no more are started than there were tasks at a time.
pub fn light_load_starts_few() {
    let pool = pool(5);
    for _ in 0..5 {
        let futures: Vec<_> = (0..3).map(|n| pool.submit(square, n).unwrap()).collect();
        wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        assert!(pool.workers() <= 3);
    }
}

/// PPE-08, IPE-16: tasks that block start as many workers as there may be, and not one more.
pub fn saturation() {
    let pool = pool(3);
    let tasks: Vec<Future<()>> = (0..45).map(|_| pool.submit(forever, ()).unwrap()).collect();
    until(|| tasks.iter().filter(|task| task.running()).count() == 3);
    assert_eq!(pool.workers(), 3);
    assert!(tasks[3..].iter().all(|task| !task.running()));
    pool.kill_workers();
    assert!(tasks.iter().all(|task| task.result().is_err()));
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

/// DEAD-16: however many are submitted, and however slow the workers are, `submit` does not wait for them.
pub fn many_submits() {
    let pool = pool(1);
    let held = hold(&pool);
    let futures: Vec<_> = (0..5_000).map(|n| pool.submit(square, n).unwrap()).collect();
    assert!(held.kill());
    loss(&held);
    for (n, future) in (0..).zip(&futures) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
}
