//! What Ctrl-C does to a program.

use crate::session::lock;
use concurrent_futures::{Future, Promise};
use rustpython_vm::signal::{UserSignalReceiver, UserSignalSender, user_signal_channel};
use rustpython_vm::{PyResult, VirtualMachine};
use std::fmt;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use web_time::Instant;

/// Interrupts the main thread of a program, which gets `KeyboardInterrupt` where it blocks: in `time.sleep`, at a lock, waiting for a
/// future or an executor.
///
/// Natively a main thread that computes gets it at its next step. In a browser it does not notice until it blocks: there the interpreter
/// has no way to interrupt it, and a host that cannot wait ends the worker.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    pending: Mutex<Pending>,
    /// Notified when it is raised, for who sleeps.
    raised: Condvar,
}

#[derive(Default)]
struct Pending {
    raised: bool,
    /// Kept when it is raised; whoever waits for futures waits for it too.
    promise: Promise<()>,
}

/// Longer than anybody sleeps, and still short enough for every clock.
const FOR_EVER: Duration = Duration::from_hours(24 * 365 * 100);

/// To the main thread of the interpreter, between two of its steps.
static STEPS: Mutex<Option<UserSignalSender>> = Mutex::new(None);

/// What the main thread of a new interpreter looks into between its steps.
pub(crate) fn listen() -> UserSignalReceiver {
    let (sender, receiver) = user_signal_channel();
    *lock(&STEPS) = Some(sender);
    receiver
}

impl Interrupt {
    /// Makes one that has not been raised.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Interrupts the main thread: now, if it blocks, else when it will.
    pub fn raise(&self) {
        let mut pending = lock(&self.0.pending);
        pending.raised = true;
        // An interrupt that has not been noticed yet is the same interrupt.
        let _ = pending.promise.set_result(());
        drop(pending);
        self.0.raised.notify_all();
        if let Some(steps) = &*lock(&STEPS) {
            let interrupt = self.clone();
            // The interpreter may be gone.
            let _ = steps.send(Box::new(move |vm| interrupt.check(vm)));
        }
    }

    /// Whether it has been raised and the program has not noticed yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        lock(&self.0.pending).raised
    }

    /// Sleeps until it is raised, or time has passed.
    pub(crate) fn sleep(&self, length: Duration) {
        // Not by `wait_timeout_while`, which asks a clock that panics in a browser.
        let end = Instant::now() + length.min(FOR_EVER);
        let mut pending = lock(&self.0.pending);
        while !pending.raised {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.0.raised.wait_timeout(pending, left);
            pending = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Is done when it is raised.
    pub(crate) fn future(&self) -> Future<()> {
        lock(&self.0.pending).promise.future()
    }

    /// Raises `KeyboardInterrupt`, once, if it has been raised.
    pub(crate) fn check(&self, vm: &VirtualMachine) -> PyResult<()> {
        let mut pending = lock(&self.0.pending);
        if !mem::take(&mut pending.raised) {
            return Ok(());
        }
        pending.promise = Promise::new();
        Err(vm.new_exception_empty(vm.ctx.exceptions.keyboard_interrupt.to_owned()))
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt").field("is_pending", &self.is_pending()).finish_non_exhaustive()
    }
}
