//! The core's errors as Python's exceptions.

use super::Raised;
use concurrent_futures::{BrokenExecutor, Error, SubmitError, TaskError};
use rustpython_vm::builtins::{PyBaseExceptionRef, PyTypeRef};
use rustpython_vm::{PyResult, VirtualMachine};

/// Makes an exception of a class of `concurrent.futures._base` or of another module of it.
pub(super) fn exception(
    module: &'static str,
    class: &'static str,
    message: &str,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    match named(module, class, vm) {
        Ok(class) if message.is_empty() => vm.new_exception_empty(class),
        Ok(class) => vm.new_exception_msg(class, message.into()),
        // The module is part of the binary, so this is a fault of ours or the end of the program.
        Err(error) => error,
    }
}

fn named(module: &'static str, class: &'static str, vm: &VirtualMachine) -> PyResult<PyTypeRef> {
    vm.import("concurrent.futures", 0)?;
    let modules = vm.sys_module.get_attr("modules", vm)?;
    modules.get_item(module, vm)?.get_attr(class, vm)?.try_into_value(vm)
}

/// `CancelledError`.
pub(super) fn cancelled(vm: &VirtualMachine) -> PyBaseExceptionRef {
    exception("concurrent.futures._base", "CancelledError", "", vm)
}

/// `InvalidStateError`.
pub(super) fn invalid_state(message: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    exception("concurrent.futures._base", "InvalidStateError", message, vm)
}

/// The builtin `TimeoutError`.
pub(super) fn timed_out(message: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = vm.ctx.exceptions.timeout_error.to_owned();
    if message.is_empty() {
        vm.new_exception_empty(class)
    } else {
        vm.new_exception_msg(class, message.into())
    }
}

/// Why a future has no value.
pub(super) fn of_future(error: &Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        Error::Failed(error) => of_task(error, vm),
        Error::Cancelled(_) => cancelled(vm),
        Error::Timeout(_) => timed_out("", vm),
        Error::Broken(broken) => of_broken(broken, vm),
        other => vm.new_runtime_error(other.to_string()),
    }
}

/// What a task failed with: the exception that it raised, or what happened to its worker.
pub(super) fn of_task(error: &TaskError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    if let Some(exception) = error.downcast_ref::<Raised>().and_then(Raised::exception) {
        return exception;
    }
    if error.is_worker_lost() {
        let text = format!(
            "A process in the process pool was terminated abruptly while the future was running or pending: {error}"
        );
        return exception("concurrent.futures.process", "BrokenProcessPool", &text, vm);
    }
    vm.new_runtime_error(error.to_string())
}

/// An executor that can run nothing any more.
pub(super) fn of_broken(broken: &BrokenExecutor, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match broken {
        BrokenExecutor::ProcessPool(broken) => {
            exception("concurrent.futures.process", "BrokenProcessPool", &broken.to_string(), vm)
        }
        BrokenExecutor::ThreadPool(_) => {
            let text = "A thread initializer failed, the thread pool is not usable anymore";
            exception("concurrent.futures.thread", "BrokenThreadPool", text, vm)
        }
        other => vm.new_runtime_error(other.to_string()),
    }
}

/// Why an executor took no task.
pub(super) fn of_submit(error: &SubmitError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        SubmitError::Shutdown(_) => vm.new_runtime_error("cannot schedule new futures after shutdown"),
        SubmitError::Broken(broken) => of_broken(broken, vm),
        SubmitError::Start(error) => vm.new_runtime_error(format!("can't start new thread: {error}")),
        other => vm.new_runtime_error(other.to_string()),
    }
}
