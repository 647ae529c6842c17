//! The core's future behind a Python one: of this memory, or of another.

use super::errors;
use super::{Held, Raised};
use crate::blocking;
use crate::process::{Message, decode_failure, decode_value};
use concurrent_futures::{AnyFuture, Future, State};
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use std::sync::OnceLock;
use std::time::Duration;

/// A future whose value is, or becomes, a Python object.
#[derive(Debug)]
pub(crate) enum Handle {
    /// Of a task in this memory, or of a promise.
    Here(Future<Held>),
    /// Of a task in a process, whose value is decoded when somebody asks for it.
    Remote(Future<Message>, OnceLock<Result<Held, Raised>>),
}

/// Calls a method that both kinds of futures have.
macro_rules! either {
    ($handle:expr, $future:ident => $call:expr) => {
        match $handle {
            Handle::Here($future) => $call,
            Handle::Remote($future, _) => $call,
        }
    };
}

impl Handle {
    pub(crate) fn remote(future: Future<Message>) -> Self {
        Self::Remote(future, OnceLock::new())
    }

    pub(crate) fn state(&self) -> State {
        either!(self, future => future.state())
    }

    pub(crate) fn done(&self) -> bool {
        either!(self, future => future.done())
    }

    pub(crate) fn cancel(&self) -> bool {
        either!(self, future => future.cancel())
    }

    pub(crate) fn erase(&self) -> AnyFuture {
        either!(self, future => future.erase())
    }

    /// Waits until the future is done, or time runs out; returns whether it is done.
    pub(crate) fn wait(&self, limit: Option<Duration>, vm: &VirtualMachine) -> PyResult<bool> {
        either!(self, future => blocking::until_done(future, limit, vm))
    }

    pub(crate) fn add_done_callback(&self, callback: impl FnOnce() + Send + 'static) {
        either!(self, future => future.add_done_callback(|_| callback()));
    }

    /// The value of a future that is done, or the exception that is raised instead. It is the same object each time.
    pub(crate) fn outcome(&self, vm: &VirtualMachine) -> Result<PyObjectRef, PyBaseExceptionRef> {
        match self {
            Self::Here(future) => match future.result_timeout(Duration::ZERO) {
                Ok(value) => Ok(value.get(vm)),
                Err(error) => Err(errors::of_future(&error, vm)),
            },
            Self::Remote(future, decoded) => {
                let outcome = match decoded.get() {
                    Some(outcome) => outcome,
                    None => {
                        // Of two threads that decode at a time, one is too late. What comes first is what everybody sees.
                        let value =
                            decode(future, vm).map(Held::new).map_err(|exception| Raised::new(exception, vm));
                        decoded.get_or_init(|| value)
                    }
                };
                let gone = || vm.new_runtime_error("the program has ended");
                outcome
                    .as_ref()
                    .map(|value| value.get(vm))
                    .map_err(|raised| raised.exception().unwrap_or_else(gone))
            }
        }
    }
}

/// Decodes what came from another memory.
fn decode(future: &Future<Message>, vm: &VirtualMachine) -> PyResult {
    match future.result_timeout(Duration::ZERO) {
        Ok(message) => decode_value(message, vm),
        Err(error) => Err(decode_failure(&error, vm).unwrap_or_else(|| errors::of_future(&error, vm))),
    }
}
