//! Limits to the time that a task may wait for a worker, and to the time that it may run.

use super::events::{Events, What};
use super::held::hold;
use crate::{Gate, pool};
use concurrent_futures::{
    CancelToken, Error, Executor, Future, Promise, ReturnWhen, Shutdown, State, TaskOptions,
    ThreadPoolExecutor, WorkStealingExecutor, as_completed, wait,
};
use std::future::IntoFuture;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// What is waited for, without a limit.
const SHORT: Duration = Duration::from_millis(20);
/// What nobody waits for.
const HOUR: Duration = Duration::from_secs(3_600);

/// Options of a task that is to begin within that time.
fn within(limit: Duration) -> TaskOptions {
    TaskOptions::new().queue_timeout(limit)
}

/// Options of a task that is to end within that time.
fn for_at_most(limit: Duration) -> TaskOptions {
    TaskOptions::new().run_timeout(limit)
}

/// A task that no worker begins in time fails although every worker is busy, never runs, and is let go.
pub fn expires_while_all_are_busy() {
    let pool = pool(2);
    let held = hold(&pool, 2);
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ran);
    let task = pool.spawn_with(within(SHORT), move || counter.fetch_add(1, Ordering::SeqCst)).unwrap();
    let error = task.result().unwrap_err();
    assert!(matches!(error, Error::QueueTimeout(error) if error.limit() == SHORT));
    assert_eq!(error.to_string(), "no worker began the task within 20ms");
    assert_eq!((task.state(), task.cancelled()), (State::Finished, false));
    // `exception` is for what the task itself fails with.
    assert!(matches!(task.exception(), Err(Error::QueueTimeout(_))));
    assert!(!task.cancel());
    held.release();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 0);
    // Waiters are told before the function is dropped, by the thread that keeps the time.
    while Arc::strong_count(&ran) > 1 {
        std::thread::yield_now();
    }
}

/// Opens the gate when it is woken.
struct Opener(Gate);

impl Wake for Opener {
    fn wake(self: Arc<Self>) {
        self.0.open();
    }
}

/// Everybody who waits is told: a blocked thread, `wait`, `as_completed`, an `await` and a callback.
pub fn everybody_is_told() {
    let (waiters, pool) = (pool(3), pool(1));
    let held = hold(&pool, 1);
    // Long enough for the waiters to come to wait; whoever comes later is told all the same.
    let task: Future<()> = pool.spawn_with(within(5 * SHORT), || ()).unwrap();
    let is_expired = |future: &Future<()>| matches!(future.result(), Err(Error::QueueTimeout(_)));
    let (told, woken) = (Gate::new(), Gate::new());
    let callback = told.clone();
    task.add_done_callback(move |task| {
        assert!(is_expired(task));
        callback.pass();
    });
    let waker = Waker::from(Arc::new(Opener(woken.clone())));
    let mut awaited = pin!((&task).into_future());
    let mut context = Context::from_waker(&waker);
    if std::future::Future::poll(awaited.as_mut(), &mut context).is_pending() {
        woken.pass();
    }
    let one = {
        let task = task.clone();
        waiters.spawn(move || is_expired(&task)).unwrap()
    };
    let all = {
        let task = task.clone();
        let wait = move || wait([task], None, ReturnWhen::FirstException).unwrap().done.len();
        waiters.spawn(wait).unwrap()
    };
    let each = {
        let task = task.clone();
        waiters.spawn(move || as_completed([task]).filter(is_expired).count()).unwrap()
    };
    assert!(*one.result().unwrap());
    assert_eq!((all.result().unwrap(), each.result().unwrap()), (&1, &1));
    assert!(matches!(
        std::future::Future::poll(awaited.as_mut(), &mut context),
        Poll::Ready(Err(Error::QueueTimeout(_)))
    ));
    told.open();
    told.wait_for(1);
    held.release();
}

