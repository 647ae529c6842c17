//! What programs run with.

use crate::blocking::may_block;
use std::hint;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock};
use std::sync::{PoisonError, TryLockError};
pub(crate) use std::thread_local;
use std::time::Duration;
pub(crate) use web_time::Instant;

/// Whether a tool chooses which thread goes on.
pub(crate) const IS_MODEL: bool = false;

/// Locks, ignoring poison.
///
/// No code of the user's runs while this crate holds a lock, so a poisoned lock can only follow a panic in this
/// crate itself; then failing whoever waits matters more than refusing them the state. For the same reason a lock is
/// held for moments only, so a thread that must not block, not even on a lock, spins.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    loop {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if may_block() => {
                return mutex.lock().unwrap_or_else(PoisonError::into_inner);
            }
            Err(TryLockError::WouldBlock) => hint::spin_loop(),
        }
    }
}

/// Waits on `condvar`, for at most `limit` where one is given.
///
/// Only `wait_timeout` is used: the std forms that take a condition ask a clock that panics in a browser.
pub(crate) fn wait<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    match limit {
        None => condvar.wait(guard).unwrap_or_else(PoisonError::into_inner),
        Some(limit) => condvar.wait_timeout(guard, limit).unwrap_or_else(PoisonError::into_inner).0,
    }
}
