//! `lock` and `RLock`.

pub(super) use self::_locks::{Lock, RLock};

#[rustpython_vm::pymodule]
pub(super) mod _locks {
    use crate::blocking;
    use crate::session;
    use crate::thread::gate::Gate;
    use rustpython_vm::builtins::PyType;
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::stdlib::_thread::get_ident;
    use rustpython_vm::types::{Constructor, Representable};
    use rustpython_vm::{
        AsObject as _, FromArgs, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass,
    };
    use std::sync::Mutex;
    use std::time::Duration;

    /// The arguments of `acquire`.
    #[derive(FromArgs)]
    pub(crate) struct AcquireArgs {
        #[pyarg(any, default = true)]
        blocking: bool,
        #[pyarg(any, default)]
        timeout: Option<PyObjectRef>,
    }

    impl AcquireArgs {
        /// How long to wait at most.
        fn limit(&self, vm: &VirtualMachine) -> PyResult<Option<Duration>> {
            let timeout =
                self.timeout.as_deref().map(|timeout| crate::blocking::seconds(timeout, vm)).transpose()?;
            match (self.blocking, timeout.unwrap_or(-1.0)) {
                (false, -1.0) => Ok(Some(Duration::ZERO)),
                (false, _) => Err(vm.new_value_error("can't specify a timeout for a non-blocking call")),
                (true, -1.0) => Ok(None),
                (true, seconds) if seconds < 0.0 => {
                    Err(vm.new_value_error("timeout value must be a non-negative number"))
                }
                (true, seconds) => {
                    let limit = Duration::try_from_secs_f64(seconds)
                        .map_err(|_| vm.new_overflow_error("timeout value is too large"));
                    limit.map(Some)
                }
            }
        }
    }

    /// A lock that any thread may release.
    #[pyattr]
    #[pyclass(module = "_thread", name = "lock")]
    #[derive(Debug, Default, PyPayload)]
    pub(crate) struct Lock(Gate);

    impl Constructor for Lock {
        type Args = ();

        fn py_new(_cls: &Py<PyType>, (): Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            Ok(Self::default())
        }
    }

    impl Representable for Lock {
        fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
            Ok(format!("<{} _thread.lock object at {:#x}>", word(zelf.0.is_closed()), zelf.get_id()))
        }
    }

    #[pyclass(with(Constructor, Representable), flags(HAS_WEAKREF))]
    impl Lock {
        #[pymethod]
        #[pymethod(name = "acquire_lock")]
        fn acquire(zelf: &Py<Self>, arguments: AcquireArgs, vm: &VirtualMachine) -> PyResult<bool> {
            zelf.0.enter(arguments.limit(vm)?, vm)
        }

        #[pymethod]
        fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            zelf.0.enter(None, vm)
        }

        #[pymethod]
        #[pymethod(name = "release_lock")]
        fn release(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
            if zelf.0.open() { Ok(()) } else { Err(vm.new_runtime_error("release unlocked lock")) }
        }

        #[pymethod]
        fn __exit__(zelf: &Py<Self>, _exception: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            Self::release(zelf, vm)
        }

        #[pymethod]
        #[pymethod(name = "locked_lock")]
        fn locked(zelf: &Py<Self>) -> bool {
            zelf.0.is_closed()
        }
    }

    /// A lock that its owner may acquire again.
    #[pyattr]
    #[pyclass(module = "_thread", name = "RLock")]
    #[derive(Debug, Default, PyPayload)]
    pub(crate) struct RLock {
        gate: Gate,
        /// The thread that is inside, and how often; nobody writes it but that thread.
        owner: Mutex<Option<(u64, usize)>>,
    }

    impl RLock {
        /// How often this thread is inside.
        fn depth(&self) -> usize {
            session::lock(&self.owner)
                .filter(|(owner, _)| *owner == get_ident())
                .map_or(0, |(_, depth)| depth)
        }

        fn set_depth(&self, depth: usize) {
            *session::lock(&self.owner) = (depth > 0).then(|| (get_ident(), depth));
        }

        fn enter(&self, limit: Option<Duration>, vm: &VirtualMachine) -> PyResult<bool> {
            let depth = self.depth();
            let entered = depth > 0 || self.gate.enter(limit, vm)?;
            if entered {
                self.set_depth(depth + 1);
            }
            Ok(entered)
        }

        fn leave(&self, vm: &VirtualMachine) -> PyResult<()> {
            let depth = self.depth().checked_sub(1);
            let depth = depth.ok_or_else(|| vm.new_runtime_error("cannot release un-acquired lock"))?;
            self.set_depth(depth);
            if depth == 0 {
                self.gate.open();
            }
            Ok(())
        }
    }

    impl Constructor for RLock {
        type Args = FuncArgs;

        fn py_new(_cls: &Py<PyType>, _arguments: Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            Ok(Self::default())
        }
    }

    impl Representable for RLock {
        fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
            let (owner, depth) = session::lock(&zelf.owner).unwrap_or_default();
            let place = format!("_thread.RLock object owner={owner} count={depth} at {:#x}", zelf.get_id());
            Ok(format!("<{} {place}>", word(zelf.gate.is_closed())))
        }
    }

    #[pyclass(with(Constructor, Representable), flags(BASETYPE, HAS_WEAKREF))]
    impl RLock {
        #[pymethod]
        #[pymethod(name = "acquire_lock")]
        fn acquire(zelf: &Py<Self>, arguments: AcquireArgs, vm: &VirtualMachine) -> PyResult<bool> {
            zelf.enter(arguments.limit(vm)?, vm)
        }

        #[pymethod]
        fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            zelf.enter(None, vm)
        }

        #[pymethod]
        #[pymethod(name = "release_lock")]
        fn release(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
            zelf.leave(vm)
        }

        #[pymethod]
        fn __exit__(zelf: &Py<Self>, _exception: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            zelf.leave(vm)
        }

        #[pymethod]
        fn locked(zelf: &Py<Self>) -> bool {
            zelf.gate.is_closed()
        }

        #[pymethod]
        fn _is_owned(zelf: &Py<Self>) -> bool {
            zelf.depth() > 0
        }

        #[pymethod]
        fn _recursion_count(zelf: &Py<Self>) -> usize {
            zelf.depth()
        }

        /// Leaves altogether, for a condition that waits; returns how often this thread was inside.
        #[pymethod]
        fn _release_save(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<usize> {
            let depth = zelf.depth();
            if depth == 0 {
                return Err(vm.new_runtime_error("cannot release un-acquired lock"));
            }
            zelf.set_depth(0);
            zelf.gate.open();
            Ok(depth)
        }

        /// Enters again as often as before. As in CPython an interrupt does not end the wait: the caller is about to leave.
        #[pymethod]
        fn _acquire_restore(zelf: &Py<Self>, depth: usize, vm: &VirtualMachine) {
            let mut was_interrupted = false;
            while zelf.gate.enter(None, vm).is_err() {
                was_interrupted = true;
            }
            zelf.set_depth(depth);
            if was_interrupted && let Some(interrupt) = blocking::interrupt() {
                interrupt.raise();
            }
        }
    }

    fn word(closed: bool) -> &'static str {
        if closed { "locked" } else { "unlocked" }
    }
}
