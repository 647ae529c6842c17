//! Limits to the time that a task may wait for a worker, that it may run, and that a worker may have nothing to do.

use super::{Held, forever, hold, loss, pool, square, until};
use crate::beyond::events::{Events, What};
use concurrent_futures::{
    Error, Executor, Future, LossCause, MapOptions, ProcessPoolExecutor, ReturnWhen, Shutdown, State,
    TaskOptions, as_completed, wait,
};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(50);
/// What nobody waits for.
const HOUR: Duration = Duration::from_secs(3_600);

fn within(limit: Duration) -> TaskOptions {
    TaskOptions::new().queue_timeout(limit)
}

fn for_at_most(limit: Duration) -> TaskOptions {
    TaskOptions::new().run_timeout(limit)
}

fn has_expired<T>(future: &Future<T>) -> bool {
    matches!(future.result(), Err(Error::QueueTimeout(_)))
}

/// A task that no worker begins in time fails although every worker is busy, and everybody is told.
pub fn expires_while_all_are_busy() {
    let pool = pool(2);
    let held = [hold(&pool), hold(&pool)];
    let task = pool.submit_with(within(SHORT), square, 3).unwrap();
    let (sender, called) = mpsc::channel();
    task.add_done_callback(move |task| sender.send(has_expired(task)).unwrap());
    assert_eq!(wait([&task], None, ReturnWhen::FirstException).unwrap().done, [&task]);
    assert_eq!(as_completed([&task]).filter(|task| has_expired(task)).count(), 1);
    let error = task.result().unwrap_err();
    assert!(matches!(error, Error::QueueTimeout(error) if error.limit() == SHORT));
    assert_eq!(error.to_string(), "no worker began the task within 50ms");
    assert_eq!(
        (task.state(), task.cancelled(), task.cancel(), task.kill()),
        (State::Finished, false, false, false)
    );
    assert!(called.recv().unwrap());
    assert!(held.iter().all(|held| held.running() && held.kill()));
    // Nothing is left of it that would keep anybody waiting.
    pool.shutdown(Shutdown::default()).unwrap();
}

/// A task that a worker has begun may take as long as it likes.
pub fn not_after_it_has_begun() {
    let pool = pool(1);
    pool.submit(square, 1).unwrap().result().unwrap();
    // The worker has nothing to do, so it has the task when `submit` returns.
    let nap = |milliseconds: u64| {
        thread::sleep(Duration::from_millis(milliseconds));
        milliseconds
    };
    let task = pool.submit_with(within(SHORT), nap, 200).unwrap();
    assert!(task.running());
    assert_eq!(task.result().unwrap(), &200);
}

/// The executor's limit is for each task that has none of its own, and for each chunk of a map.
pub fn default_and_override() {
    let pool = ProcessPoolExecutor::builder().max_workers(1).queue_timeout(SHORT).build().unwrap();
    let held = Held(pool.submit_with(within(HOUR), forever, ()).unwrap());
    until(|| held.running());
    let patient = pool.submit_with(within(HOUR), square, 1).unwrap();
    let plain = pool.submit(square, 2).unwrap();
    let tried = pool.try_submit(|text: String| text.parse::<u32>(), "3".to_owned()).unwrap();
    let ranked = pool.submit_with(TaskOptions::new().priority(9), square, 4).unwrap();
    let options = MapOptions::default().chunksize(3);
    let results: Vec<_> = pool.map_with(options, square, 0..7).unwrap().collect();
    assert_eq!(results.len(), 7);
    assert!(results.iter().all(|result| matches!(result, Err(Error::QueueTimeout(_)))), "{results:?}");
    assert!(has_expired(&plain) && has_expired(&tried) && has_expired(&ranked));
    assert!(!patient.done());
    assert!(held.kill());
    assert_eq!(patient.result().unwrap(), &1);
}

/// A short limit counts, also if a long one was set before it and is still to come.
pub fn shorter_limit_comes_first() {
    let pool = pool(1);
    let held = hold(&pool);
    let long = [HOUR, HOUR / 2].map(|limit| pool.submit_with(within(limit), square, 1).unwrap());
    let never = pool.submit_with(within(Duration::MAX), square, 1).unwrap();
    for limit in [SHORT, Duration::ZERO, SHORT] {
        assert!(has_expired(&pool.submit_with(within(limit), square, 1).unwrap()));
    }
    assert!(!never.done() && !long.iter().any(Future::done));
    assert!(held.kill());
    assert!(never.result().is_ok() && long.iter().all(|task| task.result().is_ok()));
    // Dropping the executor does not wait for an hour.
}

