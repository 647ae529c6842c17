//! The one place where panics are caught, and turned into data.

use crate::error::{Panic, TaskError};
use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, Once};

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
    install_hook();
    let outer = CAPTURING.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(task));
    CAPTURING.set(outer);
    outcome.map_err(|payload| {
        let sight = SEEN.take();
        let (location, backtrace) = sight.map_or((None, None), |sight| (sight.location, sight.backtrace));
        let message = message(&*payload);
        TaskError::panicked(Panic { message, location, backtrace, payload: Mutex::new(Some(payload)) })
    })
}

/// Runs a callback. Nobody reads its outcome, so its panic is reported as any other is, by the panic hook, and ends there.
pub(crate) fn callback(callback: impl FnOnce()) {
    let outer = CAPTURING.replace(false);
    // The hook has reported the panic; the payload tells nothing more.
    let _ = panic::catch_unwind(AssertUnwindSafe(callback));
    CAPTURING.set(outer);
}

/// Puts our hook before the one in force, once per process.
///
/// Only a hook learns the location of a panic. A hook that the program installs later hides it from us and from nobody
/// else: the panic is still caught, and its message still known.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CAPTURING.get() {
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
