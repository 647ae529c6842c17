//! Executors that belong to a thread, and are dropped while it ends.

use crate::ThreadPoolExecutor;
#[cfg(feature = "rayon")]
use crate::WorkStealingExecutor;
use concurrent_futures_core::{Executor, current_task};
use std::cell::OnceCell;
use std::thread;

thread_local! {
    static POOL: OnceCell<ThreadPoolExecutor> = const { OnceCell::new() };
    #[cfg(feature = "rayon")]
    static STEALING: OnceCell<WorkStealingExecutor> = const { OnceCell::new() };
}

fn use_pool() -> u32 {
    POOL.with(|pool| {
        let pool = pool.get_or_init(|| ThreadPoolExecutor::new(1).unwrap());
        *pool.submit(|n: u32| n + 1, 1).unwrap().result().unwrap()
    })
}

#[cfg(feature = "rayon")]
fn use_stealing() -> u32 {
    STEALING.with(|executor| {
        let executor = executor.get_or_init(|| WorkStealingExecutor::new(1).unwrap());
        *executor.submit(|n: u32| n + 1, 1).unwrap().result().unwrap()
    })
}

/// The thread ends in order, whichever of its locals goes first: the executor or what the core keeps of the thread.
///
/// A panic while a thread's locals are dropped would abort the process.
fn outlives(body: fn() -> u32) {
    let core_first = thread::spawn(move || {
        assert_eq!(current_task(), None);
        body()
    });
    assert_eq!(core_first.join().unwrap(), 2);
    let executor_first = thread::spawn(move || {
        // Registered before the core's own, so dropped at another time than above.
        POOL.with(|_| ());
        #[cfg(feature = "rayon")]
        STEALING.with(|_| ());
        let result = body();
        assert_eq!(current_task(), None);
        result
    });
    assert_eq!(executor_first.join().unwrap(), 2);
}

#[test]
fn pool_ends_with_its_thread() {
    outlives(use_pool);
}

#[cfg(feature = "rayon")]
#[test]
fn stealing_ends_with_its_thread() {
    outlives(use_stealing);
}
