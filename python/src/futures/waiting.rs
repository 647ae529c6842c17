//! `wait` and `as_completed`.

pub(crate) use self::_waiting::module_def;

#[rustpython_vm::pymodule]
pub(crate) mod _waiting {
    use crate::blocking;
    use crate::futures::future::Future;
    use crate::futures::{Held, errors};
    use concurrent_futures::{
        AnyFuture, AsCompleted as CoreAsCompleted, Error, ReturnWhen, Timeout,
        as_completed as core_as_completed,
    };
    use rustpython_vm::protocol::PyIterReturn;
    use rustpython_vm::types::{IterNext, Iterable, SelfIter};
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};
    use std::sync::Mutex;

    /// Waits; returns the futures that are done and those that are not.
    #[pyfunction]
    fn wait(
        futures: Vec<PyRef<Future>>,
        timeout: Option<PyObjectRef>,
        return_when: u8,
        vm: &VirtualMachine,
    ) -> PyResult<(PyObjectRef, PyObjectRef)> {
        let timeout = blocking::timeout(timeout.as_deref(), vm)?;
        let return_when = match return_when {
            0 => ReturnWhen::FirstCompleted,
            1 => ReturnWhen::FirstException,
            _ => ReturnWhen::AllCompleted,
        };
        blocking::wait(&futures, timeout, return_when, vm)?;
        let (done, not_done): (Vec<_>, Vec<_>) = futures.into_iter().partition(|future| future.handle.done());
        let list = |futures: Vec<PyRef<Future>>| {
            vm.ctx.new_list(futures.into_iter().map(Into::into).collect()).into()
        };
        Ok((list(done), list(not_done)))
    }

    /// Returns an iterator over futures as they complete.
    #[pyfunction]
    fn as_completed(
        futures: Vec<PyRef<Future>>,
        timeout: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<AsCompleted> {
        let timeout = blocking::timeout(timeout.as_deref(), vm)?;
        let mut items: Vec<Item> =
            futures.into_iter().map(|future| (future.erased(), Some(Held::new(future)))).collect();
        let left = items.len();
        if let Some(interrupt) = blocking::interrupt() {
            items.push((interrupt.future().erase(), None));
        }
        let iterator = core_as_completed(items);
        let iterator = match timeout {
            None => Iterator::Endless(iterator),
            Some(timeout) => Iterator::Limited(iterator.timeout(timeout)),
        };
        Ok(AsCompleted { state: Mutex::new(Some(State { iterator, left, total: left })) })
    }

    /// A future with its Python object; without one it is the interrupt.
    type Item = (AnyFuture, Option<Held>);

    enum Iterator {
        Endless(CoreAsCompleted<Item>),
        Limited(Timeout<Item>),
    }

    struct State {
        iterator: Iterator,
        left: usize,
        total: usize,
    }

    /// The iterator of `as_completed`.
    #[pyattr]
    #[pyclass(module = "_waiting", name = "AsCompleted")]
    #[derive(PyPayload)]
    pub(crate) struct AsCompleted {
        /// Taken by whoever waits, and gone when the iteration is over.
        state: Mutex<Option<State>>,
    }

    impl std::fmt::Debug for AsCompleted {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("AsCompleted")
        }
    }

    impl SelfIter for AsCompleted {}

    impl IterNext for AsCompleted {
        fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
            let state = crate::session::lock(&zelf.state).take();
            let Some(mut state) = state.filter(|state| state.left > 0) else {
                return Ok(PyIterReturn::StopIteration(None));
            };
            let mut next = || {
                vm.allow_threads(|| match &mut state.iterator {
                    Iterator::Endless(iterator) => iterator.next().map(Ok),
                    Iterator::Limited(iterator) => iterator.next(),
                })
            };
            let mut completed = next();
            if matches!(completed, Some(Ok((_, None)))) {
                blocking::interrupt().map_or(Ok(()), |interrupt| interrupt.check(vm))?;
                // The program has noticed it between two futures; there is none in here any more.
                completed = next();
            }
            match completed {
                Some(Ok((_, Some(future)))) => {
                    state.left -= 1;
                    *crate::session::lock(&zelf.state) = Some(state);
                    Ok(PyIterReturn::Return(future.get(vm)))
                }
                Some(Err(Error::Timeout(_))) => {
                    let text = format!("{} (of {}) futures unfinished", state.left, state.total);
                    Err(errors::timed_out(&text, vm))
                }
                Some(Err(error)) => Err(errors::of_future(&error, vm)),
                None | Some(Ok((_, None))) => Ok(PyIterReturn::StopIteration(None)),
            }
        }
    }

    #[pyclass(with(IterNext, Iterable))]
    impl AsCompleted {}
}
