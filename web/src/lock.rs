//! How this crate takes its locks.

use crate::context;
use std::hint;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// Locks; also on the page's main thread, which must not wait in wasm and so tries until it succeeds.
///
/// Nobody holds a lock of this crate for longer than a few instructions, and never while other code runs.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    if context::can_block() {
        return mutex.lock().unwrap_or_else(PoisonError::into_inner);
    }
    loop {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => hint::spin_loop(),
        }
    }
}
