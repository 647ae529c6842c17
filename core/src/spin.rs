//! Looking again for a moment before going to sleep.

use std::hint;
use std::thread;

/// Looks while the processor does nothing else: a sleeper and its waker would cost more.
const LOOKS: usize = 200;
/// Looks between which other threads may run, where the platform has such a call.
const YIELDS: usize = 8;

/// Looks whether `ready` for some microseconds; returns whether it is.
///
/// Going to sleep and being woken again costs two switches between threads, several microseconds natively and more in a browser,
/// and most of it falls to the waker. What is waited for is often less far away.
pub(crate) fn spin(ready: impl Fn() -> bool) -> bool {
    for _ in 0..LOOKS {
        if ready() {
            return true;
        }
        hint::spin_loop();
    }
    for _ in 0..YIELDS {
        if ready() {
            return true;
        }
        thread::yield_now();
    }
    ready()
}
