//! `wait`.

use crate::{Gate, pool};
use concurrent_futures::{Executor, Promise, ReturnWhen, wait};
use std::time::Duration;
use web_time::Instant;

/// Long enough for any machine, short enough to notice a hang.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// WAIT-02, with the deliberate difference that a cancelled future is done.
pub fn first_completed() {
    let pool = pool(2);
    let gate = Gate::new();
    let (slow_gate, fast_gate) = (gate.clone(), Gate::new());
    let slow = pool.spawn(move || slow_gate.pass()).unwrap();
    let fast = pool.submit(|gate: Gate| gate.pass(), fast_gate.clone()).unwrap();
    fast_gate.open();
    let waited = wait([&slow, &fast], None, ReturnWhen::FirstCompleted).unwrap();
    assert_eq!(waited.done, [&fast]);
    assert_eq!(waited.not_done, [&slow]);
    gate.open();
    slow.result().unwrap();
}

/// WAIT-03
pub fn first_completed_at_once() {
    let (finished, cancelled, pending) = (Promise::new(), Promise::<u32>::new(), Promise::<u32>::new());
    finished.set_result(1).unwrap();
    assert!(cancelled.future().cancel());
    let futures = [finished.future(), cancelled.future(), pending.future()];
    let waited = wait(&futures, LONG, ReturnWhen::FirstCompleted).unwrap();
    assert_eq!(waited.done, [&futures[0], &futures[1]]);
    assert_eq!(waited.not_done, [&futures[2]]);
}

/// WAIT-04
pub fn first_exception() {
    let pool = pool(2);
    let (fails, slow) = (Gate::new(), Gate::new());
    let fine = pool.try_submit(|()| Ok::<_, String>(1), ()).unwrap();
    let failing = pool
        .try_submit(
            |gate: Gate| {
                gate.pass();
                Err::<i32, _>("no")
            },
            fails.clone(),
        )
        .unwrap();
    fine.result().unwrap();
    let pending = pool
        .try_submit(
            |gate: Gate| {
                gate.pass();
                Ok::<_, String>(2)
            },
            slow.clone(),
        )
        .unwrap();
    fails.open();
    let waited = wait([&fine, &failing, &pending], None, ReturnWhen::FirstException).unwrap();
    assert_eq!(waited.done, [&fine, &failing]);
    assert_eq!(waited.not_done, [&pending]);
    slow.open();
}

/// WAIT-06
pub fn first_exception_at_once() {
    let (failed, pending) = (Promise::<u32>::new(), Promise::<u32>::new());
    failed.set_exception("no").unwrap();
    let futures = [pending.future(), failed.future()];
    let waited = wait(&futures, LONG, ReturnWhen::FirstException).unwrap();
    assert_eq!(waited.done, [&futures[1]]);
}

/// WAIT-05: neither a success nor a cancel ends the wait for an exception.
pub fn cancelled_is_no_exception() {
    let (cancelled, finished, pending) = (Promise::<u32>::new(), Promise::new(), Promise::<u32>::new());
    assert!(cancelled.future().cancel());
    finished.set_result(1).unwrap();
    let futures = [cancelled.future(), finished.future(), pending.future()];
    let limit = Some(Duration::from_millis(20));
    let waited = wait(&futures, limit, ReturnWhen::FirstException).unwrap();
    assert_eq!(waited.done, [&futures[0], &futures[1]]);
    assert!(pending.future().cancel());
    let waited = wait(&futures, LONG, ReturnWhen::FirstException).unwrap();
    assert_eq!(waited.done.len(), 3);
}

/// WAIT-07
pub fn all_completed() {
    let pool = pool(2);
    let cancelled = Promise::<u32>::new();
    assert!(cancelled.future().cancel());
    let futures = [
        cancelled.future(),
        pool.submit(|n: u32| n, 1).unwrap(),
        pool.submit(|n: u32| -> u32 { panic!("{n}") }, 2).unwrap(),
        pool.submit(|n: u32| n, 3).unwrap(),
    ];
    let waited = wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done.len(), 4);
    assert!(waited.not_done.is_empty());
}

/// WAIT-01
pub fn duplicates_once() {
    let pool = pool(1);
    let future = pool.submit(|n: u32| n, 1).unwrap();
    let waited = wait([future.clone(), future], None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done.len(), 1);
    assert!(waited.not_done.is_empty());
}

/// WAIT-08: time running out is no error.
pub fn timeout_parts() {
    let (finished, pending) = (Promise::new(), Promise::new());
    finished.set_result(1).unwrap();
    let futures = [finished.future(), pending.future()];
    let start = Instant::now();
    let waited = wait(&futures, Some(Duration::from_millis(50)), ReturnWhen::AllCompleted).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(49));
    assert_eq!(waited.done, [&futures[0]]);
    assert_eq!(waited.not_done, [&futures[1]]);
    pending.set_result(2).unwrap();
}

/// No future is no reason to wait.
pub fn empty() {
    for return_when in [ReturnWhen::FirstCompleted, ReturnWhen::FirstException, ReturnWhen::AllCompleted] {
        let waited = wait(Vec::<concurrent_futures::AnyFuture>::new(), None, return_when).unwrap();
        assert!(waited.done.is_empty() && waited.not_done.is_empty());
    }
}

/// Futures of different types and of different executors.
pub fn mixed_types_and_executors() {
    let (numbers, texts) = (pool(1), pool(1));
    let number = numbers.submit(|n: u32| n, 1).unwrap();
    let text = texts.submit(|text: &str| text.len().to_string(), "four").unwrap();
    let waited = wait([number.erase(), text.erase()], None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done, [number.erase(), text.erase()]);
    assert_eq!((number.result().unwrap(), text.result().unwrap().as_str()), (&1, "4"));
}

/// WAIT-09: 100 tasks released together; no completion is lost.
pub fn no_completion_lost() {
    let pool = pool(8);
    for _ in 0..10 {
        let gate = Gate::new();
        let futures: Vec<_> = (0..100)
            .map(|n: u32| {
                let gate = gate.clone();
                pool.spawn(move || {
                    gate.pass();
                    n
                })
                .unwrap()
            })
            .collect();
        gate.open();
        let waited = wait(&futures, LONG, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done.len(), 100);
    }
}
