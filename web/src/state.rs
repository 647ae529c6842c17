//! What is known about all threads, as one value under one lock.
//!
//! A thread is counted in exactly one place at a time:
//!
//! | state | where | entered by | left by |
//! |---|---|---|---|
//! | starting | `starting` | [`State::expect`], then the hub is asked | [`State::arrive`] or [`State::give_up`] |
//! | idle | `serving[id]` is `None`, `idle` | [`State::arrive`], [`State::finish`] | [`State::take`], [`State::leave`] |
//! | running | `serving[id]` is `Some` | [`State::take`] | [`State::finish`], [`State::remove`] |
//!
//! The invariant that makes waiting safe: **`queue.len() <= idle + starting`**, so each queued body has a thread that is
//! idle or on its way. [`State::admit`] keeps it when a body comes, [`State::give_up`] when a thread does not come.

use crate::error::{SpawnError, StartError};
use crate::latch::Holder;
use crate::message::ThreadOptions;
use crate::options::StartOptions;
use concurrent_futures_core::NewThread;
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::task::Waker;
use std::time::Duration;

/// How far the start has come; each phase includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// No hub, or one that could not start its warden.
    Absent,
    /// The hub has been told to start its warden.
    Loading,
    /// The warden stands; the first threads may still be starting.
    Watching,
    /// `start` has succeeded, so bodies are taken.
    Started,
}

/// Called with the reason if a thread is lost.
pub(crate) type Lost = Box<dyn FnOnce(String) + Send>;

/// A thread to be, in the queue.
pub(crate) struct Entry {
    pub(crate) thread: NewThread,
    /// Dropped when nothing of the thread runs any more.
    pub(crate) holder: Holder,
}

/// What is kept of an [`Entry`] while its body runs.
pub(crate) struct Running {
    pub(crate) lost: Lost,
    pub(crate) holder: Holder,
}

pub(crate) struct State {
    pub(crate) phase: Phase,
    /// Why the present start failed, for everybody who awaits it; cleared by the next start.
    failure: Option<StartError>,
    /// Those who await the start.
    waiting: Vec<Waker>,
    /// Whether `start` was told to make do without threads.
    threadless: bool,
    /// Whether idle threads stay for ever, as fibers do, whose glue cannot be unloaded.
    lasting: bool,
    /// Threads that stay however long they are idle.
    warm: usize,
    max: usize,
    keep_alive: Duration,
    pub(crate) thread: ThreadOptions,
    /// Oldest first.
    queue: VecDeque<Entry>,
    idle: usize,
    starting: usize,
    /// By the thread's number; `None` while it is idle.
    serving: BTreeMap<u32, Option<Running>>,
}

impl State {
    pub(crate) const fn new() -> Self {
        Self {
            phase: Phase::Absent,
            failure: None,
            waiting: Vec::new(),
            threadless: false,
            lasting: false,
            warm: 0,
            max: 0,
            keep_alive: Duration::ZERO,
            thread: ThreadOptions { stack_size: 0, start_limit: 0.0 },
            queue: VecDeque::new(),
            idle: 0,
            starting: 0,
            serving: BTreeMap::new(),
        }
    }

    /// Begins a start, also one after a failed one.
    pub(crate) fn configure(&mut self, options: &StartOptions) {
        self.failure = None;
        self.threadless = options.without_threads;
        self.lasting = options.fibers;
        self.max = if self.threadless { 0 } else { options.max_threads };
        self.warm = options.threads.min(self.max);
        self.keep_alive = options.keep_alive;
        self.thread = ThreadOptions::of(options);
    }

    /// Whether a start is under way that others can join.
    pub(crate) fn is_starting(&self) -> bool {
        self.phase == Phase::Loading || (self.phase == Phase::Watching && self.starting > 0)
    }

    /// Returns how the start went, or `None` and remembers whom to wake when that may be known.
    ///
    /// It is known only when every thread has come or has been given up: the next start must not hear of failures of
    /// this one.
    pub(crate) fn outcome(&mut self, waker: &Waker) -> Option<Result<(), StartError>> {
        if self.is_starting() {
            self.waiting.push(waker.clone());
            return None;
        }
        if let Some(failure) = &self.failure {
            return Some(Err(failure.clone()));
        }
        self.phase = Phase::Started;
        Some(Ok(()))
    }

