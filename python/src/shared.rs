//! What all threads of a program use.

use rustpython_vm::builtins::{PyCode, PyDict, PyFunction, PyType};
use rustpython_vm::{AsObject as _, Py, PyObject, PyResult, VirtualMachine};

/// Keeps the functions and classes that stand in the program's module for ever. Whoever starts a thread calls it.
///
/// Threads that call the same function would otherwise wait for each other at every call, to count who still uses it. Nobody counts what is
/// immortal ([PEP 683](https://peps.python.org/pep-0683/)). Functions that are made in others are none of it: they come and go.
pub(crate) fn keep(vm: &VirtualMachine) {
    // A program that has put something else in place of its module goes on without.
    let _ = keep_module(vm);
}

fn keep_module(vm: &VirtualMachine) -> PyResult<()> {
    let module = vm.import("__main__", 0)?;
    vm.builtins.as_object().make_immortal();
    vm.builtins.get_attr("__dict__", vm)?.make_immortal();
    let globals = module.get_attr("__dict__", vm)?;
    globals.make_immortal();
    let Some(globals) = globals.downcast_ref::<PyDict>() else { return Ok(()) };
    for (_, value) in globals {
        keep_value(&value, vm)?;
    }
    Ok(())
}

fn keep_value(value: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if value.is_immortal() {
        return Ok(());
    }
    if let Some(function) = value.downcast_ref::<PyFunction>() {
        return keep_function(function, vm);
    }
    if let Some(class) = value.downcast_ref::<PyType>() {
        value.make_immortal();
        for (_, member) in class.attributes.entries() {
            keep_value(&member, vm)?;
        }
    }
    Ok(())
}

fn keep_function(function: &Py<PyFunction>, vm: &VirtualMachine) -> PyResult<()> {
    function.as_object().make_immortal();
    let code = function.as_object().get_attr("__code__", vm)?;
    code.make_immortal();
    if let Some(code) = code.downcast_ref::<PyCode>() {
        for constant in code.code.constants.iter() {
            constant.as_object().make_immortal();
        }
    }
    Ok(())
}
