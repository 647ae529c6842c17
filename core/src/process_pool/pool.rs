//! What a pool of processes decides: which worker gets which task, and what becomes of both when a worker is gone.
//!
//! One lock guards the queue and all that is known of the workers. Whatever happens, a task submitted, frames heard, a
//! worker gone, a time come, is noted under the lock; then [`State::tend`] brings everything into order, also under
//! the lock, and says in a [`Todo`] what is to be done outside it: users' code is run, bytes are written and workers are
//! started there. README.md tells the life of a worker and of a task.

use super::builder::{Builder, OnLoss};
use super::failure::Failure;
use super::isolation::{End, Inbox, Isolation, Link, Output};
use super::remote::{Host, RemoteJob};
use super::wire::{self, Frame, Kind};
use super::worker::mark;
use super::workers::{Doom, Stage, Worker};
use crate::blocking::check_may_block;
use crate::capture;
use crate::error::{
    BrokenProcessPool, Error, LossCause, ShutdownError, StartWorkerError, SubmitError, TaskError, WorkerLost,
    WouldBlockError,
};
use crate::executor::Shutdown;
use crate::observer::{EventKind, Reporter};
use crate::sync::{Condvar, Mutex, lock, wait};
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::Duration;
use web_time::Instant;

/// A worker that is not there by then never will be.
const START_LIMIT: Duration = Duration::from_secs(60);
/// A worker that was told to end and has not ended by then is ended.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// So many workers in a row that died before they took a task are no accident.
const CRASH_LOOP: usize = 5;
/// A worker that has not answered for so long is slow, so what it was sent ahead goes to others.
const STALL: Duration = Duration::from_millis(5);

/// What an executor, its tasks and its platform share.
pub(super) struct Pool<P: Isolation> {
    platform: P,
    me: Weak<Self>,
    max_workers: usize,
    max_tasks: usize,
    run_timeout: Option<Duration>,
    on_loss: OnLoss,
    /// The first frame to each worker.
    hello: Vec<u8>,
    /// Whether `hello` asks for more than a sign of life.
    has_initializer: bool,
    image: Range<usize>,
    mark: [u8; 16],
    reporter: Reporter,
    state: Mutex<State>,
    /// Notified when a worker has ended.
    ended: Condvar,
}

pub(super) struct State {
    /// Tasks that no worker has, in the order of their submission. One that was cancelled stays until it is skipped.
    queue: VecDeque<Arc<dyn RemoteJob>>,
    workers: Vec<Worker>,
    /// The number that the next worker gets.
    next_worker: usize,
    /// Whether the executor was shut down, so that it takes no more tasks.
    closed: bool,
    /// Whether workers are to end once there is nothing to do.
    ending: bool,
    /// Whether workers were ended by force, so that none is replaced.
    forced: bool,
    /// Why no worker can be of use.
    broken: Option<BrokenProcessPool>,
    /// Workers in a row that died before they had taken a task.
    early_losses: usize,
    /// When the platform is to call.
    alarm: Option<Instant>,
}

/// What is to be done when the lock is given back.
#[derive(Default)]
struct Todo {
    started: Vec<(u64, usize)>,
    flush: Vec<Arc<dyn Link>>,
    end: Vec<(Arc<dyn Link>, End)>,
    launch: Vec<usize>,
    alarm: Option<Instant>,
    fail: Vec<(Arc<dyn RemoteJob>, Error)>,
    cancel: Vec<Arc<dyn RemoteJob>>,
    /// Cancelled tasks that are let go; values of the user's may go with them.
    skipped: Vec<Arc<dyn RemoteJob>>,
}

/// Answers for one task, in what was received.
struct Delivery {
    job: Arc<dyn RemoteJob>,
    frames: Range<usize>,
}

