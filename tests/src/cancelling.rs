//! Cancelling.

use crate::bomb::Bomb;
use crate::{Gate, pool};
use concurrent_futures::{Error, Executor, Future, Promise, ReturnWhen, ThreadPoolExecutor, wait};
use std::future::IntoFuture;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;

/// A pool whose one worker is held at the gate.
fn held() -> (ThreadPoolExecutor, Gate, Future<()>) {
    let pool = pool(1);
    let gate = Gate::new();
    let task_gate = gate.clone();
    let running = pool.spawn(move || task_gate.pass()).unwrap();
    gate.wait_for(1);
    (pool, gate, running)
}

/// FUT-11: the second time changes nothing, and callbacks run once.
pub fn twice() {
    let promise = Promise::<u32>::new();
    let future = promise.future();
    let calls = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&calls);
    future.add_done_callback(move |_| *counter.lock().unwrap() += 1);
    assert!(future.cancel());
    assert!(future.cancel());
    assert_eq!(*calls.lock().unwrap(), 1);
}

/// FUT-17: `cancel` itself wakes whoever waits, wherever in its wait the waiter is by then.
pub fn wakes_waiters() {
    let waiters = pool(2);
    for round in 0..100 {
        let promise = Promise::<u32>::new();
        let (one, all) = (promise.future(), promise.future());
        let gate = Gate::new();
        let (one_gate, all_gate) = (gate.clone(), gate.clone());
        let one = waiters
            .spawn(move || {
                one_gate.pass();
                matches!(one.result(), Err(Error::Cancelled(_)))
            })
            .unwrap();
        let all = waiters
            .spawn(move || {
                all_gate.pass();
                wait([all], None, ReturnWhen::AllCompleted).unwrap().done.len()
            })
            .unwrap();
        gate.wait_for(2);
        gate.open();
        // From round to round the waiters get further before the cancellation.
        for _ in 0..round {
            thread::yield_now();
        }
        assert!(promise.future().cancel());
        assert!(one.result().unwrap());
        assert_eq!(all.result().unwrap(), &1);
    }
}

/// What a cancelled task would have used is freed at once.
pub fn drops_the_function() {
    let (pool, gate, _running) = held();
    let captured = Arc::new(());
    let copy = Arc::clone(&captured);
    let queued = pool.spawn(move || drop(copy)).unwrap();
    assert_eq!(Arc::strong_count(&captured), 2);
    assert!(queued.cancel());
    assert_eq!(Arc::strong_count(&captured), 1);
    gate.open();
}

/// FUT-03
pub fn callbacks_run_where_cancelled() {
    let promise = Promise::<u32>::new();
    let future = promise.future();
    let seen = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&seen);
    future.add_done_callback(move |future| {
        *slot.lock().unwrap() = Some((future.cancelled(), thread::current().id()));
    });
    assert!(future.cancel());
    assert_eq!(*seen.lock().unwrap(), Some((true, thread::current().id())));
}

/// The destructor of what a cancelled task had captured may panic: the future is cancelled, and everybody is told.
pub fn panicking_destructor() {
    let (pool, gate, _running) = held();
    let bomb = Bomb;
    let queued = pool.spawn(move || drop(bomb)).unwrap();
    let called = Arc::new(Mutex::new(0));
    let calls = Arc::clone(&called);
    queued.add_done_callback(move |_| *calls.lock().unwrap() += 1);
    let (waiters, waiting) = (crate::pool(1), Gate::new());
    let (awaited, waiter_gate) = (queued.clone(), waiting.clone());
    waiting.open();
    let waiter = waiters
        .spawn(move || {
            waiter_gate.pass();
            matches!(awaited.result(), Err(Error::Cancelled(_)))
        })
        .unwrap();
    waiting.wait_for(1);
    assert!(queued.cancel());
    assert!(queued.cancelled());
    assert_eq!(*called.lock().unwrap(), 1);
    assert!(waiter.result().unwrap());
    gate.open();
    // The worker skips it.
    assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
}

/// Blocks in its destructor until the gate is open.
struct Patient(Gate);

impl Drop for Patient {
    fn drop(&mut self) {
        self.0.pass();
    }
}

/// Opens the gate when it is woken.
struct Opener(Gate);

impl Wake for Opener {
    fn wake(self: Arc<Self>) {
        self.0.open();
    }
}

/// Waiters are told before the function is dropped, since its destructor may wait for one of them.
pub fn tells_before_it_drops() {
    let (pool, gate, _running) = held();
    let seen = Gate::new();
    let patient = Patient(seen.clone());
    let queued = pool.spawn(move || drop(patient)).unwrap();
    let waker = Waker::from(Arc::new(Opener(seen)));
    let mut awaited = pin!((&queued).into_future());
    assert!(std::future::Future::poll(awaited.as_mut(), &mut Context::from_waker(&waker)).is_pending());
    assert!(queued.cancel());
    gate.open();
}
