//! Workers that wait for tasks of their own pool.

use crate::{Gate, pool};
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

/// Waits, on a worker of a pool with room for more, for the first of a task that waits for `gate` and one that does not.
fn first_of_two(wait_for_first: fn([Future<u32>; 2])) {
    for _ in 0..50 {
        let pool = Arc::new(pool(8));
        let inner = Arc::clone(&pool);
        let outer = pool
            .spawn(move || {
                let gate = Gate::new();
                let held = gate.clone();
                let slow = inner
                    .spawn(move || {
                        held.pass();
                        1
                    })
                    .unwrap();
                let fast = inner.spawn(|| 2).unwrap();
                wait_for_first([slow.clone(), fast]);
                // Only now can the first task end: a waiter that had begun it could never have come here.
                gate.open();
                *slow.result().unwrap()
            })
            .unwrap();
        assert_eq!(outer.result().unwrap(), &1);
    }
}

/// Where other workers can run the tasks, whoever waits for the first of them begins none itself.
pub fn first_completed_begins_nothing() {
    first_of_two(|futures| {
        let waited = wait(&futures, None, ReturnWhen::FirstCompleted).unwrap();
        assert_eq!(waited.done, [&futures[1]]);
    });
}

/// The same by `as_completed`.
pub fn next_completed_begins_nothing() {
    first_of_two(|futures| {
        assert_eq!(as_completed(&futures).next(), Some(&futures[1]));
    });
}

/// WAIT-05: a future that is cancelled during a wait does not end the wait for an exception.
pub fn cancelled_meanwhile_is_no_exception() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let waited = pool
        .spawn(move || {
            let cancelled = inner.spawn(|| 1).unwrap();
            let victim = cancelled.clone();
            // The waiter runs both tasks itself, inside its wait and one after the other.
            let cancelling = inner.spawn(move || victim.cancel()).unwrap();
            let later = inner.spawn(|| ()).unwrap();
            let futures = [cancelling.erase(), cancelled.erase(), later.erase()];
            wait(futures, None, ReturnWhen::FirstException).unwrap().done.len()
        })
        .unwrap();
    assert_eq!(waited.result().unwrap(), &3);
}

/// A worker that goes on submitting tasks and waiting for them does not gather their values.
pub fn values_are_let_go() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let most = pool
        .spawn(move || {
            let token = Arc::new(());
            let mut most = 0;
            for _ in 0..1_000 {
                let future = inner.submit(|token: Arc<()>| token, Arc::clone(&token)).unwrap();
                future.result().unwrap();
                drop(future);
                most = most.max(Arc::strong_count(&token) - 1);
            }
            most
        })
        .unwrap();
    assert!(*most.result().unwrap() < 100, "{most:?}: {:?}", most.result());
}
