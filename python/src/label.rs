//! The names that observers know tasks by.

use crate::session::lock;
use rustpython_vm::{PyObject, VirtualMachine};
use std::collections::HashSet;
use std::sync::Mutex;

/// Every label that there has been. They live for ever, as the core asks, so each text is there once.
static LABELS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// More names than a program has functions; what generates names has its tasks named alike.
const MOST: usize = 10_000;

/// Returns the name of a function, or of the function inside a `functools.partial`.
pub(crate) fn of(function: &PyObject, vm: &VirtualMachine) -> &'static str {
    let name = |object: &PyObject| object.get_attr("__name__", vm).ok()?.try_to_value::<String>(vm).ok();
    let inner = || name(&*function.get_attr("func", vm).ok()?);
    let name = name(function).or_else(inner).unwrap_or_else(|| function.class().name().to_string());
    intern(&name)
}

/// Returns a text that lives for ever.
pub(crate) fn intern(name: &str) -> &'static str {
    let mut labels = lock(&LABELS);
    let labels = labels.get_or_insert_default();
    if let Some(label) = labels.get(name) {
        return label;
    }
    if labels.len() == MOST {
        return "task";
    }
    let label: &'static str = Box::leak(name.into());
    labels.insert(label);
    label
}