impl<P: Isolation> Pool<P> {
    pub(super) fn new(options: Builder<P>, hello: Vec<u8>, has_initializer: bool) -> Arc<Self> {
        let reporter = Reporter::new(options.observer);
        let max_workers = options.max_workers;
        reporter.report(EventKind::PoolStarted { kind: "ProcessPoolExecutor", max_workers });
        let image = P::image();
        Arc::new_cyclic(|me| Self {
            platform: options.platform,
            me: Weak::clone(me),
            max_workers,
            max_tasks: options.max_tasks_per_child.unwrap_or(usize::MAX),
            run_timeout: options.run_timeout,
            on_loss: options.on_loss,
            hello,
            has_initializer,
            mark: mark(&image),
            image,
            reporter,
            state: Mutex::new(State {
                queue: VecDeque::new(),
                workers: Vec::new(),
                next_worker: 0,
                closed: false,
                ending: false,
                forced: false,
                broken: None,
                early_losses: 0,
                alarm: None,
            }),
            ended: Condvar::new(),
        })
    }

    pub(super) fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    pub(super) fn image(&self) -> &Range<usize> {
        &self.image
    }

    pub(super) fn max_workers(&self) -> usize {
        self.max_workers
    }

    pub(super) fn workers(&self) -> usize {
        lock(&self.state).workers.len()
    }

    pub(super) fn process_ids(&self) -> Vec<u32> {
        let state = lock(&self.state);
        let ids = state.workers.iter().filter_map(|worker| worker.link.as_ref()?.process_id());
        ids.collect()
    }

    pub(super) fn host(&self) -> Weak<dyn Host> {
        Weak::clone(&self.me) as Weak<dyn Host>
    }

    /// Says why a task would be refused, before any work is put into it.
    pub(super) fn check(&self) -> Result<(), SubmitError> {
        self.platform.check().map_err(SubmitError::Start)?;
        lock(&self.state).check_open()
    }

    /// Takes a task.
    pub(super) fn submit(&self, job: Arc<dyn RemoteJob>) -> Result<(), SubmitError> {
        let task = job.id();
        // Before the task can begin, and outside the lock.
        self.reporter.report(EventKind::TaskSubmitted { task, name: job.name() });
        let mut state = lock(&self.state);
        if let Err(error) = state.check_open() {
            drop(state);
            self.reporter.report(EventKind::TaskCancelled { task });
            return Err(error);
        }
        state.queue.push_back(job);
        let todo = state.tend(self);
        drop(state);
        match self.perform(todo) {
            // Nobody will come, and what was queued has been failed with the reason.
            Some(error) => Err(SubmitError::Start(error)),
            None => Ok(()),
        }
    }

