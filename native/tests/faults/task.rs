//! Tasks, and what became of them.

use concurrent_futures::{Error, Executor, Future, ProcessPoolExecutor, WorkerLost};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

pub(crate) fn square(n: u64) -> u64 {
    n * n
}

pub(crate) fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers).unwrap()
}

/// The pool takes tasks and does them.
pub(crate) fn is_well(pool: &ProcessPoolExecutor) {
    let futures: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
}

/// Makes a file to say that it has begun, and never ends.
fn begin(file: PathBuf) -> u64 {
    fs::write(file, "").unwrap();
    loop {
        thread::park();
    }
}

/// Submits a task that never ends, and waits until it has begun.
pub(crate) fn endless(pool: &ProcessPoolExecutor) -> Future<u64> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("cf-begun-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let file = env::temp_dir().join(name);
    let future = pool.submit(begin, file.clone()).unwrap();
    until(|| file.exists());
    fs::remove_file(file).unwrap();
    future
}

/// Waits for something that comes by itself.
pub(crate) fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "what should come by itself does not come");
        thread::sleep(Duration::from_millis(1));
    }
}

/// The loss of the worker under the task. Its text must name worker, process and task.
pub(crate) fn lost<T>(future: &Future<T>) -> WorkerLost {
    let lost = match future.result() {
        Err(Error::Failed(error)) => error.worker_lost().unwrap_or_else(|| panic!("{error}")).clone(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the task has a result"),
    };
    assert_eq!(lost.task(), Some(future.id()));
    let (worker, process) = (lost.worker().unwrap(), lost.process_id().unwrap());
    let text = lost.to_string();
    assert!(
        text.starts_with(&format!("worker {worker} (process {process}) was lost while it ran `")),
        "{text}"
    );
    assert!(text.contains(&format!("` (task {}): ", future.id())), "{text}");
    lost
}

/// The task dies with its worker, for this reason; the pool is as good as ever.
pub(crate) fn dies<F>(pool: &ProcessPoolExecutor, task: F, reason: &str) -> WorkerLost
where
    F: Fn(()) -> u64 + Copy + 'static,
{
    let lost = lost(&pool.submit(task, ()).unwrap());
    assert!(lost.to_string().contains(&format!("): {reason}")), "{lost}");
    is_well(pool);
    lost
}
