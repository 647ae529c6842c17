//! The module itself.
#![expect(clippy::unwrap_used, reason = "it is what `pyattr` makes of an attribute")]

pub(crate) use self::_thread::module_def;

#[rustpython_vm::pymodule]
pub(crate) mod _thread {
    use crate::thread::handle::{Handle, join_all, start};
    use crate::thread::locks::{Lock, RLock};
    use crate::{session, shared};
    use rustpython_vm::builtins::{PyTupleRef, PyTypeRef};
    use rustpython_vm::class::PyClassImpl as _;
    use rustpython_vm::function::OptionalArg;
    use rustpython_vm::stdlib::_thread::get_ident as ident;
    use rustpython_vm::{FromArgs, PyObjectRef, PyPayload as _, PyRef, PyResult, VirtualMachine};

    /// The longest time that may be waited for, in seconds.
    #[pyattr]
    const TIMEOUT_MAX: f64 = 9_223_372_036.0;

    #[pyattr]
    fn error(vm: &VirtualMachine) -> PyTypeRef {
        vm.ctx.exceptions.runtime_error.to_owned()
    }

    #[pyattr(name = "LockType")]
    #[pyattr(name = "lock")]
    fn lock(_vm: &VirtualMachine) -> PyTypeRef {
        Lock::make_static_type()
    }

    #[pyattr(name = "RLock")]
    fn rlock(_vm: &VirtualMachine) -> PyTypeRef {
        RLock::make_static_type()
    }

    #[pyattr(name = "_ThreadHandle")]
    fn handle(_vm: &VirtualMachine) -> PyTypeRef {
        Handle::make_static_type()
    }

    #[pyfunction]
    #[pyfunction(name = "allocate")]
    fn allocate_lock(vm: &VirtualMachine) -> PyObjectRef {
        Lock::default().into_ref(&vm.ctx).into()
    }

    #[pyfunction]
    fn get_ident() -> u64 {
        ident()
    }

    #[pyfunction]
    fn get_native_id() -> u64 {
        ident()
    }

    #[pyfunction]
    fn _get_main_thread_ident() -> u64 {
        session::current().map_or_else(ident, |session| session.main_ident())
    }

    #[pyfunction]
    fn _is_main_interpreter() -> bool {
        true
    }

    #[pyfunction]
    fn daemon_threads_allowed() -> bool {
        true
    }

    #[pyfunction]
    fn _make_thread_handle(ident: u64, vm: &VirtualMachine) -> PyRef<Handle> {
        Handle::of(ident).into_ref(&vm.ctx)
    }

    /// Whatever is asked for, threads have the stacks that the platform gives them.
    #[pyfunction]
    fn stack_size(_size: OptionalArg<usize>) -> usize {
        0
    }

    #[pyfunction]
    fn exit(vm: &VirtualMachine) -> PyResult<()> {
        Err(vm.new_exception_empty(vm.ctx.exceptions.system_exit.to_owned()))
    }

    /// Interrupts the main thread, where the program can be interrupted.
    #[pyfunction]
    fn interrupt_main(_signal: OptionalArg<i32>) {
        if let Some(interrupt) = session::current().and_then(|session| session.settings.interrupt.clone()) {
            interrupt.raise();
        }
    }

    /// The arguments of `start_joinable_thread`.
    #[derive(FromArgs)]
    struct StartArgs {
        #[pyarg(positional)]
        function: PyObjectRef,
        #[pyarg(any, default)]
        handle: Option<PyRef<Handle>>,
        #[pyarg(any, default = true)]
        daemon: bool,
    }

    #[pyfunction]
    fn start_joinable_thread(arguments: StartArgs, vm: &VirtualMachine) -> PyResult<PyRef<Handle>> {
        let StartArgs { function, handle, daemon } = arguments;
        let handle = handle.unwrap_or_else(|| Handle::default().into_ref(&vm.ctx));
        shared::keep(vm);
        start(&handle, function, daemon, vm)?;
        Ok(handle)
    }

    #[pyfunction]
    #[pyfunction(name = "start_new")]
    fn start_new_thread(
        function: PyObjectRef,
        arguments: PyTupleRef,
        keywords: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<u64> {
        let partial = vm.import("functools", 0)?.get_attr("partial", vm)?;
        let bind = vm.import("_workers", 0)?.get_attr("bind", vm)?;
        let keywords = keywords.unwrap_or_else(|| vm.ctx.new_dict().into());
        let call = bind.call((partial, function, arguments, keywords), vm)?;
        start(&Handle::default().into_ref(&vm.ctx), call, true, vm)
    }

    /// What `threading.local` keeps for the calling thread.
    #[pyfunction]
    fn _storage(vm: &VirtualMachine) -> PyObjectRef {
        crate::threads::storage(vm)
    }

    #[pyfunction]
    fn _shutdown(vm: &VirtualMachine) -> PyResult<()> {
        join_all(vm)
    }
}
