//! What a pool of processes decides: which worker gets which task, and what becomes of both when a worker is gone.
//!
//! One lock guards the queue and all that is known of the workers, the [`State`]. Whatever happens, a task submitted, frames
//! heard, a worker gone, a time come, is noted under the lock; then [`State::tend`] brings everything into order, and says in
//! [`Orders`] what is to be done outside the lock: users' code is run, bytes are written and workers are started there.
//! README.md tells the life of a worker and of a task.

use super::builder::{Builder, OnLoss};
use super::isolation::{End, Inbox, Isolation, Output};
use super::remote::{Host, RemoteJob};
use super::shared_bytes::Region;
use super::state::{Delivery, Orders, Rules, State};
use super::times::Due;
use super::wire::Kind;
use super::worker::mark;
use super::workers::{Doom, Stage, Worker};
use crate::blocking::check_may_block;
use crate::capture;
use crate::deadline::{Deadline, Unended};
use crate::error::{
    BrokenProcessPool, Error, FullError, LossCause, StartWorkerError, StillRunningError, SubmitError,
    TaskError, WorkerLost, WouldBlockError,
};
use crate::executor::Shutdown;
use crate::observer::{self, EventKind, Reporter};
use crate::sync::{Condvar, Mutex, MutexGuard, lock, wait};
use crate::thread_pool::WhenFull;
use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::Duration;
use web_time::Instant;

/// So many workers in a row that died before they took a task are no accident.
const CRASH_LOOP: usize = 5;

/// What an executor, its tasks and its platform share.
pub(super) struct Pool<P: Isolation> {
    platform: P,
    me: Weak<Self>,
    max_workers: usize,
    on_loss: OnLoss,
    /// The tasks that may wait, and what becomes of others.
    queue_limit: Option<(usize, WhenFull)>,
    /// The first frame to each worker.
    hello: Vec<u8>,
    image: Range<usize>,
    reporter: Reporter,
    state: Mutex<State>,
    /// Tasks whose answers are being taken in, with their workers; kept only where that can end without unwinding.
    reading: Mutex<Vec<(usize, Arc<dyn RemoteJob>)>>,
    /// Notified when a blocked submitter should look again; goes with `state`.
    room: Condvar,
    /// Notified when a worker has ended; goes with `state`.
    ended: Condvar,
}

