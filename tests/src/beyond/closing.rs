//! `shutdown_within`: waiting for the end of an executor, with a limit to one's patience.

use super::held::hold;
use crate::{Gate, pool};
use concurrent_futures::{
    Accept, Executor, Future, Shutdown, SubmitError, TaskOptions, ThreadPoolExecutor, WorkStealingExecutor,
};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(20);
/// What nobody waits for.
const HOUR: Duration = Duration::from_secs(3_600);

/// What is done in time ends in order: everything that was submitted has run.
pub fn in_time() {
    fn check<E: Accept<fn(u64) -> u64, u64, u64>>(executor: &E) {
        let double: fn(u64) -> u64 = |n| 2 * n;
        let futures: Vec<_> = (0..50).map(|n| executor.submit(double, n).unwrap()).collect();
        executor.shutdown_within(HOUR, false).unwrap();
        assert!(futures.iter().all(Future::done));
        assert!(matches!(executor.submit(double, 1), Err(SubmitError::Shutdown(_))));
        // Again, and without any patience.
        executor.shutdown_within(Duration::ZERO, false).unwrap();
    }
    let threads = pool(3);
    check(&threads);
    assert_eq!(threads.workers(), 0);
    check(&WorkStealingExecutor::new(2).unwrap());
    pool(1).shutdown_within(Duration::ZERO, true).unwrap();
}

/// Stays until it may pass the gate, under a name that is looked for.
fn linger(gate: Gate) {
    gate.pass();
}

/// When time runs out, the error names what runs, and says how much waits; both go on, and the executor stays shut down.
pub fn names_what_runs() {
    fn check<E: Accept<fn(Gate), Gate, ()>>(executor: &E, submit: impl Fn(Gate) -> Future<()>) {
        let gate = Gate::new();
        let running = submit(gate.clone());
        gate.wait_for(1);
        let queued = [(); 3].map(|()| submit(gate.clone()));
        for _ in 0..2 {
            let error = executor.shutdown_within(SHORT, false).unwrap_err();
            let [task] = error.tasks() else { panic!("one task is running: {error}") };
            assert_eq!((task.task, &*task.name, task.worker), (running.id(), "linger", 0));
            assert_eq!(error.queued(), 3);
        }
        assert!(matches!(executor.submit(linger as fn(Gate), gate.clone()), Err(SubmitError::Shutdown(_))));
        assert!(running.running() && !queued.iter().any(Future::done));
        gate.open();
        executor.shutdown(Shutdown::default()).unwrap();
        assert!(running.done() && queued.iter().all(|task| task.result().is_ok()));
        executor.shutdown_within(Duration::ZERO, false).unwrap();
    }
    let (threads, stealing) = (pool(1), WorkStealingExecutor::new(1).unwrap());
    check(&threads, |gate| threads.submit(linger, gate).unwrap());
    check(&stealing, |gate| stealing.submit(linger, gate).unwrap());
}

/// What was asked to be cancelled does not wait any more.
pub fn cancels_what_waits() {
    fn check<E: Accept<fn(Gate), Gate, ()>>(executor: &E) {
        let held = hold(executor, 1);
        let queued = [(); 3].map(|()| executor.submit(linger as fn(Gate), Gate::new()).unwrap());
        let error = executor.shutdown_within(SHORT, true).unwrap_err();
        assert!(queued.iter().all(Future::cancelled));
        assert_eq!((error.tasks().len(), error.queued()), (1, 0));
        held.release();
        executor.shutdown_within(HOUR, true).unwrap();
    }
    check(&pool(1));
    check(&WorkStealingExecutor::new(1).unwrap());
}

/// A worker cannot wait for its own end, so it is told at once that it is running, by its own name.
pub fn from_a_worker() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let task = pool.spawn(move || inner.shutdown_within(HOUR, false).unwrap_err()).unwrap();
    let error = task.result().unwrap();
    let [running] = error.tasks() else { panic!("one task was running: {error}") };
    assert_eq!((running.task, &*running.name), (task.id(), "from_a_worker"));
    assert!(pool.spawn(|| ()).is_err());
    pool.shutdown(Shutdown::default()).unwrap();
}

/// A worker that has begun a second task inside the first is named with both, the outer one first.
pub fn names_what_a_helper_runs() {
    let pool = Arc::new(pool(1));
    let (inner, gate) = (Arc::clone(&pool), Gate::new());
    let lingering = gate.clone();
    let outer = pool
        .spawn(move || {
            let nested = inner.submit(linger, lingering).unwrap();
            nested.result().unwrap();
            nested.id()
        })
        .unwrap();
    gate.wait_for(1);
    let error = pool.shutdown_within(SHORT, false).unwrap_err();
    gate.open();
    let ids: Vec<_> = error.tasks().iter().map(|task| task.task).collect();
    assert_eq!(ids, [outer.id(), *outer.result().unwrap()]);
    assert!(error.tasks().iter().all(|task| task.worker == 0));
}

/// Several may be waiting for the end, each with a limit of its own.
pub fn several_wait() {
    let (closers, pool) = (pool(3), Arc::new(pool(2)));
    let held = hold(&*pool, 2);
    let close = |limit: Duration| {
        let pool = Arc::clone(&pool);
        closers.spawn(move || pool.shutdown_within(limit, false)).unwrap()
    };
    let patient = [close(HOUR), close(Duration::MAX)];
    let hasty = close(SHORT);
    assert_eq!(hasty.result().unwrap().as_ref().unwrap_err().tasks().len(), 2);
    assert!(!patient.iter().any(Future::done));
    held.release();
    assert!(patient.iter().all(|closing| closing.result().unwrap().is_ok()));
}

/// Tasks that were cancelled one by one, or have expired, do not count among those that wait.
pub fn counts_what_will_run() {
    let pool = pool(1);
    let held = hold(&pool, 1);
    let queued = [(); 4].map(|()| pool.spawn(|| ()).unwrap());
    let expiring = TaskOptions::new().priority(3).queue_timeout(SHORT);
    assert!(pool.spawn_with(expiring, || ()).unwrap().result().is_err());
    assert!(queued[1].cancel() && queued[2].cancel());
    assert_eq!(pool.shutdown_within(SHORT, false).unwrap_err().queued(), 2);
    held.release();
}

/// Dropping the executor afterwards waits, as ever.
pub fn drop_waits_all_the_same() {
    let gate = Gate::new();
    let task = {
        let pool: ThreadPoolExecutor = pool(1);
        let (inner, opener) = (gate.clone(), gate.clone());
        let task = pool.spawn(move || inner.pass()).unwrap();
        gate.wait_for(1);
        pool.shutdown_within(SHORT, false).unwrap_err();
        opener.open();
        task
    };
    assert!(task.done());
}

/// A value that panics when its task leaves the queue keeps no other task from being cancelled.
pub fn destructors_panic() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("a destructor"));
        }
    }
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let outer = pool.spawn(move || {
        let bombs = [(); 3].map(|()| inner.spawn(|| Bomb).unwrap());
        let after = inner.spawn(|| 1).unwrap();
        // This worker runs them itself; the queue still has them, and lets go of them last.
        bombs.iter().for_each(|bomb| drop(bomb.result()));
        drop(bombs);
        inner.shutdown(Shutdown { wait: false, cancel_futures: true }).unwrap();
        after
    });
    assert!(outer.unwrap().result().unwrap().cancelled());
    pool.shutdown(Shutdown::default()).unwrap();
}
