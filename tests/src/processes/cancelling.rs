//! Cancelling, and killing.

use super::{hold, loss, pool, square, until};
use crate::door::{Door, pass};
use concurrent_futures::{Error, Executor, LossCause, ReturnWhen, wait};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A task that runs is ended with its worker, and nothing else is.
pub fn kill_ends_a_running_task() {
    let pool = pool(2);
    let (one, other) = (hold(&pool), hold(&pool));
    let queued = pool.submit(square, 3).unwrap();
    assert!(one.kill());
    let lost = loss(&one);
    assert_eq!((lost.cause(), lost.task()), (&LossCause::Killed, Some(one.id())));
    assert!(lost.to_string().ends_with("it was killed on request"), "{lost}");
    assert_eq!(queued.result().unwrap(), &9);
    assert!(other.running());
    assert!(other.kill());
    loss(&other);
}

/// A task that no worker has begun is cancelled, and no worker is lost for it.
pub fn kill_cancels_a_queued_task() {
    let pool = pool(1);
    let held = hold(&pool);
    let queued = pool.submit(square, 3).unwrap();
    assert!(queued.kill());
    assert!(matches!(queued.result(), Err(Error::Cancelled(_))));
    assert!(held.running());
    assert!(held.kill());
}

/// What is done stays as it is.
pub fn kill_leaves_finished_tasks() {
    let pool = pool(1);
    let future = pool.submit(square, 3).unwrap();
    future.result().unwrap();
    assert!(!future.kill());
    assert_eq!(future.result().unwrap(), &9);
    assert_eq!(pool.workers(), 1);
}

/// A thread cannot be ended without harm to others, so its task is left alone.
pub fn threads_cannot_be_killed() {
    let pool = crate::pool(1);
    let gate = crate::Gate::new();
    let running = pool.submit(|gate: crate::Gate| gate.pass(), gate.clone()).unwrap();
    gate.wait_for(1);
    assert!(!running.kill());
    gate.open();
    running.result().unwrap();
}

/// FUT-03, FUT-16, FUT-17, FUT-19: whoever is blocked wakes by a result, a failure, and a cancellation.
pub fn wakes_waiters() {
    let (processes, threads) = (pool(1), crate::pool(4));
    for _ in 0..20 {
        // A worker that is quick is sent tasks ahead.
        processes.map(square, 0..100).unwrap().for_each(drop);
        let held = hold(&processes);
        let cancelled = processes.submit(square, 1).unwrap();
        let later = processes.submit(square, 3).unwrap();
        let reader = cancelled.clone();
        let arrived = crate::Gate::new();
        arrived.open();
        let waiters = [held.erase(), cancelled.erase(), later.erase()].map(|future| {
            let arrived = arrived.clone();
            let wait = move || {
                arrived.pass();
                wait([future], None, ReturnWhen::AllCompleted).unwrap().done.len()
            };
            threads.spawn(wait).unwrap()
        });
        let reader_arrived = arrived.clone();
        let reading = threads.spawn(move || {
            reader_arrived.pass();
            matches!(reader.result(), Err(Error::Cancelled(_)))
        });
        arrived.wait_for(4);
        assert!(cancelled.cancel());
        assert!(reading.unwrap().result().unwrap());
        waiters[1].result().unwrap();
        assert!(held.kill());
        waiters[0].result().unwrap();
        assert_eq!((waiters[2].result().unwrap(), later.result().unwrap()), (&1, &9));
    }
}

/// FUT-14, and the deliberate difference: a worker that is quick is sent tasks ahead, which are not running before it begins them,
/// and can be cancelled.
pub fn sent_ahead_is_pending() {
    for _ in 0..20 {
        let (pool, door) = (pool(1), Door::new());
        pool.map(square, 0..100).unwrap().for_each(drop);
        let busy = pool.submit(pass, (door.name(), 7)).unwrap();
        let queued: Vec<_> = (0..5).map(|n| pool.submit(square, n).unwrap()).collect();
        until(|| busy.running());
        assert!(queued.iter().all(|future| !future.running() && !future.done()));
        assert!(queued[1].cancel() && queued[1].cancelled());
        door.open();
        assert_eq!(busy.result().unwrap(), &7);
        let done = queued.iter().map(|future| future.result().is_ok());
        assert!(done.eq([true, false, true, true, true]));
    }
}

/// Among very many short tasks some were sent ahead; each is either cancelled or done, and callbacks run once.
pub fn sent_ahead() {
    let pool = pool(2);
    for round in 0..10 {
        let called = Arc::new(AtomicUsize::new(0));
        let futures: Vec<_> = (0..200_u64).map(|n| pool.submit(square, n).unwrap()).collect();
        for future in &futures {
            let called = Arc::clone(&called);
            future.add_done_callback(move |_| {
                called.fetch_add(1, Ordering::SeqCst);
            });
        }
        // From round to round more of them are done by then.
        if round > 0 {
            futures[round * 15].result().unwrap();
        }
        let cancelled: Vec<_> = futures.iter().rev().map(|future| future.cancel()).collect();
        assert_eq!(wait(&futures, None, ReturnWhen::AllCompleted).unwrap().done.len(), 200);
        for ((n, future), cancelled) in futures.iter().enumerate().zip(cancelled.iter().rev()) {
            match future.result() {
                Ok(value) => assert_eq!((*value, *cancelled), ((n * n) as u64, false)),
                Err(error) => assert!(matches!(error, Error::Cancelled(_)) && *cancelled, "{error}"),
            }
        }
        until(|| called.load(Ordering::SeqCst) == 200);
    }
}
