//! The life of a worker: how it starts, finds tasks, sleeps, ends, or is lost.

use super::pool::{Pool, State};
use crate::capture;
use crate::error::{BrokenThreadPool, Error, StartWorkerError, SubmitError, TaskError, WorkerLost};
use crate::observer::{self, EventKind};
use crate::seat::{self, Seat, Stage};
use crate::spawn::{NewThread, Spawn};
use crate::spin::spin;
use crate::sync::{Instant, Ordering, lock, wait};
use crate::task::{Job, end_all};
use std::sync::Arc;

/// What a worker finds when it looks.
enum Found {
    Job(Arc<dyn Job>),
    /// It is to end.
    End,
    Nothing,
}

impl<S: Spawn> Pool<S> {
    /// Starts the worker whose place is reserved.
    ///
    /// While another worker lives, a thread that cannot be started is no error: the queue is served, if more slowly.
    pub(super) fn start(self: &Arc<Self>, seat: Arc<Seat>) -> Result<(), SubmitError> {
        let worker = seat.worker;
        let name = format!("{}_{worker}", self.prefix);
        let body = {
            let (pool, seat, name) = (Arc::clone(self), Arc::clone(&seat), name.clone());
            Box::new(move || pool.work(seat, &name))
        };
        let lost = {
            let (pool, seat) = (Arc::clone(self), Arc::clone(&seat));
            Box::new(move |cause: String| pool.lose(&seat, cause))
        };
        let spawned = capture::guard(|| self.spawn.spawn(NewThread { name, body, lost }));
        match spawned.unwrap_or_else(|panic| Err(StartWorkerError::new(panic))) {
            Ok(handle) => {
                let mut state = lock(&self.state);
                state.starting -= 1;
                // One that has come and gone meanwhile, having had nothing to do, needs no joining.
                let goes_early = self.idle_timeout.is_some() && !state.ending && state.broken.is_none();
                let is_needed = !goes_early || state.knows(&seat);
                let mut handle = Some(handle);
                if is_needed {
                    state.handles.extend(handle.take().map(|handle| (worker, handle)));
                }
                drop(state);
                drop(handle);
                self.crew.limit_to(self.max_workers);
                self.ended.notify_all();
                Ok(())
            }
            Err(error) => {
                lock(&self.state).starting -= 1;
                self.start_failed(&seat, error)
            }
        }
    }

    /// A worker will not come.
    fn start_failed(&self, seat: &Arc<Seat>, error: StartWorkerError) -> Result<(), SubmitError> {
        let mut state = lock(&self.state);
        let mut inbox = lock(&self.inbox);
        state.vacate(seat);
        self.settle_plainness(&state, &mut inbox);
        let left = state.seats.len();
        // Without any worker, nobody is left to run what other submitters have queued meanwhile, counting on this one.
        let stranded = if left > 0 { Vec::new() } else { self.take_queue(&mut state, &mut inbox) };
        let is_over = state.is_over();
        drop(inbox);
        drop(state);
        self.crew.limit_to(left.max(1));
        self.note_end(is_over);
        self.room.notify_all();
        let error = SubmitError::Start(error);
        end_all(stranded, |job| job.fail(Error::Submit(error.clone())));
        if left > 0 { Ok(()) } else { Err(error) }
    }

    fn work(self: Arc<Self>, seat: Arc<Seat>, name: &str) {
        let worker = seat.worker;
        seat.reach(Stage::Initializing);
        self.reporter.report(EventKind::WorkerStarted { worker, name });
        match capture::guard(|| seat::occupy(Arc::clone(&seat), || self.serve_observed(&seat))) {
            Ok(()) => self.end(&seat),
            // What is the user's is caught where it runs, so this is a fault of the pool itself.
            Err(panic) => self.lose(&seat, format!("a panic in the pool itself: {panic}")),
        }
    }

    /// Executors that a task makes are watched by whoever watches this one.
    fn serve_observed(&self, seat: &Arc<Seat>) {
        match self.reporter.observer() {
            Some(observer) => observer::inherited(Arc::clone(observer), || self.serve(seat)),
            None => self.serve(seat),
        }
    }

