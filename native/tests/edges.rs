//! What programs do to a pool of processes from the inside.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test's panics are its findings")]

use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{Executor, ProcessPoolExecutor, SharedBytes, Shutdown};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

concurrent_futures::init_tests!();

fn square(n: u64) -> u64 {
    n * n
}

#[test]
fn run_timeout_beyond_the_clock() {
    let pool = ProcessPoolExecutor::builder().max_workers(1).run_timeout(Duration::MAX).build().unwrap();
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
}

static TABLE: OnceLock<SharedBytes> = OnceLock::new();

#[test]
fn initializer_is_given_shared_bytes() {
    let table = SharedBytes::from(vec![7; 1 << 20]);
    let keep = |table: SharedBytes| drop(TABLE.set(table));
    let pool = ProcessPoolExecutor::builder().max_workers(1).initializer(keep, table).build().unwrap();
    let look = |at: usize| TABLE.get().map(|table| table[at]);
    assert_eq!(pool.submit(look, 500_000).unwrap().result().unwrap(), &Some(7));
    // They did not stay behind for the next task of this thread.
    assert_eq!(pool.submit(square, 4).unwrap().result().unwrap(), &16);
}

/// A value that cannot be let go.
#[derive(Debug, Serialize, Deserialize)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        // In the worker it is encoded and dropped as well; its panic there is the task's.
        if std::thread::current().name() == Some("process-pool") {
            panic!("a bomb goes off");
        }
    }
}

#[test]
fn result_whose_destructor_panics() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    for _ in 0..3 {
        // Nobody keeps the future, so the thread that takes the result in lets it go.
        drop(pool.submit(|()| Bomb, ()).unwrap());
        pool.submit(square, 5).unwrap().result().unwrap();
    }
    let waited = pool.submit(square, 6).unwrap();
    while !waited.done() {
        std::thread::yield_now();
    }
    assert_eq!(waited.result().unwrap(), &36);
}

#[test]
fn prints_while_the_program_holds_its_output() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let print = |n: u64| {
        println!("task {n} prints");
        n
    };
    let mut output = std::io::stdout().lock();
    for n in 0..20 {
        assert_eq!(pool.submit(print, n).unwrap().result().unwrap(), &n);
    }
    output.flush().unwrap();
}

/// Shuts a pool down as soon as a task of it fails.
struct Strict(Mutex<Option<Arc<ProcessPoolExecutor>>>);

impl Observer for Strict {
    fn observe(&self, event: &Event<'_>) {
        if matches!(event.kind, EventKind::TaskFailed { .. }) {
            let pool = self.0.lock().unwrap().take();
            if let Some(pool) = pool {
                pool.shutdown(Shutdown::default()).unwrap();
            }
        }
    }
}

#[test]
fn observer_shuts_down() {
    let strict = Arc::new(Strict(Mutex::new(None)));
    let pool =
        ProcessPoolExecutor::builder().max_workers(1).observer(Arc::clone(&strict) as _).build().unwrap();
    let pool = Arc::new(pool);
    *strict.0.lock().unwrap() = Some(Arc::clone(&pool));
    let failed = pool.submit(|()| -> u64 { panic!("for the observer") }, ()).unwrap();
    assert!(failed.result().is_err());
    assert!(pool.submit(square, 1).is_err());
}