    /// Does what the state asks for; returns why no worker could be started, if none is left.
    fn perform(&self, mut todo: Todo) -> Option<StartWorkerError> {
        let mut unstarted = None;
        loop {
            for &(task, worker) in &todo.started {
                self.reporter.report(EventKind::TaskStarted { task, worker });
            }
            for link in &todo.flush {
                link.flush();
            }
            for (link, how) in &todo.end {
                link.end(*how);
            }
            if let (Some(at), Some(me)) = (todo.alarm, self.me.upgrade()) {
                self.platform.set_alarm(at, me);
            }
            for (job, error) in todo.fail.drain(..) {
                job.fail(error);
            }
            for job in todo.cancel.drain(..) {
                job.cancel();
            }
            capture::contain(|| todo.skipped.clear());
            let mut next = Todo::default();
            for worker in todo.launch {
                match self.launch(worker) {
                    Ok(more) => next.append(more),
                    Err((error, more)) => {
                        unstarted = Some(error);
                        next.append(more);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            todo = next;
        }
        unstarted.filter(|_| lock(&self.state).workers.is_empty())
    }

    /// Starts the worker whose place is reserved.
    fn launch(&self, worker: usize) -> Result<Todo, (StartWorkerError, Todo)> {
        let Some(inbox) = self.me.upgrade() else { return Ok(Todo::default()) };
        let launched = capture::guard(|| self.platform.launch(worker, self.hello.clone(), inbox));
        match launched.unwrap_or_else(|panic| Err(StartWorkerError::new(panic))) {
            Ok(link) => {
                let name = link.process_id().map_or_else(
                    || format!("isolated worker {worker}"),
                    |process| format!("process {process}"),
                );
                self.reporter.report(EventKind::WorkerStarted { worker, name: &name });
                let mut state = lock(&self.state);
                // It may be gone already.
                let mut todo = Todo::default();
                if let Some(known) = state.worker(worker) {
                    if known.doom.is_some() {
                        todo.end.push((Arc::clone(&link) as _, End::Kill));
                    }
                    known.link = Some(link);
                }
                todo.append(state.tend(self));
                Ok(todo)
            }
            Err(error) => {
                let mut state = lock(&self.state);
                state.workers.retain(|known| known.number != worker);
                let todo = state.start_failed(&error);
                drop(state);
                self.ended.notify_all();
                Err((error, todo))
            }
        }
    }

    pub(super) fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        let first = !mem::replace(&mut lock(&self.state).closed, true);
        if first {
            self.reporter.report(EventKind::PoolShutdown);
        }
        let mut state = lock(&self.state);
        state.ending = true;
        let mut cancelled = Todo::default();
        if options.cancel_futures {
            cancelled.cancel = state.take_unbegun();
        }
        let todo = state.tend(self);
        drop(state);
        self.perform(cancelled);
        self.perform(todo);
        if options.wait && !self.platform.is_own_thread() { self.join() } else { Ok(()) }
    }

    fn join(&self) -> Result<(), WouldBlockError> {
        let mut state = lock(&self.state);
        while !state.workers.is_empty() {
            check_may_block()?;
            state = wait(&self.ended, state, None);
        }
        drop(state);
        self.platform.join();
        Ok(())
    }

    /// Ends every worker at once (Python's `terminate_workers` and `kill_workers`).
    pub(super) fn force(&self, how: End) {
        let first = !mem::replace(&mut lock(&self.state).closed, true);
        if first {
            self.reporter.report(EventKind::PoolShutdown);
        }
        let mut state = lock(&self.state);
        state.ending = true;
        state.forced = true;
        let mut todo = Todo { cancel: state.take_unbegun(), ..Todo::default() };
        for worker in &mut state.workers {
            worker.doom(Doom::Terminated, how, &mut todo.end);
        }
        drop(state);
        self.perform(todo);
        self.ended.notify_all();
    }

    fn lost(
        &self,
        worker: &Worker,
        job: Option<&Arc<dyn RemoteJob>>,
        cause: &LossCause,
        words: &str,
    ) -> WorkerLost {
        WorkerLost {
            worker: Some(worker.number),
            process_id: worker.link.as_ref().and_then(|link| link.process_id()),
            task: job.map(|job| (job.id(), job.name())),
            cause: cause.clone(),
            last_words: words.to_owned(),
        }
    }
}

impl<P: Isolation> fmt::Debug for Pool<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("max_workers", &self.max_workers).finish_non_exhaustive()
    }
}

impl<P: Isolation> Inbox for Pool<P> {
    fn received(&self, worker: usize, frames: &[u8]) -> usize {
        let mut deliveries = Vec::new();
        let mut todo = Todo::default();
        let mut state = lock(&self.state);
        let heard = state.hear(self, worker, frames, &mut deliveries, &mut todo);
        todo.append(match heard {
            Ok(()) => state.tend(self),
            Err(nonsense) => state.doom(worker, Doom::Lost(LossCause::Nonsense(nonsense))),
        });
        let left = state.worker(worker).map_or(0, |worker| worker.in_flight.len());
        drop(state);
        // The next tasks first: while the worker runs them, the results of these are decoded.
        self.perform(todo);
        for Delivery { job, frames: range } in deliveries {
            capture::contain(|| job.receive(&frames[range]));
        }
        left
    }

