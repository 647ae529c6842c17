//! Tasks that go before others.

use super::{hold, listen, pool, square};
use crate::beyond::events::{Events, What};
use concurrent_futures::{
    Executor, Future, ProcessPoolExecutor, ReturnWhen, Shutdown, Stopped, TaskOptions, as_completed, wait,
};
use std::cmp::Reverse;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn of(priority: i32) -> TaskOptions {
    TaskOptions::new().priority(priority)
}

/// A pool of one worker, and what an observer hears of it.
fn observed() -> (ProcessPoolExecutor, Events) {
    let events = Events::new();
    let builder = ProcessPoolExecutor::builder().max_workers(1).observer(events.observer());
    (builder.build().unwrap(), events)
}

/// The tasks in the order in which they were begun.
fn begun(events: &Events) -> Vec<u64> {
    let started = |what| if let What::Started { task, .. } = what { Some(task) } else { None };
    events.all().into_iter().filter_map(started).collect()
}

/// Submits tasks of these priorities, and returns their ids in the order in which they are to begin.
fn submit(pool: &ProcessPoolExecutor, priorities: &[i32]) -> (Vec<Future<u64>>, Vec<u64>) {
    let submit = |priority| pool.submit_with(of(priority), square, 2).unwrap();
    let futures: Vec<_> = priorities.iter().copied().map(submit).collect();
    let mut ranked: Vec<_> = priorities.iter().zip(futures.iter().map(Future::id)).collect();
    // Stable, so the first submitted stays the first among equals.
    ranked.sort_by_key(|(priority, _)| Reverse(**priority));
    let ids = ranked.into_iter().map(|(_, id)| id).collect();
    (futures, ids)
}

/// The highest goes first, the first submitted among equals, and what is below 0 after all that has no priority.
pub fn highest_first() {
    let (pool, events) = observed();
    let held = hold(&pool);
    let priorities = [0, 3, -1, 3, 0, i32::MAX, -7, 0, 1, i32::MIN, -1, i32::MAX, 1, i32::MIN, 0, -7];
    let (futures, expected) = submit(&pool, &priorities);
    assert!(held.kill());
    as_completed(futures).for_each(drop);
    assert_eq!(begun(&events)[1..], expected);
}

/// A worker that is quick has been sent tasks ahead. What it has not begun makes way for a task of a higher priority.
pub fn overtakes_what_was_sent_ahead() {
    let (pool, events) = observed();
    for _ in 0..10 {
        let warm: Vec<_> = (0..100).map(|n| pool.submit(square, n).unwrap()).collect();
        wait(&warm, None, ReturnWhen::AllCompleted).unwrap();
        let listening = pool.submit(listen, ()).unwrap();
        let (low, mut expected) = submit(&pool, &[0; 20]);
        while !listening.running() {
            std::thread::yield_now();
        }
        let (high, overtaking) = submit(&pool, &[1, 2]);
        expected.splice(0..0, overtaking);
        let before = begun(&events).len();
        // It ends by itself, so the worker goes on with what it has.
        assert_eq!(listening.stop(HOUR).unwrap(), Stopped::Ended);
        wait(low.iter().chain(&high), None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(begun(&events)[before..], expected);
    }
}

/// What a lost worker had been sent and not begun is in its place again, by its priority and its age.
pub fn kept_when_a_worker_is_lost() {
    let (pool, events) = observed();
    for _ in 0..5 {
        let warm: Vec<_> = (0..100).map(|n| pool.submit(square, n).unwrap()).collect();
        wait(&warm, None, ReturnWhen::AllCompleted).unwrap();
        let held = hold(&pool);
        let (futures, expected) = submit(&pool, &[2, 2, 1, 0, 0, 0, 1, 2, -1, 0]);
        let before = begun(&events).len();
        assert!(held.kill());
        wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(begun(&events)[before..], expected);
    }
}

/// Every rank is cancelled by a shutdown that cancels, and served by one that does not.
pub fn shutdown_sees_every_rank() {
    for cancel_futures in [true, false] {
        let pool = pool(1);
        let held = hold(&pool);
        let (futures, _) = submit(&pool, &[1, -1, 0, 7, 1]);
        pool.shutdown(Shutdown { wait: false, cancel_futures }).unwrap();
        assert!(held.kill());
        pool.shutdown(Shutdown::default()).unwrap();
        assert!(futures.iter().all(|future| future.cancelled() == cancel_futures && future.done()));
    }
}

/// Whatever the priorities, and whoever is cancelled meanwhile, each task is done once, with its own result.
pub fn nothing_is_lost() {
    let pool = pool(2);
    for round in 0..5 {
        let futures: Vec<_> =
            (0..300_u64).map(|n| pool.submit_with(of((n * 7 % 5) as i32 - 2), square, n).unwrap()).collect();
        let cancelled: Vec<_> = futures.iter().skip(round).step_by(3).map(Future::cancel).collect();
        wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        for (n, future) in (0..).zip(&futures) {
            match future.result() {
                Ok(result) => assert_eq!(result, &(n * n)),
                Err(_) => assert!(future.cancelled()),
            }
        }
        let count = futures.iter().filter(|future| future.cancelled()).count();
        assert_eq!(cancelled.into_iter().filter(|cancelled| *cancelled).count(), count);
    }
}
