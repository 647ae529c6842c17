//! The executor over rayon.

use crate::Gate;
use crate::bomb::Bomb;
use crate::observing::Log;
use concurrent_futures::observer::{Event, EventKind, Observer, with_observer};
use concurrent_futures::{Error, Executor, Shutdown, WorkStealingExecutor, as_completed};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The same futures as everywhere.
pub fn submits_and_waits() {
    let executor = WorkStealingExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..50_u32).map(|n| executor.submit(|n: u32| n * 2, n).unwrap()).collect();
    assert_eq!(as_completed(futures).map(|future| *future.result().unwrap()).sum::<u32>(), 49 * 50);
    let doubled = executor.map(|n: u32| n * 2, 0..5).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(doubled, [0, 2, 4, 6, 8]);
    assert!(WorkStealingExecutor::new(0).is_err());
}

/// A parallel iterator inside a task runs on the executor's workers.
pub fn splits_work() {
    let executor = WorkStealingExecutor::new(2).unwrap();
    let sum = executor
        .spawn(|| (rayon::current_num_threads(), (0..10_000_u64).into_par_iter().sum::<u64>()))
        .unwrap();
    assert_eq!(sum.result().unwrap(), &(2, 49_995_000));
}

/// What has not begun is cancelled, and waiting for it ends.
pub fn cancels_on_shutdown() {
    let executor = WorkStealingExecutor::new(1).unwrap();
    let gate = Gate::new();
    let task_gate = gate.clone();
    let running = executor.spawn(move || task_gate.pass()).unwrap();
    gate.wait_for(1);
    let queued = executor.submit(|n: u32| n, 1).unwrap();
    executor.shutdown(Shutdown { wait: false, cancel_futures: true }).unwrap();
    assert!(matches!(queued.result(), Err(Error::Cancelled(_))));
    gate.open();
    running.result().unwrap();
    executor.shutdown(Shutdown::default()).unwrap();
    assert!(executor.submit(|n: u32| n, 1).is_err());
}

/// A panic ends its task and nothing else.
pub fn panic_is_data() {
    let executor = WorkStealingExecutor::new(1).unwrap();
    let error = executor.submit(|n: u32| assert_eq!(n, 1), 2).unwrap().result().unwrap_err();
    assert!(error.to_string().starts_with("assertion"), "{error}");
    assert_eq!(executor.submit(|n: u32| n, 3).unwrap().result().unwrap(), &3);
}

/// Runs `end` on an executor with a long queue, and returns how much of it had run by then.
///
/// The queue is held until the executor has been told to end, so that there is something to wait for.
fn ran_at_the_end(end: fn(WorkStealingExecutor)) -> (usize, Vec<String>) {
    /// Opens the gate when the shutdown has begun.
    struct Opener(Log, Gate);
    impl Observer for Opener {
        fn observe(&self, event: &Event<'_>) {
            self.0.observe(event);
            if matches!(event.kind, EventKind::PoolShutdown) {
                self.1.open();
            }
        }
    }
    let (log, gate, ran) = (Log::new(), Gate::new(), Arc::new(AtomicUsize::new(0)));
    let observer = Arc::new(Opener(log.clone(), gate.clone()));
    let executor = with_observer(observer, || WorkStealingExecutor::new(2).unwrap());
    for _ in 0..200 {
        let (gate, ran) = (gate.clone(), Arc::clone(&ran));
        drop(executor.spawn(move || (gate.pass(), ran.fetch_add(1, Ordering::SeqCst))).unwrap());
    }
    gate.wait_for(2);
    end(executor);
    (ran.load(Ordering::SeqCst), log.lines())
}

/// A shutdown returns when everything has run and every worker has ended.
pub fn shutdown_waits() {
    let (ran, lines) = ran_at_the_end(|executor| {
        executor.shutdown(Shutdown::default()).unwrap();
        // That another one finds nothing to wait for is no reason not to have waited.
        executor.shutdown(Shutdown::default()).unwrap();
        std::mem::forget(executor);
    });
    assert_eq!(ran, 200);
    assert_eq!(lines.iter().filter(|line| line.starts_with("worker ended")).count(), 2);
}

/// So does a drop.
pub fn drop_waits() {
    let (ran, lines) = ran_at_the_end(drop);
    assert_eq!(ran, 200);
    assert_eq!(lines.iter().filter(|line| line.starts_with("worker ended")).count(), 2);
}

/// A result or a panic that nobody has asked for is dropped by a worker; its destructor may panic there.
pub fn panicking_result_harms_nobody() {
    let executor = WorkStealingExecutor::new(1).unwrap();
    let gate = Gate::new();
    let (first, second) = (gate.clone(), gate.clone());
    drop(executor.spawn(move || (first.pass(), Bomb)).unwrap());
    let panicking = move || {
        second.pass();
        panic_any(Bomb)
    };
    drop(executor.spawn::<(), _>(panicking).unwrap());
    gate.open();
    assert_eq!(executor.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
    executor.shutdown(Shutdown::default()).unwrap();
}
