//! Executors that their program has let go of.

use crate::{blocking, session};
use concurrent_futures::{Executor, Shutdown};
use rustpython_vm::{PyResult, VirtualMachine};
use std::sync::Mutex;
use std::time::Duration;

/// Executors whose Python objects are gone: their tasks run on, and the program's end waits for them.
pub(crate) struct Abandoned<E>(Mutex<Vec<E>>);

impl<E: Executor> Abandoned<E> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Adds one. As in CPython, what was submitted runs to its end; the core would wait for that when it is dropped.
    pub(crate) fn add(&self, executor: E) {
        let _ = executor.shutdown(Shutdown { wait: false, cancel_futures: false });
        let mut executors = session::lock(&self.0);
        executors.push(executor);
        let all = std::mem::take(&mut *executors);
        let (over, go_on): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|executor| executor.shutdown_within(Duration::ZERO, false).is_ok());
        *executors = go_on;
        drop(executors);
        // What goes with them may let go of further executors.
        drop(over);
    }

    /// Waits for all of them. An interrupt ends the wait.
    pub(crate) fn join(&self, vm: &VirtualMachine) -> PyResult<()> {
        loop {
            let Some(executor) = session::lock(&self.0).pop() else { return Ok(()) };
            blocking::shutdown(&executor, Shutdown { wait: true, cancel_futures: false }, vm)?;
            vm.allow_threads(|| drop(executor));
        }
    }
}
