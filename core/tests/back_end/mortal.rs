//! Threads that are counted, and that die or never begin when a test says so.

use crate::Gate;
use concurrent_futures_core::{NewThread, Spawn, StartWorkerError};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// What a test asks of the threads of its executors, and what it is told of them.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Threads that were started.
    pub(crate) started: AtomicUsize,
    /// Threads that were joined.
    pub(crate) joined: AtomicUsize,
    /// Whether the next thread never begins.
    pub(crate) never_begins: AtomicBool,
    /// Whether the next thread is refused.
    pub(crate) refused: AtomicBool,
    /// Whether joining a thread waits for `joining`.
    pub(crate) joins_late: AtomicBool,
    /// Where a thread is held in the middle of joining another.
    pub(crate) joining: Gate,
    /// Passed when a loss has been dealt with.
    pub(crate) lost: Gate,
}

thread_local! {
    /// Each test has a thread of its own, and with it a plan of its own.
    static PLAN: Arc<Plan> = Arc::new(Plan::new());
    /// What is to be done if this thread dies.
    static DEATH: RefCell<Option<Death>> = const { RefCell::new(None) };
}

impl Plan {
    fn new() -> Self {
        let plan = Self::default();
        plan.lost.open();
        plan
    }

    /// The plan of the executors that are made on this thread.
    pub(crate) fn of_this_thread() -> Arc<Self> {
        PLAN.with(Arc::clone)
    }
}

/// How a thread dies.
struct Death {
    lost: Box<dyn FnOnce(String) + Send>,
    /// Whether it has.
    dead: Arc<AtomicBool>,
    plan: Arc<Plan>,
}

/// Ends the calling thread as a trap ends it in WebAssembly: nothing unwinds, and the news come on another thread.
pub(crate) fn die() -> ! {
    let death = DEATH.take().expect("only a thread of this back end dies");
    death.dead.store(true, Ordering::SeqCst);
    thread::spawn(move || {
        (death.lost)("it trapped".to_owned());
        death.plan.lost.pass();
    });
    loop {
        thread::park();
    }
}

/// Starts threads of the operating system as the plan has it.
#[derive(Debug, Clone)]
pub(crate) struct Mortal(Arc<Plan>);

impl Default for Mortal {
    fn default() -> Self {
        Self(Plan::of_this_thread())
    }
}

/// A thread of [`Mortal`].
pub(crate) struct Thread {
    thread: JoinHandle<()>,
    dead: Arc<AtomicBool>,
    plan: Arc<Plan>,
}

impl Spawn for Mortal {
    const CAN_LOSE_THREADS: bool = true;

    type Handle = Thread;

    fn spawn(&self, thread: NewThread) -> Result<Thread, StartWorkerError> {
        let plan = Arc::clone(&self.0);
        if plan.refused.swap(false, Ordering::SeqCst) {
            return Err(StartWorkerError::new("no more threads"));
        }
        plan.started.fetch_add(1, Ordering::SeqCst);
        let dead = Arc::new(AtomicBool::new(false));
        let NewThread { name, body, lost } = thread;
        let thread = thread::Builder::new().name(name);
        let thread = if plan.never_begins.swap(false, Ordering::SeqCst) {
            let plan = Arc::clone(&plan);
            thread.spawn(move || {
                lost("it never began".to_owned());
                plan.lost.pass();
            })
        } else {
            let death = Death { lost, dead: Arc::clone(&dead), plan: Arc::clone(&plan) };
            thread.spawn(move || {
                DEATH.set(Some(death));
                body();
            })
        };
        Ok(Thread { thread: thread.map_err(StartWorkerError::new)?, dead, plan })
    }

    fn join(handle: Thread) {
        if handle.plan.joins_late.load(Ordering::SeqCst) {
            handle.plan.joining.pass();
        }
        if !handle.dead.load(Ordering::SeqCst) {
            handle.thread.join().unwrap();
        }
        handle.plan.joined.fetch_add(1, Ordering::SeqCst);
    }

    fn processors() -> usize {
        2
    }
}
