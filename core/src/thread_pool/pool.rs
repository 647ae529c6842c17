//! What an executor and its workers share, and how a task gets in.
//!
//! A task that is submitted finds a free worker, or starts one while there are fewer than `max_workers`. *Free* is exact: a
//! worker is engaged from the moment it takes a task, under the lock, until just before the outcome can be seen, so three
//! tasks that are submitted one after the result of another share one thread. Threads are started, tasks run and observers
//! are told outside the locks, of which [`inbox`](super::inbox) tells.

use super::builder::{Builder, WhenFull};
use super::inbox::Inbox;
use crate::blocking::check_may_block;
use crate::cancel_token::CancelToken;
use crate::capture;
use crate::crew::Crew;
use crate::error::{BrokenThreadPool, FullError, ShutdownError, SubmitError};
use crate::observer::{EventKind, Reporter};
use crate::ranked::{self, Ranked};
use crate::seat::{self, Seat};
use crate::spawn::Spawn;
use crate::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering, lock, wait};
use crate::task::Job;
use crate::timer::Timer;
use crossbeam_utils::CachePadded;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

/// How often somebody looks who waits for what may come unannounced, as the room that cancelled tasks make.
pub(super) const LOOK: Duration = Duration::from_millis(10);

/// What an executor and its workers share.
pub(super) struct Pool<S: Spawn> {
    pub(super) spawn: S,
    pub(super) max_workers: usize,
    /// The tasks that may wait, and what becomes of others.
    queue_limit: Option<(usize, WhenFull)>,
    /// How long a worker sleeps before it ends.
    pub(super) idle_timeout: Option<Duration>,
    /// The limit of each task that has none of its own.
    pub(super) queue_timeout: Option<Duration>,
    /// The threads' names without their numbers.
    pub(super) prefix: String,
    pub(super) initializer: Option<Box<dyn Fn() + Send + Sync>>,
    pub(super) reporter: Reporter,
    pub(super) crew: Arc<Crew>,
    pub(super) timer: Arc<Timer<S>>,
    /// What workers write and what submitters write lie apart, each on cache lines of their own.
    pub(super) state: CachePadded<Mutex<State<S>>>,
    /// Locked after `state`, if both are.
    pub(super) inbox: CachePadded<Mutex<Inbox>>,
    /// Whether there is anything in the backlog. Written under the lock of `state`.
    pub(super) has_backlog: CachePadded<AtomicBool>,
    /// Whether there is anything in the inbox. Written under its lock.
    pub(super) has_arrivals: CachePadded<AtomicBool>,
    /// Whether a worker is asleep that nobody has notified. Written under the lock of `inbox`.
    pub(super) has_sleepers: CachePadded<AtomicBool>,
    /// Notified when a sleeping worker should look at the queue; goes with `inbox`.
    pub(super) work: Condvar,
    /// Notified when a blocked submitter should look again; goes with `state`.
    pub(super) room: Condvar,
    /// Notified when a worker has ended; goes with `state`.
    pub(super) ended: Condvar,
}

pub(super) struct State<S: Spawn> {
    /// What no worker has taken, without what submitters have just put into the inbox. A task that was cancelled stays until a worker
    /// skips it.
    pub(super) backlog: Ranked<Arc<dyn Job>>,
    /// Workers that are started, or about to be, and have not ended.
    pub(super) seats: Vec<Arc<Seat>>,
    /// Threads that are being started: their workers are among the seats, and their handles are not there yet.
    pub(super) starting: usize,
    /// Handles that somebody has taken to join.
    pub(super) joining: usize,
    /// The number that the next worker gets.
    pub(super) next_worker: usize,
    /// Submitters that wait for room.
    pub(super) blocked_submitters: usize,
    /// Submitters that run a task themselves, since there is no room for it.
    pub(super) callers: Vec<Caller>,
    /// Numbers, beside the workers', that none of them is using.
    free_callers: Vec<usize>,
    /// Workers that have no seat any more, since they have had nothing to do for long, and have not ended.
    pub(super) leaving: Vec<Arc<Seat>>,
    /// Whether the executor was shut down, so that it takes no more tasks.
    pub(super) closed: bool,
    /// Whether the workers are to end once the queue is empty: `closed`, and observers have been told.
    pub(super) ending: bool,
    /// Why no worker can be of use, once an initializer has failed.
    pub(super) broken: Option<BrokenThreadPool>,
    /// What joins the threads, by the numbers of their workers.
    pub(super) handles: Vec<(usize, S::Handle)>,
}

