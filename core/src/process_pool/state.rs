//! The queue of a pool and its workers, and what follows from what happens to them. Under the pool's lock, so nothing here
//! runs code of the user's or talks to a worker; [`Orders`] say what is to be done afterwards.

use super::failure::Failure;
use super::isolation::{End, Link};
use super::queue::Queue;
use super::remote::RemoteJob;
use super::times::{Due, Times};
use super::wire::{self, Frame, Kind};
use super::workers::{Doom, Stage, Worker};
use crate::error::{
    BrokenProcessPool, Error, LossCause, RunningTask, ShutdownError, StartWorkerError, StillRunningError,
    SubmitError, TaskError, WorkerLost,
};
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// A worker that is not there by then never will be.
const START_LIMIT: Duration = Duration::from_secs(60);
/// A worker that was told to end and has not ended by then is ended.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// While others live, another start is not tried sooner than so after one has failed.
const START_RETRY: Duration = Duration::from_millis(100);
/// A worker that has not answered for so long is slow, so what it was sent ahead goes to others.
const STALL: Duration = Duration::from_millis(5);

/// What the builder of the executor was told.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) max_workers: usize,
    /// Tasks that a worker gets in its life.
    pub(super) max_tasks: usize,
    /// Of tasks that have none of their own, as the next.
    pub(super) run_timeout: Option<Duration>,
    pub(super) queue_timeout: Option<Duration>,
    /// Tasks that may wait.
    pub(super) queue_limit: Option<usize>,
    /// How long a worker may have nothing to do.
    pub(super) idle_timeout: Option<Duration>,
    /// Tasks that a worker has at a time, at most.
    pub(super) window: usize,
    /// What a worker of the same build says first.
    pub(super) mark: [u8; 16],
    /// Whether a worker runs code of the user's before it says that.
    pub(super) has_initializer: bool,
}

pub(super) struct State {
    pub(super) rules: Rules,
    /// Tasks that no worker has.
    pub(super) queue: Queue,
    /// When tasks have waited for too long.
    pub(super) times: Times,
    /// Whether tasks that wait have been cancelled since the queue was last looked through for them; kept only if the queue has a
    /// limit.
    pub(super) has_cancelled: bool,
    /// Submitters that wait for room.
    pub(super) blocked: usize,
    /// Tasks that their submitters run.
    pub(super) here: usize,
    pub(super) workers: Vec<Worker>,
    /// The number that the next worker gets.
    pub(super) next_worker: usize,
    /// Whether the executor was shut down, so that it takes no more tasks.
    pub(super) closed: bool,
    /// Whether workers are to end once there is nothing to do.
    pub(super) ending: bool,
    /// Whether workers were ended by force, so that none is replaced.
    pub(super) forced: bool,
    /// Why no worker can be of use.
    pub(super) broken: Option<BrokenProcessPool>,
    /// Workers in a row that died before they had taken a task.
    pub(super) early_losses: usize,
    /// Workers that are gone and whose tasks are being dealt with, which may need another worker.
    pub(super) settling: usize,
    /// When a worker could not be started, though others live.
    pub(super) start_failed: Option<Instant>,
    /// When the platform is to call.
    pub(super) alarm: Option<Instant>,
}

/// What is to be done when the lock is given back.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) started: Vec<(u64, usize)>,
    pub(super) idle: Vec<usize>,
    pub(super) flush: Vec<Arc<dyn Link>>,
    pub(super) end: Vec<(Arc<dyn Link>, End)>,
    pub(super) launch: Vec<usize>,
    pub(super) alarm: Option<Instant>,
    pub(super) fail: Vec<(Arc<dyn RemoteJob>, Error)>,
    pub(super) cancel: Vec<Arc<dyn RemoteJob>>,
    pub(super) due: Vec<(Arc<dyn RemoteJob>, Due)>,
    /// Whether submitters that wait for room are to look again.
    pub(super) room: bool,
    /// Cancelled tasks that are let go; values of the user's may go with them.
    pub(super) skipped: Vec<Arc<dyn RemoteJob>>,
}

/// Answers for one task, in what was received.
pub(super) struct Delivery {
    pub(super) job: Arc<dyn RemoteJob>,
    pub(super) frames: Range<usize>,
    /// The task that the worker has begun next, if this one is done.
    pub(super) next: Option<(u64, usize)>,
}

