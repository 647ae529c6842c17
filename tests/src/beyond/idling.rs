//! Workers that end when there is nothing to do.

use super::events::{Events, What};
use super::held::hold;
use crate::Gate;
use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{Builder, CancelToken, Executor, Shutdown, TaskOptions, ThreadPoolExecutor};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// An executor whose workers have little patience.
fn builder(max_workers: usize, patience: Duration) -> Builder {
    ThreadPoolExecutor::builder().max_workers(max_workers).idle_timeout(patience)
}

fn is_start(what: &What) -> bool {
    matches!(what, What::WorkerStarted(..))
}

fn is_end(what: &What) -> bool {
    matches!(what, What::WorkerEnded(_))
}

/// All workers end, one is started again for the next task, and numbers and names go on where they were.
pub fn workers_come_and_go() {
    let events = Events::new();
    let builder = builder(3, Duration::from_millis(20)).thread_name_prefix("idler");
    let pool = builder.observer(events.observer()).build().unwrap();
    for round in 0..3 {
        let first = 3 * round;
        let held = hold(&pool, 3);
        assert_eq!(pool.workers(), 3);
        held.release();
        events.wait_for(first + 3, is_end);
        assert_eq!(pool.workers(), 0);
        let started: Vec<_> = events.all().into_iter().filter(is_start).skip(first).collect();
        for number in first..first + 3 {
            assert!(started.contains(&What::WorkerStarted(number, format!("idler_{number}"))), "{started:?}");
        }
    }
    assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
    assert_eq!(events.count(is_start), 10);
}

/// A worker that is at work stays, however long that takes.
pub fn busy_workers_stay() {
    let events = Events::new();
    let pool = builder(1, Duration::from_millis(10)).observer(events.observer()).build().unwrap();
    let slow = pool.spawn(|| thread::sleep(Duration::from_millis(100))).unwrap();
    let next = pool.submit(|n: u32| n, 1).unwrap();
    slow.result().unwrap();
    next.result().unwrap();
    assert_eq!(events.count(is_start), 1);
    assert_eq!(events.all().iter().filter(|what| matches!(what, What::Started { worker: 0, .. })).count(), 2);
}

/// No worker goes while there is work for it: however submissions and ends meet, every task runs.
pub fn nobody_leaves_work_behind() {
    for patience in [Duration::ZERO, Duration::from_micros(20), Duration::from_micros(200)] {
        let pool = builder(2, patience).build().unwrap();
        for round in 0..700_usize {
            let burst: Vec<_> = (0..=round % 4).map(|n| pool.submit(|n: usize| n, n).unwrap()).collect();
            assert!(burst.iter().map(|task| *task.result().unwrap()).eq(0..=round % 4));
            for _ in 0..round % 50 {
                thread::yield_now();
            }
        }
    }
}

/// The same with several submitters, priorities, and a bounded queue.
pub fn nobody_leaves_ranked_work_behind() {
    let submitters = crate::pool(2);
    let pool = Arc::new(builder(2, Duration::from_micros(20)).build().unwrap());
    let ran = Arc::new(AtomicUsize::new(0));
    let submitting = [0, 1].map(|submitter| {
        let (pool, ran) = (Arc::clone(&pool), Arc::clone(&ran));
        let submit = move || {
            for n in 0..700 {
                let options = TaskOptions::new().priority((n + submitter) % 3 - 1);
                let ran = Arc::clone(&ran);
                let task = move || ran.fetch_add(1, Ordering::SeqCst);
                pool.spawn_with(options, task).unwrap().result().unwrap();
            }
        };
        submitters.spawn(submit).unwrap()
    });
    assert!(submitting.iter().all(|submitting| submitting.result().is_ok()));
    assert_eq!(ran.load(Ordering::SeqCst), 1_400);
}

/// An executor is shut down alike while its workers are idle, are about to end, or have ended.
pub fn shutdown_while_idle() {
    for round in 0..150 {
        let patience = Duration::from_micros(10 * (round % 15));
        let pool = builder(2, patience).build().unwrap();
        let futures = [1, 2].map(|n: u32| pool.submit(|n: u32| n, n).unwrap());
        assert!(futures.iter().all(|future| future.result().is_ok()));
        for _ in 0..round {
            thread::yield_now();
        }
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
        assert!(pool.submit(|n: u32| n, 1).is_err());
    }
}

/// Without any worker left, an executor is shut down at once; its observer has heard of every end.
pub fn shutdown_after_the_last() {
    let events = Events::new();
    let pool = builder(2, Duration::from_millis(5)).observer(events.observer()).build().unwrap();
    hold(&pool, 2).release();
    events.wait_for(2, is_end);
    pool.shutdown(Shutdown::default()).unwrap();
    drop(pool);
    assert_eq!((events.count(is_start), events.count(is_end)), (2, 2));
}

/// A shutdown that waits returns when the last worker has ended, also if that one was about to go by itself.
pub fn shutdown_waits_for_the_leaving() {
    /// Passes the gate when a worker ends.
    struct Leaving(Gate);
    impl Observer for Leaving {
        fn observe(&self, event: &Event<'_>) {
            if matches!(event.kind, EventKind::WorkerEnded { .. }) {
                self.0.pass();
            }
        }
    }
    let (closers, gate) = (crate::pool(1), Gate::new());
    let builder = builder(1, Duration::from_millis(5)).observer(Arc::new(Leaving(gate.clone())));
    let pool = builder.build().unwrap();
    pool.spawn(|| ()).unwrap().result().unwrap();
    gate.wait_for(1);
    let pool = Arc::new(pool);
    let inner = Arc::clone(&pool);
    let close = move || inner.shutdown_within(Duration::from_millis(20), false).is_ok();
    let has_ended = closers.spawn(close).unwrap().result_timeout(Duration::from_secs(20)).copied();
    gate.open();
    assert!(!has_ended.unwrap());
}

/// Each worker that is started again runs the initializer before its first task.
pub fn initializer_runs_again() {
    let events = Events::new();
    let initialized = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&initialized);
    let builder = builder(1, Duration::from_millis(5)).observer(events.observer());
    let initializer = move || {
        count.fetch_add(1, Ordering::SeqCst);
    };
    let pool = builder.initializer(initializer).build().unwrap();
    for round in 1..=4 {
        let seen = Arc::clone(&initialized);
        assert_eq!(pool.spawn(move || seen.load(Ordering::SeqCst)).unwrap().result().unwrap(), &round);
        events.wait_for(round, is_end);
    }
}

/// A limit of time is kept, and a token heeded, though no worker is left between them and their task.
pub fn alarms_outlive_workers() {
    let events = Events::new();
    let pool = builder(1, Duration::from_millis(5)).observer(events.observer()).build().unwrap();
    let token = CancelToken::new();
    let options = || TaskOptions::new().token(token.clone()).run_timeout(Duration::from_millis(20));
    let wait = || CancelToken::current().unwrap().wait(None).unwrap();
    for round in 1..=3 {
        assert!(pool.spawn_with(options(), wait).unwrap().result().unwrap());
        events.wait_for(round, is_end);
    }
    assert!(!token.is_cancelled());
}
