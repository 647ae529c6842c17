//! `Future::stop`: ending a task, politely first.

use super::held::{hold, hold_with};
use crate::{Gate, pool};
use concurrent_futures::{
    Accept, CancelToken, Executor, Promise, Stopped, TaskOptions, WorkStealingExecutor,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(20);
/// What nobody waits for.
const HOUR: Duration = Duration::from_secs(3_600);

/// A task that has not begun is cancelled, and its callbacks run once.
pub fn waiting_task_is_cancelled() {
    let pool = pool(1);
    let held = hold(&pool, 1);
    let (task, calls) = (pool.spawn(|| ()).unwrap(), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&calls);
    task.add_done_callback(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    for _ in 0..2 {
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Cancelled);
        assert!(task.cancelled());
    }
    held.release();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

/// A task that waits by its token instead of sleeping ends early, and its result counts.
pub fn listening_task_ends() {
    fn check<E: Accept<fn(Gate) -> bool, Gate, bool>>(executor: &E) {
        let (listen, started): (fn(Gate) -> bool, _) = (
            |started| {
                started.open();
                CancelToken::current().unwrap().wait(Some(HOUR)).unwrap()
            },
            Gate::new(),
        );
        let task = executor.submit(listen, started.clone()).unwrap();
        started.pass();
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
        assert!(task.result().unwrap());
        // It has ended, so there is nothing to stop.
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
    }
    check(&pool(1));
    check(&WorkStealingExecutor::new(1).unwrap());
}

/// A task that does not listen is left alone after the time of grace; it has been asked, and what it returns counts.
pub fn deaf_task_is_left_alone() {
    fn check<E: Accept<fn(Gate), Gate, ()>>(executor: &E) {
        let token = CancelToken::new();
        let held = hold_with(&TaskOptions::new().token(token.clone()), executor, 1);
        let task = &held.tasks()[0];
        for grace in [Duration::ZERO, SHORT] {
            assert_eq!(task.stop(grace).unwrap(), Stopped::StillRunning);
            assert!(task.running() && token.is_cancelled());
        }
        held.release();
        assert_eq!(task.stop(SHORT).unwrap(), Stopped::Ended);
    }
    check(&pool(1));
    check(&WorkStealingExecutor::new(1).unwrap());
}

/// A task without a token of the caller's is asked alone: nobody else's token is cancelled.
pub fn others_are_not_asked() {
    let pool = pool(2);
    let started = Gate::new();
    started.open();
    let listen = |started: Gate| {
        started.pass();
        CancelToken::current().unwrap().wait(None).unwrap()
    };
    let tasks = [(); 2].map(|()| pool.submit(listen, started.clone()).unwrap());
    started.wait_for(2);
    assert_eq!(tasks[0].stop(HOUR).unwrap(), Stopped::Ended);
    assert!(tasks[1].running());
    assert_eq!(tasks[1].stop(HOUR).unwrap(), Stopped::Ended);
}

/// Several may stop one task at the same time.
pub fn several_stop_one() {
    let (stoppers, pool, started) = (pool(3), pool(1), Gate::new());
    let inner = started.clone();
    let task = pool
        .spawn(move || {
            inner.open();
            CancelToken::current().unwrap().wait(None).unwrap()
        })
        .unwrap();
    started.pass();
    let stopping = [(); 3].map(|()| {
        let task = task.clone();
        stoppers.spawn(move || task.stop(HOUR).unwrap()).unwrap()
    });
    assert!(stopping.iter().all(|stopping| *stopping.result().unwrap() == Stopped::Ended));
}

/// A task that stops itself asks itself to end, and goes on after the time of grace.
pub fn itself() {
    let (pool, promise) = (pool(1), Promise::new());
    let own = promise.future();
    let task = pool
        .spawn(move || {
            let own: &concurrent_futures::Future<_> = own.result().unwrap();
            (own.stop(SHORT).unwrap(), CancelToken::current().unwrap().is_cancelled())
        })
        .unwrap();
    promise.set_result(task.clone()).unwrap();
    assert_eq!(task.result().unwrap(), &(Stopped::StillRunning, true));
}

/// What stands behind a promise cannot be asked; before it has begun it is cancelled like a task.
pub fn promise() {
    let (pending, running) = (Promise::<u32>::new(), Promise::<u32>::new());
    assert!(running.set_running_or_notify_cancel().unwrap());
    assert_eq!(pending.future().stop(SHORT).unwrap(), Stopped::Cancelled);
    assert_eq!(running.future().stop(SHORT).unwrap(), Stopped::StillRunning);
    running.set_result(1).unwrap();
    assert_eq!(running.future().stop(SHORT).unwrap(), Stopped::Ended);
}
