//! Shutting down.

use super::{hold, pool, square, until};
use crate::observing::Log;
use concurrent_futures::{Executor, Future, ProcessPoolExecutor, Shutdown, SubmitError};
use std::sync::{Arc, mpsc};
use std::time::Duration;

const NO_WAIT: Shutdown = Shutdown { wait: false, cancel_futures: false };

/// PPE-15: a dropped executor has done everything that it had taken, also while workers retire.
pub fn drop_while_workers_retire() {
    for limit in [1, 3, usize::MAX] {
        let builder = ProcessPoolExecutor::builder().max_workers(2).max_tasks_per_child(limit);
        let pool = builder.build().unwrap();
        let futures: Vec<_> = (0..8).map(|n| pool.submit(square, n).unwrap()).collect();
        drop(pool);
        assert!(futures.iter().all(|future| future.done() && future.result().is_ok()));
    }
}

/// A callback cannot wait for the executor that runs it; the shutdown holds all the same.
pub fn from_a_callback() {
    let pool = Arc::new(pool(1));
    let held = hold(&pool);
    let (inner, (sender, refused)) = (Arc::clone(&pool), mpsc::channel());
    held.add_done_callback(move |_| {
        inner.shutdown(Shutdown::default()).unwrap();
        let refused = inner.submit(square, 1).unwrap_err();
        drop(inner);
        sender.send(matches!(refused, SubmitError::Shutdown(_))).unwrap();
    });
    assert!(held.kill());
    assert!(refused.recv().unwrap());
}

/// PPE-14, PPE-18: workers that retire after the shutdown are replaced while there is something to do, and an executor that
/// is dropped then waits for that.
pub fn retiring_workers() {
    for (workers, options, is_dropped) in
        [(1, NO_WAIT, false), (1, NO_WAIT, true), (3, Shutdown::default(), false)]
    {
        let log = Log::new();
        let builder = ProcessPoolExecutor::builder().max_workers(workers).max_tasks_per_child(1);
        let pool = builder.observer(log.observer()).build().unwrap();
        let futures: Vec<_> = (0..6).map(|n| pool.submit(square, n).unwrap()).collect();
        pool.shutdown(options).unwrap();
        if is_dropped {
            drop(pool);
            assert!(futures.iter().all(|future| future.done()));
        } else {
            assert!(futures.iter().all(|future| (!options.wait || future.done()) && future.result().is_ok()));
            until(|| pool.workers() == 0);
        }
        for (n, future) in (0..).zip(&futures) {
            assert_eq!(future.result().unwrap(), &(n * n));
        }
        assert_eq!((log.workers("started"), log.workers("ended")), (6, 6));
    }
}

/// SHUT-19, SHUT-20: a task that fails on a worker that retires holds up no shutdown.
pub fn failing_task_of_a_retiring_worker() {
    for workers in [2, 4] {
        let builder = ProcessPoolExecutor::builder().max_workers(workers).max_tasks_per_child(1);
        let pool = builder.build().unwrap();
        let failing = pool.submit(|n: u64| 1 / n, 0).unwrap();
        let fine = pool.submit(square, 2).unwrap();
        pool.shutdown(NO_WAIT).unwrap();
        assert!(failing.result().is_err());
        assert_eq!(fine.result().unwrap(), &4);
        until(|| pool.workers() == 0);
    }
}

const SHORT: Duration = Duration::from_millis(50);
/// What nobody waits for.
const HOUR: Duration = Duration::from_secs(3_600);

/// When time runs out, the error names what runs and says how much waits; both go on, and the executor stays shut down.
pub fn within_a_time() {
    let pool = pool(1);
    let held = hold(&pool);
    let queued: Vec<_> = (0..4).map(|n| pool.submit(square, n).unwrap()).collect();
    assert!(queued[3].cancel());
    for _ in 0..2 {
        let error = pool.shutdown_within(SHORT, false).unwrap_err();
        let [task] = error.tasks() else { panic!("one task is running: {error}") };
        assert_eq!((task.task, &*task.name, task.worker), (held.id(), "forever", 0));
        assert_eq!(error.queued(), 3);
        let text = format!(
            "the executor has not ended after 50ms: it is still running `forever` (task {}, worker 0), and 3 more tasks wait",
            held.id()
        );
        assert_eq!(error.to_string(), text);
    }
    assert!(matches!(pool.submit(square, 1), Err(SubmitError::Shutdown(_))));
    assert!(held.running() && !queued[..3].iter().any(Future::done));
    assert!(held.kill());
    pool.shutdown_within(HOUR, false).unwrap();
    assert!(queued[..3].iter().all(|future| future.result().is_ok()));
    assert_eq!(pool.workers(), 0);
    // Again, and without any patience.
    pool.shutdown_within(Duration::ZERO, false).unwrap();
}

/// What was asked to be cancelled does not wait any more.
pub fn within_cancels_what_waits() {
    let pool = pool(2);
    let held = [hold(&pool), hold(&pool)];
    let queued: Vec<_> = (0..9).map(|n| pool.submit(square, n).unwrap()).collect();
    let error = pool.shutdown_within(SHORT, true).unwrap_err();
    assert!(queued.iter().all(Future::cancelled));
    let running: Vec<_> = error.tasks().iter().map(|task| (task.task, task.worker)).collect();
    assert_eq!((running, error.queued()), (vec![(held[0].id(), 0), (held[1].id(), 1)], 0));
    assert!(held.iter().all(|held| held.kill()));
    pool.shutdown_within(HOUR, true).unwrap();
}

/// It waits for the workers, and not for callbacks, which may take as long as they like; on their own thread it does not wait.
pub fn within_leaves_callbacks_alone() {
    let pool = Arc::new(pool(1));
    let (first, second) = (hold(&pool), pool.submit(square, 2).unwrap());
    let (inner, gate) = (Arc::clone(&pool), crate::Gate::new());
    let passing = gate.clone();
    let (sender, seen) = mpsc::channel();
    first.add_done_callback(move |_| {
        // Where the task has come by now, nobody knows; but nobody waits for it here.
        sender.send(inner.shutdown_within(HOUR, false).is_ok()).unwrap();
        drop(inner);
        passing.pass();
    });
    assert!(first.kill());
    gate.wait_for(1);
    assert!(seen.recv().is_ok());
    pool.shutdown_within(HOUR, false).unwrap();
    assert_eq!((pool.workers(), second.result().unwrap()), (0, &4));
    gate.open();
}
