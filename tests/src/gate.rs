//! Holds tasks back until the scenario says go.

use std::sync::{Arc, Condvar, Mutex};

/// A gate that tasks wait at, and a count of those that have arrived; clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    arrived: usize,
}

impl Gate {
    /// Makes a closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Blocks until the gate is open.
    pub fn pass(&self) {
        let mut state = self.0.state.lock().unwrap();
        state.arrived += 1;
        self.0.changed.notify_all();
        while !state.open {
            state = self.0.changed.wait(state).unwrap();
        }
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        self.0.state.lock().unwrap().open = true;
        self.0.changed.notify_all();
    }

    /// Blocks until so many have arrived, whether they have passed or not.
    pub fn wait_for(&self, arrivals: usize) {
        let mut state = self.0.state.lock().unwrap();
        while state.arrived < arrivals {
            state = self.0.changed.wait(state).unwrap();
        }
    }
}
