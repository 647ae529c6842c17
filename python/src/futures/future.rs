//! `Future`.

pub(crate) use self::_future::{Future, module_def};

#[rustpython_vm::pymodule]
pub(crate) mod _future {
    use crate::blocking;
    use crate::futures::handle::Handle;
    use crate::futures::{Held, Raised, errors};
    use concurrent_futures::{AnyFuture, Promise, State};
    use rustpython_vm::builtins::{PyBaseExceptionRef, PyGenericAlias, PyType, PyTypeRef};
    use rustpython_vm::types::{Constructor, Representable};
    use rustpython_vm::{
        AsObject as _, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
    };

    /// The result of a task that may still be running.
    #[pyattr]
    #[pyclass(module = "concurrent.futures._base", name = "Future")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct Future {
        pub(crate) handle: Handle,
        /// The producing side, if it is the program's: `Future()`.
        promise: Option<Promise<Held>>,
    }

    impl Future {
        /// A future of an executor.
        pub(crate) fn of(handle: Handle) -> Self {
            Self { handle, promise: None }
        }

        pub(crate) fn erased(&self) -> AnyFuture {
            self.handle.erase()
        }
    }

    impl Constructor for Future {
        type Args = ();

        fn py_new(_cls: &Py<PyType>, (): Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            let promise = Promise::new();
            Ok(Self { handle: Handle::Here(promise.future()), promise: Some(promise) })
        }
    }

    impl Representable for Future {
        fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
            let place = format!("<{} at {:#x} state=", zelf.class().name(), zelf.get_id());
            Ok(match zelf.handle.state() {
                State::Finished => match zelf.handle.outcome(vm) {
                    Ok(value) => format!("{place}finished returned {}>", value.class().name()),
                    Err(error) => format!("{place}finished raised {}>", error.class().name()),
                },
                state => format!("{place}{}>", name(state)),
            })
        }
    }

    #[pyclass(with(Constructor, Representable), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
    impl Future {
        #[pymethod]
        fn cancel(zelf: &Py<Self>, vm: &VirtualMachine) -> bool {
            vm.allow_threads(|| zelf.handle.cancel())
        }

        #[pymethod]
        fn cancelled(zelf: &Py<Self>) -> bool {
            zelf.handle.state() == State::Cancelled
        }

        #[pymethod]
        fn running(zelf: &Py<Self>) -> bool {
            zelf.handle.state() == State::Running
        }

        #[pymethod]
        fn done(zelf: &Py<Self>) -> bool {
            zelf.handle.done()
        }

        #[pymethod]
        fn result(zelf: &Py<Self>, timeout: TimeoutArgs, vm: &VirtualMachine) -> PyResult {
            zelf.wait(timeout, vm)?;
            zelf.handle.outcome(vm)
        }

        #[pymethod]
        fn exception(zelf: &Py<Self>, timeout: TimeoutArgs, vm: &VirtualMachine) -> PyResult {
            zelf.wait(timeout, vm)?;
            match zelf.handle.outcome(vm) {
                Err(error) if zelf.handle.state() == State::Cancelled => Err(error),
                Err(error) => Ok(error.into()),
                Ok(_) => Ok(vm.ctx.none()),
            }
        }

        fn wait(&self, timeout: TimeoutArgs, vm: &VirtualMachine) -> PyResult<()> {
            let timeout = blocking::timeout(timeout.timeout.as_deref(), vm)?;
            if self.handle.done() || self.handle.wait(timeout, vm)? {
                Ok(())
            } else {
                Err(errors::timed_out("", vm))
            }
        }

        #[pymethod]
        fn add_done_callback(zelf: PyRef<Self>, callback: PyObjectRef, vm: &VirtualMachine) {
            let held = (Held::new(zelf.clone()), Held::new(callback));
            vm.allow_threads(|| {
                zelf.handle.add_done_callback(move || {
                    crate::session::enter(|vm| call_back(&held.0, &held.1, vm));
                    drop(held);
                });
            });
        }

        #[pymethod]
        fn set_running_or_notify_cancel(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            let begun = match &zelf.promise {
                Some(promise) => promise.set_running_or_notify_cancel().ok(),
                None => None,
            };
            begun.ok_or_else(|| vm.new_runtime_error("Future in unexpected state"))
        }

        #[pymethod]
        fn set_result(zelf: &Py<Self>, result: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let value = Held::new(result);
            Self::settle(zelf, |promise| promise.set_result(value).is_ok(), vm)
        }

        #[pymethod]
        fn set_exception(zelf: &Py<Self>, exception: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let exception: PyBaseExceptionRef = match exception.clone().downcast::<PyType>() {
                Ok(class) => class.as_object().call((), vm)?.try_into_value(vm)?,
                Err(_) => exception.try_into_value(vm)?,
            };
            let raised = Raised::new(exception, vm);
            Self::settle(zelf, |promise| promise.set_exception(raised).is_ok(), vm)
        }

        /// Settles the future outside the interpreter, since that calls back.
        fn settle(
            zelf: &Py<Self>,
            set: impl FnOnce(&Promise<Held>) -> bool,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let refused = || {
                let repr = zelf
                    .as_object()
                    .repr(vm)
                    .map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned());
                errors::invalid_state(&format!("{}: {repr}", name(zelf.handle.state()).to_uppercase()), vm)
            };
            let Some(promise) = zelf.promise.as_ref().filter(|_| !zelf.handle.done()) else {
                return Err(refused());
            };
            if vm.allow_threads(|| set(promise)) { Ok(()) } else { Err(refused()) }
        }

        #[pygetset]
        fn _state(zelf: &Py<Self>) -> String {
            name(zelf.handle.state()).to_uppercase()
        }

        /// `(done, cancelled, result, exception)`, all of one moment.
        #[pymethod]
        fn _get_snapshot(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
            let state = zelf.handle.state();
            let (done, cancelled) = (state.is_done(), state == State::Cancelled);
            let outcome = if done { zelf.handle.outcome(vm) } else { Ok(vm.ctx.none()) };
            let (value, exception) = match outcome {
                Ok(value) => (value, vm.ctx.none()),
                Err(_) if cancelled => (vm.ctx.none(), vm.ctx.none()),
                Err(error) => (vm.ctx.none(), error.into()),
            };
            let fields =
                vec![vm.ctx.new_bool(done).into(), vm.ctx.new_bool(cancelled).into(), value, exception];
            vm.ctx.new_tuple(fields).into()
        }

        #[pyclassmethod]
        fn __class_getitem__(
            cls: PyTypeRef,
            arguments: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult<PyGenericAlias> {
            PyGenericAlias::from_args(cls, arguments, vm)
        }
    }

    /// The one argument of `result` and `exception`.
    #[derive(rustpython_vm::FromArgs)]
    pub(crate) struct TimeoutArgs {
        #[pyarg(any, default)]
        timeout: Option<PyObjectRef>,
    }

    /// The word for a state in `repr`.
    fn name(state: State) -> &'static str {
        match state {
            State::Pending => "pending",
            State::Running => "running",
            State::Cancelled => "cancelled",
            State::Finished => "finished",
        }
    }

    /// Calls a callback; what it raises is logged and ends there.
    fn call_back(future: &Held, callback: &Held, vm: &VirtualMachine) {
        let (future, callback) = (future.get(vm), callback.get(vm));
        if let Err(exception) = callback.call((future.clone(),), vm) {
            let logged = log_callback(future, exception, vm);
            drop(logged);
        }
        crate::output::flush_all();
    }

    fn log_callback(future: PyObjectRef, exception: PyBaseExceptionRef, vm: &VirtualMachine) -> PyResult {
        let base = vm.import("concurrent.futures._base", 0)?;
        let base = base.get_attr("futures", vm)?.get_attr("_base", vm)?;
        base.get_attr("_callback_failed", vm)?.call((future, exception), vm)
    }
}
