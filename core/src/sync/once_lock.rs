//! `OnceLock` for models: std's, behind an atomic that the tool sees.

use super::{AtomicBool, Ordering};

/// As std's, with the part of it that this crate uses: whoever sets it is alone.
pub(crate) struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    /// Whether `value` can be read. Only this makes the tool see who wrote it before whom.
    is_set: AtomicBool,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        Self { value: std::sync::OnceLock::new(), is_set: AtomicBool::new(false) }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        // ORDERING: pairs with the store in `set`, as std's own.
        if self.is_set.load(Ordering::Acquire) { self.value.get() } else { None }
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        self.value.set(value)?;
        // ORDERING: pairs with the load in `get`.
        self.is_set.store(true, Ordering::Release);
        Ok(())
    }

    pub(crate) fn take(&mut self) -> Option<T> {
        self.is_set = AtomicBool::new(false);
        self.value.take()
    }
}
