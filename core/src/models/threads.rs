//! The threads of a model, as a back end of the pool.

use super::{JoinHandle, spawn};
use crate::ThreadPoolExecutor;
use crate::error::StartWorkerError;
use crate::spawn::{NewThread, Spawn};
use crate::sync::{Condvar, Mutex, lock, thread_local, wait};
use std::cell::RefCell;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

/// The pool, on the threads of a model.
pub(super) type Pool = ThreadPoolExecutor<Threads>;

/// Starts the threads of a model's pools, and knows of them.
#[derive(Clone)]
pub(super) struct Threads(Arc<Known>);

struct Known {
    /// The threads that cannot be started, by their numbers among those that are asked for, from 0.
    refused: &'static [usize],
    /// Threads that were asked for.
    asked: AtomicUsize,
    /// Workers that have begun and not ended.
    alive: AtomicUsize,
    /// The most of these at a time.
    most: AtomicUsize,
    /// Every thread that was started.
    started: std::sync::Mutex<Vec<Arc<Thread>>>,
    /// Whether the model is over, so that dead threads may end.
    is_over: Mutex<bool>,
    over: Condvar,
}

/// A thread of a model.
#[derive(Default)]
pub(super) struct Thread {
    /// Gone when somebody joins it.
    handle: std::sync::Mutex<Option<JoinHandle<()>>>,
    is_dead: AtomicBool,
}

impl Thread {
    fn join(&self) {
        // A statement of its own: joining lets other threads go on, and std's lock must not be held then.
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = handle {
            handle.join().unwrap();
        }
    }
}

std::thread_local! {
    /// The threads of the model that this thread of the system runs.
    static THREADS: RefCell<Option<Threads>> = const { RefCell::new(None) };
}

thread_local! {
    /// What is to be done if this thread dies.
    static DEATH: RefCell<Option<Death>> = const { RefCell::new(None) };
}

struct Death {
    lost: Box<dyn FnOnce(String) + Send>,
    thread: Arc<Thread>,
    threads: Threads,
}

impl Threads {
    /// Begins a model, whose pools have these threads.
    pub(super) fn new() -> Self {
        Self::refusing(&[])
    }

    /// Begins a model in which the threads of these numbers cannot be started.
    pub(super) fn refusing(refused: &'static [usize]) -> Self {
        let threads = Self(Arc::new(Known {
            refused,
            asked: AtomicUsize::new(0),
            alive: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            started: std::sync::Mutex::default(),
            is_over: Mutex::new(false),
            over: Condvar::new(),
        }));
        THREADS.set(Some(threads.clone()));
        threads
    }

    /// How many threads were asked for.
    pub(super) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// How many workers have begun and not ended.
    pub(super) fn alive(&self) -> usize {
        self.0.alive.load(Ordering::SeqCst)
    }

    /// The most workers that were alive at a time.
    pub(super) fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }

    /// Ends a model, whose pools are gone: waits for whatever thread is left.
    pub(super) fn end(self) {
        THREADS.take();
        *lock(&self.0.is_over) = true;
        self.0.over.notify_all();
        loop {
            let started = mem::take(&mut *self.0.started.lock().unwrap_or_else(PoisonError::into_inner));
            if started.is_empty() {
                break;
            }
            started.iter().for_each(|thread| thread.join());
        }
    }

    fn start(&self, body: impl FnOnce(Arc<Thread>) + Send + 'static) -> Arc<Thread> {
        let thread = Arc::new(Thread::default());
        let own = Arc::clone(&thread);
        let handle = spawn(move || body(own));
        *thread.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        self.0.started.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&thread));
        thread
    }
}

/// Ends the calling thread as a trap does in WebAssembly: nothing unwinds, and the news come on another thread.
///
/// Since a thread of a model must end, it comes back when the model is over.
pub(super) fn die() {
    let Death { lost, thread, threads } = DEATH.with(RefCell::take).expect("only a thread of a pool dies");
    thread.is_dead.store(true, Ordering::SeqCst);
    threads.start(|_| lost("it trapped".to_owned()));
    let mut is_over = lock(&threads.0.is_over);
    while !*is_over {
        is_over = wait(&threads.0.over, &threads.0.is_over, is_over, None);
    }
}

impl Default for Threads {
    fn default() -> Self {
        THREADS.with_borrow(Clone::clone).expect("a model begins with `Threads::new`")
    }
}

impl Spawn for Threads {
    const CAN_LOSE_THREADS: bool = true;

    type Handle = Arc<Thread>;

    fn spawn(&self, new: NewThread) -> Result<Arc<Thread>, StartWorkerError> {
        let number = self.0.asked.fetch_add(1, Ordering::SeqCst);
        if self.0.refused.contains(&number) {
            return Err(StartWorkerError::new("no more threads"));
        }
        let NewThread { name, body, lost } = new;
        let is_worker = usize::from(!name.ends_with("timer"));
        let threads = self.clone();
        Ok(self.start(move |thread| {
            let known = Arc::clone(&threads.0);
            DEATH.with(|death| death.replace(Some(Death { lost, thread, threads })));
            known
                .most
                .fetch_max(known.alive.fetch_add(is_worker, Ordering::SeqCst) + is_worker, Ordering::SeqCst);
            body();
            known.alive.fetch_sub(is_worker, Ordering::SeqCst);
        }))
    }

    fn join(thread: Arc<Thread>) {
        if !thread.is_dead.load(Ordering::SeqCst) {
            thread.join();
        }
    }

    fn processors() -> usize {
        2
    }
}
