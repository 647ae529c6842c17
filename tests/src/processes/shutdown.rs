//! Shutting down.

use super::{hold, loss, pool, square, until};
use crate::shutdown::{self as threads, CANCEL, NO_WAIT};
use concurrent_futures::{
    Error, Executor, Future, ProcessPoolExecutor, ReturnWhen, Shutdown, SubmitError, as_completed, wait,
};
use std::sync::{Arc, mpsc};

/// SHUT-01
pub fn refuses_tasks() {
    threads::refuses_tasks_on(&pool(1), square);
}

/// SHUT-04, SHUT-15
pub fn runs_what_is_queued() {
    let pool = pool(3);
    threads::runs_what_is_queued_on(&pool, square);
    assert_eq!(pool.workers(), 0);
}

/// SHUT-16, SHUT-17, PPE-15: a dropped executor has done everything that it had taken, also while workers retire.
pub fn drop_waits() {
    for limit in [1, 3, usize::MAX] {
        let builder = ProcessPoolExecutor::builder().max_workers(2).max_tasks_per_child(limit);
        let pool = builder.build().unwrap();
        let futures: Vec<_> = (0..8).map(|n| pool.submit(square, n).unwrap()).collect();
        drop(pool);
        assert!(futures.iter().all(|future| future.done() && future.result().is_ok()));
    }
}

/// SHUT-18, SHUT-06: the queue is served all the same, and the workers end by themselves.
pub fn without_waiting() {
    let pool = pool(2);
    let held = hold(&pool);
    let queued: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    pool.shutdown(NO_WAIT).unwrap();
    assert!(held.running());
    for (n, future) in (0..).zip(&queued) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
    assert!(held.kill());
    loss(&held);
    until(|| pool.workers() == 0);
}

/// SHUT-05, SHUT-14: nothing is left undecided.
pub fn cancels_the_queue() {
    let pool = pool(2);
    let held = [hold(&pool), hold(&pool)];
    let queued: Vec<_> = (0..48).map(|n| pool.submit(square, n).unwrap()).collect();
    pool.shutdown(Shutdown { wait: false, ..CANCEL }).unwrap();
    assert!(queued.iter().all(Future::cancelled));
    assert!(held.iter().all(|future| future.running() && future.kill()));
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
}

/// 2.3
pub fn idempotent() {
    let pool = pool(1);
    pool.submit(square, 1).unwrap().result().unwrap();
    for options in [NO_WAIT, CANCEL, Shutdown::default(), NO_WAIT] {
        pool.shutdown(options).unwrap();
    }
    let never_used = super::pool(1);
    never_used.shutdown(Shutdown::default()).unwrap();
}

/// The deliberate difference: waiting for what a shutdown cancelled ends.
pub fn cancelled_futures_wake_waiters() {
    let pool = pool(1);
    let held = hold(&pool);
    let queued: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
    pool.shutdown(Shutdown { wait: false, ..CANCEL }).unwrap();
    let waited = wait(&queued, None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done.len(), 10);
    let cancelled = as_completed(queued).filter(|future| matches!(future.result(), Err(Error::Cancelled(_))));
    assert_eq!(cancelled.count(), 10);
    assert!(held.kill());
}

/// EXE-03: shutting down at once loses nothing and blocks nothing.
pub fn loses_nothing() {
    for _ in 0..5 {
        threads::loses_nothing_on(&pool(4), square);
    }
}

/// What was taken runs, and everything else is refused, while others submit and one shuts down.
pub fn race_with_submit() {
    let submitters = crate::pool(3);
    for _ in 0..5 {
        let pool = Arc::new(pool(2));
        threads::race_with_submit_on(&submitters, &pool, square);
        assert_eq!(pool.workers(), 0);
    }
}

/// SHUT-07
pub fn submit_then_cancel() {
    for _ in 0..10 {
        threads::submit_then_cancel_on(&pool(1), square);
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

/// PPE-14, PPE-18: workers that retire after the shutdown are replaced while there is something to do.
pub fn retiring_workers() {
    for (workers, options) in [(1, NO_WAIT), (3, Shutdown::default())] {
        let builder = ProcessPoolExecutor::builder().max_workers(workers).max_tasks_per_child(1);
        let pool = builder.build().unwrap();
        let futures: Vec<_> = (0..6).map(|n| pool.submit(square, n).unwrap()).collect();
        pool.shutdown(options).unwrap();
        for (n, future) in (0..).zip(&futures) {
            assert_eq!(future.result().unwrap(), &(n * n));
        }
        until(|| pool.workers() == 0);
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

/// SHUT-15: three tasks at a time start three workers, and all end.
pub fn ends_every_worker() {
    let pool = pool(5);
    let held = [hold(&pool), hold(&pool), hold(&pool)];
    assert_eq!(pool.workers(), 3);
    assert!(held.iter().all(|held| held.kill()));
    let more: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!((pool.workers(), pool.process_ids().len()), (0, 0));
    assert!(more.iter().all(|future| future.result().is_ok()));
}
