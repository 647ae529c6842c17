//! Does what is due at a time: ends queue timeouts, and asks tasks whose time is up to end.

use crate::cancel_token::CancelToken;
use crate::capture;
use crate::error::{StartWorkerError, SubmitError};
use crate::spawn::{NewThread, Spawn};
use crate::sync::{Condvar, Instant, Mutex, lock, wait};
use crate::task::Job;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Heaps below this length are not looked through for alarms that have become pointless.
const WORTH_TIDYING: usize = 64;

/// The alarms of one executor, and the thread that waits for them while there are any. It ends by itself.
pub(crate) struct Timer<S: Spawn> {
    spawn: S,
    /// The thread's name.
    name: String,
    state: Mutex<State>,
    /// Notified when there is an earlier alarm, or none any more.
    changed: Condvar,
}

struct State {
    alarms: BinaryHeap<Reverse<Alarm>>,
    /// The length at which the heap is worth tidying.
    limit: usize,
    /// Whether there is a thread, or about to be.
    is_running: bool,
}

/// What is to be done when its time comes.
enum Action {
    /// Fails a task that nobody has begun within the time.
    Expire(Weak<dyn Job>, Duration),
    /// Asks a task to end.
    Cancel(CancelToken),
}

struct Alarm {
    at: Instant,
    action: Action,
}

impl<S: Spawn> Timer<S> {
    pub(crate) fn new(name: String) -> Self {
        let state = State { alarms: BinaryHeap::new(), limit: WORTH_TIDYING, is_running: false };
        Self { spawn: S::default(), name, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Does `action` after `delay`, unless it has become pointless by then.
    fn set(self: &Arc<Self>, delay: Duration, action: Action) -> Result<(), StartWorkerError> {
        // A time that the clock cannot tell never comes.
        let Some(at) = Instant::now().checked_add(delay) else { return Ok(()) };
        let mut state = lock(&self.state);
        state.tidy();
        let is_next = state.alarms.peek().is_none_or(|Reverse(next)| at < next.at);
        state.alarms.push(Reverse(Alarm { at, action }));
        let must_start = !std::mem::replace(&mut state.is_running, true);
        drop(state);
        if must_start {
            return self.start();
        }
        if is_next {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Fails `job` with a queue timeout, unless it has begun after `limit`.
    pub(crate) fn expire(self: &Arc<Self>, job: &Arc<dyn Job>, limit: Duration) -> Result<(), SubmitError> {
        self.set(limit, Action::Expire(Arc::downgrade(job), limit)).map_err(|error| {
            // Nobody would end its wait, so it must not wait at all.
            Arc::clone(job).cancel();
            SubmitError::Start(error)
        })
    }

    /// Returns `work` as something that cancels `token` when it has run for `limit`.
    pub(crate) fn limit_run<R>(
        self: &Arc<Self>,
        limit: Duration,
        token: CancelToken,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> impl FnOnce() -> R + Send + 'static {
        let timer = Arc::clone(self);
        move || {
            // Without a thread for the alarm, the task is asked to end at once rather than never.
            if timer.set(limit, Action::Cancel(token.clone())).is_err() {
                token.cancel();
            }
            work()
        }
    }

    /// Forgets every alarm, so that the thread ends. Nobody waits for that: it may be the thread that calls.
    pub(crate) fn end(&self) {
        let alarms = std::mem::take(&mut lock(&self.state).alarms);
        self.changed.notify_one();
        drop(alarms);
    }

    fn start(self: &Arc<Self>) -> Result<(), StartWorkerError> {
        let body = {
            let timer = Arc::clone(self);
            Box::new(move || timer.serve())
        };
        let lost = {
            let timer = Arc::clone(self);
            // What was due has been done, or has killed the thread; the rest is for a new one.
            Box::new(move |_: String| {
                let must_start = {
                    let mut state = lock(&timer.state);
                    state.is_running = !state.alarms.is_empty();
                    state.is_running
                };
                if must_start {
                    let _ = timer.start();
                }
            })
        };
        let spawned = capture::guard(|| self.spawn.spawn(NewThread { name: self.name.clone(), body, lost }));
        match spawned.unwrap_or_else(|panic| Err(StartWorkerError::new(panic))) {
            Ok(_detached) => Ok(()),
            Err(error) => {
                lock(&self.state).is_running = false;
                Err(error)
            }
        }
    }

    fn serve(&self) {
        let mut state = lock(&self.state);
        while let Some(Reverse(next)) = state.alarms.peek() {
            let now = Instant::now();
            if next.at > now {
                let left = next.at - now;
                state = wait(&self.changed, state, Some(left));
                continue;
            }
            let due = state.alarms.pop();
            drop(state);
            if let Some(Reverse(alarm)) = due {
                capture::contain(|| alarm.action.perform());
            }
            state = lock(&self.state);
        }
        state.is_running = false;
    }
}

impl State {
    /// Lets go of alarms that have become pointless, once there are many.
    fn tidy(&mut self) {
        if self.alarms.len() >= self.limit {
            self.alarms.retain(|Reverse(alarm)| alarm.action.is_worthwhile());
            self.limit = (2 * self.alarms.len()).max(WORTH_TIDYING);
        }
    }
}

impl Action {
    fn perform(self) {
        match self {
            Self::Expire(job, limit) => {
                if let Some(job) = job.upgrade() {
                    job.expire(limit);
                }
            }
            Self::Cancel(token) => token.cancel(),
        }
    }

    fn is_worthwhile(&self) -> bool {
        match self {
            Self::Expire(job, _) => job.upgrade().is_some_and(|job| !job.is_done()),
            Self::Cancel(token) => !token.is_cancelled() && token.is_shared(),
        }
    }
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}