    fn received_large(&self, worker: usize, kind: Kind, seq: u32, body: &[u8]) {
        let mut state = lock(&self.state);
        let mut todo = Todo::default();
        let heard = match kind {
            Kind::Value | Kind::Failed => {
                state.answered(self, worker, seq, 1, &mut todo).map(|job| (job, kind))
            }
            _ => Err("a large frame that is no answer".to_owned()),
        };
        let delivery = match heard {
            Ok(delivery) => {
                todo.append(state.tend(self));
                Some(delivery)
            }
            Err(nonsense) => {
                todo.append(state.doom(worker, Doom::Lost(LossCause::Nonsense(nonsense))));
                None
            }
        };
        drop(state);
        self.perform(todo);
        if let Some((job, kind)) = delivery {
            capture::contain(|| job.receive_large(kind, body));
        }
    }

    fn wrote(&self, worker: usize, stream: Output, lines: &str) {
        let task = lock(&self.state).worker(worker).and_then(|worker| worker.running().map(|job| job.id()));
        self.reporter.report(EventKind::WorkerWrote { worker, task, stream, lines });
        if !self.reporter.observer().is_some_and(|observer| observer.takes_output()) {
            self.platform.print(stream, lines);
        }
    }

    fn ended(&self, worker: usize, cause: LossCause, last_words: String) {
        let mut state = lock(&self.state);
        let Some(at) = state.workers.iter().position(|known| known.number == worker) else { return };
        let mut gone = state.workers.remove(at);
        let in_order = gone.stage == Stage::Stopping && gone.is_idle();
        let cause = gone.doom.take().map_or(cause, |doom| doom.cause(self.run_timeout));
        let victim = state.take_back(&mut gone);
        let lost = self.lost(&gone, victim.as_ref(), &cause, &last_words);
        let error = TaskError::lost(lost.clone());
        let mut todo = Todo::default();
        if !in_order && cause != LossCause::Terminated {
            if victim.is_none() && gone.answered == 0 {
                state.early_losses += 1;
            }
            todo.append(self.judge(&mut state, &gone, &cause, &error));
        }
        let broken = state.broken.clone();
        drop(state);
        let kind = if in_order {
            EventKind::WorkerEnded { worker }
        } else {
            EventKind::WorkerLost { worker, cause: &cause.to_string() }
        };
        self.reporter.report(kind);
        let mut rest = None;
        if let Some(job) = victim {
            match broken {
                Some(broken) => job.fail(Error::Broken(broken.into())),
                None => {
                    if Arc::clone(&job).lose(lost) {
                        rest = Some(job);
                    }
                }
            }
        }
        let mut state = lock(&self.state);
        if let Some(rest) = rest {
            state.queue.push_front(rest);
        }
        todo.append(state.tend(self));
        drop(state);
        self.perform(todo);
        self.ended.notify_all();
    }

    fn alarm(&self) {
        let mut state = lock(&self.state);
        state.alarm = None;
        let mut todo = state.check_limits(Instant::now());
        todo.append(state.tend(self));
        drop(state);
        self.perform(todo);
    }
}

impl<P: Isolation> Pool<P> {
    /// Decides what the loss of a worker means for the pool.
    fn judge(&self, state: &mut State, gone: &Worker, cause: &LossCause, error: &TaskError) -> Todo {
        if let LossCause::Unstarted(why) = cause {
            return state.start_failed(&StartWorkerError::new(why.clone()));
        }
        let broken = if gone.stage == Stage::Starting && self.has_initializer {
            // Its successors would die in the initializer as well, one after the other.
            BrokenProcessPool::initializer(error.clone())
        } else if self.on_loss == OnLoss::Break {
            BrokenProcessPool::loss(error.clone())
        } else if state.early_losses >= CRASH_LOOP {
            BrokenProcessPool::crash_loop(error.clone())
        } else {
            return Todo::default();
        };
        state.break_down(broken)
    }
}

impl<P: Isolation> Host for Pool<P> {
    fn kill(&self, task: u64) -> bool {
        let mut state = lock(&self.state);
        let runs = |worker: &&mut Worker| worker.is_at(task);
        let mut todo = Todo::default();
        let Some(worker) = state.workers.iter_mut().find(runs) else { return false };
        worker.doom(Doom::Killed, End::Kill, &mut todo.end);
        drop(state);
        self.perform(todo);
        true
    }

    fn defer(&self, code: Box<dyn FnOnce() + Send>) {
        self.platform.defer(code);
    }
}

