//! The pool behind `ThreadPoolExecutor`.

pub(crate) use self::_thread_pool::module_def;

#[rustpython_vm::pymodule]
pub(crate) mod _thread_pool {
    use crate::futures::abandoned::Abandoned;
    use crate::futures::future::Future;
    use crate::futures::handle::Handle;
    use crate::futures::{Held, Raised, errors};
    use crate::{blocking, label, output, session, shared, threads};
    use concurrent_futures::{Executor as _, Shutdown, TaskOptions};
    use rustpython_vm::builtins::{PyStrRef, PyType};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::types::Constructor;
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

    type ThreadPoolExecutor = concurrent_futures_core::ThreadPoolExecutor<threads::Threads>;

    static ABANDONED: Abandoned<ThreadPoolExecutor> = Abandoned::new();

    /// A pool of threads. Its tasks run in this interpreter, at the same time.
    #[pyattr]
    #[pyclass(module = "_thread_pool", name = "Pool")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct Pool {
        /// Gone only while this is dropped.
        executor: Option<ThreadPoolExecutor>,
    }

    impl Drop for Pool {
        fn drop(&mut self) {
            if let Some(executor) = self.executor.take() {
                ABANDONED.add(executor);
            }
        }
    }

    /// Waits for executors that the program has let go of.
    #[pyfunction]
    fn join(vm: &VirtualMachine) -> PyResult<()> {
        ABANDONED.join(vm)
    }

    impl Constructor for Pool {
        /// The number of workers, the prefix of their names, and what each calls first.
        type Args = (usize, PyStrRef, PyObjectRef);

        fn py_new(
            _cls: &Py<PyType>,
            (max_workers, prefix, initializer): Self::Args,
            vm: &VirtualMachine,
        ) -> PyResult<Self> {
            let mut builder = ThreadPoolExecutor::builder()
                .max_workers(max_workers)
                .thread_name_prefix(prefix.to_string_lossy());
            if !vm.is_none(&initializer) {
                let initializer = Held::new(initializer);
                builder = builder.initializer(move || initialize(&initializer));
            }
            shared::keep(vm);
            let executor = builder.build().map_err(|error| vm.new_value_error(error.to_string()))?;
            Ok(Self { executor: Some(executor) })
        }
    }

    /// Calls the initializer on a new worker. A panic is how the core learns that it failed; the traceback has been written.
    fn initialize(initializer: &Held) {
        let initialized = session::enter(|vm| {
            threads::adopt(vm);
            let called = initializer.get(vm).call((), vm);
            output::flush_all();
            called.map(drop).map_err(|exception| Raised::new(exception, vm).to_string())
        });
        if let Some(Err(text)) = initialized {
            // Without the hook, which would write it once more.
            std::panic::resume_unwind(Box::new(text));
        }
    }

    #[pyclass(with(Constructor), flags(HAS_WEAKREF))]
    impl Pool {
        /// `submit(function, /, *args, **kwargs)`.
        #[pymethod]
        fn submit(zelf: &Py<Self>, mut arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<Future> {
            let function =
                arguments.take_positional().ok_or_else(|| vm.new_type_error("submit() needs a function"))?;
            let options = TaskOptions::new().label(label::of(&function, vm));
            let call = Call { function: Held::new(function), arguments: Arguments(Some(arguments)) };
            let executor = zelf.executor(vm)?;
            let submitted = vm.allow_threads(|| executor.try_submit_with(options, Call::run, call));
            submitted
                .map(|future| Future::of(Handle::Here(future)))
                .map_err(|error| errors::of_submit(&error, vm))
        }

        #[pymethod]
        fn shutdown(zelf: &Py<Self>, wait: bool, cancel_futures: bool, vm: &VirtualMachine) -> PyResult<()> {
            let executor = zelf.executor(vm)?;
            blocking::shutdown(executor, Shutdown { wait, cancel_futures }, vm)
        }

        #[pygetset]
        fn workers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<usize> {
            Ok(zelf.executor(vm)?.workers())
        }

        fn executor(&self, vm: &VirtualMachine) -> PyResult<&ThreadPoolExecutor> {
            self.executor.as_ref().ok_or_else(|| vm.new_runtime_error("the pool is gone"))
        }
    }

    /// A call that waits for a worker.
    struct Call {
        function: Held,
        arguments: Arguments,
    }

    /// Arguments, which are dropped in the interpreter too.
    struct Arguments(Option<FuncArgs>);

    impl Drop for Arguments {
        fn drop(&mut self) {
            if let Some(FuncArgs { args, kwargs }) = self.0.take() {
                args.into_iter().map(Held::new).for_each(drop);
                kwargs.into_iter().map(|(_, value)| Held::new(value)).for_each(drop);
            }
        }
    }

    impl Call {
        /// Runs on a worker, or on a thread that waits for the task and belongs to the same pool.
        fn run(mut self) -> Result<Held, Raised> {
            let arguments = self.arguments.0.take().unwrap_or_default();
            let mut call = Some((self, arguments));
            let called = session::enter(|vm| {
                threads::adopt(vm);
                let (call, arguments) = call.take()?;
                let result = call.function.get(vm).call(arguments, vm);
                // What the call was made of is gone before its outcome can be seen.
                drop(call);
                output::flush_all();
                Some(result.map(Held::new).map_err(|exception| Raised::new(exception, vm)))
            });
            called.flatten().unwrap_or_else(|| Err(Raised::late()))
        }
    }
}