/// What becomes of a task for which there is no room.
enum NoRoom {
    Refuse(SubmitError),
    /// Its submitter runs it, as the worker of this number.
    RunHere(usize),
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
            on_loss: options.on_loss,
            queue_limit: options.queue_limit,
            hello,
            state: Mutex::new(State::new(Rules {
                max_workers,
                max_tasks: options.max_tasks_per_child.unwrap_or(usize::MAX),
                run_timeout: options.run_timeout,
                queue_timeout: options.queue_timeout,
                queue_limit: options.queue_limit.map(|(limit, _)| limit),
                idle_timeout: options.idle_timeout,
                window: P::WINDOW as usize,
                mark: mark(&image),
                has_initializer,
            })),
            reading: Mutex::new(Vec::new()),
            image,
            reporter,
            room: Condvar::new(),
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
        if self.reporter.is_heard() {
            // Before the task can begin, and outside the lock.
            self.reporter.report(EventKind::TaskSubmitted { task, name: job.name() });
        }
        let mut orders = Orders::default();
        let mut state = match self.wait_for_room(&mut orders) {
            Ok(state) => state,
            Err(no_room) => {
                self.perform(orders);
                match no_room {
                    NoRoom::Refuse(error) => {
                        self.reporter.report(EventKind::TaskCancelled { task });
                        return Err(error);
                    }
                    NoRoom::RunHere(worker) => self.run_here(job, worker),
                }
                return Ok(());
            }
        };
        state.enqueue(Arc::clone(&job), &mut orders.skipped);
        state.tend_to(&mut orders);
        drop(state);
        match self.perform(orders) {
            // Nobody will come, and what was queued has been failed with the reason.
            Some(error) if job.is_done() => Err(SubmitError::Start(error)),
            _ => Ok(()),
        }
    }

    /// Waits, if need be and if the executor was told to, until there is room for one more task.
    fn wait_for_room(&self, orders: &mut Orders) -> Result<MutexGuard<'_, State>, NoRoom> {
        let mut state = lock(&self.state);
        loop {
            state.check_open().map_err(NoRoom::Refuse)?;
            let Some((limit, when_full)) = self.queue_limit else { return Ok(state) };
            if state.has_room(&mut orders.skipped) {
                return Ok(state);
            }
            match when_full {
                WhenFull::Refuse => {
                    return Err(NoRoom::Refuse(SubmitError::Full(FullError { limit })));
                }
                WhenFull::CallerRuns => {
                    let worker = state.next_worker;
                    state.next_worker += 1;
                    return Err(NoRoom::RunHere(worker));
                }
                WhenFull::Block => {
                    // Whoever hears the workers, by which room is made, cannot wait for it.
                    let may_wait =
                        if self.platform.is_own_thread() { Err(WouldBlockError) } else { check_may_block() };
                    may_wait.map_err(|error| NoRoom::Refuse(SubmitError::WouldBlock(error)))?;
                    state.blocked += 1;
                    state = wait(&self.room, &self.state, state, None);
                    state.blocked -= 1;
                }
            }
        }
    }

    /// Runs a task on the submitting thread.
    fn run_here(&self, job: Arc<dyn RemoteJob>, worker: usize) {
        let task = job.id();
        self.reporter.report(EventKind::WorkerStarted { worker, name: "the submitting thread" });
        let mut orders = Orders::default();
        let mut state = lock(&self.state);
        if let Some(limit) = job.run_timeout().or(state.rules.run_timeout) {
            // Each item of a chunk has that time.
            let limit = limit.saturating_mul(u32::try_from(job.answers()).unwrap_or(u32::MAX));
            state.times.set(limit, &job, Due::Ask, &mut orders.skipped);
        }
        state.here += 1;
        orders.append(state.tend());
        drop(state);
        self.perform(orders);
        let begun = || self.reporter.report(EventKind::TaskStarted { task, worker });
        capture::contain(|| job.run_here(&begun));
        lock(&self.state).here -= 1;
        self.reporter.report(EventKind::WorkerEnded { worker });
    }

    /// Does what the state asks for; returns why no worker could be started, if none is left.
    fn perform(&self, mut orders: Orders) -> Option<StartWorkerError> {
        let mut unstarted = None;
        loop {
            self.report_started(orders.started.drain(..));
            for &worker in &orders.idle {
                self.reporter.report(EventKind::WorkerIdle { worker });
            }
            for link in &orders.flush {
                link.flush();
            }
            for (link, how) in &orders.end {
                link.end(*how);
            }
            for (job, error) in orders.fail.drain(..) {
                job.fail(error);
            }
            for job in orders.cancel.drain(..) {
                job.cancel();
            }
            for (job, due) in orders.due.drain(..) {
                match due {
                    Due::Expire(limit) => {
                        job.expire(limit);
                        self.make_room();
                    }
                    Due::Ask => job.ask(),
                }
            }
            if orders.room {
                self.room.notify_all();
            }
            capture::contain(|| orders.skipped.clear());
            let mut next = Orders::default();
            for worker in orders.launch {
                let (launched, more) = self.launch(worker);
                next.append(more);
                unstarted = launched.err().or(unstarted);
            }
            if let (Some(at), Some(me)) = (orders.alarm, self.me.upgrade()) {
                self.platform.set_alarm(at, me);
            }
            if next.is_empty() {
                break;
            }
            orders = next;
        }
        unstarted.filter(|_| lock(&self.state).workers.is_empty())
    }

    /// Does what the state asks for, before the answers of `worker` are taken in: while it runs the next task, the results of the
    /// last are decoded. What it begins is returned, so that the observer hears of it after these have ended. Nobody else tells of
    /// this worker meanwhile.
    fn perform_but(&self, worker: usize, mut orders: Orders) -> Vec<(u64, usize)> {
        let all = mem::take(&mut orders.started);
        let (own, others) = all.into_iter().partition(|(_, begun_by)| *begun_by == worker);
        orders.started = others;
        self.perform(orders);
        own
    }

    /// Starts the worker whose place is reserved.
    fn launch(&self, worker: usize) -> (Result<(), StartWorkerError>, Orders) {
        let Some(inbox) = self.me.upgrade() else { return (Ok(()), Orders::default()) };
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
                let mut orders = Orders::default();
                if let Some(known) = state.worker(worker) {
                    if known.doom.is_some() {
                        orders.end.push((Arc::clone(&link) as _, End::Kill));
                    }
                    known.link = Some(link);
                }
                orders.append(state.tend());
                (Ok(()), orders)
            }
            Err(error) => {
                let mut state = lock(&self.state);
                state.workers.retain(|known| known.number != worker);
                let mut orders = state.start_failed(&error);
                orders.append(state.tend());
                drop(state);
                self.ended.notify_all();
                (Err(error), orders)
            }
        }
    }

    pub(super) fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        self.close(options.cancel_futures);
        if !options.wait || self.platform.is_own_thread() {
            return Ok(());
        }
        Unended::without_limit(observer::joining(|| self.join(Deadline::never())))
    }

    pub(super) fn shutdown_within(
        &self,
        timeout: Duration,
        cancel_futures: bool,
    ) -> Result<(), StillRunningError> {
        self.close(cancel_futures);
        // The thread that hears of the workers' ends cannot wait for them.
        let waited = if self.platform.is_own_thread() { Duration::ZERO } else { timeout };
        observer::joining(|| self.join(Deadline::after(Some(waited))))
            .map_err(|_| lock(&self.state).still_running(waited))
    }

    /// Takes no more tasks, and lets the workers end when there is nothing left to do.
    fn close(&self, cancel_futures: bool) {
        let first = !mem::replace(&mut lock(&self.state).closed, true);
        if first {
            self.reporter.report(EventKind::PoolShutdown);
        }
        let mut state = lock(&self.state);
        state.ending = true;
        let mut cancelled = Orders::default();
        if cancel_futures {
            cancelled.cancel = state.take_unbegun();
        }
        let orders = state.tend();
        drop(state);
        self.room.notify_all();
        self.perform(cancelled);
        self.perform(orders);
    }

    /// Blocks until every worker has ended and every outcome is told. Without a limit, also until all callbacks have run.
    fn join(&self, deadline: Deadline) -> Result<(), Unended> {
        let mut state = lock(&self.state);
        while !state.workers.is_empty() || state.settling > 0 {
            let limit = deadline.remaining()?;
            check_may_block()?;
            state = wait(&self.ended, &self.state, state, limit);
        }
        drop(state);
        if deadline.is_never() {
            self.platform.join();
        }
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
        let mut orders = Orders { cancel: state.take_unbegun(), ..Orders::default() };
        orders.fail.extend(state.strand_queue());
        for worker in &mut state.workers {
            worker.doom(Doom::Terminated, how, &mut orders.end);
        }
        orders.append(state.tend());
        drop(state);
        self.perform(orders);
        self.room.notify_all();
        self.ended.notify_all();
    }

    fn report_started(&self, started: impl IntoIterator<Item = (u64, usize)>) {
        for (task, worker) in started {
            self.reporter.report(EventKind::TaskStarted { task, worker });
        }
    }

    /// Notes that an answer to a task is being taken in; returns the task, if that was noted.
    fn record(&self, worker: usize, job: &Arc<dyn RemoteJob>) -> Option<u64> {
        if P::READER_CAN_DIE {
            lock(&self.reading).push((worker, Arc::clone(job)));
        }
        P::READER_CAN_DIE.then(|| job.id())
    }

    /// The answer has been taken in.
    fn forget(&self, recorded: Option<u64>) {
        if let Some(task) = recorded {
            let read: Vec<_> = lock(&self.reading).extract_if(.., |(_, job)| job.id() == task).collect();
            capture::contain(|| drop(read));
        }
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
        let mut orders = Orders::default();
        let mut state = lock(&self.state);
        let heard = state.hear(worker, frames, &mut deliveries, &mut orders);
        orders.append(match heard {
            Ok(()) => state.tend(),
            Err(nonsense) => state.doom(worker, Doom::Lost(LossCause::Nonsense(nonsense))),
        });
        let left = state.worker(worker).map_or(0, |worker| worker.in_flight.len());
        drop(state);
        let own = self.perform_but(worker, orders);
        for Delivery { job, frames: range, next } in deliveries {
            let recorded = self.record(worker, &job);
            // The result may go with the task, and its destructor is the user's.
            capture::contain(move || job.receive(&frames[range]));
            self.forget(recorded);
            self.report_started(next);
        }
        self.report_started(own);
        left
    }

    fn received_large(
        &self,
        worker: usize,
        kind: Kind,
        seq: u32,
        body: &[u8],
        regions: Vec<Arc<dyn Region>>,
    ) {
        let mut state = lock(&self.state);
        let mut orders = Orders::default();
        let heard = match kind {
            Kind::Value | Kind::Failed => {
                state.answered(worker, seq, 1, &mut orders).map(|job| Some((job, kind)))
            }
            Kind::Unfit => state.unfit(worker, body).map(|more| {
                orders.append(more);
                None
            }),
            _ => Err("a large frame that is no answer".to_owned()),
        };
        let delivery = match heard {
            Ok(delivery) => {
                orders.append(state.tend());
                delivery
            }
            Err(nonsense) => {
                orders.append(state.doom(worker, Doom::Lost(LossCause::Nonsense(nonsense))));
                None
            }
        };
        drop(state);
        let own = self.perform_but(worker, orders);
        if let Some((job, kind)) = delivery {
            let recorded = self.record(worker, &job);
            capture::contain(move || job.receive_large(kind, body, regions));
            self.forget(recorded);
        }
        self.report_started(own);
    }

    fn unread(&self, worker: usize, reason: &str) {
        let unread: Vec<_> = lock(&self.reading).extract_if(.., |(read, _)| *read == worker).collect();
        for (_, job) in unread {
            let lost = WorkerLost::thread(format!(
                "a result was being decoded, and that ended the thread: {reason}"
            ));
            job.fail(Error::Failed(TaskError::lost(lost)));
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
        state.settling += 1;
        let in_order = gone.stage == Stage::Stopping && gone.is_idle();
        let victim = state.take_back(&mut gone);
        let cause = gone.doom.take().map_or(cause, Doom::cause);
        let lost = self.lost(&gone, victim.as_ref(), &cause, &last_words);
        let error = TaskError::lost(lost.clone());
        let mut orders = Orders::default();
        if !in_order && cause != LossCause::Terminated {
            if victim.is_none() && gone.answered == 0 {
                state.early_losses += 1;
            }
            orders.append(self.judge(&mut state, &gone, &cause, &error));
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
        state.settling -= 1;
        if let Some(rest) = rest {
            state.queue.put_back(rest);
        }
        if state.forced {
            // Nobody will take what it had not begun.
            orders.fail.extend(state.strand_queue());
        }
        orders.append(state.tend());
        drop(state);
        self.perform(orders);
        self.ended.notify_all();
    }

    fn alarm(&self) {
        let mut state = lock(&self.state);
        state.alarm = None;
        let mut orders = state.check_limits(Instant::now());
        orders.append(state.tend());
        drop(state);
        self.perform(orders);
    }
}

impl<P: Isolation> Pool<P> {
    /// Decides what the loss of a worker means for the pool.
    fn judge(&self, state: &mut State, gone: &Worker, cause: &LossCause, error: &TaskError) -> Orders {
        if let LossCause::Unstarted(why) = cause {
            return state.start_failed(&StartWorkerError::new(why.clone()));
        }
        let broken = if gone.stage == Stage::Starting && state.rules.has_initializer {
            // Its successors would die in the initializer as well, one after the other.
            BrokenProcessPool::initializer(error.clone())
        } else if self.on_loss == OnLoss::Break {
            BrokenProcessPool::loss(error.clone())
        } else if state.early_losses >= CRASH_LOOP {
            BrokenProcessPool::crash_loop(error.clone())
        } else {
            return Orders::default();
        };
        state.break_down(broken)
    }
}

impl<P: Isolation> Host for Pool<P> {
    fn kill(&self, task: u64) -> bool {
        let mut state = lock(&self.state);
        let mut orders = Orders::default();
        if !state.doom_task(task, &mut orders) {
            return false;
        }
        orders.append(state.tend());
        drop(state);
        self.perform(orders);
        true
    }

    fn defer(&self, code: Box<dyn FnOnce() + Send>) {
        self.platform.defer(code);
    }

    fn make_room(&self) {
        if self.queue_limit.is_some() {
            lock(&self.state).has_cancelled = true;
            self.room.notify_all();
        }
    }
}
