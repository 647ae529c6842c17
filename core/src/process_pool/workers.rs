//! What a pool knows of one worker.

use super::isolation::{End, Link};
use super::remote::RemoteJob;
use super::wire::Kind;
use crate::error::LossCause;
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// A worker is sent as many tasks ahead as it answers in about this time: enough to hide the way there and back, too
/// little to matter if one of them turns out to be slow.
const AHEAD: Duration = Duration::from_micros(300);

/// How far a worker has come.
///
/// ```text
///    Starting ──ready──► Ready ──stop──► Stopping
/// ```
///
/// It may be lost at any stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not said that it is there; it may be running the initializer.
    Starting,
    /// It takes tasks.
    Ready,
    /// It was told to end, and has nothing left to do.
    Stopping,
}

/// Why the pool has decided to end a worker by force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doom {
    /// On request, because of the task of this id.
    Killed(u64),
    Terminated,
    /// Its task has run for longer than this.
    RunTimeout(Duration),
    Lost(LossCause),
}

impl Doom {
    pub(super) fn cause(self) -> LossCause {
        match self {
            Self::Killed(_) => LossCause::Killed,
            Self::Terminated => LossCause::Terminated,
            Self::RunTimeout(limit) => LossCause::RunTimeout(limit),
            Self::Lost(cause) => cause,
        }
    }
}

/// A task that a worker was sent and has not answered.
pub(super) struct Sent {
    pub(super) seq: u32,
    pub(super) job: Arc<dyn RemoteJob>,
    /// Answers to come.
    pub(super) owed: usize,
    /// Whether it was taken back; the worker will say that it left it out.
    pub(super) withdrawn: bool,
}

pub(super) struct Worker {
    pub(super) number: usize,
    pub(super) stage: Stage,
    /// Absent until the platform has started it.
    pub(super) link: Option<Arc<dyn Link>>,
    /// In the order in which the worker will come to them; it is running the first that is not withdrawn.
    pub(super) in_flight: VecDeque<Sent>,
    /// How many of them are withdrawn.
    withdrawn: usize,
    /// The number of the next task.
    next_seq: u32,
    /// Tasks that it was sent.
    pub(super) sent: usize,
    /// Tasks that it has answered.
    pub(super) answered: usize,
    /// When it last answered, or was idle and got something to do.
    pub(super) since: Instant,
    /// The time that it takes for a task, as of late.
    pub(super) pace: Duration,
    /// When its present stage, or its present task, must be over.
    pub(super) limit: Option<Instant>,
    /// Whether the observer knows that it is idle.
    pub(super) told_idle: bool,
    /// Set when it is being ended by force.
    pub(super) doom: Option<Doom>,
}

impl Worker {
    /// A worker that is about to be started, and must be there by `limit`, if one is given.
    pub(super) fn new(number: usize, limit: Option<Instant>) -> Self {
        Self {
            number,
            stage: Stage::Starting,
            link: None,
            in_flight: VecDeque::new(),
            withdrawn: 0,
            next_seq: 0,
            sent: 0,
            answered: 0,
            since: Instant::now(),
            pace: AHEAD,
            limit,
            told_idle: false,
            doom: None,
        }
    }

    /// Whether it has nothing to do, as far as is known.
    pub(super) fn is_idle(&self) -> bool {
        self.in_flight.len() == self.withdrawn
    }

    /// How many tasks were sent ahead of their turn, and not taken back.
    pub(super) fn ahead_count(&self) -> usize {
        (self.in_flight.len() - self.withdrawn).saturating_sub(1)
    }

    /// Takes out all that it was sent.
    pub(super) fn take_in_flight(&mut self) -> VecDeque<Sent> {
        self.withdrawn = 0;
        mem::take(&mut self.in_flight)
    }

    pub(super) fn can_take(&self, max_tasks: usize) -> bool {
        self.stage == Stage::Ready && self.doom.is_none() && self.link.is_some() && self.sent < max_tasks
    }

    /// How many tasks to send ahead now: none while it still has half of what it should have.
    pub(super) fn room(&self, window: usize) -> usize {
        let pace = self.pace.as_nanos().max(1);
        let wanted = usize::try_from(AHEAD.as_nanos() / pace).unwrap_or(window).clamp(1, window);
        let has = self.in_flight.len();
        if has > wanted / 2 { 0 } else { wanted - has }
    }