/// A submitter that runs a task itself.
pub(super) struct Caller {
    pub(super) seat: Arc<Seat>,
    pub(super) job: Arc<dyn Job>,
}

/// What becomes of a task for which there is no room.
enum NoRoom {
    Refuse(SubmitError),
    /// Its submitter runs it, on this seat.
    RunHere(Arc<Seat>),
}

impl<S: Spawn> Pool<S> {
    pub(super) fn new(mut options: Builder<S>) -> Self {
        let prefix = options.take_prefix();
        let reporter = Reporter::new(options.observer);
        let max_workers = options.max_workers;
        let crew = Arc::new(Crew::new(reporter.pool, max_workers));
        reporter.report(EventKind::PoolStarted { kind: "ThreadPoolExecutor", max_workers });
        Self {
            spawn: options.spawn,
            max_workers,
            queue_limit: options.queue_limit,
            idle_timeout: options.idle_timeout,
            queue_timeout: options.queue_timeout,
            timer: Arc::new(Timer::new(format!("{prefix}_timer"))),
            prefix,
            initializer: options.initializer,
            reporter,
            crew,
            state: CachePadded::new(Mutex::new(State {
                backlog: Ranked::default(),
                seats: Vec::new(),
                starting: 0,
                joining: 0,
                next_worker: 0,
                blocked_submitters: 0,
                callers: Vec::new(),
                free_callers: Vec::new(),
                leaving: Vec::new(),
                closed: false,
                ending: false,
                broken: None,
                handles: Vec::new(),
            })),
            inbox: CachePadded::default(),
            has_backlog: CachePadded::new(AtomicBool::new(false)),
            has_arrivals: CachePadded::new(AtomicBool::new(false)),
            has_sleepers: CachePadded::new(AtomicBool::new(false)),
            work: Condvar::new(),
            room: Condvar::new(),
            ended: Condvar::new(),
        }
    }

    pub(super) fn workers(&self) -> usize {
        lock(&self.state).seats.len()
    }

    /// Queues a task and sees to it that a worker comes.
    pub(super) fn submit(
        self: &Arc<Self>,
        job: Arc<dyn Job>,
        priority: i32,
        token: Option<&CancelToken>,
    ) -> Result<(), SubmitError> {
        if self.reporter.is_heard() {
            self.check_open(&lock(&self.state))?;
            // Before the task can begin, and outside the lock.
            self.reporter.report(EventKind::TaskSubmitted { task: job.id(), name: job.name() });
        }
        // Before the task is in the queue, so that nothing is cancelled too late; one that is cancelled already is skipped.
        if let Some(token) = token {
            token.watch(&job);
        }
        match if priority == 0 { self.put(job) } else { Err(job) } {
            Ok(()) => Ok(()),
            Err(job) => self.admit(job, priority),
        }
    }

    /// Queues a task of priority 0 if that needs no look at the state, else gives it back.
    fn put(&self, job: Arc<dyn Job>) -> Result<(), Arc<dyn Job>> {
        let mut inbox = lock(&self.inbox);
        if !inbox.is_plain {
            return Err(job);
        }
        let tidied = if self.crew.should_tidy(inbox.tasks.len()) {
            ranked::take_if(&mut inbox.tasks, is_done)
        } else {
            Vec::new()
        };
        inbox.tasks.push_back(job);
        self.note_arrivals(&inbox);
        let wake = inbox.call();
        self.note_sleepers(&inbox);
        drop(inbox);
        if wake {
            self.work.notify_one();
        }
        // Values of the user's may go with them, so they go outside the lock, and not before the task is seen to.
        capture::let_go(tidied);
        Ok(())
    }

