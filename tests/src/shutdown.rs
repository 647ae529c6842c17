//! Shutting down. What ends in `_on` is the same for every executor.

use crate::bomb::Bomb;
use crate::{Gate, pool};
use concurrent_futures::{
    Accept, Error, Executor, Future, ReturnWhen, Shutdown, SubmitError, ThreadPoolExecutor,
    WorkStealingExecutor, as_completed, wait,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub(crate) const NO_WAIT: Shutdown = Shutdown { wait: false, cancel_futures: false };
pub(crate) const CANCEL: Shutdown = Shutdown { wait: true, cancel_futures: true };

/// SHUT-01
pub fn refuses_tasks() {
    refuses_tasks_on(&pool(1), |n| n * n);
}

pub(crate) fn refuses_tasks_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    pool.shutdown(Shutdown::default()).unwrap();
    let refused = pool.submit(square, 1).unwrap_err();
    assert!(matches!(refused, SubmitError::Shutdown(_)));
    assert_eq!(refused.to_string(), "cannot submit a task after shutdown");
}

/// SHUT-04
pub fn runs_what_is_queued() {
    let pool = pool(3);
    runs_what_is_queued_on(&pool, |n| n * n);
    assert_eq!(pool.workers(), 0);
}

pub(crate) fn runs_what_is_queued_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let futures: Vec<_> = (0..50).map(|n| pool.submit(square, n).unwrap()).collect();
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(futures.iter().all(|future| future.done() && future.result().is_ok()));
}

/// SHUT-09, SHUT-10
pub fn drop_waits() {
    let ran = Arc::new(AtomicUsize::new(0));
    {
        let pool = pool(2);
        for _ in 0..20 {
            let ran = Arc::clone(&ran);
            drop(pool.spawn(move || ran.fetch_add(1, Ordering::SeqCst)).unwrap());
        }
    }
    assert_eq!(ran.load(Ordering::SeqCst), 20);
}

/// SHUT-11: the queue is served all the same.
pub fn without_waiting() {
    let pool = pool(1);
    let gate = Gate::new();
    let task_gate = gate.clone();
    let running = pool.spawn(move || task_gate.pass()).unwrap();
    let queued = pool.submit(|n: u32| n, 7).unwrap();
    gate.wait_for(1);
    pool.shutdown(NO_WAIT).unwrap();
    assert!(running.running());
    gate.open();
    assert_eq!(queued.result().unwrap(), &7);
}

/// SHUT-05: nothing is left undecided.
pub fn cancels_the_queue() {
    let pool = pool(2);
    let gate = Gate::new();
    let futures: Vec<_> = (0..50)
        .map(|_| {
            let gate = gate.clone();
            pool.spawn(move || gate.pass()).unwrap()
        })
        .collect();
    gate.wait_for(2);
    pool.shutdown(Shutdown { wait: false, ..CANCEL }).unwrap();
    assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), 48);
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(futures.iter().filter(|future| future.result().is_ok()).count(), 2);
}

/// 2.3
pub fn idempotent() {
    let pool = pool(1);
    pool.submit(|n: u32| n, 1).unwrap().result().unwrap();
    for options in [NO_WAIT, CANCEL, Shutdown::default(), NO_WAIT] {
        pool.shutdown(options).unwrap();
    }
    let never_used = crate::pool(1);
    never_used.shutdown(Shutdown::default()).unwrap();
}

/// The deliberate difference: waiting for what a shutdown cancelled ends.
pub fn cancelled_futures_wake_waiters() {
    let pool = pool(1);
    let gate = Gate::new();
    let task_gate = gate.clone();
    let running = pool.spawn(move || task_gate.pass()).unwrap();
    gate.wait_for(1);
    let queued: Vec<_> = (0..10).map(|n: u32| pool.submit(|n: u32| n, n).unwrap()).collect();
    pool.shutdown(Shutdown { wait: false, ..CANCEL }).unwrap();
    let waited = wait(&queued, None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done.len(), 10);
    assert_eq!(
        as_completed(queued).filter(|future| matches!(future.result(), Err(Error::Cancelled(_)))).count(),
        10
    );
    gate.open();
    running.result().unwrap();
}

/// A worker cannot wait for itself; the shutdown holds all the same.
pub fn from_a_task() {
    let pool = Arc::new(pool(2));
    let inner = Arc::clone(&pool);
    let future = pool.spawn(move || inner.shutdown(Shutdown::default()).is_ok()).unwrap();
    assert!(future.result().unwrap());
    assert!(pool.submit(|n: u32| n, 1).is_err());
}

