//! Isolated workers: tasks in a memory of their own.

mod ends;
mod losses;
mod tasks;

use super::started;
use crate::{Error, LossCause, ProcessPoolExecutor, process_count};
use std::thread;
use std::time::Duration;

fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers).expect("it is at least 1")
}

/// What the worker was lost by.
fn cause<T: std::fmt::Debug>(outcome: Result<T, Error>) -> LossCause {
    match outcome {
        Err(Error::Failed(error)) => {
            error.worker_lost().unwrap_or_else(|| panic!("not lost: {error}")).cause().clone()
        }
        other => panic!("not lost: {other:?}"),
    }
}

/// Waits, at most 10 seconds, until no isolated worker is left.
fn none_left() {
    for _ in 0..1000 {
        if process_count() == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{} isolated workers are left", process_count());
}
