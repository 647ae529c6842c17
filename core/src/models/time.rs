//! What happens when time is up, which may be at any moment.

use super::pool::{have_met, meet};
use super::threads::{Pool, Threads};
use super::{Count, explore, join, spawn};
use crate::error::{Error, StillRunningError};
use crate::executor::Executor;
use crate::sync::pass;
use crate::{CancelToken, Promise, ReturnWhen, TaskOptions, as_completed, wait};
use shuttle::thread::yield_now;
use std::sync::Arc;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(1);

/// Lets time go on until something has happened. A jump of the clock may come just after a thread has looked at it and just
/// before it sleeps, so one jump is not always enough to end a sleep.
fn pass_until(has_happened: impl Fn() -> bool) {
    while !has_happened() {
        pass(LIMIT);
        yield_now();
    }
}

#[test]
fn result_or_timeout() {
    explore(|| {
        let promise = Promise::new();
        let future = promise.future();
        let producer = spawn(move || promise.set_result(1));
        let clock = spawn(|| pass(LIMIT));
        assert!(matches!(future.result_timeout(LIMIT), Ok(1) | Err(Error::Timeout(_))));
        join(clock);
        assert_eq!(future.result().unwrap(), &1);
        join(producer).unwrap();
    });
}

#[test]
fn wait_with_a_limit() {
    explore(|| {
        let promises = [Promise::new(), Promise::new()];
        let futures = [promises[0].future(), promises[1].future()];
        let producer = spawn(move || promises.map(|promise| promise.set_result(1).is_ok()));
        let clock = spawn(|| pass(LIMIT));
        let waited = wait(&futures, Some(LIMIT), ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done.len() + waited.not_done.len(), 2);
        assert!(waited.done.iter().all(|future| future.done()));
        join(clock);
        assert_eq!(join(producer), [true, true]);
        assert_eq!(wait(&futures, None, ReturnWhen::AllCompleted).unwrap().done.len(), 2);
    });
}

#[test]
fn iteration_with_a_limit() {
    explore(|| {
        let promises = [Promise::new(), Promise::new()];
        let futures = [promises[0].future(), promises[1].future()];
        let producer = spawn(move || promises.map(|promise| promise.set_result(1).is_ok()));
        let clock = spawn(|| pass(LIMIT));
        let items: Vec<_> = as_completed(&futures).timeout(LIMIT).collect();
        let in_time = items.iter().filter(|item| item.is_ok()).count();
        match items.last() {
            Some(Err(Error::Timeout(_))) => assert_eq!(items.len(), in_time + 1),
            _ => assert_eq!((items.len(), in_time), (2, 2)),
        }
        join(clock);
        assert_eq!(join(producer), [true, true]);
    });
}

#[test]
fn token_or_timeout() {
    explore(|| {
        let token = CancelToken::new();
        let cancelling = token.clone();
        let canceller = spawn(move || cancelling.cancel());
        let clock = spawn(|| pass(LIMIT));
        let cancelled = token.wait(Some(LIMIT)).unwrap();
        assert!(!cancelled || token.is_cancelled());
        join(canceller);
        join(clock);
        assert!(token.wait(Some(LIMIT)).unwrap());
    });
}

#[test]
fn begun_or_expired() {
    explore(|| {
        let threads = Threads::new();
        let runs = Count::default();
        let pool = Pool::builder().max_workers(1).queue_timeout(LIMIT).build().unwrap();
        let clock = spawn(|| pass(LIMIT));
        let tasks = [0, 1].map(|_| pool.submit(|runs: Count| runs.add(), runs.clone()).unwrap());
        let ran = tasks.iter().filter(|task| match task.result() {
            Ok(()) => true,
            Err(Error::QueueTimeout(_)) => false,
            Err(error) => panic!("{error}"),
        });
        let ran = ran.count();
        join(clock);
        drop(pool);
        assert_eq!((runs.get(), threads.alive()), (ran, 0));
        threads.end();
    });
}

#[test]
fn earlier_alarm_comes_first() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let release = Promise::new();
        let released = release.future();
        let busy = pool.spawn(move || *released.result().unwrap()).unwrap();
        let within = |limit| pool.spawn_with(TaskOptions::new().queue_timeout(limit), || ()).unwrap();
        let (late, soon) = (within(1_000 * LIMIT), within(LIMIT));
        pass_until(|| soon.done());
        assert!(!late.done());
        assert!(matches!(soon.result(), Ok(()) | Err(Error::QueueTimeout(_))));
        release.set_result(()).unwrap();
        late.result().unwrap();
        busy.result().unwrap();
        drop(pool);
        threads.end();
    });
}

#[test]
fn task_is_asked_to_end() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let begun = Promise::new();
        let has_begun = begun.future();
        let options = TaskOptions::new().run_timeout(LIMIT);
        let task = pool.spawn_with(options, move || {
            begun.set_result(()).unwrap();
            CancelToken::current().unwrap().wait(None).unwrap()
        });
        has_begun.result().unwrap();
        let task = task.unwrap();
        pass_until(|| task.done());
        assert!(task.result().unwrap());
        drop(pool);
        threads.end();
    });
}

#[test]
fn idle_worker_ends_or_works() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::builder().max_workers(1).idle_timeout(LIMIT).build().unwrap());
        pool.submit(|n: u32| n, 0).unwrap().result().unwrap();
        let clock = spawn(|| pass(LIMIT));
        let other = Arc::clone(&pool);
        let submitter = spawn(move || other.submit(|n: u32| n, 1).unwrap());
        assert_eq!(pool.submit(|n: u32| n, 2).unwrap().result().unwrap(), &2);
        assert_eq!(join(submitter).result().unwrap(), &1);
        assert!(pool.workers() <= 1);
        join(clock);
        drop(pool);
        threads.end();
    });
}

#[test]
fn idle_workers_come_back_to_meet() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::builder().max_workers(2).idle_timeout(LIMIT).build().unwrap();
        // In halves, so that one worker may be about to leave while the other has just fallen asleep.
        let clock = spawn(|| (0..4).for_each(|_| pass(LIMIT / 2)));
        for _ in 0..2 {
            have_met(meet(&pool));
            assert!(pool.workers() <= 2);
        }
        join(clock);
        drop(pool);
        threads.end();
    });
}

#[test]
fn shutdown_in_time_or_not() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let task = pool.submit(|n: u32| n, 1).unwrap();
        let clock = spawn(|| pass(LIMIT));
        match pool.shutdown_within(LIMIT, false) {
            Ok(()) => assert!(task.done() && threads.alive() == 0),
            Err(StillRunningError { tasks, queued, .. }) => assert!(tasks.len() + queued <= 1),
        }
        assert_eq!(task.result().unwrap(), &1);
        join(clock);
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}
