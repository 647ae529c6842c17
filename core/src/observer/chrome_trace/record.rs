//! What a trace keeps of a run.
//!
//! A task is one record, from which its slice, its arrow and its instant are made at the end; so whatever is let go when the
//! trace is full is let go whole, and nothing in the file lacks its other half.

use crate::observer::EventKind;
use crate::seat;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Characters of an error that are kept.
const ERROR_LENGTH: usize = 1_000;

/// Names that are kept but once.
const NAMES: usize = 1_000;

/// Losses of each executor that are remembered.
const LOSSES: usize = 64;

/// Everything that a trace keeps.
#[derive(Debug, Clone)]
pub(super) struct Records {
    /// How many of `done` and of `marks` there may be, each.
    limit: usize,
    pub(super) dropped: u64,
    /// The latest time that was noted.
    latest: u64,
    /// In the order in which they were made.
    pub(super) pools: Vec<Pool>,
    /// Where in `pools` the executor of a number is.
    places: HashMap<u64, usize>,
    /// The program's own threads that have submitted tasks, by the order of their first.
    threads: HashMap<ThreadId, usize>,
    pub(super) thread_names: Vec<String>,
    /// The names of functions, each once.
    names: HashSet<Arc<str>>,
    /// Tasks that are not done, by their ids.
    pub(super) open: HashMap<u64, Task>,
    /// Tasks that are done, the latest last.
    pub(super) done: VecDeque<Task>,
    /// What happened to executors and workers, the latest last.
    pub(super) marks: VecDeque<Mark>,
}

#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) kind: &'static str,
    /// The names of the workers that live. Those of others are in the marks of their starts.
    pub(super) workers: BTreeMap<usize, Arc<str>>,
    /// The latest losses.
    losses: VecDeque<Loss>,
}

#[derive(Debug, Clone)]
struct Loss {
    worker: usize,
    at: u64,
    /// Whether another worker has taken its place.
    replaced: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) id: u64,
    /// Where in `pools` its executor is.
    pub(super) pool: usize,
    pub(super) name: Arc<str>,
    pub(super) submitter: Submitter,
    pub(super) submitted: u64,
    /// What it had done by the loss of a worker that took but one of its items along.
    pub(super) earlier: Vec<Run>,
    /// Where it runs or has run, if it has begun.
    pub(super) run: Option<Run>,
    pub(super) ended: Option<(u64, Outcome)>,
}

/// Who has submitted a task.
#[derive(Debug, Clone, Copy)]
pub(super) enum Submitter {
    /// One of the program's threads.
    Thread(usize),
    /// A worker, in a task or beside it, as in a callback.
    Worker { pool: usize, worker: usize },
}

#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) worker: usize,
    pub(super) started: u64,
    /// There only in `earlier`; the last run ends with its task.
    pub(super) ended: u64,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Finished,
    Failed(Box<str>),
    Cancelled,
    /// No worker began it in time.
    Expired,
}

/// Something that happened at one moment.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) at: u64,
    /// Where in `pools` the executor is.
    pub(super) pool: usize,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    PoolStarted { max_workers: usize },
    PoolShutdown,
    WorkerStarted { worker: usize, name: Arc<str>, replaces: Option<usize> },
    WorkerEnded { worker: usize },
    WorkerLost { worker: usize, cause: Box<str> },
}

/// What is found out about an event before the lock is taken: errors are the user's, and so is what they say.
#[derive(Debug)]
pub(super) enum Aside {
    Nothing,
    /// Who submits the task.
    Origin(Origin),
    /// What the task failed with.
    Error(Box<str>),
}

impl Aside {
    pub(super) fn of(event: &EventKind<'_>) -> Self {
        match event {
            EventKind::TaskSubmitted { .. } => Self::Origin(Origin::of_this_thread()),
            EventKind::TaskFailed { error, .. } => Self::Error(clipped(&error.to_string())),
            _ => Self::Nothing,
        }
    }
}

#[derive(Debug)]
pub(super) struct Origin {
    thread: ThreadId,
    name: Option<String>,
    /// The number of the executor, and the worker.
    worker: Option<(u64, usize)>,
}

impl Origin {
    fn of_this_thread() -> Self {
        let thread = thread::current();
        let worker = seat::occupied().map(|seat| (seat.pool(), seat.worker));
        Self { thread: thread.id(), name: thread.name().map(str::to_owned), worker }
    }
}

