//! Looking again for a moment before going to sleep.

use crate::sync::IS_MODEL;
use std::hint;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;
use web_time::Instant;

/// Looks while this thread keeps its processor, which pays if the other side is on another one and about done.
const LOOKS: usize = 16;
/// What lies between two of those: looking all the time would take the other side's cache line away from it.
const PAUSES: usize = 4;
/// Looks between which other threads may run: on the same processor, only that lets the other side come.
const YIELDS: usize = 32;
/// Whoever comes back later than so has been in a queue: other programs want the processor.
const CROWDED: Duration = Duration::from_micros(100);
/// So many waits then go without yielding, since a thread that sleeps is served sooner than one that yields.
const PATIENCE: u32 = 64;

/// Waits that are still to go without yielding.
static WITHOUT_YIELDING: AtomicU32 = AtomicU32::new(0);

/// Looks whether `ready` for some microseconds; returns whether it is.
///
/// Going to sleep and being woken again costs two switches between threads, several microseconds natively and more in a browser,
/// and most of it falls to the waker. What is waited for is often less far away.
pub(crate) fn spin(ready: impl Fn() -> bool) -> bool {
    if IS_MODEL {
        // Looking again is a pause, and a model has pauses of any length everywhere.
        return ready();
    }
    for _ in 0..LOOKS {
        if ready() {
            return true;
        }
        for _ in 0..PAUSES {
            hint::spin_loop();
        }
    }
    // ORDERING: a rule of thumb, which may be off by some.
    let without = WITHOUT_YIELDING.load(Ordering::Relaxed);
    if without > 0 {
        WITHOUT_YIELDING.store(without - 1, Ordering::Relaxed);
        return ready();
    }
    let mut last = Instant::now();
    for _ in 0..YIELDS {
        if ready() {
            return true;
        }
        thread::yield_now();
        let now = Instant::now();
        if now.duration_since(last) > CROWDED {
            WITHOUT_YIELDING.store(PATIENCE, Ordering::Relaxed);
            break;
        }
        last = now;
    }
    ready()
}
