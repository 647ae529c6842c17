//! Tasks that wait for tasks of their own pool: as long as one of them could be run, it is.

use super::threads::{Pool, Threads};
use super::{Count, explore, join, spawn};
use crate::executor::Executor;
use crate::{Future, Promise, ReturnWhen, as_completed, wait};
use std::sync::Arc;

/// Submits tasks from within a task, and what that does with their futures.
fn nest(pool: &Arc<Pool>, runs: &Count, then: fn([Future<()>; 2])) -> Future<()> {
    let (inner, runs) = (Arc::downgrade(pool), runs.clone());
    let outer = pool.spawn(move || {
        let pool = inner.upgrade().unwrap();
        let tasks = [0, 1].map(|_| pool.submit(|runs: Count| runs.add(), runs.clone()).unwrap());
        then(tasks);
    });
    outer.unwrap()
}

/// Runs as many tasks as the pool has workers, each of which waits for two more.
fn run(workers: usize, then: fn([Future<()>; 2])) {
    explore(move || {
        let threads = Threads::new();
        let runs = Count::default();
        let pool = Arc::new(Pool::new(workers).unwrap());
        let outer: Vec<_> = (0..workers).map(|_| nest(&pool, &runs, then)).collect();
        outer.iter().for_each(|task| *task.result().unwrap());
        // The tasks have let go of the pool, and those that a wait for the first left have run.
        drop(pool);
        assert_eq!(runs.get(), 2 * workers);
        assert!(threads.most() <= workers);
        threads.end();
    });
}

fn result_of_each(tasks: [Future<()>; 2]) {
    tasks.iter().for_each(|task| *task.result().unwrap());
}

fn all(tasks: [Future<()>; 2]) {
    assert_eq!(wait(tasks, None, ReturnWhen::AllCompleted).unwrap().done.len(), 2);
}

fn first(tasks: [Future<()>; 2]) {
    assert!(!wait(tasks, None, ReturnWhen::FirstCompleted).unwrap().done.is_empty());
}

fn as_they_complete(tasks: [Future<()>; 2]) {
    assert_eq!(as_completed(tasks).count(), 2);
}

#[test]
fn lone_worker_runs_what_it_waits_for() {
    run(1, result_of_each);
}

#[test]
fn lone_worker_waits_for_first() {
    run(1, first);
}

#[test]
fn both_workers_wait_for_results() {
    run(2, result_of_each);
}

#[test]
fn both_workers_wait_for_all() {
    run(2, all);
}

#[test]
fn both_workers_wait_for_first() {
    run(2, first);
}

#[test]
fn both_workers_iterate() {
    run(2, as_they_complete);
}

#[test]
fn helped_or_cancelled_or_run() {
    explore(|| {
        let threads = Threads::new();
        let runs = Count::default();
        let pool = Arc::new(Pool::new(1).unwrap());
        let (inner, counted) = (Arc::downgrade(&pool), runs.clone());
        let outer = pool.spawn(move || {
            let task = inner.upgrade().unwrap().submit(|runs: Count| runs.add(), counted).unwrap();
            let other = task.clone();
            let canceller = spawn(move || other.cancel());
            let ran = task.result().is_ok();
            assert_ne!(join(canceller), ran);
            ran
        });
        let ran = *outer.unwrap().result().unwrap();
        drop(pool);
        assert_eq!((runs.get(), threads.alive()), (usize::from(ran), 0));
        threads.end();
    });
}

#[test]
fn lone_worker_runs_what_comes_to_stand_behind() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(1).unwrap());
        let (promise, later) = (Promise::new(), Arc::downgrade(&pool));
        let derived = promise
            .future()
            .and_then(move |n: &u32| later.upgrade().unwrap().submit(|n: u32| n + 1, *n).unwrap());
        let outer = pool.spawn(move || *derived.result().unwrap()).unwrap();
        promise.set_result(1).unwrap();
        assert_eq!(outer.result().unwrap(), &2);
        drop(pool);
        threads.end();
    });
}