impl State {
    fn check_open(&self) -> Result<(), SubmitError> {
        match &self.broken {
            Some(broken) => Err(SubmitError::Broken(broken.clone().into())),
            None if self.closed => Err(SubmitError::Shutdown(ShutdownError)),
            None => Ok(()),
        }
    }

    fn worker(&mut self, number: usize) -> Option<&mut Worker> {
        self.workers.iter_mut().find(|worker| worker.number == number)
    }

    /// Notes what a worker sent.
    fn hear<P: Isolation>(
        &mut self,
        pool: &Pool<P>,
        number: usize,
        frames: &[u8],
        deliveries: &mut Vec<Delivery>,
        todo: &mut Todo,
    ) -> Result<(), String> {
        let mut rest = frames;
        while let Some(Frame { kind, seq, body }) =
            wire::split(&mut rest).map_err(|error| error.to_string())?
        {
            let end = frames.len() - rest.len();
            let begin = end - body.len() - wire::HEADER;
            match kind {
                Kind::Ready => self.ready(number, body == pool.mark)?,
                Kind::Unfit => {
                    let failure: Failure = postcard::from_bytes(body)
                        .map_err(|error| format!("an unreadable failure: {error}"))?;
                    todo.append(self.unfit(number, failure)?);
                }
                Kind::Value | Kind::Failed => {
                    // Answers to one chunk go to it together.
                    let (answers, length) = wire::answers_to(seq, rest, self.expected(number));
                    let answers = answers + 1;
                    rest = &rest[length..];
                    let job = self.answered(pool, number, seq, answers, todo)?;
                    deliveries.push(Delivery { job, frames: begin..frames.len() - rest.len() });
                }
                Kind::Skipped => self.skipped(number, seq, todo)?,
                Kind::Hello | Kind::Task | Kind::Chunk | Kind::Stop => {
                    return Err(format!("a frame of the kind {kind:?}, which is for workers"));
                }
            }
        }
        if rest.is_empty() { Ok(()) } else { Err("half a frame".to_owned()) }
    }

    /// How many answers the worker still owes for what it is running, beside one.
    fn expected(&mut self, number: usize) -> usize {
        let first = self.worker(number).and_then(|worker| worker.in_flight.front());
        first.map_or(0, |first| first.owed.saturating_sub(1))
    }

    fn ready(&mut self, number: usize, same_build: bool) -> Result<(), String> {
        let worker = self.worker(number).ok_or("a greeting after its end")?;
        if worker.stage != Stage::Starting {
            return Err("a second greeting".to_owned());
        }
        if !same_build {
            return Err("the mark of another build; was the program replaced while it ran?".to_owned());
        }
        worker.stage = Stage::Ready;
        worker.since = Instant::now();
        Ok(())
    }

    fn unfit(&mut self, number: usize, failure: Failure) -> Result<Todo, String> {
        match self.worker(number) {
            Some(worker) if worker.stage == Stage::Starting => {
                Ok(self.break_down(BrokenProcessPool::initializer(failure.into_error())))
            }
            _ => Err("a failure of its initializer after it had greeted".to_owned()),
        }
    }

    /// A worker answered what it is running, `answers` times.
    fn answered<P: Isolation>(
        &mut self,
        pool: &Pool<P>,
        number: usize,
        seq: u32,
        answers: usize,
        todo: &mut Todo,
    ) -> Result<Arc<dyn RemoteJob>, String> {
        let limit = pool.run_timeout;
        self.early_losses = 0;
        let worker = self.worker(number).ok_or("an answer after its end")?;
        worker.answer(seq, answers, limit, &mut todo.started, &mut todo.skipped)
    }

    fn skipped(&mut self, number: usize, seq: u32, todo: &mut Todo) -> Result<(), String> {
        let worker = self.worker(number).ok_or("an answer after its end")?;
        worker.skip(seq, &mut todo.skipped)
    }

