//! The one place where panics are caught: of tasks, whose outcome they are, and of other code of the user's, which they
//! end and nothing else.

use crate::error::{Panic, TaskError, Trace};
use crate::sync::{IS_MODEL, Mutex};
use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread becomes the outcome of a task, so that the hook notes it instead of printing it.
    static CAPTURING: Cell<bool> = const { Cell::new(false) };
    /// What the hook saw of the panic that is unwinding; the payload alone does not tell where it began.
    static SEEN: RefCell<Option<Sight>> = const { RefCell::new(None) };
}

/// What only the panic hook can see.
struct Sight {
    location: Option<String>,
    backtrace: Option<Backtrace>,
}

/// Runs a task. Its panic is not printed: it is the outcome, and whoever reads the future sees it.
pub(crate) fn task<R>(task: impl FnOnce() -> R) -> Result<R, TaskError> {
    let outer = begin();
    let outcome = panic::catch_unwind(AssertUnwindSafe(task));
    CAPTURING.set(outer);
    outcome.map_err(panicked)
}

/// From now on the hook notes the panics of this thread; returns whether it did so before.
fn begin() -> bool {
    install_hook();
    // Resuming a panic does not run the hook, so nothing may be left of an earlier one.
    drop(SEEN.take());
    CAPTURING.replace(true)
}

/// What becomes of a task that panicked.
#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> TaskError {
    let sight = SEEN.take();
    let (location, backtrace) = sight.map_or((None, None), |sight| (sight.location, sight.backtrace));
    let message = message(&*payload);
    let backtrace = backtrace.map(Trace::Here);
    TaskError::panicked(Panic { message, location, backtrace, payload: Mutex::new(Some(payload)) })
}

/// Runs other code of the user's, as a callback, a waker, an observer or a destructor. Nobody reads its outcome, so its
/// panic is reported as any other is, by the panic hook, and ends here.
pub(crate) fn contain(code: impl FnOnce()) {
    let _ = guard(code);
}

/// Drops what may be the user's, each by itself, so that the panic of one destructor harms none of the others.
pub(crate) fn let_go<T>(values: impl IntoIterator<Item = T>) {
    for value in values {
        contain(|| drop(value));
    }
}

/// Runs what should not panic, and returns the message if it does; the panic hook has reported it.
pub(crate) fn guard<R>(code: impl FnOnce() -> R) -> Result<R, String> {
    // The thread's own storage may be gone when a thread-local executor is dropped; then nothing is captured anyway.
    let outer = CAPTURING.try_with(|capturing| capturing.replace(false));
    let outcome = panic::catch_unwind(AssertUnwindSafe(code));
    if let Ok(outer) = outer {
        CAPTURING.set(outer);
    }
    outcome.map_err(discard)
}

/// Drops what a panic was thrown with, and returns its message.
#[cold]
fn discard(payload: Box<dyn Any + Send>) -> String {
    let message = message(&*payload);
    // The payload is the user's too, and so is its destructor; one that panics twice is let go.
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(second);
    }
    message
}

/// Puts our hook before the one in force, once per process.
///
/// Only a hook learns the location of a panic. A hook that the program installs later hides it from us and from nobody
/// else: the panic is still caught, and its message still known.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    // The threads of a model are one thread of the system, where the hook would find what belongs to another.
    if IS_MODEL {
        return;
    }
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CAPTURING.try_with(Cell::get).unwrap_or(false) {
                SEEN.set(Some(see(info)));
            } else {
                previous(info);
            }
        }));
    });
}

fn see(info: &PanicHookInfo<'_>) -> Sight {
    let backtrace = Backtrace::capture();
    Sight {
        location: info.location().map(ToString::to_string),
        backtrace: (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(message) = payload.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message.clone()
    } else {
        "the task panicked with a value that is not text".to_owned()
    }
}
