//! The threads that Python code runs on: workers of executors, and what `_thread` starts.

use crate::futures::Held;
use crate::session;
use concurrent_futures::{NewThread, Spawn, StartWorkerError, Threads as Platform};
use rustpython_vm::vm::thread::cleanup_current_thread_frames;
use rustpython_vm::{PyObjectRef, VirtualMachine};
use std::cell::RefCell;

/// Starts the platform's threads, which leave the interpreter before they end.
#[derive(Debug, Default)]
pub(crate) struct Threads(Platform);

impl Spawn for Threads {
    const CAN_LOSE_THREADS: bool = Platform::CAN_LOSE_THREADS;

    type Handle = <Platform as Spawn>::Handle;

    fn spawn(&self, thread: NewThread) -> Result<Self::Handle, StartWorkerError> {
        let NewThread { name, body, lost } = thread;
        let known = name.clone();
        let body = Box::new(move || {
            NAME.set(known);
            body();
            session::leave();
            ADOPTED.set(false);
        });
        self.0.spawn(NewThread { name, body, lost })
    }

    fn join(handle: Self::Handle) {
        Platform::join(handle);
    }

    fn processors() -> usize {
        Platform::processors()
    }
}

/// What threads are called that a program starts itself.
pub(crate) const PROGRAM: &str = "Thread";

thread_local! {
    /// What the thread was started as. Not every platform tells.
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
    static STORAGE: RefCell<Storage> = const { RefCell::new(Storage(None)) };
    /// Whether `threading` knows this thread.
    static ADOPTED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// The dict in which `threading.local` keeps what the calling thread has for itself.
pub(crate) fn storage(vm: &VirtualMachine) -> PyObjectRef {
    let known = STORAGE.with_borrow(|storage| storage.0.as_ref().map(|held| held.get(vm)));
    known.unwrap_or_else(|| {
        let storage: PyObjectRef = vm.ctx.new_dict().into();
        STORAGE.set(Storage(Some(Held::new(storage.clone()))));
        storage
    })
}

/// Lets go of what the calling thread has for itself. In the interpreter, since that may run code.
pub(crate) fn clear_storage() {
    // Taken out first: what dies may ask for the storage.
    let storage = STORAGE.with_borrow_mut(|storage| storage.0.take());
    drop(storage);
}

/// See [`storage`].
struct Storage(Option<Held>);

impl Drop for Storage {
    fn drop(&mut self) {
        // Of a thread that has not cleared it in the interpreter, and now may not be able to enter it any more.
        std::mem::forget(self.0.take());
    }
}

/// Notes that `threading` knows the calling thread by itself.
pub(crate) fn is_known() {
    ADOPTED.set(true);
}

/// Makes a worker known to `threading` by its name, before it runs its first task.
pub(crate) fn adopt(vm: &VirtualMachine) {
    if ADOPTED.replace(true) {
        return;
    }
    let name = NAME.with_borrow(String::clone);
    // The program's own threads run a task when they may not wait; `threading` knows them.
    if !name.is_empty() {
        let adopted =
            vm.import("_workers", 0).and_then(|workers| workers.get_attr("adopt", vm)?.call((name,), vm));
        drop(adopted);
    }
}

/// The calling thread is about to end.
pub(crate) fn ended(vm: &VirtualMachine) {
    clear_storage();
    if ADOPTED.get()
        && NAME.with_borrow(|name| name != PROGRAM)
        && let Ok(workers) = vm.import("_workers", 0)
    {
        let forgotten = workers.get_attr("forget", vm).and_then(|forget| forget.call((), vm));
        drop(forgotten);
    }
    cleanup_current_thread_frames(vm);
}