/// Waits until the alarms of all limits that were set before, and were shorter, have gone off.
fn outlast(pool: &ThreadPoolExecutor) {
    let later = pool.spawn_with(within(2 * SHORT), || ()).unwrap();
    assert!(matches!(later.result(), Err(Error::QueueTimeout(_))));
}

/// A task that a worker has begun may take as long as it likes.
pub fn not_after_it_has_begun() {
    let pool = pool(1);
    let gate = Gate::new();
    let inner = gate.clone();
    let task = pool
        .spawn_with(within(SHORT), move || {
            inner.pass();
            1
        })
        .unwrap();
    if task_begins(&gate, &task) {
        outlast(&pool);
        assert!(task.running());
        gate.open();
        assert_eq!(task.result().unwrap(), &1);
    }
}

/// Whether a worker has begun a task that comes to the gate; on a machine that is too busy, its time may be up before.
fn task_begins<T>(gate: &Gate, task: &Future<T>) -> bool {
    while !task.running() {
        if task.done() {
            return false;
        }
        std::thread::yield_now();
    }
    gate.wait_for(1);
    true
}

/// The executor's limit is for each task that has none of its own.
pub fn default_and_override() {
    let builder = ThreadPoolExecutor::builder().max_workers(1).queue_timeout(SHORT);
    let pool = builder.build().unwrap();
    let held = loop {
        // The task that is to keep the worker busy has the limit, too.
        let gate = Gate::new();
        let inner = gate.clone();
        let task = pool.spawn(move || inner.pass()).unwrap();
        if task_begins(&gate, &task) {
            break gate;
        }
    };
    let patient = pool.spawn_with(within(HOUR), || 1).unwrap();
    let plain = pool.submit(|n: u32| n, 2).unwrap();
    let tried = pool.try_submit(str::parse::<u32>, "3").unwrap();
    let ranked = pool.submit_with(TaskOptions::new().priority(9), |n: u32| n, 4).unwrap();
    for task in [&plain, &tried, &ranked] {
        assert!(matches!(task.result(), Err(Error::QueueTimeout(error)) if error.limit() == SHORT));
    }
    assert!(!patient.done());
    held.open();
    assert_eq!(patient.result().unwrap(), &1);
    // Dropping the executor does not wait for an hour.
}

/// A short limit counts, also if a long one was set before it and is still to come.
pub fn shorter_limit_comes_first() {
    let pool = pool(1);
    let held = hold(&pool, 1);
    let long = [HOUR, HOUR / 2].map(|limit| pool.spawn_with(within(limit), || ()).unwrap());
    let never = pool.spawn_with(within(Duration::MAX), || ()).unwrap();
    for _ in 0..3 {
        let short = pool.spawn_with(within(SHORT), || ()).unwrap();
        assert!(matches!(short.result(), Err(Error::QueueTimeout(_))));
    }
    assert!(!never.done() && !long.iter().any(Future::done));
    held.release();
    assert!(never.result().is_ok() && long.iter().all(|task| task.result().is_ok()));
}

/// An observer hears that the task has expired, and nothing else of it.
pub fn observer_is_told() {
    let events = Events::new();
    let pool = ThreadPoolExecutor::builder().max_workers(1).observer(events.observer()).build().unwrap();
    let held = hold(&pool, 1);
    let task = pool.spawn_with(within(SHORT), || ()).unwrap();
    let id = task.id();
    events.wait_for(1, |what| *what == What::Expired(id));
    held.release();
    drop(pool);
    assert_eq!(events.of_task(id), [What::Expired(id)]);
}

/// Whoever is first decides: a cancelled task does not expire, and an expired one cannot be cancelled.
pub fn cancelling_first_wins() {
    let pool = pool(1);
    let held = hold(&pool, 1);
    let task = pool.spawn_with(within(SHORT), || ()).unwrap();
    if task.cancel() {
        outlast(&pool);
        assert!(task.cancelled());
        assert!(matches!(task.result(), Err(Error::Cancelled(_))));
    }
    held.release();
}

