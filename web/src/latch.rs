//! Waiting for the end of a thread.

use crate::condvar::Condvar;
use crate::lock::lock;
use std::sync::{Arc, Mutex};

/// Joins a thread of the web back end.
#[derive(Debug)]
pub struct Latch(Arc<Shared>);

/// Opens the latch when it is dropped, in whatever way.
pub(crate) struct Holder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    is_open: Mutex<bool>,
    opened: Condvar,
}

pub(crate) fn new() -> (Holder, Latch) {
    let shared = Arc::new(Shared { is_open: Mutex::new(false), opened: Condvar::new() });
    (Holder(Arc::clone(&shared)), Latch(shared))
}

impl Latch {
    /// Blocks until the thread has ended: its body is over or lost, and its worker is free for another.
    pub(crate) fn wait(self) {
        let mut is_open = lock(&self.0.is_open);
        while !*is_open {
            is_open = self.0.opened.wait(&self.0.is_open, is_open, None);
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        *lock(&self.0.is_open) = true;
        self.0.opened.notify_all();
    }
}