    /// What it is running.
    pub(super) fn running(&self) -> Option<&Arc<dyn RemoteJob>> {
        self.in_flight.iter().find(|sent| !sent.withdrawn).map(|sent| &sent.job)
    }

    /// Whether it is running the task of that id, be it that it has not told so yet.
    pub(super) fn is_at(&self, task: u64) -> bool {
        let Some(sent) = self.in_flight.iter().find(|sent| sent.job.id() == task && !sent.withdrawn) else {
            return false;
        };
        self.running().is_some_and(|job| job.id() == task)
            || self.link.as_ref().is_some_and(|link| link.has_begun(sent.seq))
    }

    /// What was sent ahead of its turn, and not taken back.
    pub(super) fn ahead(&self) -> impl DoubleEndedIterator<Item = &Sent> {
        let running = self.running().map(|job| job.id());
        self.in_flight.iter().filter(move |sent| !sent.withdrawn && Some(sent.job.id()) != running)
    }

    /// Whether it still is at the task, having been seen there: takes back all that it has not begun; if then another one is left
    /// behind the task, it has begun that, and is done with the task.
    pub(super) fn is_still_at(&mut self, task: u64, back: &mut Vec<Arc<dyn RemoteJob>>) -> bool {
        self.withdraw(usize::MAX, back);
        let last = self.in_flight.iter().rev().find(|sent| !sent.withdrawn && !sent.job.is_done());
        last.is_some_and(|sent| sent.job.id() == task)
    }

    /// Sends a task; false if it was cancelled. `run_timeout` is for tasks that have none of their own.
    pub(super) fn take(
        &mut self,
        job: &Arc<dyn RemoteJob>,
        run_timeout: Option<Duration>,
        started: &mut Vec<(u64, usize)>,
    ) -> bool {
        let Some(link) = &self.link else { return false };
        let idle = self.is_idle();
        let seq = self.next_seq;
        if (idle && !job.start()) || !job.send(link, seq) {
            return false;
        }
        self.next_seq = self.next_seq.wrapping_add(1);
        self.sent += 1;
        self.told_idle = false;
        if idle {
            self.since = Instant::now();
            self.limit = limit_of(&**job, run_timeout, self.since);
            started.push((job.id(), self.number));
        }
        let (job, owed) = (Arc::clone(job), job.answers());
        self.in_flight.push_back(Sent { seq, job, owed, withdrawn: false });
        true
    }

    /// It answered its first task so many times.
    pub(super) fn answer(
        &mut self,
        seq: u32,
        answers: usize,
        run_timeout: Option<Duration>,
        started: &mut Vec<(u64, usize)>,
        skipped: &mut Vec<Arc<dyn RemoteJob>>,
    ) -> Result<Arc<dyn RemoteJob>, String> {
        let first = self.in_flight.front_mut().ok_or("an answer to nothing")?;
        if first.seq != seq || first.owed < answers || first.withdrawn {
            return Err(format!("an answer to task {seq} where one to task {} was due", first.seq));
        }
        first.owed -= answers;
        let now = Instant::now();
        if first.owed > 0 {
            self.limit = limit_of(&*first.job, run_timeout, now);
            self.since = now;
            return Ok(Arc::clone(&first.job));
        }
        let Some(answered) = self.in_flight.pop_front() else {
            return Err("an answer to nothing".to_owned());
        };
        self.answered += 1;
        self.note_pace(now);
        self.limit = None;
        // It has begun the next one, or is about to.
        for sent in &mut self.in_flight {
            if sent.withdrawn {
                continue;
            }
            if sent.job.start() {
                self.limit = limit_of(&*sent.job, run_timeout, now);
                started.push((sent.job.id(), self.number));
                break;
            }
            // Cancelled, and so withdrawn, by whoever holds its future.
            sent.withdrawn = true;
            self.withdrawn += 1;
            skipped.push(Arc::clone(&sent.job));
        }
        Ok(answered.job)
    }

