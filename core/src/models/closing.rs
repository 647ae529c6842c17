//! The end of a pool: whoever waits for it comes back when the last worker has ended, and what was submitted has an outcome.

use super::threads::{Pool, Threads};
use super::{explore, join, spawn};
use crate::error::{Error, SubmitError};
use crate::executor::{Executor, Shutdown};
use std::sync::Arc;

const NOW: Shutdown = Shutdown { wait: true, cancel_futures: true };
const LATER: Shutdown = Shutdown { wait: false, cancel_futures: false };

#[test]
fn submitted_in_time_or_refused() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(2).unwrap());
        let other = Arc::clone(&pool);
        let submitter = spawn(move || [0, 1].map(|n| other.submit(|n: u32| n, n)));
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(threads.alive(), 0);
        for (n, submitted) in (0..).zip(join(submitter)) {
            match submitted {
                Ok(task) => assert_eq!(task.result().unwrap(), &n),
                Err(error) => assert!(matches!(error, SubmitError::Shutdown(_))),
            }
        }
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn cancelled_or_run() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let tasks = [0, 1, 2].map(|n| pool.submit(|n: u32| n, n).unwrap());
        pool.shutdown(NOW).unwrap();
        assert_eq!(threads.alive(), 0);
        let outcomes = tasks.map(|task| task.result().copied());
        let mut ran = 0;
        for (n, outcome) in (0..).zip(&outcomes) {
            match outcome {
                // In the order of their submission, so none that was cancelled came before.
                Ok(value) => assert_eq!((*value, ran), (n, n)),
                Err(error) => assert!(matches!(error, Error::Cancelled(_))),
            }
            ran += u32::from(outcome.is_ok());
        }
        drop(pool);
        threads.end();
    });
}

#[test]
fn two_who_shut_down() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(2).unwrap());
        let tasks = [0, 1].map(|n| pool.submit(|n: u32| n, n).unwrap());
        let (other, seen) = (Arc::clone(&pool), threads.clone());
        let closer = spawn(move || {
            other.shutdown(Shutdown::default()).unwrap();
            seen.alive()
        });
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(threads.alive(), 0);
        assert_eq!(join(closer), 0);
        assert_eq!(tasks.map(|task| *task.result().unwrap()), [0, 1]);
        drop(pool);
        threads.end();
    });
}

#[test]
fn ends_without_anybody_waiting() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(2).unwrap();
        let task = pool.submit(|n: u32| n, 1).unwrap();
        pool.shutdown(LATER).unwrap();
        assert_eq!(task.result().unwrap(), &1);
        assert!(matches!(pool.submit(|n: u32| n, 2), Err(SubmitError::Shutdown(_))));
        let known = threads.clone();
        // Comes back only if the worker ends by itself.
        threads.end();
        assert_eq!(known.alive(), 0);
        drop(pool);
    });
}

#[test]
fn worker_drops_its_own_pool() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(1).unwrap());
        let own = Arc::clone(&pool);
        let task = pool.spawn(move || drop(own)).unwrap();
        let queued = pool.submit(|n: u32| n, 1).unwrap();
        drop(pool);
        task.result().unwrap();
        assert_eq!(queued.result().unwrap(), &1);
        let known = threads.clone();
        threads.end();
        assert_eq!(known.alive(), 0);
    });
}
