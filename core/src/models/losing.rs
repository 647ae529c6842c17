//! Threads that cannot be started, that die, and initializers that fail: nobody waits for ever.

use super::threads::{Pool, Threads, die};
use super::{explore, join, spawn};
use crate::error::{Error, SubmitError};
use crate::executor::Executor;
use std::panic;
use std::sync::Arc;

#[test]
fn no_thread_at_all() {
    explore(|| {
        let threads = Threads::refusing(&[0, 1, 2]);
        let pool = Arc::new(Pool::new(1).unwrap());
        let submit = |pool: Arc<Pool>| spawn(move || pool.submit(|n: u32| n, 1));
        for submitter in [submit(Arc::clone(&pool)), submit(Arc::clone(&pool))] {
            match join(submitter) {
                // Accepted on account of a thread that another submitter was about to start.
                Ok(task) => assert!(matches!(task.result(), Err(Error::Submit(SubmitError::Start(_))))),
                Err(error) => assert!(matches!(error, SubmitError::Start(_))),
            }
        }
        drop(pool);
        assert_eq!(threads.most(), 0);
        threads.end();
    });
}

#[test]
fn thread_that_cannot_be_started() {
    explore(|| {
        let threads = Threads::refusing(&[1]);
        let pool = Arc::new(Pool::new(2).unwrap());
        let submit = |pool: Arc<Pool>| spawn(move || pool.submit(|n: u32| n, 1));
        for submitter in [submit(Arc::clone(&pool)), submit(Arc::clone(&pool))] {
            // The first thread may have been asked for by the other submitter, and not be there yet.
            match join(submitter) {
                Ok(task) => {
                    assert!(matches!(task.result(), Ok(1) | Err(Error::Submit(SubmitError::Start(_)))))
                }
                Err(error) => assert!(matches!(error, SubmitError::Start(_))),
            }
        }
        assert_eq!(pool.submit(|n: u32| n, 2).unwrap().result().unwrap(), &2);
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn initializer_fails() {
    explore(|| {
        let threads = Threads::new();
        // Unwinds without the panic hook, which would print it.
        let initializer = || panic::resume_unwind(Box::new("failed"));
        let pool = Arc::new(Pool::builder().max_workers(2).initializer(initializer).build().unwrap());
        let submit = |pool: Arc<Pool>| spawn(move || pool.submit(|n: u32| n, 1));
        for submitter in [submit(Arc::clone(&pool)), submit(Arc::clone(&pool))] {
            match join(submitter) {
                Ok(task) => assert!(matches!(task.result(), Err(Error::Broken(_)))),
                Err(error) => assert!(matches!(error, SubmitError::Broken(_))),
            }
        }
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn lost_worker_is_replaced() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let deadly = pool.spawn(die).unwrap();
        let queued = pool.submit(|n: u32| n, 1).unwrap();
        assert_eq!(queued.result().unwrap(), &1);
        assert!(matches!(deadly.result(), Err(Error::Failed(_))));
        drop(pool);
        threads.end();
    });
}

#[test]
fn lost_while_shutting_down() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(2).unwrap();
        let tasks = [pool.spawn(die).unwrap(), pool.spawn(|| ()).unwrap()];
        drop(pool);
        assert!(matches!(tasks[0].result(), Err(Error::Failed(_))));
        tasks[1].result().unwrap();
        threads.end();
    });
}
