//! `terminate_workers` and `kill_workers`.

use super::{die, hold, loss, pool, square};
use crate::observing::Log;
use concurrent_futures::{Error, Executor, LossCause, OnLoss, ProcessPoolExecutor, Shutdown, SubmitError};

/// Both ways to stop a pool by force.
const WAYS: [fn(&ProcessPoolExecutor); 2] =
    [ProcessPoolExecutor::terminate_workers, ProcessPoolExecutor::kill_workers];

/// PPE-20, PPE-21, PPE-23: what runs is stopped mid-way, and what has not begun is cancelled.
pub fn stops_a_running_task() {
    for stop in WAYS {
        let pool = pool(2);
        let running = [hold(&pool), hold(&pool)];
        let queued: Vec<_> = (0..5).map(|n| pool.submit(square, n).unwrap()).collect();
        stop(&pool);
        for future in &running {
            let lost = loss(future);
            assert_eq!(lost.cause(), &LossCause::Terminated);
            assert!(lost.to_string().ends_with("all workers of the pool were ended on request"), "{lost}");
        }
        assert!(queued.iter().all(|future| matches!(future.result(), Err(Error::Cancelled(_)))));
    }
}

/// PPE-26: no task is taken any more, and every worker ends.
pub fn stops_the_pool() {
    for stop in WAYS {
        let pool = pool(2);
        let running = hold(&pool);
        stop(&pool);
        assert!(matches!(pool.submit(square, 1), Err(SubmitError::Shutdown(_))));
        loss(&running);
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
        // Once more changes nothing.
        stop(&pool);
    }
}

/// PPE-24: also when the pool is broken, or has lost its worker.
pub fn dead_workers() {
    for (stop, on_loss) in WAYS.into_iter().zip([OnLoss::Break, OnLoss::Replace]) {
        let pool = ProcessPoolExecutor::builder().max_workers(1).on_loss(on_loss).build().unwrap();
        assert!(pool.submit(die, ()).unwrap().result().is_err());
        stop(&pool);
        assert!(pool.submit(square, 1).is_err());
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
    }
}

/// PPE-25: before any worker exists there is nothing to do but to take no more tasks.
pub fn not_started_yet() {
    for stop in WAYS {
        let pool = pool(1);
        stop(&pool);
        assert_eq!(pool.workers(), 0);
        assert!(matches!(pool.submit(square, 1), Err(SubmitError::Shutdown(_))));
    }
}

/// PPE-16: a worker that was to be its last task's only gets no successor.
pub fn retiring_worker_is_not_replaced() {
    for stop in WAYS {
        let log = Log::new();
        let builder = ProcessPoolExecutor::builder().max_workers(1).max_tasks_per_child(1);
        let pool = builder.observer(log.observer()).build().unwrap();
        let running = hold(&pool);
        let queued = pool.submit(square, 1).unwrap();
        stop(&pool);
        loss(&running);
        assert!(matches!(queued.result(), Err(Error::Cancelled(_))));
        pool.shutdown(Shutdown::default()).unwrap();
        let started = log.lines().into_iter().filter(|line| line.starts_with("worker started")).count();
        assert_eq!(started, 1);
    }
}
