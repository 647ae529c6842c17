//! The pool's queue and its workers: nothing is lost on the way, and nobody sleeps while there is something to do.

use super::threads::{Pool, Threads};
use super::{Count, explore, join, spawn};
use crate::executor::Executor;
use crate::{Future, Promise};
use std::sync::Arc;

/// Submits two tasks that end only if they run at the same time.
pub(super) fn meet(pool: &Pool) -> [Future<u32>; 2] {
    let (first, second) = (Promise::new(), Promise::new());
    let (first_came, second_came) = (first.future(), second.future());
    let one = pool.spawn(move || {
        first.set_result(1).unwrap();
        *second_came.result().unwrap()
    });
    let other = pool.spawn(move || {
        second.set_result(2).unwrap();
        *first_came.result().unwrap()
    });
    [one.unwrap(), other.unwrap()]
}

pub(super) fn have_met(tasks: [Future<u32>; 2]) {
    assert_eq!(tasks.map(|task| *task.result().unwrap()), [2, 1]);
}

#[test]
fn every_task_runs() {
    explore(|| {
        let threads = Threads::new();
        let runs = Count::default();
        let pool = Arc::new(Pool::new(2).unwrap());
        let submit = |pool: Arc<Pool>, runs: &Count| {
            let runs = runs.clone();
            spawn(move || [0, 1].map(|_| pool.submit(|runs: Count| runs.add(), runs.clone()).unwrap()))
        };
        let submitters = [submit(Arc::clone(&pool), &runs), submit(Arc::clone(&pool), &runs)];
        for task in submitters.into_iter().flat_map(join) {
            task.result().unwrap();
        }
        drop(pool);
        assert_eq!(runs.get(), 4);
        assert_eq!(threads.alive(), 0);
        assert!(threads.most() <= 2);
        threads.end();
    });
}

#[test]
fn one_task_is_enough() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
        drop(pool);
        assert_eq!((threads.alive(), threads.most()), (0, 1));
        threads.end();
    });
}

#[test]
fn grows_to_what_is_needed() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(2).unwrap();
        have_met(meet(&pool));
        have_met(meet(&pool));
        drop(pool);
        assert_eq!((threads.alive(), threads.most()), (0, 2));
        threads.end();
    });
}

#[test]
fn sleepers_wake_for_all_there_is() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(2).unwrap());
        have_met(meet(&pool));
        // Two submitters at once, and one task too many for the workers.
        let other = Arc::clone(&pool);
        let quick = spawn(move || other.submit(|n: u32| n, 3).unwrap());
        have_met(meet(&pool));
        assert_eq!(join(quick).result().unwrap(), &3);
        drop(pool);
        assert_eq!((threads.alive(), threads.most()), (0, 2));
        threads.end();
    });
}

#[test]
fn three_meet_on_three_workers() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(3).unwrap());
        for _ in 0..2 {
            let (last, latch) = (Arc::new(Promise::new()), Count::default());
            let opened = last.future();
            let tasks = [0, 1, 2].map(|_| {
                let (last, latch, opened) = (Arc::clone(&last), latch.clone(), opened.clone());
                let task = pool.spawn(move || {
                    latch.add();
                    if latch.get() == 3 {
                        // Two may find so.
                        let _ = last.set_result(());
                    }
                    opened.result().unwrap();
                });
                task.unwrap()
            });
            tasks.iter().for_each(|task| *task.result().unwrap());
        }
        drop(pool);
        assert_eq!((threads.alive(), threads.most()), (0, 3));
        threads.end();
    });
}

#[test]
fn one_by_one_on_one_thread() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(3).unwrap();
        for n in 0..3 {
            assert_eq!(pool.submit(|n: u32| n, n).unwrap().result().unwrap(), &n);
            assert_eq!(pool.workers(), 1);
        }
        drop(pool);
        assert_eq!((threads.asked(), threads.alive()), (1, 0));
        threads.end();
    });
}

#[test]
fn tasks_submit_tasks() {
    explore(|| {
        let threads = Threads::new();
        let runs = Count::default();
        let pool = Arc::new(Pool::new(2).unwrap());
        let (inner, counted) = (Arc::downgrade(&pool), runs.clone());
        let outer = pool.spawn(move || {
            let pool = inner.upgrade().unwrap();
            let tasks = [0, 1].map(|_| pool.submit(|runs: Count| runs.add(), counted.clone()).unwrap());
            // Somebody else must end the pool.
            drop(pool);
            tasks
        });
        let inner = outer.unwrap().into_result().unwrap();
        inner.iter().for_each(|task| *task.result().unwrap());
        drop(pool);
        assert_eq!((runs.get(), threads.alive()), (2, 0));
        assert!(threads.most() <= 2);
        threads.end();
    });
}