    fn serve(&self, seat: &Arc<Seat>) {
        if let Some(initializer) = &self.initializer
            && let Err(error) = capture::task(initializer)
        {
            self.break_down(BrokenThreadPool::initializer(error));
            return;
        }
        seat.reach(Stage::Ready);
        while let Some(job) = self.next_job(seat) {
            // The task may go with it, and with the task a value of the user's, whose destructor may panic.
            capture::contain(|| job.run(seat, Seat::release));
            seat.release();
        }
    }

    /// Sleeps until there is a task and takes it; `None` when the worker is to end.
    fn next_job(&self, seat: &Arc<Seat>) -> Option<Arc<dyn Job>> {
        let mut reported_idle = false;
        loop {
            match self.take(seat) {
                Found::Job(job) => return Some(job),
                Found::End => return None,
                Found::Nothing => {}
            }
            if !reported_idle {
                self.reporter.report(EventKind::WorkerIdle { worker: seat.worker });
                reported_idle = true;
            }
            if !self.await_work() && self.retire(seat) {
                return None;
            }
        }
    }

    /// Takes the next task, if there is one.
    fn take(&self, seat: &Seat) -> Found {
        let mut state = lock(&self.state);
        let may_precede = state.backlog.highest().is_none_or(|priority| priority < 0);
        // ORDERING: a hint; `await_work` looks under the lock.
        if may_precede && self.has_arrivals.load(Ordering::Relaxed) {
            let mut inbox = lock(&self.inbox);
            state.backlog.append(&mut inbox.tasks);
            // While the inbox is locked: a worker that finds it empty must find the backlog longer.
            self.note_backlog(&state);
            self.note_arrivals(&inbox);
        }
        let Some(job) = state.backlog.pop() else {
            return if state.ending || state.broken.is_some() { Found::End } else { Found::Nothing };
        };
        seat.engage();
        self.note_backlog(&state);
        if state.blocked_submitters > 0 {
            self.room.notify_one();
        }
        // One notification may have been for many tasks, and a searcher that found them is none at all; so whoever leaves
        // some calls the next. A worker that falls asleep just now has seen, under the lock of the inbox, that there are some.
        // ORDERING: as before.
        let wake = state.backlog.len() > 0 && self.has_sleepers.load(Ordering::Relaxed) && {
            let mut inbox = lock(&self.inbox);
            let wake = inbox.call_another();
            self.note_sleepers(&inbox);
            wake
        };
        drop(state);
        if wake {
            self.work.notify_one();
        }
        Found::Job(job)
    }

    /// Looks out for work, and sleeps until there may be some; false if it has slept for as long as a worker may.
    fn await_work(&self) -> bool {
        let mut inbox = lock(&self.inbox);
        // ORDERING: whoever fills the backlog, with what was in the inbox or around it, holds this lock.
        let is_empty = |has_arrivals: bool| !has_arrivals && !self.has_backlog.load(Ordering::Relaxed);
        if !inbox.is_searched && is_empty(!inbox.tasks.is_empty()) && !inbox.is_closing {
            inbox.is_searched = true;
            drop(inbox);
            // ORDERING: only a hint.
            spin(|| !is_empty(self.has_arrivals.load(Ordering::Relaxed)));
            inbox = lock(&self.inbox);
            inbox.is_searched = false;
        }
        if !is_empty(!inbox.tasks.is_empty()) || inbox.is_closing {
            return true;
        }
        let asleep_since = self.idle_timeout.map(|_| Instant::now());
        inbox.fall_asleep();
        self.note_sleepers(&inbox);
        inbox = wait(&self.work, &self.inbox, inbox, self.idle_timeout);
        let in_time = match (asleep_since, self.idle_timeout) {
            (Some(since), Some(limit)) => since.elapsed() < limit,
            _ => true,
        };
        inbox.wake_up();
        self.note_sleepers(&inbox);
        in_time
    }

    /// Ends a worker that has had nothing to do for long, unless something has come; returns whether it ends.
    fn retire(&self, seat: &Arc<Seat>) -> bool {
        let mut state = lock(&self.state);
        let mut inbox = lock(&self.inbox);
        let may_go = state.backlog.len() == 0 && inbox.tasks.is_empty() && !inbox.is_closing;
        if may_go {
            state.vacate(seat);
            state.leaving.push(Arc::clone(seat));
            self.settle_plainness(&state, &mut inbox);
        }
        may_go
    }

