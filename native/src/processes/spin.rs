//! Looking for a moment before going to sleep.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Going to sleep and being woken takes about as long.
const LIMIT: Duration = Duration::from_micros(30);

/// Whether one who waits again and again should look by itself for a moment: if the last wait was short, and if there is
/// another processor on which what it waits for can happen meanwhile.
#[derive(Debug)]
pub(super) struct Spin {
    is_alone: bool,
    was_short: AtomicBool,
}

impl Spin {
    pub(super) fn new() -> Self {
        let is_alone = available_parallelism().is_ok_and(|processors| processors == NonZeroUsize::MIN);
        Self { is_alone, was_short: AtomicBool::new(false) }
    }

    /// Whether to look once more, in a wait that began at `start`.
    pub(super) fn goes_on(&self, start: Instant) -> bool {
        // ORDERING: a hint.
        !self.is_alone && self.was_short.load(Ordering::Relaxed) && start.elapsed() < LIMIT
    }

    /// The wait that began at `start` is over.
    pub(super) fn waited_since(&self, start: Instant) {
        // ORDERING: a hint.
        self.was_short.store(start.elapsed() < 2 * LIMIT, Ordering::Relaxed);
    }
}
