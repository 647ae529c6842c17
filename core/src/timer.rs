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
    /// Asks a task to end, while it runs and holds this.
    Cancel(Weak<CancelToken>),
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
        let looked_at = state.tidy();
        let is_next = state.alarms.peek().is_none_or(|Reverse(next)| at < next.at);
        state.alarms.push(Reverse(Alarm { at, action }));
        let must_start = !std::mem::replace(&mut state.is_running, true);
        drop(state);
        capture::let_go(looked_at);
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
        self.set(limit, Action::Expire(Arc::downgrade(job), limit)).map_err(SubmitError::Start)
    }

    /// Returns `work` as something that cancels `token` when it has run for `limit`, and not after it has ended: somebody else
    /// may use the token by then.
    pub(crate) fn limit_run<R>(
        self: &Arc<Self>,
        limit: Duration,
        token: CancelToken,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> impl FnOnce() -> R + Send + 'static {
        let timer = Arc::clone(self);
        move || {
            // Dropped when the task ends, in order or by a panic, which leaves nothing for the alarm to cancel.
            let token = Arc::new(token);
            // Without a thread for the alarm, the task has been asked to end at once.
            let _ = timer.set(limit, Action::Cancel(Arc::downgrade(&token)));
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
                self.give_up();
                Err(error)
            }
        }
    }

    /// Ends at once what no thread would end in time, alarms included that were set while the thread was about to be.
    fn give_up(&self) {
        let mut state = lock(&self.state);
        state.is_running = false;
        let alarms = std::mem::take(&mut state.alarms);
        drop(state);
        for Reverse(alarm) in alarms {
            capture::contain(|| alarm.action.give_up());
        }
    }

    fn serve(&self) {
        let mut state = lock(&self.state);
        while let Some(Reverse(next)) = state.alarms.peek() {
            let now = Instant::now();
            if next.at > now {
                let left = next.at - now;
                state = wait(&self.changed, &self.state, state, Some(left));
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
    /// Takes out alarms that have become pointless, once there are many. Returns the tasks that were looked at, each of which
    /// this may be the last to hold: they are to be let go when the lock is given back.
    fn tidy(&mut self) -> Vec<Arc<dyn Job>> {
        let mut looked_at = Vec::new();
        if self.alarms.len() >= self.limit {
            self.alarms.retain(|Reverse(alarm)| match &alarm.action {
                Action::Expire(job, _) => {
                    let Some(job) = job.upgrade() else { return false };
                    let is_open = !job.is_done();
                    looked_at.push(job);
                    is_open
                }
                Action::Cancel(token) => token.strong_count() > 0,
            });
            self.limit = (2 * self.alarms.len()).max(WORTH_TIDYING);
        }
        looked_at
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
            Self::Cancel(token) => {
                if let Some(token) = token.upgrade() {
                    token.cancel();
                }
            }
        }
    }

    /// What to do if nothing can be done in time: a task whose wait nobody would end must not wait at all, and one that
    /// nobody would ask to end later is asked now.
    fn give_up(self) {
        match self {
            Self::Expire(job, _) => {
                if let Some(job) = job.upgrade() {
                    job.cancel();
                }
            }
            cancel @ Self::Cancel(_) => cancel.perform(),
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

#[cfg(test)]
mod tests {
    use super::{Action, Timer, WORTH_TIDYING};
    use crate::cancel_token::CancelToken;
    use crate::error::{Error, StartWorkerError};
    use crate::seat::Seat;
    use crate::spawn::{NewThread, Spawn};
    use crate::sync::lock;
    use crate::task::Job;
    use std::cell::RefCell;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    const HOUR: Duration = Duration::from_secs(3_600);

    std::thread_local! {
        /// What happens while a thread is being started.
        static MEANWHILE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
    }

    /// Starts no thread.
    #[derive(Default)]
    struct Refuses;

    impl Spawn for Refuses {
        const CAN_LOSE_THREADS: bool = false;

        type Handle = ();

        fn spawn(&self, _: NewThread) -> Result<(), StartWorkerError> {
            if let Some(meanwhile) = MEANWHILE.take() {
                meanwhile();
            }
            Err(StartWorkerError::new("no more threads"))
        }

        fn join((): ()) {}

        fn processors() -> usize {
            1
        }
    }

    fn timer() -> Arc<Timer<Refuses>> {
        Arc::new(Timer::new("timer".to_owned()))
    }

    #[test]
    fn no_alarm_is_left_without_a_thread() {
        let (timer, tokens) = (timer(), [(); 3].map(|()| Arc::new(CancelToken::new())));
        let set = |timer: &Arc<Timer<_>>, token: &_| timer.set(HOUR, Action::Cancel(Arc::downgrade(token)));
        let (late, token) = (Arc::clone(&timer), Arc::clone(&tokens[1]));
        MEANWHILE.set(Some(Box::new(move || assert!(set(&late, &token).is_ok()))));
        assert!(set(&timer, &tokens[0]).is_err());
        assert_eq!(tokens.each_ref().map(|token| token.is_cancelled()), [true, true, false]);
        assert!(set(&timer, &tokens[2]).is_err());
    }

    /// A task whose last other handle goes when it is looked at.
    #[derive(Default)]
    struct Fleeting(Mutex<Option<Arc<Self>>>);

    impl Job for Fleeting {
        fn run(self: Arc<Self>, _: &Seat, _: fn(&Seat)) {}
        fn fail(self: Arc<Self>, _: Error) {}
        fn cancel(self: Arc<Self>) {}
        fn expire(self: Arc<Self>, _: Duration) {}

        fn is_done(&self) -> bool {
            let handle = self.0.lock().unwrap().take();
            drop(handle);
            true
        }

        fn id(&self) -> u64 {
            0
        }

        fn name(&self) -> &'static str {
            "fleeting"
        }

        fn token(&self) -> CancelToken {
            CancelToken::new()
        }
    }

    #[test]
    fn tidying_hands_out_the_last_reference() {
        let timer = timer();
        let mut state = lock(&timer.state);
        // As if there were a thread.
        state.is_running = true;
        drop(state);
        for _ in 0..WORTH_TIDYING {
            let fleeting = Arc::new(Fleeting::default());
            *fleeting.0.lock().unwrap() = Some(Arc::clone(&fleeting));
            let job: Arc<dyn Job> = fleeting;
            timer.set(HOUR, Action::Expire(Arc::downgrade(&job), HOUR)).unwrap();
        }
        let looked_at = lock(&timer.state).tidy();
        assert_eq!(looked_at.len(), WORTH_TIDYING);
        assert!(looked_at.iter().all(|job| Arc::strong_count(job) == 1));
        assert!(lock(&timer.state).alarms.is_empty());
    }
}
