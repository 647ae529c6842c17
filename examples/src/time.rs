//! Sleeping and random delays, in seconds as in the tutorial.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use web_time::{SystemTime, UNIX_EPOCH};

/// Blocks for so many seconds (Python's `time.sleep`).
pub(crate) fn sleep(seconds: f64) {
    concurrent_futures::sleep(Duration::from_secs_f64(seconds));
}

/// Returns a random number between two others (Python's `random.uniform`).
pub(crate) fn uniform(low: f64, high: f64) -> f64 {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    // The clock alone is too coarse in a browser: calls of the same moment are told apart by their number.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = now.as_secs().rotate_left(32) ^ u64::from(now.subsec_nanos());
    // ORDERING: only uniqueness matters.
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    low + (high - low) * fastrand::Rng::with_seed(seed.wrapping_add(call)).f64()
}