    /// Puts what a lost worker had not begun back to the front of the queue; returns what it was running.
    fn take_back(&mut self, gone: &mut Worker) -> Option<Arc<dyn RemoteJob>> {
        let mut victim = None;
        let back: Vec<_> = gone.in_flight.drain(..).collect();
        for sent in back.into_iter().rev().filter(|sent| !sent.withdrawn) {
            let begun = gone.link.as_ref().is_none_or(|link| link.has_begun(sent.seq));
            if begun && victim.is_none() {
                victim = Some(sent.job);
            } else {
                sent.job.recall();
                self.queue.push_front(sent.job);
            }
        }
        victim
    }

    /// Takes all tasks that no worker has begun, to cancel them.
    fn take_unbegun(&mut self) -> Vec<Arc<dyn RemoteJob>> {
        let mut unbegun: Vec<_> = mem::take(&mut self.queue).into();
        for worker in &mut self.workers {
            // Cancelling asks the worker's link itself.
            unbegun.extend(worker.ahead().map(|sent| Arc::clone(&sent.job)));
        }
        unbegun
    }

    /// A worker could not be started. While another lives, that is no error: the queue is served, if more slowly.
    fn start_failed(&mut self, error: &StartWorkerError) -> Todo {
        let mut todo = Todo::default();
        if self.workers.is_empty() {
            let error = Error::Submit(SubmitError::Start(error.clone()));
            todo.fail.extend(self.queue.drain(..).map(|job| (job, error.clone())));
        }
        todo
    }

    /// No worker can be of use any more: fails everything, and ends the workers.
    fn break_down(&mut self, broken: BrokenProcessPool) -> Todo {
        let mut todo = Todo::default();
        let broken = self.broken.get_or_insert(broken).clone();
        let error = Error::Broken(broken.into());
        todo.fail.extend(self.queue.drain(..).map(|job| (job, error.clone())));
        for worker in &mut self.workers {
            todo.fail.extend(worker.in_flight.drain(..).map(|sent| (sent.job, error.clone())));
            worker.doom(Doom::Terminated, End::Kill, &mut todo.end);
        }
        todo
    }

    fn doom(&mut self, number: usize, doom: Doom) -> Todo {
        let mut todo = Todo::default();
        if let Some(worker) = self.worker(number) {
            worker.doom(doom, End::Kill, &mut todo.end);
        }
        todo
    }

    /// Ends workers whose time is up, and takes back what is stuck behind a slow task.
    fn check_limits(&mut self, now: Instant) -> Todo {
        let mut todo = Todo::default();
        let mut back = Vec::new();
        for worker in &mut self.workers {
            if worker.limit.is_some_and(|limit| limit <= now) {
                worker.limit = None;
                let doom = match worker.stage {
                    Stage::Starting => Doom::Lost(LossCause::StartTimeout(START_LIMIT)),
                    Stage::Ready => Doom::RunTimeout,
                    Stage::Stopping => Doom::Terminated,
                };
                worker.doom(doom, End::Kill, &mut todo.end);
            }
            if worker.in_flight.len() > 1 && now.saturating_duration_since(worker.since) >= STALL {
                worker.withdraw(usize::MAX, &mut back);
                worker.pace = STALL;
            }
        }
        for job in back.into_iter().rev() {
            self.queue.push_front(job);
        }
        todo
    }

    /// Brings everything into order: gives tasks to workers, ends workers that are not needed, reserves new ones.
    fn tend<P: Isolation>(&mut self, pool: &Pool<P>) -> Todo {
        let mut todo = Todo::default();
        self.feed(pool, &mut todo);
        self.retire(pool, &mut todo);
        self.reserve(pool, &mut todo);
        self.set_alarm(&mut todo);
        todo
    }