/// An observer hears that the task has expired, and nothing else of it.
pub fn observer_is_told() {
    let events = Events::new();
    let pool = ProcessPoolExecutor::builder().max_workers(1).observer(events.observer()).build().unwrap();
    let held = hold(&pool);
    let task = pool.submit_with(within(SHORT), square, 1).unwrap();
    assert!(has_expired(&task));
    assert!(held.kill());
    drop(pool);
    assert_eq!(events.of_task(task.id()), [What::Expired(task.id())]);
}

/// However the alarm and the worker meet, the task either runs or expires, and everybody agrees which.
pub fn expires_or_runs() {
    let pool = pool(2);
    let (sender, told) = mpsc::channel();
    for round in 0..40 {
        let tasks: Vec<_> = (0..25_u64)
            .map(|n| {
                let limit = Duration::from_micros(n * round);
                let task = pool.submit_with(within(limit), square, n).unwrap();
                let sender = sender.clone();
                task.add_done_callback(move |task| sender.send(task.result().is_ok()).unwrap());
                task
            })
            .collect();
        for (n, task) in (0..).zip(&tasks) {
            match task.result() {
                Ok(result) => assert_eq!(result, &(n * n)),
                Err(error) => assert!(matches!(error, Error::QueueTimeout(_)), "{error}"),
            }
        }
        let succeeded = tasks.iter().filter(|task| task.result().is_ok()).count();
        assert_eq!((0..25).filter(|_| told.recv().unwrap()).count(), succeeded);
    }
}

/// A task's own limit ends its worker, and the executor's is only for those that have none.
pub fn run_timeout_of_one_task() {
    let pool = pool(2);
    let (endless, next) = (pool.submit_with(for_at_most(SHORT), forever::<()>, ()).unwrap(), hold(&pool));
    assert_eq!(loss(&endless).cause(), &LossCause::RunTimeout(SHORT));
    assert!(next.running() && next.kill());
    let limited = ProcessPoolExecutor::builder().max_workers(1).run_timeout(4 * SHORT).build().unwrap();
    let nap = |milliseconds: u64| {
        thread::sleep(Duration::from_millis(milliseconds));
        milliseconds
    };
    assert_eq!(limited.submit_with(for_at_most(HOUR), nap, 600).unwrap().result().unwrap(), &600);
    let (long, short) = (forever::<()>, for_at_most(SHORT));
    assert_eq!(loss(&limited.submit_with(short, long, ()).unwrap()).cause(), &LossCause::RunTimeout(SHORT));
    assert_eq!(loss(&limited.submit(long, ()).unwrap()).cause(), &LossCause::RunTimeout(4 * SHORT));
    assert_eq!(limited.submit(square, 3).unwrap().result().unwrap(), &9);
}

/// The time in the queue does not count, nor does that of another task.
pub fn time_in_the_queue_is_free() {
    let pool = pool(1);
    let held = hold(&pool);
    let limit = Duration::from_secs(10);
    let waiting = pool.submit_with(for_at_most(limit), square, 3).unwrap();
    thread::sleep(SHORT);
    assert!(held.kill());
    assert_eq!(waiting.result().unwrap(), &9);
}

/// A worker that has had nothing to do for long ends in order, and the next task starts one again.
pub fn idle_workers_end() {
    let events = Events::new();
    let builder = ProcessPoolExecutor::builder().max_workers(2).idle_timeout(SHORT);
    let pool = builder.observer(events.observer()).build().unwrap();
    for round in 1..4 {
        let futures: Vec<_> = (0..4).map(|n| pool.submit(square, n).unwrap()).collect();
        assert!((0..).zip(&futures).all(|(n, future)| future.result().unwrap() == &(n * n)));
        until(|| pool.workers() == 0);
        assert!(pool.process_ids().is_empty());
        let started = events.count(|what| matches!(what, What::WorkerStarted(..)));
        assert!(started >= round, "{:?}", events.all());
        // A worker is gone a moment before that is told.
        until(|| events.count(|what| matches!(what, What::WorkerEnded(_))) == started);
    }
    drop(pool);
}

/// A worker that is busy stays, however long it takes; so does one that is given something to do all the time.
pub fn busy_workers_stay() {
    let pool = ProcessPoolExecutor::builder().max_workers(2).idle_timeout(SHORT).build().unwrap();
    let held = hold(&pool);
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
    until(|| pool.workers() == 1);
    thread::sleep(2 * SHORT);
    assert!(held.running() && pool.workers() == 1);
    assert!(held.kill());
    // Without any patience, tasks are done all the same.
    let hasty = ProcessPoolExecutor::builder().max_workers(2).idle_timeout(Duration::ZERO).build().unwrap();
    for _ in 0..3 {
        let squares: Vec<_> = hasty.map(square, 0..50).unwrap().map(Result::unwrap).collect();
        assert!(squares.into_iter().eq((0..50).map(square)));
    }
    hasty.shutdown(Shutdown::default()).unwrap();
}