impl State {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            queue: Queue::default(),
            times: Times::default(),
            has_cancelled: false,
            blocked: 0,
            here: 0,
            workers: Vec::new(),
            next_worker: 0,
            closed: false,
            ending: false,
            forced: false,
            broken: None,
            early_losses: 0,
            settling: 0,
            start_failed: None,
            alarm: None,
        }
    }

    pub(super) fn check_open(&self) -> Result<(), SubmitError> {
        match &self.broken {
            Some(broken) => Err(SubmitError::Broken(broken.clone().into())),
            None if self.closed => Err(SubmitError::Shutdown(ShutdownError)),
            None => Ok(()),
        }
    }

    /// Whether there is room in the queue for one more task.
    pub(super) fn has_room(&mut self, skipped: &mut Vec<Arc<dyn RemoteJob>>) -> bool {
        let Some(limit) = self.rules.queue_limit else { return true };
        if self.waiting() >= limit && mem::take(&mut self.has_cancelled) {
            skipped.append(&mut self.queue.take_if(|job| job.is_done()));
            for worker in &mut self.workers {
                worker.note_cancelled(skipped);
            }
        }
        self.waiting() < limit
    }

    /// Tasks that no worker has begun.
    fn waiting(&self) -> usize {
        self.queue.len() + self.workers.iter().map(Worker::ahead_count).sum::<usize>()
    }

    /// Adds a task to the queue.
    pub(super) fn enqueue(&mut self, job: Arc<dyn RemoteJob>, skipped: &mut Vec<Arc<dyn RemoteJob>>) {
        if let Some(limit) = job.queue_timeout().or(self.rules.queue_timeout) {
            self.times.set(limit, &job, Due::Expire(limit), skipped);
        }
        self.queue.push(job);
    }

    fn put_back(&mut self, back: Vec<Arc<dyn RemoteJob>>) {
        for job in back {
            self.queue.put_back(job);
        }
    }

    pub(super) fn worker(&mut self, number: usize) -> Option<&mut Worker> {
        self.workers.iter_mut().find(|worker| worker.number == number)
    }

    /// Notes what a worker sent.
    pub(super) fn hear(
        &mut self,
        number: usize,
        frames: &[u8],
        deliveries: &mut Vec<Delivery>,
        orders: &mut Orders,
    ) -> Result<(), String> {
        let mut rest = frames;
        while let Some(Frame { kind, seq, body }) =
            wire::split(&mut rest).map_err(|error| error.to_string())?
        {
            let end = frames.len() - rest.len();
            let begin = end - body.len() - wire::HEADER;
            match kind {
                Kind::Ready => self.ready(number, body == self.rules.mark)?,
                Kind::Unfit => orders.append(self.unfit(number, body)?),
                Kind::Value | Kind::Failed => {
                    // Answers to one chunk go to it together.
                    let (answers, length) = wire::answers_to(seq, rest, self.expected(number));
                    let answers = answers + 1;
                    rest = &rest[length..];
                    let job = self.answered(number, seq, answers, orders)?;
                    // Told after this one has been dealt with, and not with what else begins.
                    let next = orders.started.pop();
                    let frames = begin..frames.len() - rest.len();
                    deliveries.push(Delivery { job, frames, next });
                }
                Kind::Skipped => self.skipped(number, seq, orders)?,
                Kind::Hello | Kind::Task | Kind::Chunk | Kind::Undelivered | Kind::Stop => {
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

    pub(super) fn unfit(&mut self, number: usize, body: &[u8]) -> Result<Orders, String> {
        let failure: Failure =
            postcard::from_bytes(body).map_err(|error| format!("an unreadable failure: {error}"))?;
        match self.worker(number) {
            Some(worker) if worker.stage == Stage::Starting => {
                Ok(self.break_down(BrokenProcessPool::initializer(failure.into_error())))
            }
            _ => Err("a failure of its initializer after it had greeted".to_owned()),
        }
    }

    /// A worker answered what it is running, `answers` times.
    pub(super) fn answered(
        &mut self,
        number: usize,
        seq: u32,
        answers: usize,
        orders: &mut Orders,
    ) -> Result<Arc<dyn RemoteJob>, String> {
        let limit = self.rules.run_timeout;
        self.early_losses = 0;
        let worker = self.worker(number).ok_or("an answer after its end")?;
        worker.answer(seq, answers, limit, &mut orders.started, &mut orders.skipped)
    }

    fn skipped(&mut self, number: usize, seq: u32, orders: &mut Orders) -> Result<(), String> {
        let worker = self.worker(number).ok_or("an answer after its end")?;
        worker.skip(seq, &mut orders.skipped)
    }

    /// Puts what a lost worker had not begun back into the queue; returns what it was running.
    pub(super) fn take_back(&mut self, gone: &mut Worker) -> Option<Arc<dyn RemoteJob>> {
        let mut victim = None;
        for sent in gone.take_in_flight().into_iter().rev().filter(|sent| !sent.withdrawn) {
            // What was to be killed is not tried again, even if the worker had not come to it.
            let killed = gone.doom == Some(Doom::Killed(sent.job.id()));
            let begun = gone.link.as_ref().is_none_or(|link| link.has_begun(sent.seq));
            if (begun || killed) && victim.is_none() {
                victim = Some(sent.job);
            } else {
                sent.job.recall();
                self.queue.put_back(sent.job);
            }
        }
        victim
    }

    /// What the workers are at, for somebody who has waited in vain for so long.
    pub(super) fn still_running(&self, waited: Duration) -> StillRunningError {
        let running = |worker: &Worker| {
            let job = worker.running()?;
            Some(RunningTask { task: job.id(), name: job.name().to_owned(), worker: worker.number })
        };
        let ahead = self.workers.iter().flat_map(|worker| worker.ahead().map(|sent| &sent.job));
        StillRunningError {
            waited,
            tasks: self.workers.iter().filter_map(running).collect(),
            queued: self.queue.iter().chain(ahead).filter(|job| !job.is_done()).count(),
        }
    }

    /// Takes all tasks that have not been started, to cancel them.
    pub(super) fn take_unbegun(&mut self) -> Vec<Arc<dyn RemoteJob>> {
        // One that has been started is in the queue if its worker was lost; it can no longer be cancelled.
        let mut unbegun = self.queue.take_if(|job| !job.is_running());
        for worker in &mut self.workers {
            // Cancelling asks the worker's link itself.
            unbegun.extend(worker.ahead().map(|sent| Arc::clone(&sent.job)));
        }
        unbegun
    }

    /// Decides the end of the worker that runs this task; false if none does.
    pub(super) fn doom_task(&mut self, task: u64, orders: &mut Orders) -> bool {
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.is_at(task)) else {
            // It may have been started, be it that its worker was lost before it had begun it.
            let stranded = self.queue.take_if(|job| job.id() == task && job.is_running());
            let is_there = !stranded.is_empty();
            orders.fail.extend(stranded.into_iter().map(|job| strand(job, LossCause::Killed)));
            return is_there;
        };
        let mut back = Vec::new();
        let is_there = worker.is_still_at(task, &mut back);
        if is_there {
            worker.doom(Doom::Killed(task), End::Kill, &mut orders.end);
        }
        self.put_back(back);
        is_there
    }

    /// Takes out what had been started, is in the queue again, and will find no worker.
    pub(super) fn strand_queue(&mut self) -> impl Iterator<Item = (Arc<dyn RemoteJob>, Error)> + use<> {
        self.queue.take_all().map(|job| strand(job, LossCause::Terminated))
    }

    /// A worker could not be started. While another lives, that is no error: the queue is served, if more slowly.
    pub(super) fn start_failed(&mut self, error: &StartWorkerError) -> Orders {
        let mut orders = Orders::default();
        self.start_failed = Some(Instant::now());
        if self.workers.is_empty() {
            let error = Error::Submit(SubmitError::Start(error.clone()));
            orders.fail.extend(self.queue.take_all().map(|job| (job, error.clone())));
        }
        orders
    }

    /// No worker can be of use any more: fails everything, and ends the workers.
    pub(super) fn break_down(&mut self, broken: BrokenProcessPool) -> Orders {
        let mut orders = Orders::default();
        let broken = self.broken.get_or_insert(broken).clone();
        let error = Error::Broken(broken.into());
        orders.fail.extend(self.queue.take_all().map(|job| (job, error.clone())));
        for worker in &mut self.workers {
            orders.fail.extend(worker.take_in_flight().into_iter().map(|sent| (sent.job, error.clone())));
            worker.doom(Doom::Terminated, End::Kill, &mut orders.end);
        }
        orders
    }

    pub(super) fn doom(&mut self, number: usize, doom: Doom) -> Orders {
        let mut orders = Orders::default();
        if let Some(worker) = self.worker(number) {
            worker.doom(doom, End::Kill, &mut orders.end);
        }
        orders
    }

    /// Ends workers whose time is up, and takes back what is stuck behind a slow task; says which tasks' time is up.
    pub(super) fn check_limits(&mut self, now: Instant) -> Orders {
        let mut orders = Orders { due: self.times.take(now), ..Orders::default() };
        let default_limit = self.rules.run_timeout;
        let mut back = Vec::new();
        for worker in &mut self.workers {
            if worker.limit.is_some_and(|limit| limit <= now) {
                worker.limit = None;
                let running = worker.running().map(|job| job.id());
                let run_timeout = worker.running().and_then(|job| job.run_timeout()).or(default_limit);
                let doom = match worker.stage {
                    Stage::Starting => Doom::Lost(LossCause::StartTimeout(START_LIMIT)),
                    Stage::Ready => Doom::RunTimeout(run_timeout.unwrap_or_default()),
                    Stage::Stopping => Doom::Terminated,
                };
                if running.is_none_or(|task| worker.is_still_at(task, &mut back)) {
                    worker.doom(doom, End::Kill, &mut orders.end);
                }
            }
            if worker.ahead_count() > 0 && now.saturating_duration_since(worker.since) >= STALL {
                worker.withdraw(usize::MAX, &mut back);
                worker.pace = STALL;
            }
        }
        self.put_back(back);
        orders
    }

    /// Brings everything into order: gives tasks to workers, ends workers that are not needed, reserves new ones.
    pub(super) fn tend(&mut self) -> Orders {
        let mut orders = Orders::default();
        self.tend_to(&mut orders);
        orders
    }

    /// The same, adding to orders.
    pub(super) fn tend_to(&mut self, orders: &mut Orders) {
        self.feed(orders);
        self.retire(orders);
        self.reserve(orders);
        self.set_alarm(orders);
        orders.room |= self.blocked > 0 && self.has_room(&mut orders.skipped);
    }

    /// Gives idle workers something to do, then tops up those that answer quickly.
    fn feed(&mut self, orders: &mut Orders) {
        if let Some(highest) = self.queue.highest() {
            self.make_way(highest);
        }
        let mut idle = 0;
        for at in 0..self.workers.len() {
            if self.workers[at].can_take(self.rules.max_tasks) && self.workers[at].is_idle() {
                if self.queue.is_empty() {
                    self.steal(at);
                }
                self.give(at, 1, orders);
                idle += usize::from(self.workers[at].is_idle());
            }
        }
        if self.rules.window == 1 || idle > 0 || self.queue.is_empty() || self.workers.is_empty() {
            return;
        }
        let share = self.queue.len().div_ceil(self.workers.len());
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if worker.can_take(self.rules.max_tasks) {
                let room = worker.room(self.rules.window);
                self.give(at, room.min(share), orders);
            }
        }
    }

    /// Takes back what workers were sent ahead and have not begun, as far as it has a lower priority than that.
    fn make_way(&mut self, priority: i32) {
        let mut back = Vec::new();
        for worker in &mut self.workers {
            worker.make_way(priority, &mut back);
        }
        self.put_back(back);
    }

    /// Sends tasks from the queue to a worker.
    fn give(&mut self, at: usize, count: usize, orders: &mut Orders) {
        let worker = &mut self.workers[at];
        let mut given = 0;
        while given < count && worker.sent < self.rules.max_tasks {
            let Some(job) = self.queue.pop() else { break };
            if worker.take(&job, self.rules.run_timeout, &mut orders.started) {
                given += 1;
            } else {
                orders.skipped.push(job);
            }
        }
        if given > 0 {
            orders.flush.extend(worker.link.as_ref().map(Arc::clone));
        }
    }

    /// Moves half of what was sent ahead to the busiest worker, and not begun, back to the queue.
    fn steal(&mut self, thief: usize) {
        let busiest = (0..self.workers.len())
            .filter(|&at| at != thief)
            .max_by_key(|&at| self.workers[at].ahead_count())
            .filter(|&at| self.workers[at].ahead_count() > 0);
        if let Some(at) = busiest {
            let half = self.workers[at].in_flight.len().div_ceil(2);
            let mut stolen = Vec::new();
            self.workers[at].withdraw(half, &mut stolen);
            self.put_back(stolen);
        }
    }

    /// Tells workers to end that have had their share of tasks, or that nobody needs, or has needed for long.
    fn retire(&mut self, orders: &mut Orders) {
        let over = self.ending && self.queue.is_empty();
        for worker in &mut self.workers {
            let is_to_die = worker.doom.as_ref().is_some_and(|doom| *doom != Doom::Terminated);
            if !worker.is_waiting() || is_to_die {
                continue;
            }
            if !mem::replace(&mut worker.told_idle, true) {
                orders.idle.push(worker.number);
            }
            let spent = worker.sent >= self.rules.max_tasks;
            let tired = self.rules.idle_timeout.is_some_and(|timeout| worker.since.elapsed() >= timeout);
            if over || spent || tired {
                worker.stop(Instant::now() + STOP_LIMIT);
                orders.flush.extend(worker.link.as_ref().map(Arc::clone));
            }
        }
    }

    /// Reserves places for workers that are missing: one for each task that no worker is free for.
    fn reserve(&mut self, orders: &mut Orders) {
        let is_recent = |failed: Instant| failed.elapsed() < START_RETRY;
        let must_wait = !self.workers.is_empty() && self.start_failed.is_some_and(is_recent);
        if self.forced || self.broken.is_some() || must_wait {
            return;
        }
        let mut coming = self.workers.iter().filter(|worker| worker.stage == Stage::Starting).count();
        while self.queue.len() > coming && self.workers.len() < self.rules.max_workers {
            // An initializer may take its time.
            let limit = (!self.rules.has_initializer).then(|| Instant::now() + START_LIMIT);
            let worker = Worker::new(self.next_worker, limit);
            orders.launch.push(worker.number);
            self.workers.push(worker);
            self.next_worker += 1;
            coming += 1;
        }
    }

    /// Has the platform call when the next limit is reached, if it would not call before.
    fn set_alarm(&mut self, orders: &mut Orders) {
        if self.workers.is_empty() && self.here == 0 {
            // Then nothing waits, either.
            return;
        }
        let retry = self.start_failed.map(|failed| failed + START_RETRY);
        let retry = retry.filter(|retry| !self.queue.is_empty() && *retry > Instant::now());
        let idle_timeout = self.rules.idle_timeout;
        let limits = self.workers.iter().filter_map(|worker| worker.next_limit(STALL, idle_timeout));
        let next = limits.chain(retry).chain(self.times.next()).min();
        if let Some(next) = next
            && self.alarm.is_none_or(|alarm| next < alarm)
        {
            self.alarm = Some(next);
            orders.alarm = Some(next);
        }
    }
}

/// What becomes of a task that had been started, was in the queue again, and will find no worker.
fn strand(job: Arc<dyn RemoteJob>, cause: LossCause) -> (Arc<dyn RemoteJob>, Error) {
    let lost = WorkerLost {
        worker: None,
        process_id: None,
        task: Some((job.id(), job.name())),
        cause,
        last_words: String::new(),
    };
    (job, Error::Failed(TaskError::lost(lost)))
}

impl Orders {
    pub(super) fn append(&mut self, mut more: Self) {
        self.started.append(&mut more.started);
        self.idle.append(&mut more.idle);
        self.flush.append(&mut more.flush);
        self.end.append(&mut more.end);
        self.launch.append(&mut more.launch);
        self.alarm = more.alarm.or(self.alarm);
        self.fail.append(&mut more.fail);
        self.cancel.append(&mut more.cancel);
        self.due.append(&mut more.due);
        self.room |= more.room;
        self.skipped.append(&mut more.skipped);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.started.is_empty()
            && self.idle.is_empty()
            && self.flush.is_empty()
            && self.end.is_empty()
            && self.launch.is_empty()
            && self.alarm.is_none()
            && self.fail.is_empty()
            && self.cancel.is_empty()
            && self.due.is_empty()
            && !self.room
            && self.skipped.is_empty()
    }
}
