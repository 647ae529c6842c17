//! One task, and those who would run, cancel, expire or fail it.

use super::{Count, explore, join, spawn};
use crate::CancelToken;
use crate::crew::Crew;
use crate::error::{Error, TaskError, WorkerLost};
use crate::future::Completion;
use crate::observer::Reporter;
use crate::seat::Seat;
use crate::sync::{Mutex, lock};
use crate::task::{Job, Name, Task};
use std::sync::Arc;
use std::time::Duration;

fn task<F>(token: Option<CancelToken>, work: F) -> Arc<Task<u32, F>>
where
    F: FnOnce() -> Result<u32, TaskError> + Send + 'static,
{
    Arc::new(Task::new(work, Reporter::new(None), Name::Label("task"), token))
}

fn seat() -> Arc<Seat> {
    Arc::new(Seat::new(Arc::new(Crew::new(1, 2)), 0))
}

/// Counts how often it is dropped, as a value of the user's might.
struct Captured(Count);

impl Drop for Captured {
    fn drop(&mut self) {
        self.0.add();
    }
}

#[test]
fn runs_once_or_is_cancelled() {
    explore(|| {
        let (runs, drops) = (Count::default(), Count::default());
        let (counted, captured) = (runs.clone(), Captured(drops.clone()));
        let task = task(None, move || {
            let _captured = captured;
            counted.add();
            Ok(1)
        });
        let future = task.future();
        let workers = [0, 1].map(|_| {
            let job = Arc::clone(&task);
            spawn(move || job.run(&seat(), Seat::release))
        });
        let cancelled = future.cancel();
        let outcome = future.result().copied();
        workers.into_iter().for_each(join);
        assert_eq!(outcome.is_err(), cancelled);
        assert_eq!(runs.get(), usize::from(!cancelled));
        assert_eq!(drops.get(), 1);
    });
}

#[test]
fn expires_only_if_not_begun() {
    explore(|| {
        let runs = Count::default();
        let counted = runs.clone();
        let task = task(None, move || {
            counted.add();
            Ok(1)
        });
        let future = task.future();
        let (run, expire) = (Arc::clone(&task), Arc::clone(&task));
        let worker = spawn(move || run.run(&seat(), Seat::release));
        let timer = spawn(move || expire.expire(Duration::from_secs(1)));
        let cancelled = future.cancel();
        let outcome = future.result().copied();
        join(worker);
        join(timer);
        match outcome {
            Ok(_) => assert!(!cancelled && runs.get() == 1),
            Err(Error::QueueTimeout(_)) => assert!(!cancelled && runs.get() == 0),
            Err(error) => assert!(matches!(error, Error::Cancelled(_)) && cancelled && runs.get() == 0),
        }
    });
}

#[test]
fn lost_while_running() {
    explore(|| {
        let drops = Count::default();
        let captured = Captured(drops.clone());
        let step = Mutex::new(());
        let task = task(None, move || {
            let _captured = captured;
            drop(lock(&step));
            Ok(1)
        });
        let future = task.future();
        let calls = Count::default();
        let called = calls.clone();
        future.add_done_callback(move |_| called.add());
        let (run, fail) = (Arc::clone(&task), Arc::clone(&task));
        let worker = spawn(move || run.run(&seat(), Seat::release));
        let mourner =
            spawn(move || fail.fail(Error::Failed(TaskError::lost(WorkerLost::thread("trap".into())))));
        let outcome = future.result().copied();
        join(worker);
        join(mourner);
        assert_eq!(future.result().copied().is_ok(), outcome.is_ok());
        assert_eq!((calls.get(), drops.get()), (1, 1));
    });
}

#[test]
fn worker_is_free_once_the_result_is_seen() {
    explore(|| {
        let task = task(None, || Ok(1));
        let (future, seat) = (task.future(), seat());
        seat.engage();
        let mine = Arc::clone(&seat);
        let worker = spawn(move || task.run(&mine, Seat::release));
        assert_eq!(future.result().copied().ok(), Some(1));
        assert!(!seat.is_engaged());
        join(worker);
    });
}

#[test]
fn one_token_for_all_who_ask() {
    explore(|| {
        let task = task(None, || Ok(1));
        let (asked, stopped) = (Arc::clone(&task), Arc::clone(&task));
        let asker = spawn(move || asked.token());
        let stopper = spawn(move || Completion::request_stop(&*stopped));
        let token = task.token();
        assert!(token == join(asker));
        join(stopper);
        assert!(token.is_cancelled());
    });
}

#[test]
fn token_cancels_unless_begun() {
    explore(|| {
        let token = CancelToken::new();
        let task = task(Some(token.clone()), || Ok(1));
        let (job, run): (Arc<dyn Job>, Arc<dyn Job>) = (task.clone(), task.clone());
        let canceller = spawn(move || token.cancel());
        let worker = spawn(move || run.run(&seat(), Seat::release));
        task.token().watch(&job);
        let outcome = task.future().result().copied();
        join(canceller);
        join(worker);
        assert!(matches!(outcome, Ok(1) | Err(Error::Cancelled(_))));
    });
}
