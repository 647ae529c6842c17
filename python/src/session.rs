//! What every thread of a running program shares.

use crate::settings::Settings;
use rustpython_vm::VirtualMachine;
use rustpython_vm::vm::thread::{ThreadedVirtualMachine, current_vm_is_set, with_current_vm};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// A program that runs, or the part of one that a worker process runs.
pub(crate) struct Session {
    pub(crate) settings: Settings,
    /// What the program is, for worker processes, which run it again.
    pub(crate) source: String,
    pub(crate) file_name: String,
    /// Whether this is a worker process.
    pub(crate) is_worker: bool,
    /// What further threads enter the interpreter with: a copy of this one's state each.
    seed: Mutex<Option<ThreadedVirtualMachine>>,
    /// The thread that runs the program.
    main: std::thread::ThreadId,
    /// What the interpreter calls that thread.
    main_ident: u64,
}

static CURRENT: RwLock<Option<Arc<Session>>> = RwLock::new(None);

thread_local! {
    /// The interpreter as this thread sees it, if the interpreter did not start the thread.
    static ENTERED: RefCell<Option<Entered>> = const { RefCell::new(None) };
}

/// A thread's place in an interpreter.
struct Entered {
    session: Arc<Session>,
    machine: Option<Rc<ThreadedVirtualMachine>>,
}

/// The calling thread is about to end: it leaves the interpreter while it still can.
pub(crate) fn leave() {
    let machine = ENTERED.take().and_then(|mut entered| entered.machine.take());
    if let Some(machine) = machine {
        machine.run(crate::threads::ended);
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // A thread that does not `leave` comes here when its own storage is going, and the interpreter's part of that may be gone.
        // There are few such threads, as that which calls back for processes.
        std::mem::forget(self.machine.take());
    }
}

impl Session {
    pub(crate) fn new(settings: Settings, source: String, file_name: String, is_worker: bool) -> Self {
        Self {
            settings,
            source,
            file_name,
            is_worker,
            seed: Mutex::new(None),
            main: std::thread::current().id(),
            main_ident: rustpython_vm::stdlib::_thread::get_ident(),
        }
    }

    /// Makes this the session of the memory, with `vm` as its interpreter.
    pub(crate) fn begin(self: &Arc<Self>, vm: &VirtualMachine) {
        *lock(&self.seed) = Some(vm.new_thread());
        *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(self));
    }

    /// The interpreter is about to go; threads that come later find none.
    pub(crate) fn end(self: &Arc<Self>) {
        *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = None;
        let seed = lock(&self.seed).take();
        drop(seed);
    }

    /// What the interpreter calls the thread that runs the program.
    pub(crate) fn main_ident(&self) -> u64 {
        self.main_ident
    }

    /// Whether the calling thread is the one that runs the program.
    pub(crate) fn is_main_thread(&self) -> bool {
        std::thread::current().id() == self.main
    }
}

/// The session of this memory, if a program runs.
pub(crate) fn current() -> Option<Arc<Session>> {
    CURRENT.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Runs `body` in the interpreter, on whatever thread this is: one that is in it, has left it to block, or has never been there.
///
/// Returns `None` if no program runs any more.
pub(crate) fn enter<R>(body: impl FnOnce(&VirtualMachine) -> R) -> Option<R> {
    if current_vm_is_set() {
        return Some(with_current_vm(|vm| vm.attach_for_callback(|| body(vm))));
    }
    let machine = machine()?;
    Some(machine.run(body))
}

/// This thread's way into the interpreter.
fn machine() -> Option<Rc<ThreadedVirtualMachine>> {
    let session = current()?;
    let known = ENTERED.with_borrow(|entered| {
        let entered = entered.as_ref().filter(|entered| Arc::ptr_eq(&entered.session, &session))?;
        entered.machine.clone()
    });
    if known.is_some() {
        return known;
    }
    // The place of an earlier program has been left, and what is kept of it is let go.
    drop(ENTERED.take());
    let seed = lock(&session.seed);
    let machine = Rc::new(seed.as_ref()?.run(VirtualMachine::new_thread));
    drop(seed);
    ENTERED.set(Some(Entered { session, machine: Some(Rc::clone(&machine)) }));
    Some(machine)
}

/// Locks, ignoring poison: what is behind these locks is whole at any moment.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
