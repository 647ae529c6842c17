//! Shutting down.

use super::square;
use crate::door::{Busy, Door, pass};
use crate::observing::Log;
use crate::pool::Pool;
use crate::{Gate, until};
use concurrent_futures::{Error, Future, MapOptions, ReturnWhen, Shutdown, SubmitError, as_completed, wait};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NO_WAIT: Shutdown = Shutdown { wait: false, cancel_futures: false };
const CANCEL: Shutdown = Shutdown { wait: true, cancel_futures: true };
const CANCEL_NO_WAIT: Shutdown = Shutdown { wait: false, cancel_futures: true };

/// Checks that each of these squares is there, without waiting.
fn expect_squares(futures: &[Future<u64>]) {
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result_timeout(Duration::ZERO).unwrap(), &(n * n));
    }
}

/// SHUT-01
pub fn refuses_tasks<P: Pool>() {
    let pool = P::of(1);
    pool.shutdown(Shutdown::default()).unwrap();
    let refused = pool.call(square, 1).unwrap_err();
    assert!(matches!(refused, SubmitError::Shutdown(_)));
    assert_eq!(refused.to_string(), "cannot submit a task after shutdown");
}

/// SHUT-04
pub fn runs_what_is_queued<P: Pool>() {
    let pool = P::of(3);
    let futures: Vec<_> = (0..50).map(|n| pool.call(square, n).unwrap()).collect();
    pool.shutdown(Shutdown::default()).unwrap();
    expect_squares(&futures);
    assert_eq!(pool.workers(), 0);
}

/// SHUT-09, SHUT-10, SHUT-16, SHUT-17, SHUT-02: at the end of the scope that owns an executor everything that it had taken is done, and
/// every worker has ended.
pub fn end_of_scope_waits<P: Pool>() {
    let log = Log::new();
    let (futures, sum) = {
        let pool = P::observed(2, &log);
        let results = pool.map_calls(MapOptions::default(), square, 0..10).unwrap();
        let sum: u64 = results.map(Result::unwrap).sum();
        ((0..20).map(|n| pool.call(square, n).unwrap()).collect::<Vec<_>>(), sum)
    };
    expect_squares(&futures);
    assert_eq!(sum, 285);
    let started = log.workers("started");
    assert!(started > 0 && started == log.workers("ended"), "{:?}", log.lines());
}

/// SHUT-11, SHUT-18: the shutdown returns, the queue is served all the same, and the workers end by themselves.
pub fn without_waiting<P: Pool>() {
    let pool = P::of(2);
    let busy = Busy::on(&pool);
    let queued: Vec<_> = (0..20).map(|n| pool.call(square, n).unwrap()).collect();
    pool.shutdown(NO_WAIT).unwrap();
    assert!(busy.future.running());
    for (n, future) in (0..).zip(&queued) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
    busy.release();
    assert_eq!(busy.future.result().unwrap(), &0);
    until(|| pool.workers() == 0);
}

/// SHUT-06: whoever did not wait at the shutdown waits at the end of the scope, as long as something runs.
pub fn leaves_nobody_behind<P: Pool>() {
    let (log, door) = (Log::new(), Door::new());
    let closers = crate::pool(1);
    let pool = P::observed(1, &log);
    let running = pool.call(pass, (door.name(), 7)).unwrap();
    until(|| running.running());
    pool.shutdown(NO_WAIT).unwrap();
    let arrived = Gate::new();
    arrived.open();
    let closing_arrived = arrived.clone();
    let closing = closers
        .spawn(move || {
            closing_arrived.pass();
            drop(pool);
        })
        .unwrap();
    arrived.wait_for(1);
    // It cannot be done before the task is.
    assert!(matches!(closing.result_timeout(Duration::from_millis(20)), Err(Error::Timeout(_))));
    door.open();
    closing.result().unwrap();
    assert_eq!(running.result_timeout(Duration::ZERO).unwrap(), &7);
    assert_eq!((log.workers("started"), log.workers("ended")), (1, 1));
}

/// SHUT-05: what has not begun is cancelled, what has finishes, and nothing is left undecided.
pub fn cancels_the_queue<P: Pool>() {
    let (pool, door) = (P::of(2), Door::new());
    let futures: Vec<_> = (0..50).map(|n| pool.call(pass, (door.name(), n)).unwrap()).collect();
    until(|| futures.iter().filter(|future| future.running()).count() == 2);
    pool.shutdown(CANCEL_NO_WAIT).unwrap();
    assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), 48);
    door.open();
    pool.shutdown(CANCEL).unwrap();
    assert!(futures.iter().all(Future::done));
    assert_eq!(futures.iter().filter(|future| future.result().is_ok()).count(), 2);
}

/// SHUT-14: cancelling without waiting, wherever the one task is by then, ends well.
pub fn cancels_without_waiting<P: Pool>() {
    for _ in 0..10 {
        let pool = P::of(1);
        let future = pool.call(square, 3).unwrap();
        pool.shutdown(CANCEL_NO_WAIT).unwrap();
        match future.result() {
            Ok(value) => assert_eq!(value, &9),
            Err(error) => assert!(matches!(error, Error::Cancelled(_)), "{error}"),
        }
        drop(pool);
    }
}

