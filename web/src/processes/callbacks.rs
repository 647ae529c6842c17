//! Where callbacks of a pool's futures run: on a thread, since they may block, one after the other.

use crate::condvar::Condvar;
use crate::lock::lock;
use crate::threads::{self, contain};
use concurrent_futures_core::NewThread;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

type Code = Box<dyn FnOnce() + Send>;

/// What is to be run for one executor.
pub(super) struct Callbacks(Arc<Shared>);

struct Shared {
    /// The executor's number.
    key: u32,
    queue: Mutex<Queue>,
    /// Notified when everything has run.
    idle: Condvar,
}

struct Queue {
    waiting: VecDeque<Code>,
    /// Whether somebody runs what is there, or is about to.
    is_served: bool,
}

thread_local! {
    /// The executor whose callback this thread is running; 0 is none.
    static SERVED: Cell<u32> = const { Cell::new(0) };
    /// Whether this thread is telling a pool what the hub reported.
    static REPORTING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread must not wait for the executor of this number.
pub(super) fn is_here(key: u32) -> bool {
    SERVED.get() == key || REPORTING.get()
}

/// Runs what tells a pool of a report.
pub(super) fn reporting(tell: impl FnOnce()) {
    REPORTING.set(true);
    contain(tell);
    REPORTING.set(false);
}

impl Callbacks {
    pub(super) fn new(key: u32) -> Self {
        let queue = Mutex::new(Queue { waiting: VecDeque::new(), is_served: false });
        Self(Arc::new(Shared { key, queue, idle: Condvar::new() }))
    }

    /// Runs `code` after all that came before.
    pub(super) fn run(&self, code: Code) {
        let mut queue = lock(&self.0.queue);
        queue.waiting.push_back(code);
        let is_served = std::mem::replace(&mut queue.is_served, true);
        drop(queue);
        if !is_served {
            serve_elsewhere(&self.0);
        }
    }

    /// Blocks until everything has run, where blocking is allowed.
    pub(super) fn join(&self) {
        if !crate::can_block() {
            return;
        }
        let mut queue = lock(&self.0.queue);
        while queue.is_served {
            queue = self.0.idle.wait(&self.0.queue, queue, None);
        }
    }
}

/// Has a thread run what is there; right here only if there is no thread to be had.
fn serve_elsewhere(shared: &Arc<Shared>) {
    let (serving, again) = (Arc::clone(shared), Arc::clone(shared));
    let thread = NewThread {
        name: String::from("callbacks"),
        body: Box::new(move || serving.serve()),
        // A callback has trapped. It was taken out before, so the others have their turn.
        lost: Box::new(move |_| serve_elsewhere(&again)),
    };
    if threads::spawn(thread).is_err() {
        shared.serve();
    }
}

impl Shared {
    fn serve(&self) {
        let outer = SERVED.replace(self.key);
        loop {
            let mut queue = lock(&self.queue);
            let Some(code) = queue.waiting.pop_front() else {
                queue.is_served = false;
                break;
            };
            drop(queue);
            contain(code);
        }
        self.idle.notify_all();
        SERVED.set(outer);
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").field("waiting", &lock(&self.0.queue).waiting.len()).finish()
    }
}