    /// Queues a task where the executor's state allows it.
    fn admit(self: &Arc<Self>, job: Arc<dyn Job>, priority: i32) -> Result<(), SubmitError> {
        let (mut state, mut tidied) = match self.wait_for_room(&job) {
            Ok(room) => room,
            Err(NoRoom::Refuse(error)) => {
                self.reporter.report(EventKind::TaskCancelled { task: job.id() });
                return Err(error);
            }
            Err(NoRoom::RunHere(seat)) => {
                self.run_here(job, seat);
                return Ok(());
            }
        };
        let mut inbox = lock(&self.inbox);
        if self.crew.should_tidy(state.backlog.len() + inbox.tasks.len()) {
            tidied.append(&mut state.backlog.take_if(is_done));
            tidied.append(&mut ranked::take_if(&mut inbox.tasks, is_done));
        }
        if priority == 0 {
            inbox.tasks.push_back(job);
        } else {
            state.backlog.push(job, priority);
        }
        self.note_backlog(&state);
        self.note_arrivals(&inbox);
        let wake = inbox.call();
        self.note_sleepers(&inbox);
        let needed = self.worker_needed(&mut state, &mut inbox);
        drop(inbox);
        drop(state);
        if wake {
            self.work.notify_one();
        }
        let seen_to = needed.map_or(Ok(()), |seat| self.start(seat));
        // As in `put`.
        capture::let_go(tidied);
        seen_to
    }

    /// Waits, if need be and if the executor was told to, until there is room for one more task. Also returns tasks that
    /// had to go for it.
    #[expect(clippy::type_complexity, reason = "a guard and what to drop after it")]
    fn wait_for_room(
        &self,
        job: &Arc<dyn Job>,
    ) -> Result<(MutexGuard<'_, State<S>>, Vec<Arc<dyn Job>>), NoRoom> {
        let mut state = lock(&self.state);
        let mut tidied = Vec::new();
        loop {
            self.check_open(&state).map_err(NoRoom::Refuse)?;
            let Some((limit, when_full)) = self.queue_limit else { return Ok((state, tidied)) };
            let mut inbox = lock(&self.inbox);
            // A task for which there is a free worker, or can be one, does not wait.
            let free = self.max_workers - state.seats.iter().filter(|seat| seat.is_engaged()).count();
            let limit_now = limit.saturating_add(free);
            if state.backlog.len() + inbox.tasks.len() >= limit_now {
                // Those that are cancelled need no room.
                tidied.append(&mut state.backlog.take_if(is_done));
                tidied.append(&mut ranked::take_if(&mut inbox.tasks, is_done));
                self.note_backlog(&state);
                self.note_arrivals(&inbox);
            }
            let queued = state.backlog.len() + inbox.tasks.len();
            drop(inbox);
            if queued < limit_now {
                return Ok((state, tidied));
            }
            match when_full {
                WhenFull::Refuse => {
                    return Err(NoRoom::Refuse(SubmitError::Full(FullError { limit })));
                }
                WhenFull::CallerRuns => return Err(NoRoom::RunHere(self.caller(&mut state, job))),
                // A worker that waited for room would be missing where the room is made.
                WhenFull::Block if seat::is_in(self.reporter.pool) => {
                    return Err(NoRoom::RunHere(self.caller(&mut state, job)));
                }
                WhenFull::Block => {
                    check_may_block().map_err(|error| NoRoom::Refuse(SubmitError::WouldBlock(error)))?;
                    state.blocked_submitters += 1;
                    // A task that is cancelled tells nobody that it needs no room any more.
                    state = wait(&self.room, &self.state, state, Some(LOOK));
                    state.blocked_submitters -= 1;
                }
            }
        }
    }

    /// The seat on which a submitter runs a task itself: the one that it has here, or a new one, which shutdown waits for.
    fn caller(&self, state: &mut State<S>, job: &Arc<dyn Job>) -> Arc<Seat> {
        seat::of(self.reporter.pool).unwrap_or_else(|| {
            // A crew of its own, since this thread is none of the executor's workers and its waits are no concern of theirs.
            let crew = Arc::new(Crew::new(self.reporter.pool, usize::MAX));
            let seat = Arc::new(Seat::new(crew, state.take_number()));
            state.callers.push(Caller { seat: Arc::clone(&seat), job: Arc::clone(job) });
            seat
        })
    }