/// 2.3
pub fn idempotent<P: Pool>() {
    let pool = P::of(1);
    pool.call(square, 1).unwrap().result().unwrap();
    for options in [NO_WAIT, CANCEL, Shutdown::default(), NO_WAIT] {
        pool.shutdown(options).unwrap();
    }
    let never_used = P::of(1);
    never_used.shutdown(Shutdown::default()).unwrap();
}

/// The deliberate difference: waiting for what a shutdown cancelled ends.
pub fn cancelled_futures_wake_waiters<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::on(&pool);
    let queued: Vec<_> = (0..10).map(|n| pool.call(square, n).unwrap()).collect();
    pool.shutdown(CANCEL_NO_WAIT).unwrap();
    let waited = wait(&queued, None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!((waited.done.len(), waited.not_done.len()), (10, 0));
    let cancelled = as_completed(queued).filter(|future| matches!(future.result(), Err(Error::Cancelled(_))));
    assert_eq!(cancelled.count(), 10);
    busy.release();
}

/// EXE-03: one item more than there are workers, and a shutdown at once, which neither blocks nor loses anything.
pub fn loses_nothing<P: Pool>() {
    for _ in 0..5 {
        let pool = P::of(4);
        let results = pool.map_calls(MapOptions::default(), square, 0..5).unwrap();
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(results.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4, 9, 16]);
    }
}

/// What was taken runs, and everything else is refused, while others submit and one shuts down.
pub fn race_with_submit<P: Pool>() {
    let submitters = crate::pool(3);
    for _ in 0..5 {
        let (pool, gate) = (Arc::new(P::of(2)), Gate::new());
        let submitting: Vec<_> = (0..3)
            .map(|_| {
                let (pool, gate) = (Arc::clone(&pool), gate.clone());
                let submit = move || {
                    gate.pass();
                    let mut taken = Vec::new();
                    loop {
                        match pool.call(square, taken.len() as u64) {
                            Ok(future) => taken.push(future),
                            Err(refused) => return (taken, refused),
                        }
                    }
                };
                submitters.spawn(submit).unwrap()
            })
            .collect();
        gate.wait_for(3);
        gate.open();
        pool.shutdown(Shutdown::default()).unwrap();
        for submitter in submitting {
            let (taken, refused) = submitter.result().unwrap();
            assert!(matches!(refused, SubmitError::Shutdown(_)));
            expect_squares(taken);
        }
        assert_eq!(pool.workers(), 0);
    }
}

/// SHUT-07
pub fn submit_then_cancel<P: Pool>() {
    for _ in 0..10 {
        let pool = P::of(1);
        let future = pool.call(square, 1).unwrap();
        let cancelled = future.cancel();
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(future.result_timeout(Duration::ZERO).is_err(), cancelled);
    }
}

/// SHUT-08, SHUT-15: three tasks at a time start three workers, and all of them end.
pub fn three_tasks_three_workers<P: Pool>() {
    let log = Log::new();
    let pool = P::observed(5, &log);
    let busy = [Busy::on(&pool), Busy::on(&pool), Busy::on(&pool)];
    assert_eq!(pool.workers(), 3);
    busy.iter().for_each(Busy::release);
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!((log.workers("started"), log.workers("ended"), pool.workers()), (3, 3, 0));
}

/// Submits in its destructor, as a hook that runs when everything else is over.
struct Hook<P: Pool> {
    pool: Arc<P>,
    outcome: Arc<Mutex<Option<Result<u64, String>>>>,
}

impl<P: Pool> Drop for Hook<P> {
    fn drop(&mut self) {
        let future = self.pool.call(square, 3).map_err(|refused| refused.to_string());
        let outcome = future.map(|future| *future.result().unwrap());
        *self.outcome.lock().unwrap() = Some(outcome);
    }
}

/// SHUT-03, and the deliberate difference: no end of the whole program refuses work, but that of the executor does, and a hook
/// that comes before it still finds it at work.
pub fn after_the_scope<P: Pool>() {
    let outcome_of_hook = |shutdown: Option<Shutdown>| {
        let (pool, outcome) = (Arc::new(P::of(1)), Arc::default());
        let hook = Hook { pool: Arc::clone(&pool), outcome: Arc::clone(&outcome) };
        if let Some(options) = shutdown {
            pool.shutdown(options).unwrap();
        }
        drop(hook);
        outcome.lock().unwrap().take().unwrap()
    };
    assert_eq!(outcome_of_hook(None), Ok(9));
    let refused = Err("cannot submit a task after shutdown".to_owned());
    assert_eq!(outcome_of_hook(Some(Shutdown::default())), refused);
    assert_eq!(outcome_of_hook(Some(NO_WAIT)), refused);
}
