//! Python objects in the hands of the core, which drops them on any thread.

use crate::session;
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, VirtualMachine};
use std::fmt;

/// An object that is dropped inside the interpreter, since what dies with it may run code.
pub(crate) struct Held(Option<PyObjectRef>);

impl Held {
    pub(crate) fn new(object: impl Into<PyObjectRef>) -> Self {
        Self(Some(object.into()))
    }

    /// The object; it is gone only while this is dropped.
    pub(crate) fn object(&self) -> Option<&PyObject> {
        self.0.as_deref()
    }

    /// The object itself, and `None` if there is none.
    pub(crate) fn get(&self, vm: &VirtualMachine) -> PyObjectRef {
        self.0.clone().unwrap_or_else(|| vm.ctx.none())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(object) = self.0.take() else { return };
        // Also where this thread has left the interpreter to wait, since it comes back for that.
        let mut object = Some(object);
        session::enter(|_| drop(object.take()));
        // No program runs any more, and its objects went with it: what is left of this one cannot be freed in order.
        std::mem::forget(object);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// An exception that a task has raised.
#[derive(Debug)]
pub(crate) struct Raised {
    exception: Held,
    /// `ValueError: text`, for observers, who are told outside the interpreter.
    text: String,
}

impl Raised {
    pub(crate) fn new(exception: PyBaseExceptionRef, vm: &VirtualMachine) -> Self {
        let name = exception.class().name().to_string();
        let message = exception
            .as_object()
            .str(vm)
            .map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned());
        let text = if message.is_empty() { name } else { format!("{name}: {message}") };
        Self { exception: Held::new(exception), text }
    }

    /// The program has ended before its task.
    pub(crate) fn late() -> Self {
        Self { exception: Held(None), text: "the program has ended".to_owned() }
    }

    /// The exception itself.
    pub(crate) fn exception(&self) -> Option<PyBaseExceptionRef> {
        self.exception.object()?.to_owned().downcast().ok()
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Raised {}
