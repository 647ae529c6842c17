//! Threads that are certainly blocked when what they wait for happens.
//!
//! The core asks whether a thread may block as the last thing before it does, under the lock that whoever wakes the thread
//! must take. So the question itself tells that the thread is blocked by the time anybody can wake it.

use crate::{Gate, Plan, ThreadPoolExecutor};
use concurrent_futures_core::{
    Error, Executor, Promise, ReturnWhen, Shutdown, as_completed, set_may_block, wait,
};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

thread_local! {
    /// Passed when this thread is about to block.
    static ABOUT_TO_BLOCK: RefCell<Option<Gate>> = const { RefCell::new(None) };
}

/// Every thread may block; those that are watched say so.
fn may_block() -> bool {
    // A thread that is ending has lost its gate, and nobody watches it.
    let _ = ABOUT_TO_BLOCK.try_with(|gate| {
        if let Some(gate) = &*gate.borrow() {
            gate.pass();
        }
    });
    true
}

/// Runs `body` on a thread and returns when it is about to block, or has come to its end.
fn block_in<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> JoinHandle<R> {
    watch(body).0
}

/// As [`block_in`], with the gate that the thread passes each time that it blocks, and at its end.
fn watch<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> (JoinHandle<R>, Gate) {
    set_may_block(may_block);
    let gate = Gate::new();
    gate.open();
    let watched = gate.clone();
    let thread = thread::spawn(move || {
        ABOUT_TO_BLOCK.set(Some(watched.clone()));
        let result = body();
        watched.pass();
        result
    });
    gate.wait_for(1);
    (thread, gate)
}

/// FUT-16, FUT-17: a value, an error and a broken promise wake whoever is blocked in `result`.
#[test]
fn outcome_wakes_reader() {
    let blocked = || {
        let promise = Promise::<u32>::new();
        let future = promise.future();
        (promise, block_in(move || future.result().copied().map_err(|error| error.to_string())))
    };
    let (promise, reader) = blocked();
    promise.set_result(1).unwrap();
    assert_eq!(reader.join().unwrap(), Ok(1));
    let (promise, reader) = blocked();
    promise.set_exception("no").unwrap();
    assert_eq!(reader.join().unwrap(), Err("no".to_owned()));
    let (promise, reader) = blocked();
    drop(promise);
    assert!(reader.join().unwrap().is_err());
}

/// FUT-17: `cancel` itself wakes whoever is blocked, in whichever way.
#[test]
fn cancel_wakes_everybody() {
    let promise = Promise::<u32>::new();
    let [one, all, next] = [promise.future(), promise.future(), promise.future()];
    let one = block_in(move || matches!(one.result(), Err(Error::Cancelled(_))));
    let all = block_in(move || wait([all], None, ReturnWhen::AllCompleted).unwrap().done.len());
    let next = block_in(move || as_completed([next]).next().is_some_and(|future| future.cancelled()));
    assert!(promise.future().cancel());
    assert!(one.join().unwrap());
    assert_eq!(all.join().unwrap(), 1);
    assert!(next.join().unwrap());
}

/// WAIT-05: a future that is cancelled while a thread is blocked does not end its wait for an exception.
#[test]
fn cancel_is_no_exception() {
    let (cancelled, finished) = (Promise::<u32>::new(), Promise::new());
    let futures = [cancelled.future(), finished.future()];
    let (waiter, blocked) =
        watch(move || wait(futures, None, ReturnWhen::FirstException).unwrap().done.len());
    assert!(cancelled.future().cancel());
    // It has seen that and blocked again, or it has wrongly come to its end.
    blocked.wait_for(2);
    finished.set_result(1).unwrap();
    assert_eq!(waiter.join().unwrap(), 2);
}

/// Blocks in its destructor until the gate is open.
struct Patient(Gate);

impl Drop for Patient {
    fn drop(&mut self) {
        self.0.pass();
    }
}

/// Waiters are told before the function is dropped, for its destructor may wait for one of them.
#[test]
fn cancel_tells_before_it_drops() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (busy, seen) = (Gate::new(), Gate::new());
    let held = busy.clone();
    let running = pool.spawn(move || held.pass()).unwrap();
    busy.wait_for(1);
    let patient = Patient(seen.clone());
    let queued = pool.spawn(move || drop(patient)).unwrap();
    let future = queued.clone();
    let waiter = block_in(move || {
        let cancelled = matches!(future.result(), Err(Error::Cancelled(_)));
        seen.open();
        cancelled
    });
    assert!(queued.cancel());
    assert!(waiter.join().unwrap());
    busy.open();
    running.result().unwrap();
}

/// Two threads that wait for the same executor both return when its threads have ended, not one of them earlier.
#[test]
fn shutdowns_wait_together() {
    let plan = Plan::of_this_thread();
    let pool = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    pool.submit(|n: u32| n, 1).unwrap().result().unwrap();
    plan.joins_late.store(true, Ordering::SeqCst);
    let shut_down = |pool: &Arc<ThreadPoolExecutor>| {
        let (pool, plan) = (Arc::clone(pool), Arc::clone(&plan));
        move || {
            pool.shutdown(Shutdown::default()).unwrap();
            plan.joined.load(Ordering::SeqCst)
        }
    };
    let first = thread::spawn(shut_down(&pool));
    plan.joining.wait_for(1);
    let second = block_in(shut_down(&pool));
    plan.joining.open();
    assert_eq!((first.join().unwrap(), second.join().unwrap()), (1, 1));
}
