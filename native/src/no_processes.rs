//! Platforms on which this crate does not start processes yet: everything compiles, and the first task is refused.

use concurrent_futures_core::StartWorkerError;
use concurrent_futures_core::process_pool::{Inbox, Isolation, Link, Output};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// Would start worker processes.
#[derive(Debug, Default)]
pub struct Subprocesses;

/// Does nothing here: there are no worker processes on this platform yet.
pub fn init() {}

fn unsupported() -> StartWorkerError {
    StartWorkerError::new(
        "pools of processes are not there for this platform yet; use `ThreadPoolExecutor`, or run on Linux or macOS",
    )
}

impl Isolation for Subprocesses {
    const WINDOW: u32 = 1;

    fn check(&self) -> Result<(), StartWorkerError> {
        Err(unsupported())
    }

    fn launch(&self, _: usize, _: Vec<u8>, _: Arc<dyn Inbox>) -> Result<Arc<dyn Link>, StartWorkerError> {
        Err(unsupported())
    }

    fn set_alarm(&self, _: Instant, _: Arc<dyn Inbox>) {}

    fn defer(&self, code: Box<dyn FnOnce() + Send>) {
        code();
    }

    fn print(&self, _: Output, _: &str) {}

    fn is_own_thread(&self) -> bool {
        false
    }

    fn join(&self) {}

    fn processors() -> usize {
        thread::available_parallelism().map_or(1, NonZeroUsize::get)
    }

    fn image() -> Range<usize> {
        0..usize::MAX
    }
}