    /// Notes which of the tasks that were sent ahead have been cancelled, and so withdrawn, meanwhile.
    pub(super) fn note_cancelled(&mut self, skipped: &mut Vec<Arc<dyn RemoteJob>>) {
        let running = self.running().map(|job| job.id());
        for sent in &mut self.in_flight {
            if !sent.withdrawn && Some(sent.job.id()) != running && sent.job.is_done() {
                sent.withdrawn = true;
                self.withdrawn += 1;
                skipped.push(Arc::clone(&sent.job));
            }
        }
    }

    /// Several answers that come at the same moment count as one wait for all of them.
    fn note_pace(&mut self, now: Instant) {
        let took = now.saturating_duration_since(self.since);
        self.since = now;
        self.pace = (self.pace * 7 + took) / 8;
    }

    /// It left out a task that had been taken back.
    pub(super) fn skip(&mut self, seq: u32, skipped: &mut Vec<Arc<dyn RemoteJob>>) -> Result<(), String> {
        match self.in_flight.front() {
            // Whoever has cancelled it has taken it back, too.
            Some(first) if first.seq == seq && (first.withdrawn || first.job.is_done()) => {
                self.withdrawn -= usize::from(first.withdrawn);
                skipped.extend(self.in_flight.pop_front().map(|sent| sent.job));
                Ok(())
            }
            _ => Err(format!("that it left out task {seq}, which was not due")),
        }
    }

    /// Takes back at most `count` tasks from behind, those sent last first, that it has not begun.
    pub(super) fn withdraw(&mut self, count: usize, back: &mut Vec<Arc<dyn RemoteJob>>) {
        self.withdraw_while(count, |_| true, back);
    }

    /// Takes back what it was sent ahead and has not begun, as far as it has a lower priority than that.
    pub(super) fn make_way(&mut self, priority: i32, back: &mut Vec<Arc<dyn RemoteJob>>) {
        // Whatever was sent ahead was the highest then, or would have had to make way: the lowest are behind.
        self.withdraw_while(usize::MAX, |job| job.priority() < priority, back);
    }

    fn withdraw_while(
        &mut self,
        count: usize,
        is_meant: impl Fn(&dyn RemoteJob) -> bool,
        back: &mut Vec<Arc<dyn RemoteJob>>,
    ) {
        let Some(link) = &self.link else { return };
        let running = self.running().map(|job| job.id());
        for sent in self.in_flight.iter_mut().rev().take(count) {
            if sent.withdrawn || Some(sent.job.id()) == running {
                continue;
            }
            if !is_meant(&*sent.job) || !link.withdraw(sent.seq) {
                break;
            }
            sent.withdrawn = true;
            self.withdrawn += 1;
            sent.job.recall();
            back.push(Arc::clone(&sent.job));
        }
    }

    /// Tells it to end when it has done what it was sent.
    pub(super) fn stop(&mut self, limit: Instant) {
        self.stage = Stage::Stopping;
        self.limit = Some(limit);
        if let Some(link) = &self.link {
            link.send(Kind::Stop, self.next_seq, &Arc::new(Vec::new()));
        }
    }

    /// Decides its end; the first reason stands.
    pub(super) fn doom(&mut self, doom: Doom, how: End, end: &mut Vec<(Arc<dyn Link>, End)>) {
        self.doom.get_or_insert(doom);
        end.extend(self.link.as_ref().map(|link| (Arc::clone(link), how)));
    }

    /// When something of it must be looked at.
    pub(super) fn next_limit(&self, stall: Duration, idle_timeout: Option<Duration>) -> Option<Instant> {
        let stalled = (self.ahead_count() > 0).then(|| self.since + stall);
        let may_retire = idle_timeout.filter(|_| self.is_waiting() && self.doom.is_none());
        let tired = may_retire.and_then(|timeout| self.since.checked_add(timeout));
        [self.limit, stalled, tired].into_iter().flatten().min()
    }

    /// Whether it waits for something to do.
    pub(super) fn is_waiting(&self) -> bool {
        self.stage == Stage::Ready && self.is_idle() && self.link.is_some()
    }
}

/// When a task that begins now must be over. A limit beyond the clock's range is none.
fn limit_of(job: &dyn RemoteJob, run_timeout: Option<Duration>, now: Instant) -> Option<Instant> {
    now.checked_add(job.run_timeout().or(run_timeout)?)
}