/// After tasks have expired an executor shuts down as ever, whether the alarms of others are still to come or not.
pub fn shutdown_afterwards() {
    for cancel_futures in [false, true] {
        let pool = pool(1);
        let held = hold(&pool, 1);
        let patient = pool.spawn_with(within(HOUR), || ()).unwrap();
        outlast(&pool);
        pool.shutdown(Shutdown { wait: false, cancel_futures }).unwrap();
        assert_eq!(patient.cancelled(), cancel_futures);
        held.release();
        pool.shutdown(Shutdown::default()).unwrap();
        assert!(patient.done());
    }
}

/// An item of a map that expires is an error in its place; the others come out.
pub fn expired_item_of_a_map() {
    let builder = ThreadPoolExecutor::builder().max_workers(1).queue_timeout(5 * SHORT);
    let pool = builder.build().unwrap();
    let gate = Gate::new();
    let inner = gate.clone();
    let mut results = pool
        .map(
            move |n: u32| {
                inner.pass();
                n
            },
            0..3,
        )
        .unwrap();
    // On a machine that is too busy even the first may expire; then it never comes to the gate.
    let last = pool.spawn(|| ()).unwrap();
    assert!(last.result().is_err());
    gate.open();
    assert!(matches!(results.next(), Some(Ok(0) | Err(Error::QueueTimeout(_)))));
    for _ in 1..3 {
        assert!(matches!(results.next(), Some(Err(Error::QueueTimeout(_)))));
    }
    assert!(results.next().is_none());
}