    /// Gives idle workers something to do, then tops up those that answer quickly.
    fn feed<P: Isolation>(&mut self, pool: &Pool<P>, todo: &mut Todo) {
        let mut idle = 0;
        for at in 0..self.workers.len() {
            if self.workers[at].can_take(pool.max_tasks) && self.workers[at].is_idle() {
                if self.queue.is_empty() {
                    self.steal(at);
                }
                self.give(at, 1, pool, todo);
                idle += usize::from(self.workers[at].is_idle());
            }
        }
        if P::WINDOW == 1 || idle > 0 || self.queue.is_empty() || self.workers.is_empty() {
            return;
        }
        let share = self.queue.len().div_ceil(self.workers.len());
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if worker.can_take(pool.max_tasks) {
                let room = worker.room(P::WINDOW as usize);
                self.give(at, room.min(share), pool, todo);
            }
        }
    }

    /// Sends tasks from the queue to a worker.
    fn give<P: Isolation>(&mut self, at: usize, count: usize, pool: &Pool<P>, todo: &mut Todo) {
        let worker = &mut self.workers[at];
        let mut given = 0;
        while given < count && worker.sent < pool.max_tasks {
            let Some(job) = self.queue.pop_front() else { break };
            if worker.take(&job, pool.run_timeout, &mut todo.started) {
                given += 1;
            } else {
                todo.skipped.push(job);
            }
        }
        if given > 0 {
            todo.flush.extend(worker.link.as_ref().map(Arc::clone));
        }
    }

    /// Moves half of what was sent ahead to the busiest worker, and not begun, back to the queue.
    fn steal(&mut self, thief: usize) {
        let busiest = (0..self.workers.len())
            .filter(|&at| at != thief)
            .max_by_key(|&at| self.workers[at].in_flight.len())
            .filter(|&at| self.workers[at].in_flight.len() > 1);
        if let Some(at) = busiest {
            let half = self.workers[at].in_flight.len() / 2;
            let mut stolen = Vec::new();
            self.workers[at].withdraw(half, &mut stolen);
            self.queue.extend(stolen);
        }
    }

    /// Tells workers to end that have had their share of tasks, or that nobody needs.
    fn retire<P: Isolation>(&mut self, pool: &Pool<P>, todo: &mut Todo) {
        let over = self.ending && self.queue.is_empty();
        for worker in &mut self.workers {
            let spent = worker.sent >= pool.max_tasks;
            if worker.stage == Stage::Ready && worker.is_idle() && (over || spent) {
                worker.stop(Instant::now() + STOP_LIMIT);
                todo.flush.extend(worker.link.as_ref().map(Arc::clone));
            }
        }
    }

    /// Reserves places for workers that are missing: one for each task that no worker is free for.
    fn reserve<P: Isolation>(&mut self, pool: &Pool<P>, todo: &mut Todo) {
        if self.forced || self.broken.is_some() {
            return;
        }
        let mut coming = self.workers.iter().filter(|worker| worker.stage == Stage::Starting).count();
        while self.queue.len() > coming && self.workers.len() < pool.max_workers {
            let worker = Worker::new(self.next_worker, Instant::now() + START_LIMIT);
            todo.launch.push(worker.number);
            self.workers.push(worker);
            self.next_worker += 1;
            coming += 1;
        }
    }

    /// Has the platform call when the next limit is reached, if it would not call before.
    fn set_alarm(&mut self, todo: &mut Todo) {
        let next = self.workers.iter().filter_map(|worker| worker.next_limit(STALL)).min();
        if let Some(next) = next
            && self.alarm.is_none_or(|alarm| next < alarm)
        {
            self.alarm = Some(next);
            todo.alarm = Some(next);
        }
    }
}

impl Todo {
    fn append(&mut self, mut more: Self) {
        self.started.append(&mut more.started);
        self.flush.append(&mut more.flush);
        self.end.append(&mut more.end);
        self.launch.append(&mut more.launch);
        self.alarm = more.alarm.or(self.alarm);
        self.fail.append(&mut more.fail);
        self.cancel.append(&mut more.cancel);
        self.skipped.append(&mut more.skipped);
    }

    fn is_empty(&self) -> bool {
        self.started.is_empty()
            && self.flush.is_empty()
            && self.end.is_empty()
            && self.launch.is_empty()
            && self.alarm.is_none()
            && self.fail.is_empty()
            && self.cancel.is_empty()
            && self.skipped.is_empty()
    }
}
