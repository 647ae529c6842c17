//! The pool behind `ProcessPoolExecutor`.

pub(crate) use self::_process_pool::module_def;

#[rustpython_vm::pymodule]
pub(crate) mod _process_pool {
    use crate::futures::abandoned::Abandoned;
    use crate::futures::errors;
    use crate::futures::future::Future;
    use crate::futures::handle::Handle;
    use crate::process::{Message, Start, run, start};
    use crate::{blocking, label, session};
    use concurrent_futures::{Executor as _, ProcessPoolExecutor, Shutdown, TaskOptions};
    use rustpython_vm::builtins::{PyBytesRef, PyType};
    use rustpython_vm::types::Constructor;
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

    static ABANDONED: Abandoned<ProcessPoolExecutor> = Abandoned::new();

    /// A pool of processes, each with an interpreter of its own.
    #[pyattr]
    #[pyclass(module = "_process_pool", name = "Pool")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct Pool {
        /// Gone only while this is dropped.
        executor: Option<ProcessPoolExecutor>,
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
        /// The number of workers, the most tasks that each runs, and the pickled call that each begins with.
        type Args = (usize, Option<usize>, PyBytesRef);

        fn py_new(
            _cls: &Py<PyType>,
            (max_workers, tasks, initializer): Self::Args,
            vm: &VirtualMachine,
        ) -> PyResult<Self> {
            let session = session::current().ok_or_else(|| vm.new_runtime_error("no program runs"))?;
            let first = Start {
                source: session.source.clone(),
                file_name: session.file_name.clone(),
                recursion_limit: session.settings.recursion_limit,
                arguments: session.settings.arguments.clone(),
                environment: session.settings.environment.clone(),
                initializer: Message(initializer.as_bytes().to_vec()),
            };
            let mut builder =
                ProcessPoolExecutor::builder().max_workers(max_workers).initializer(start, first);
            if let Some(tasks) = tasks {
                builder = builder.max_tasks_per_child(tasks);
            }
            let executor = builder.build().map_err(|error| errors::of_submit(&error, vm))?;
            Ok(Self { executor: Some(executor) })
        }
    }

    #[pyclass(with(Constructor), flags(HAS_WEAKREF))]
    impl Pool {
        /// Schedules a pickled call, named after its function.
        #[pymethod]
        fn submit(
            zelf: &Py<Self>,
            function: PyObjectRef,
            call: PyBytesRef,
            vm: &VirtualMachine,
        ) -> PyResult<Future> {
            let options = TaskOptions::new().label(label::of(&function, vm));
            let executor = zelf.executor(vm)?;
            let message = Message(call.as_bytes().to_vec());
            let submitted = vm.allow_threads(|| executor.try_submit_with(options, run, message));
            let future = submitted.map_err(|error| errors::of_submit(&error, vm))?;
            Ok(Future::of(Handle::remote(future)))
        }

        #[pymethod]
        fn shutdown(zelf: &Py<Self>, wait: bool, cancel_futures: bool, vm: &VirtualMachine) -> PyResult<()> {
            blocking::shutdown(zelf.executor(vm)?, Shutdown { wait, cancel_futures }, vm)
        }

        /// Ends every worker: at once, or by asking the operating system to.
        #[pymethod]
        fn force(zelf: &Py<Self>, at_once: bool, vm: &VirtualMachine) -> PyResult<()> {
            let executor = zelf.executor(vm)?;
            vm.allow_threads(|| if at_once { executor.kill_workers() } else { executor.terminate_workers() });
            Ok(())
        }

        #[pygetset]
        fn process_ids(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
            let ids = zelf.executor(vm)?.process_ids().into_iter().map(|id| vm.new_pyobj(id));
            Ok(vm.ctx.new_list(ids.collect()).into())
        }

        fn executor(&self, vm: &VirtualMachine) -> PyResult<&ProcessPoolExecutor> {
            self.executor.as_ref().ok_or_else(|| vm.new_runtime_error("the pool is gone"))
        }
    }
}
