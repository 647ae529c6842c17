//! What one thread at a time may pass.

use crate::blocking;
use crate::session::lock;
use concurrent_futures::Promise;
use rustpython_vm::{PyResult, VirtualMachine};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// A lock that any thread may open again, as Python's can.
///
/// Whoever waits is let through in turn: the one who leaves hands the gate over, so nobody comes in between.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    closed: bool,
    /// Who waits, under numbers that grow. The gate is closed while there is anybody.
    waiting: VecDeque<(u64, Promise<()>)>,
    next: u64,
}

impl Gate {
    /// Closes the gate behind this thread, having waited for at most `limit`; returns whether it did.
    pub(super) fn enter(&self, limit: Option<Duration>, vm: &VirtualMachine) -> PyResult<bool> {
        let mut state = lock(&self.0);
        if !state.closed {
            state.closed = true;
            return Ok(true);
        }
        if limit == Some(Duration::ZERO) {
            return Ok(false);
        }
        let promise = Promise::new();
        let (number, opened) = (state.next, promise.future());
        state.next += 1;
        state.waiting.push_back((number, promise));
        drop(state);
        let waited = blocking::until_done(&opened, limit, vm);
        if matches!(waited, Ok(true)) {
            return Ok(true);
        }
        // Time is up, or the thread was interrupted; but the gate may have been handed over at that moment.
        let was_waiting = self.leave_queue(number);
        match waited {
            Ok(_) => Ok(!was_waiting),
            Err(interrupt) => {
                if !was_waiting {
                    self.open();
                }
                Err(interrupt)
            }
        }
    }

    /// Gives up waiting; returns whether the thread still waited.
    fn leave_queue(&self, number: u64) -> bool {
        let mut state = lock(&self.0);
        let place = state.waiting.iter().position(|(known, _)| *known == number);
        let left = place.and_then(|place| state.waiting.remove(place));
        drop(state);
        left.is_some()
    }

    /// Opens the gate, or hands it to who waits first; returns whether it was closed.
    pub(super) fn open(&self) -> bool {
        let mut state = lock(&self.0);
        if !state.closed {
            return false;
        }
        let next = state.waiting.pop_front();
        state.closed = next.is_some();
        drop(state);
        if let Some((_, promise)) = next {
            // It is refused if nobody waits any more, which `leave_queue` excludes.
            let _ = promise.set_result(());
        }
        true
    }

    /// Whether the gate is closed.
    pub(super) fn is_closed(&self) -> bool {
        lock(&self.0).closed
    }
}
