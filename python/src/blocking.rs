//! Leaving the interpreter to wait, so that nobody who needs all threads at a safe place waits for this one.

use crate::futures::future::Future as PyFuture;
use crate::interrupt::Interrupt;
use crate::session;
use concurrent_futures::observer::waiting;
use concurrent_futures::{
    AnyFuture, Executor, Future, ReturnWhen, Shutdown, as_completed, wait as core_wait,
};
use rustpython_vm::{PyObject, PyRef, PyResult, TryFromObject as _, VirtualMachine};
use std::collections::HashSet;
use std::time::Duration;

/// Reads a number of seconds, an int or a float.
pub(crate) fn seconds(value: &PyObject, vm: &VirtualMachine) -> PyResult<f64> {
    let number =
        rustpython_vm::function::ArgIntoFloat::try_from_object(vm, value.to_owned()).map_err(|_| {
            vm.new_type_error(format!(
                "'{}' object cannot be interpreted as an integer or float",
                value.class().name()
            ))
        })?;
    let number = number.into_float();
    if number.is_nan() {
        return Err(vm.new_value_error("Invalid value NaN (not a number)"));
    }
    Ok(number)
}

/// Reads a timeout: `None` for none; what lies in the past asks without waiting.
pub(crate) fn timeout(value: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<Option<Duration>> {
    let Some(value) = value.filter(|value| !vm.is_none(value)) else { return Ok(None) };
    let seconds = seconds(value, vm)?;
    // More than the clock can tell is no limit.
    Ok(Duration::try_from_secs_f64(seconds.max(0.0)).ok())
}

/// Sleeps.
pub(crate) fn sleep(length: Duration, vm: &VirtualMachine) -> PyResult<()> {
    let Some(interrupt) = interrupt() else {
        vm.allow_threads(|| concurrent_futures::sleep(length));
        return Ok(());
    };
    vm.allow_threads(|| interrupt.sleep(length));
    interrupt.check(vm)
}

/// Waits until the future is done, or time runs out; returns whether it is done.
///
/// A worker that waits without a limit for a task of its own pool runs it here.
pub(crate) fn until_done<T: Send + Sync + 'static>(
    future: &Future<T>,
    limit: Option<Duration>,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    let Some(interrupt) = interrupt() else {
        // Only that it is done is asked here; what came of it is read inside the interpreter.
        vm.allow_threads(|| match limit {
            None => drop(future.result().map(drop)),
            Some(limit) => drop(future.result_timeout(limit).map(drop)),
        });
        return Ok(future.done());
    };
    let futures = [future.erase(), interrupt.future().erase()];
    let block = || core_wait(&futures, limit, ReturnWhen::FirstCompleted).is_ok();
    let timed_out = |_: &bool| !future.done();
    let waited = vm.allow_threads(|| match future.done() {
        true => true,
        false => waiting("result", Some(future.id()), block, timed_out),
    });
    interrupt.check(vm)?;
    Ok(waited && future.done())
}

/// Waits until as many of the futures are done as `return_when` asks, or time runs out.
pub(crate) fn wait(
    futures: &[PyRef<PyFuture>],
    limit: Option<Duration>,
    return_when: ReturnWhen,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let interrupt = interrupt();
    let handles: Vec<AnyFuture> = futures.iter().map(|future| future.erased()).collect();
    let Some(interrupt) = interrupt else {
        let waited = vm.allow_threads(|| core_wait(&handles, limit, return_when).map(drop));
        return waited.map_err(|error| vm.new_runtime_error(error.to_string()));
    };
    // As the core does it, with one future more, which ends the wait whatever it waits for.
    let raised = interrupt.future().erase();
    let completed = as_completed(handles.iter().cloned().chain([raised.clone()]));
    let mut completed = completed.timeout(limit.unwrap_or(Duration::MAX));
    let mut left = handles.iter().collect::<HashSet<_>>().len();
    // Returns whether time has run out.
    let block = || {
        while left > 0 {
            let Some(Ok(future)) = completed.next() else { return true };
            left -= 1;
            let is_enough = match return_when {
                ReturnWhen::FirstCompleted => true,
                ReturnWhen::FirstException => future.error().is_some() && !future.cancelled(),
                ReturnWhen::AllCompleted => false,
            };
            if is_enough || future == raised {
                return false;
            }
        }
        false
    };
    vm.allow_threads(|| waiting("wait", None, block, |timed_out| *timed_out));
    interrupt.check(vm)
}

/// Shuts an executor down; where the main thread can be interrupted, so can its wait for the workers.
pub(crate) fn shutdown(executor: &impl Executor, options: Shutdown, vm: &VirtualMachine) -> PyResult<()> {
    let Some(interrupt) = interrupt().filter(|_| options.wait) else {
        let shut = vm.allow_threads(|| executor.shutdown(options));
        return shut.map_err(|error| vm.new_runtime_error(error.to_string()));
    };
    let block = || {
        while executor.shutdown_within(LOOK, options.cancel_futures).is_err() {
            if interrupt.is_pending() {
                return;
            }
        }
    };
    vm.allow_threads(|| waiting("shutdown", None, block, |()| false));
    interrupt.check(vm)
}

/// How often a main thread that waits for workers to end looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(50);

/// What may interrupt this thread, if it is the main thread of a program that can be interrupted.
pub(crate) fn interrupt() -> Option<Interrupt> {
    let session = session::current()?;
    session.settings.interrupt.clone().filter(|_| session.is_main_thread())
}
