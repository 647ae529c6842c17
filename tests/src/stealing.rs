//! The executor over rayon.

use crate::Gate;
use concurrent_futures::{Error, Executor, Shutdown, WorkStealingExecutor, as_completed};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

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
