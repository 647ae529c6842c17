//! What joins a thread.

pub(super) use self::_handle::{Handle, join_all, start};

#[rustpython_vm::pymodule]
pub(super) mod _handle {
    use crate::threads::{self, Threads};
    use crate::{blocking, output, session};
    use concurrent_futures::{Future, NewThread, Promise, Spawn as _};
    use rustpython_vm::builtins::PyType;
    use rustpython_vm::stdlib::_thread::get_ident;
    use rustpython_vm::types::Constructor;
    use rustpython_vm::{
        AsObject as _, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
    };
    use std::sync::{Arc, Mutex};

    /// The threads that the program's end waits for.
    static AWAITED: Mutex<Vec<Arc<Thread>>> = Mutex::new(Vec::new());

    /// A thread that a program has started, or will.
    #[derive(Debug, Default)]
    struct Thread {
        /// Set once it runs.
        ident: Mutex<Option<u64>>,
        /// Kept when it has ended.
        ended: Promise<()>,
    }

    impl Thread {
        fn ended(&self) -> Future<()> {
            self.ended.future()
        }

        fn end(&self) {
            // It may have been declared done before.
            let _ = self.ended.set_result(());
        }
    }

    /// A handle of a thread.
    #[pyattr]
    #[pyclass(module = "_thread", name = "_ThreadHandle")]
    #[derive(Debug, Default, PyPayload)]
    pub(crate) struct Handle(Arc<Thread>);

    impl Handle {
        /// The handle of a thread that runs already.
        pub(crate) fn of(ident: u64) -> Self {
            let handle = Self::default();
            *session::lock(&handle.0.ident) = Some(ident);
            handle
        }
    }

    impl Constructor for Handle {
        type Args = ();

        fn py_new(_cls: &Py<PyType>, (): Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            Ok(Self::default())
        }
    }

    #[pyclass(with(Constructor), flags(HAS_WEAKREF))]
    impl Handle {
        #[pygetset]
        fn ident(zelf: &Py<Self>) -> u64 {
            session::lock(&zelf.0.ident).unwrap_or_default()
        }

        #[pymethod]
        fn is_done(zelf: &Py<Self>) -> bool {
            zelf.0.ended().done()
        }

        #[pymethod]
        fn _set_done(zelf: &Py<Self>) {
            zelf.0.end();
        }

        #[pymethod]
        fn join(zelf: &Py<Self>, arguments: JoinArgs, vm: &VirtualMachine) -> PyResult<()> {
            let ident = *session::lock(&zelf.0.ident);
            let Some(ident) = ident else { return Err(vm.new_runtime_error("thread not started")) };
            let ended = zelf.0.ended();
            if ident == get_ident() && !ended.done() {
                return Err(vm.new_runtime_error("Cannot join current thread"));
            }
            // A negative time is none at all, as a limit below it would be.
            let limit = match arguments.timeout.as_deref().filter(|timeout| !vm.is_none(timeout)) {
                Some(timeout) if blocking::seconds(timeout, vm)? < 0.0 => None,
                timeout => blocking::timeout(timeout, vm)?,
            };
            blocking::until_done(&ended, limit, vm).map(drop)
        }
    }

    /// The arguments of `join`.
    #[derive(rustpython_vm::FromArgs)]
    pub(crate) struct JoinArgs {
        #[pyarg(any, default)]
        timeout: Option<PyObjectRef>,
    }

    /// Ends a thread when it is dropped, also by a panic of the interpreter.
    struct Ending(Arc<Thread>);

    impl Drop for Ending {
        fn drop(&mut self) {
            session::leave();
            self.0.end();
        }
    }

    /// Starts a thread that calls `function`; returns when it runs.
    pub(crate) fn start(
        handle: &PyRef<Handle>,
        function: PyObjectRef,
        daemon: bool,
        vm: &VirtualMachine,
    ) -> PyResult<u64> {
        let thread = Arc::clone(&handle.0);
        if session::lock(&thread.ident).is_some() {
            return Err(vm.new_runtime_error("thread already started"));
        }
        let (started, body_thread) = (Promise::new(), Arc::clone(&thread));
        let running = started.future();
        let function = crate::futures::Held::new(function);
        let body = Box::new(move || {
            threads::is_known();
            *session::lock(&body_thread.ident) = Some(get_ident());
            let _ = started.set_result(());
            let _ending = Ending(body_thread);
            session::enter(|vm| {
                let called = function.get(vm).call((), vm);
                drop(function);
                if let Err(exception) = called
                    && !exception.class().is(vm.ctx.exceptions.system_exit)
                {
                    vm.print_exception(&exception);
                }
                output::flush_all();
            });
        });
        let lost_thread = Arc::clone(&thread);
        let lost = Box::new(move |_| lost_thread.end());
        if !daemon {
            let mut awaited = session::lock(&AWAITED);
            awaited.retain(|thread| !thread.ended().done());
            awaited.push(Arc::clone(&thread));
        }
        let new = NewThread { name: threads::PROGRAM.to_owned(), body, lost };
        if vm.allow_threads(|| Threads::default().spawn(new)).is_err() {
            thread.end();
            return Err(vm.new_runtime_error("can't start new thread"));
        }
        // If it cannot start after all, the promise is dropped with its body, and that is known too.
        vm.allow_threads(|| drop(running.result().copied()));
        let ident = *session::lock(&thread.ident);
        ident.ok_or_else(|| vm.new_runtime_error("can't start new thread"))
    }

    /// Waits for every thread that is no daemon.
    pub(crate) fn join_all(vm: &VirtualMachine) -> PyResult<()> {
        loop {
            let Some(thread) = session::lock(&AWAITED).pop() else { return Ok(()) };
            blocking::until_done(&thread.ended(), None, vm)?;
        }
    }
}