/// EXE-03: shutting down at once loses nothing and blocks nothing.
pub fn loses_nothing() {
    for _ in 0..20 {
        loses_nothing_on(&pool(4), |n| n * n);
    }
}

pub(crate) fn loses_nothing_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let results = pool.map(square, 0..5).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(results.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4, 9, 16]);
}

/// What was taken runs, and everything else is refused, while others submit and one shuts down.
pub fn race_with_submit() {
    let submitters = pool(3);
    for _ in 0..50 {
        let pool = Arc::new(pool(2));
        race_with_submit_on(&submitters, &pool, |n| n * n);
        assert_eq!(pool.workers(), 0);
    }
}

pub(crate) fn race_with_submit_on<E, F>(submitters: &ThreadPoolExecutor, pool: &Arc<E>, square: F)
where
    E: Accept<F, u64, u64> + Send + Sync + 'static,
    F: Fn(u64) -> u64 + Copy + Send + 'static,
{
    let gate = Gate::new();
    let submitting: Vec<_> = (0..3)
        .map(|_| {
            let (pool, gate) = (Arc::clone(pool), gate.clone());
            submitters
                .spawn(move || {
                    gate.pass();
                    let mut taken = Vec::new();
                    loop {
                        match pool.submit(square, taken.len() as u64) {
                            Ok(future) => taken.push(future),
                            Err(refused) => return (taken, refused),
                        }
                    }
                })
                .unwrap()
        })
        .collect();
    gate.wait_for(3);
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    for submitter in submitting {
        let (taken, refused) = submitter.result().unwrap();
        assert!(matches!(refused, SubmitError::Shutdown(_)));
        for (n, future) in (0..).zip(taken) {
            assert_eq!(future.result_timeout(Duration::ZERO).unwrap(), &(n * n));
        }
    }
}

/// Every shutdown that waits returns when all workers have ended, however many wait at once.
pub fn many_wait() {
    let callers = pool(3);
    for _ in 0..20 {
        let (pool, gate) = (Arc::new(pool(2)), Gate::new());
        for _ in 0..4 {
            let gate = gate.clone();
            drop(pool.spawn(move || gate.pass()).unwrap());
        }
        gate.wait_for(2);
        let arrived = Gate::new();
        arrived.open();
        let shutting: Vec<_> = (0..3)
            .map(|_| {
                let (pool, arrived) = (Arc::clone(&pool), arrived.clone());
                callers
                    .spawn(move || {
                        arrived.pass();
                        pool.shutdown(Shutdown::default()).unwrap();
                        pool.workers()
                    })
                    .unwrap()
            })
            .collect();
        arrived.wait_for(3);
        gate.open();
        assert!(shutting.iter().all(|caller| caller.result().unwrap() == &0));
    }
}

/// A queued function whose destructor panics is cancelled as those before and after it are.
pub fn cancels_past_a_panicking_destructor() {
    fn check(executor: &impl Executor, gate: &Gate, queued: &[Future<()>]) {
        gate.wait_for(1);
        executor.shutdown(Shutdown { wait: false, ..CANCEL }).unwrap();
        assert!(queued.iter().all(Future::cancelled), "{queued:?}");
        assert_eq!(wait(queued, None, ReturnWhen::AllCompleted).unwrap().done.len(), 5);
        gate.open();
        executor.shutdown(Shutdown::default()).unwrap();
    }
    let (threads, stealing) = (pool(1), WorkStealingExecutor::new(1).unwrap());
    let gates = [Gate::new(), Gate::new()];
    drop(threads.submit(|gate: Gate| gate.pass(), gates[0].clone()).unwrap());
    drop(stealing.submit(|gate: Gate| gate.pass(), gates[1].clone()).unwrap());
    let bombs = || (0..5).map(|n| (n == 2).then(|| Bomb));
    let queued: Vec<_> = bombs().map(|bomb| threads.submit(drop, bomb).unwrap()).collect();
    let stolen: Vec<_> = bombs().map(|bomb| stealing.submit(drop, bomb).unwrap()).collect();
    check(&threads, &gates[0], &queued);
    check(&stealing, &gates[1], &stolen);
}

/// SHUT-07
pub fn submit_then_cancel() {
    for _ in 0..20 {
        submit_then_cancel_on(&pool(1), |n| n * n);
    }
}

pub(crate) fn submit_then_cancel_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let future = pool.submit(square, 1).unwrap();
    let cancelled = future.cancel();
    pool.shutdown(Shutdown::default()).unwrap();
    let result = future.result_timeout(Duration::ZERO);
    assert_eq!(result.is_err(), cancelled);
}