    /// The worker leaves.
    fn end(&self, seat: &Arc<Seat>) {
        self.reporter.report(EventKind::WorkerEnded { worker: seat.worker });
        let mut state = lock(&self.state);
        let mut inbox = lock(&self.inbox);
        let handle = if state.vacate(seat) {
            self.settle_plainness(&state, &mut inbox);
            None
        } else if state.forget(seat) {
            // It went by itself: its thread is about to end, and nobody will ask for it.
            let position = state.handles.iter().position(|(worker, _)| *worker == seat.worker);
            position.map(|position| state.handles.swap_remove(position))
        } else {
            None
        };
        let is_over = state.is_over();
        drop(inbox);
        drop(state);
        drop(handle);
        self.note_end(is_over);
    }

    /// Tells those who wait that a worker has ended, or a submitter that ran a task itself; perhaps the last of all.
    pub(super) fn note_end(&self, is_over: bool) {
        if is_over {
            self.timer.end();
        }
        self.ended.notify_all();
    }

    /// No worker can be of use any more: fails what is queued, and lets the workers end.
    fn break_down(&self, broken: BrokenThreadPool) {
        let mut state = lock(&self.state);
        let mut inbox = lock(&self.inbox);
        let stranded = self.take_queue(&mut state, &mut inbox);
        state.broken.get_or_insert_with(|| broken.clone());
        inbox.is_closing = true;
        self.settle_plainness(&state, &mut inbox);
        drop(inbox);
        drop(state);
        self.work.notify_all();
        self.room.notify_all();
        end_all(stranded, |job| job.fail(Error::Broken(broken.clone().into())));
    }

    /// Deals with a worker that died: what it was running fails, and another takes its place. Runs on another thread.
    fn lose(self: &Arc<Self>, seat: &Arc<Seat>, cause: String) {
        self.reporter.report(EventKind::WorkerLost { worker: seat.worker, cause: &cause });
        if seat.stage() == Stage::Awaited {
            // Whoever submitted has been told that the thread is coming; what is stranded without it fails.
            let _ = self.start_failed(seat, StartWorkerError::new(cause));
            return;
        }
        let error = TaskError::lost(WorkerLost::thread(cause));
        if seat.stage() == Stage::Initializing && self.initializer.is_some() {
            // Its successors would die in the initializer as well, one after the other.
            self.break_down(BrokenThreadPool::initializer(error.clone()));
        }
        // The innermost first: the outer ones wait for it.
        end_all(seat.take_running().into_iter().rev(), |job| job.fail(Error::Failed(error.clone())));
        let mut state = lock(&self.state);
        let mut inbox = lock(&self.inbox);
        if !state.vacate(seat) {
            // It died on its way out, or even after it.
            state.forget(seat);
        }
        let successor = self.worker_needed(&mut state, &mut inbox);
        let is_over = state.is_over();
        drop(inbox);
        drop(state);
        self.note_end(is_over);
        if let Some(seat) = successor {
            // If even this fails, what is queued has been failed with the reason.
            let _ = self.start(seat);
        }
    }
}

impl<S: Spawn> State<S> {
    /// Whether everybody has ended who could need the pool.
    pub(super) fn is_over(&self) -> bool {
        self.ending && self.seats.is_empty() && self.callers.is_empty()
    }

    fn knows(&self, seat: &Arc<Seat>) -> bool {
        self.seats.iter().chain(&self.leaving).any(|known| Arc::ptr_eq(known, seat))
    }

    /// Gives the place of a worker free; returns whether it had one still.
    fn vacate(&mut self, seat: &Arc<Seat>) -> bool {
        let before = self.seats.len();
        self.seats.retain(|known| !Arc::ptr_eq(known, seat));
        self.seats.len() < before
    }

    /// A worker that had left its place has ended; returns whether it had.
    fn forget(&mut self, seat: &Arc<Seat>) -> bool {
        let before = self.leaving.len();
        self.leaving.retain(|known| !Arc::ptr_eq(known, seat));
        self.leaving.len() < before
    }
}