    /// Fails the start.
    pub(crate) fn fail(&mut self, failure: StartError) {
        self.failure = Some(failure);
    }

    /// There is no warden, so the hub starts no thread of those that it was asked for.
    pub(crate) fn abandon(&mut self, failure: StartError) -> Vec<Waker> {
        self.phase = Phase::Absent;
        self.starting = 0;
        self.fail(failure);
        mem::take(&mut self.waiting)
    }

    /// Notes that the warden stands.
    pub(crate) fn watch(&mut self) -> Vec<Waker> {
        self.phase = self.phase.max(Phase::Watching);
        mem::take(&mut self.waiting)
    }

    pub(crate) fn live(&self) -> usize {
        self.starting + self.serving.len()
    }

    /// Returns whether one more body needs one more thread, which the caller must then [expect](Self::expect).
    pub(crate) fn admit(&self) -> Result<bool, SpawnError> {
        if self.phase < Phase::Started {
            return Err(SpawnError::not_started());
        }
        if self.threadless {
            return Err(SpawnError::without_threads());
        }
        let another = self.queue.len() >= self.idle + self.starting;
        if another && self.live() >= self.max {
            return Err(SpawnError::too_many(self.max));
        }
        Ok(another)
    }

    pub(crate) fn enqueue(&mut self, entry: Entry) {
        self.queue.push_back(entry);
    }

    /// Returns whether a thread is missing: one of the warm ones, or one for a body in the queue.
    pub(crate) fn lacks_thread(&self) -> bool {
        let stranded = self.queue.len() > self.idle + self.starting;
        self.live() < self.warm || (stranded && self.live() < self.max)
    }

    /// Counts a thread that the hub is about to be asked for.
    pub(crate) fn expect(&mut self) {
        self.starting += 1;
    }

    /// Counts thread `id` as idle now.
    pub(crate) fn arrive(&mut self, id: u32) -> Vec<Waker> {
        // It may be one that `abandon` has forgotten, but that was too far on its way to be stopped.
        self.starting = self.starting.saturating_sub(1);
        self.idle += 1;
        self.serving.insert(id, None);
        mem::take(&mut self.waiting)
    }

    /// Returns the next body for thread `id`, which is idle until here.
    pub(crate) fn take(&mut self, id: u32) -> Option<Box<dyn FnOnce() + Send>> {
        let Entry { thread: NewThread { body, lost, .. }, holder } = self.queue.pop_front()?;
        self.idle -= 1;
        self.serving.insert(id, Some(Running { lost, holder }));
        Some(body)
    }

    /// Thread `id` is idle again. The caller drops what is returned, outside the lock.
    pub(crate) fn finish(&mut self, id: u32) -> Option<Running> {
        self.idle += 1;
        self.serving.insert(id, None).flatten()
    }

    /// Returns how long an idle thread stays; `None` is for ever.
    pub(crate) fn patience(&self) -> Option<Duration> {
        (!self.lasting && self.live() > self.warm).then_some(self.keep_alive)
    }

    /// Thread `id`, idle until here, ends.
    pub(crate) fn leave(&mut self, id: u32) {
        self.idle -= 1;
        self.serving.remove(&id);
    }

    /// Thread `id` is gone; returns whom to tell, if it was running something.
    pub(crate) fn remove(&mut self, id: u32) -> Option<Running> {
        let running = self.serving.remove(&id)?;
        if running.is_none() {
            self.idle -= 1;
        }
        running
    }

    /// A thread that was expected will not come; returns the body that has no thread now, if there is one.
    pub(crate) fn give_up(&mut self) -> (Option<Entry>, Vec<Waker>) {
        self.starting = self.starting.saturating_sub(1);
        let stranded = self.queue.len() > self.idle + self.starting;
        let entry = if stranded { self.queue.pop_back() } else { None };
        (entry, mem::take(&mut self.waiting))
    }
}