impl Records {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            dropped: 0,
            latest: 0,
            pools: Vec::new(),
            places: HashMap::new(),
            threads: HashMap::new(),
            thread_names: Vec::new(),
            names: HashSet::new(),
            open: HashMap::new(),
            done: VecDeque::new(),
            marks: VecDeque::new(),
        }
    }

    /// Takes an event of the executor with that number.
    pub(super) fn note(&mut self, at: Duration, pool: u64, event: &EventKind<'_>, aside: Aside) {
        // The clocks of two threads may be microseconds apart, as those of a browser's workers are; but what is told later did
        // not happen before.
        self.latest = self.latest.max(u64::try_from(at.as_nanos()).unwrap_or(u64::MAX));
        let at = self.latest;
        if let EventKind::PoolStarted { kind, max_workers } = *event {
            self.places.insert(pool, self.pools.len());
            self.pools.push(Pool { kind, workers: BTreeMap::new(), losses: VecDeque::new() });
            self.mark(at, self.pools.len() - 1, What::PoolStarted { max_workers });
            return;
        }
        let Some(&pool) = self.places.get(&pool) else { return };
        match *event {
            EventKind::TaskSubmitted { task, name } => self.submitted(at, pool, task, name, aside),
            EventKind::TaskStarted { task, worker } => self.started(at, pool, task, worker),
            EventKind::TaskFinished { task } => self.ended(at, task, Outcome::Finished),
            EventKind::TaskFailed { task, .. } => self.failed(at, task, aside),
            EventKind::TaskCancelled { task } => self.ended(at, task, Outcome::Cancelled),
            EventKind::TaskExpired { task } => self.ended(at, task, Outcome::Expired),
            EventKind::PoolShutdown => self.mark(at, pool, What::PoolShutdown),
            EventKind::WorkerStarted { worker, name } => self.worker_started(at, pool, worker, name),
            EventKind::WorkerEnded { worker } => {
                self.pools[pool].workers.remove(&worker);
                self.mark(at, pool, What::WorkerEnded { worker });
            }
            EventKind::WorkerLost { worker, cause } => {
                self.pools[pool].lose(at, worker);
                self.mark(at, pool, What::WorkerLost { worker, cause: clipped(cause) });
            }
            // That a worker is idle is to be seen, and outputs are the program's.
            _ => {}
        }
    }

    fn worker_started(&mut self, at: u64, pool: usize, worker: usize, name: &str) {
        let name: Arc<str> = name.into();
        self.pools[pool].workers.insert(worker, Arc::clone(&name));
        let replaces = self.pools[pool].losses.iter_mut().find(|loss| !loss.replaced).map(|loss| {
            loss.replaced = true;
            loss.worker
        });
        self.mark(at, pool, What::WorkerStarted { worker, name, replaces });
    }

    fn submitted(&mut self, at: u64, pool: usize, id: u64, name: &str, aside: Aside) {
        let Aside::Origin(origin) = aside else { return };
        let (name, submitter) = (self.name(name), self.submitter(origin));
        let task =
            Task { id, pool, name, submitter, submitted: at, earlier: Vec::new(), run: None, ended: None };
        self.open.insert(id, task);
    }

    fn submitter(&mut self, origin: Origin) -> Submitter {
        if let Some((number, worker)) = origin.worker
            && let Some(&pool) = self.places.get(&number)
        {
            return Submitter::Worker { pool, worker };
        }
        let names = &mut self.thread_names;
        Submitter::Thread(*self.threads.entry(origin.thread).or_insert_with(|| {
            let number = names.len();
            names.push(origin.name.unwrap_or_else(|| format!("thread {}", number + 1)));
            number
        }))
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        if self.names.len() < NAMES {
            self.names.insert(Arc::clone(&name));
        }
        name
    }

    fn started(&mut self, at: u64, pool: usize, task: u64, worker: usize) {
        let Some(task) = self.open.get_mut(&task) else { return };
        if let Some(mut run) = task.run.replace(Run { worker, started: at, ended: at }) {
            // The worker was lost, and what it had left of a chunk is begun elsewhere.
            run.ended = self.pools[pool].lost_at(run.worker).unwrap_or(at);
            task.earlier.push(run);
        }
    }

    fn failed(&mut self, at: u64, task: u64, aside: Aside) {
        if let Aside::Error(error) = aside {
            self.ended(at, task, Outcome::Failed(error));
        }
    }

    fn ended(&mut self, at: u64, task: u64, outcome: Outcome) {
        let Some(mut task) = self.open.remove(&task) else { return };
        task.ended = Some((at, outcome));
        self.dropped += push(&mut self.done, task, self.limit);
    }

    fn mark(&mut self, at: u64, pool: usize, what: What) {
        self.dropped += push(&mut self.marks, Mark { at, pool, what }, self.limit);
    }
}

impl Pool {
    fn lose(&mut self, at: u64, worker: usize) {
        self.workers.remove(&worker);
        push(&mut self.losses, Loss { worker, at, replaced: false }, LOSSES);
    }

    fn lost_at(&self, worker: usize) -> Option<u64> {
        self.losses.iter().rev().find(|loss| loss.worker == worker).map(|loss| loss.at)
    }
}

/// Adds to the end, and lets go what is too much at the beginning; returns how much that is.
fn push<T>(queue: &mut VecDeque<T>, latest: T, limit: usize) -> u64 {
    queue.push_back(latest);
    let much = queue.len().saturating_sub(limit);
    queue.drain(..much).map(|_| 1).sum()
}

fn clipped(text: &str) -> Box<str> {
    match text.char_indices().nth(ERROR_LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}