    /// Runs a task on the submitting thread.
    fn run_here(&self, job: Arc<dyn Job>, seat: Arc<Seat>) {
        let run = |job: Arc<dyn Job>| {
            capture::contain(|| seat::occupy(Arc::clone(&seat), || job.run(&seat, |_| ())));
        };
        if seat::is_in(self.reporter.pool) {
            return run(job);
        }
        let worker = seat.worker;
        self.reporter.report(EventKind::WorkerStarted { worker, name: "the submitting thread" });
        match seat::occupied().filter(|_| S::CAN_LOSE_THREADS) {
            // With that worker's thread, this task would be lost too.
            Some(outer) => outer.record(Arc::clone(&job), || run(job)),
            None => run(job),
        }
        self.reporter.report(EventKind::WorkerEnded { worker });
        let mut state = lock(&self.state);
        let position = state.callers.iter().position(|caller| Arc::ptr_eq(&caller.seat, &seat));
        let caller = position.map(|position| state.callers.swap_remove(position));
        state.free_callers.push(worker);
        let is_over = state.is_over();
        drop(state);
        capture::contain(|| drop(caller));
        self.note_end(is_over);
    }

    fn check_open(&self, state: &State<S>) -> Result<(), SubmitError> {
        match &state.broken {
            Some(broken) => Err(SubmitError::Broken(broken.clone().into())),
            None if state.closed => Err(SubmitError::Shutdown(ShutdownError)),
            None => Ok(()),
        }
    }

    /// Reserves a place for one more worker if the queue is longer than there are free workers.
    pub(super) fn worker_needed(&self, state: &mut State<S>, inbox: &mut Inbox) -> Option<Arc<Seat>> {
        let queued = state.backlog.len() + inbox.tasks.len();
        let mut needed = None;
        if state.seats.len() < self.max_workers {
            let free = state.seats.iter().filter(|seat| !seat.is_engaged()).count();
            if queued > free {
                let seat = Arc::new(Seat::new(Arc::clone(&self.crew), state.next_worker));
                state.next_worker += 1;
                state.starting += 1;
                state.seats.push(Arc::clone(&seat));
                needed = Some(seat);
            }
        }
        self.settle_plainness(state, inbox);
        needed
    }

    /// To be called whenever the number of workers changes, or the executor closes or breaks.
    pub(super) fn settle_plainness(&self, state: &State<S>, inbox: &mut Inbox) {
        let is_open = !state.closed && state.broken.is_none();
        inbox.is_plain = is_open && self.queue_limit.is_none() && state.seats.len() >= self.max_workers;
    }

    /// Takes out everything that has not begun.
    pub(super) fn take_queue(&self, state: &mut State<S>, inbox: &mut Inbox) -> Vec<Arc<dyn Job>> {
        state.backlog.append(&mut inbox.tasks);
        let queue = iter::from_fn(|| state.backlog.pop()).collect();
        self.note_backlog(state);
        self.note_arrivals(inbox);
        queue
    }

    pub(super) fn note_backlog(&self, state: &State<S>) {
        // ORDERING: read as a hint, or under the lock of the inbox, which whoever fills the backlog holds.
        note(&self.has_backlog, state.backlog.len() > 0);
    }

    pub(super) fn note_arrivals(&self, inbox: &Inbox) {
        // ORDERING: read as a hint; a worker looks under the lock before it sleeps.
        note(&self.has_arrivals, !inbox.tasks.is_empty());
    }

    pub(super) fn note_sleepers(&self, inbox: &Inbox) {
        // ORDERING: read as a hint by workers that find more than they can do; see `take`.
        note(&self.has_sleepers, inbox.undisturbed() > 0);
    }
}

impl<S: Spawn> State<S> {
    /// Takes a number for a submitter that runs a task itself: one that another had before, or the next.
    fn take_number(&mut self) -> usize {
        self.free_callers.pop().unwrap_or_else(|| {
            self.next_worker += 1;
            self.next_worker - 1
        })
    }
}

fn is_done(job: &Arc<dyn Job>) -> bool {
    job.is_done()
}

/// Writes only what changes: a cache line that is only read can be with everybody.
fn note(flag: &AtomicBool, value: bool) {
    // ORDERING: see the callers; all of them hold a lock.
    if flag.load(Ordering::Relaxed) != value {
        flag.store(value, Ordering::Relaxed);
    }
}