/// However the alarm and the worker meet, the task either runs or expires, and everybody agrees which.
pub fn expires_or_runs() {
    let pool = pool(2);
    let ran = Arc::new(AtomicUsize::new(0));
    let told = Arc::new(AtomicUsize::new(0));
    let mut succeeded = 0;
    for round in 0..40 {
        let tasks: Vec<_> = (0..25_u64)
            .map(|n| {
                let (ran, told) = (Arc::clone(&ran), Arc::clone(&told));
                let limit = Duration::from_micros(n * round);
                let task =
                    pool.spawn_with(within(limit), move || ran.fetch_add(1, Ordering::SeqCst)).unwrap();
                task.add_done_callback(move |_| {
                    told.fetch_add(1, Ordering::SeqCst);
                });
                task
            })
            .collect();
        for task in tasks {
            match task.result() {
                Ok(_) => succeeded += 1,
                Err(Error::QueueTimeout(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }
    drop(pool);
    assert_eq!(ran.load(Ordering::SeqCst), succeeded);
    assert_eq!(told.load(Ordering::SeqCst), 1_000);
}

/// An executor that keeps no order keeps the limits all the same.
pub fn kept_by_a_stealing_executor() {
    const PATIENCE: Duration = Duration::from_secs(20);
    let pool = WorkStealingExecutor::new(1).unwrap();
    let held = hold(&pool, 1);
    let waiting = pool.submit_with(within(SHORT), |n: u32| n, 1).unwrap();
    assert!(matches!(waiting.result_timeout(PATIENCE), Err(Error::QueueTimeout(_))));
    held.release();
    let listening = |()| CancelToken::current().unwrap().wait(Some(2 * PATIENCE)).unwrap();
    let running = pool.submit_with(for_at_most(SHORT), listening, ()).unwrap();
    assert!(running.result_timeout(PATIENCE).unwrap());
}

/// A task that has run for as long as it may is asked to end, and may return early.
pub fn long_task_is_asked_to_end() {
    let pool = pool(1);
    let wait = || CancelToken::current().unwrap().wait(None).unwrap();
    assert!(pool.spawn_with(for_at_most(SHORT), wait).unwrap().result().unwrap());
    let check = |()| loop {
        CancelToken::current().unwrap().check()?;
        std::thread::yield_now();
    };
    let checked: Future<()> = pool
        .try_submit_with::<_, _, _, concurrent_futures::CancelledError>(for_at_most(SHORT), check, ())
        .unwrap();
    let error = checked.result().unwrap_err();
    assert!(error.downcast_ref::<concurrent_futures::CancelledError>().is_some());
    assert!(!checked.cancelled());
}

/// A task that does not look at its token goes on, and what it returns counts.
pub fn deaf_task_goes_on() {
    let pool = pool(1);
    let (token, gate) = (Promise::new(), Gate::new());
    let (seen, inner) = (token.future(), gate.clone());
    let task = pool
        .spawn_with(for_at_most(SHORT), move || {
            token.set_result(CancelToken::current().unwrap()).unwrap();
            inner.pass();
            1
        })
        .unwrap();
    assert!(seen.result().unwrap().wait(None).unwrap());
    assert!(task.running());
    gate.open();
    assert_eq!(task.result().unwrap(), &1);
    // The worker is as good as ever.
    assert!(!pool.spawn(|| CancelToken::current().unwrap().is_cancelled()).unwrap().result().unwrap());
}

/// The end of one task's time says nothing to others that were given the same token; that token still reaches the task.
pub fn callers_token_is_left_alone() {
    let pool = pool(2);
    let token = CancelToken::new();
    let wait = || CancelToken::current().unwrap().wait(None).unwrap();
    let short = pool.spawn_with(for_at_most(SHORT).token(token.clone()), wait).unwrap();
    let long = pool.spawn_with(for_at_most(HOUR).token(token.clone()), wait).unwrap();
    assert!(short.result().unwrap());
    assert!(!token.is_cancelled() && !long.done());
    token.cancel();
    assert!(long.result().is_ok() || long.cancelled());
}

/// The time in the queue does not count.
pub fn time_in_the_queue_is_free() {
    const LIMIT: Duration = Duration::from_secs(2);
    let pool = pool(1);
    let held = hold(&pool, 1);
    let is_cancelled = || CancelToken::current().unwrap().is_cancelled();
    let task = pool.spawn_with(for_at_most(LIMIT), is_cancelled).unwrap();
    let later = pool.spawn_with(within(LIMIT + SHORT), || ()).unwrap();
    assert!(later.result().is_err());
    held.release();
    assert!(!task.result().unwrap());
}

/// The limit is the task's. Who goes on with its token after that is not asked to end when the time has passed.
pub fn ended_task_leaves_its_token_alone() {
    let pool = pool(1);
    let (quick, panicking) = (Promise::new(), Promise::new());
    let tokens = [quick.future(), panicking.future()];
    let keep = |promise: Promise<CancelToken>| promise.set_result(CancelToken::current().unwrap()).unwrap();
    pool.spawn_with(for_at_most(10 * SHORT), move || keep(quick)).unwrap().result().unwrap();
    let panics = move || -> u32 {
        keep(panicking);
        panic!("a task may panic")
    };
    assert!(pool.spawn_with(for_at_most(10 * SHORT), panics).unwrap().result().is_err());
    for token in &tokens {
        assert!(!token.result().unwrap().wait(Some(10 * SHORT)).unwrap());
    }
}

/// Nobody waits for the alarm of a task that has ended before it, and tasks that are quick do not gather alarms.
pub fn quick_tasks_leave_no_alarm() {
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let pool = pool(1);
    for _ in 0..1_000 {
        let tokens = Arc::clone(&tokens);
        let note = move || tokens.lock().unwrap().push(CancelToken::current().unwrap());
        pool.spawn_with(for_at_most(HOUR), note).unwrap().result().unwrap();
    }
    // Would wait for an hour if it waited for alarms.
    drop(pool);
    assert!(!tokens.lock().unwrap().iter().any(CancelToken::is_cancelled));
}
