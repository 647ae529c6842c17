//! Continuations of tasks of processes: they run in the program's own memory.

use crate::processes::{die, hold, loss, pool, square, until};
use concurrent_futures::{Executor, LossCause, State, WorkerLost};
use std::sync::Arc;

/// A continuation captures what it likes.
pub fn maps_results() {
    let pool = pool(2);
    let offset = Arc::new(5);
    let futures: Vec<_> = (0..50)
        .map(|n| {
            let offset = Arc::clone(&offset);
            pool.submit(square, n).unwrap().map(move |square| square + *offset)
        })
        .collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result().unwrap(), &(n * n + 5));
    }
}

/// The loss of a worker is an error like any other.
pub fn losses_pass_through() {
    let pool = pool(1);
    let lost = pool.submit(die, ()).unwrap();
    let (mapped, told) = (lost.map(|n| n + 1), lost.then(|lost| loss(lost).to_string()));
    assert_eq!(loss(&mapped), loss(&lost));
    assert_eq!(told.result().unwrap(), &loss(&lost).to_string());
}

/// From a process to a thread to a process.
pub fn leads_from_pool_to_pool() {
    let (processes, threads) = (Arc::new(pool(1)), Arc::new(crate::pool(1)));
    let last = Arc::clone(&processes);
    let future = processes
        .submit(square, 3)
        .unwrap()
        .and_then(move |n| threads.submit(|n: u64| n + 1, *n).unwrap())
        .and_then(move |n| last.submit(square, *n).unwrap());
    assert_eq!(future.result().unwrap(), &100);
}

/// Cancelling, or killing, what comes of a task leaves the task alone.
pub fn cancels_alone() {
    let pool = pool(1);
    let held = hold(&pool);
    let derived = [held.map(|()| 1), held.map(|()| 2)];
    assert!(derived[0].cancel() && derived[1].kill());
    assert_eq!(held.state(), State::Running);
    assert!(held.kill());
    assert_eq!(loss(&held).cause(), &LossCause::Killed);
    assert!(derived.iter().all(|derived| derived.cancelled()));
}

/// A task that waits for a worker can be cancelled, with all that comes of it.
pub fn tasks_stay_cancellable() {
    let pool = pool(1);
    let held = hold(&pool);
    let queued = pool.submit(square, 1).unwrap();
    let derived = queued.map(|n| *n);
    assert!(queued.cancel());
    assert!(derived.cancelled());
    let killed = held.then(|held| held.result().unwrap_err().downcast_ref::<WorkerLost>().is_some());
    assert!(held.kill());
    until(|| killed.done());
    assert_eq!(killed.result().unwrap(), &true);
}
