//! What models for shuttle run with: it plays interleavings at random, so these models may be larger than loom's, and time
//! passes when the model says so.
//!
//! The cells of this file belong to no thread of a model: shuttle changes threads at its own operations only, and between two
//! of those a thread is alone.

pub(crate) use super::once_lock::OnceLock;
pub(crate) use ::shuttle::sync::Mutex;
pub(crate) use ::shuttle::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
pub(crate) use ::shuttle::thread_local;
use ::shuttle::{
    future,
    rand::{Rng, thread_rng},
    thread,
};
use std::cell::{Cell, RefCell};
use std::mem;
use std::ops::{Deref, DerefMut, Sub};
use std::sync::{self, Arc, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

/// Whether a tool chooses which thread goes on.
pub(crate) const IS_MODEL: bool = true;

/// A guard that knows its lock, which it takes to wait.
pub(crate) struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    guard: ::shuttle::sync::MutexGuard<'a, T>,
}

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    MutexGuard { mutex, guard: mutex.lock().unwrap_or_else(PoisonError::into_inner) }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

/// A condition variable whose waits can end in time; those of shuttle's own never do.
#[derive(Debug, Default)]
pub(crate) struct Condvar {
    sleepers: sync::Mutex<Vec<Arc<Sleeper>>>,
}

/// A thread that waits.
#[derive(Debug, Default)]
struct Sleeper(sync::Mutex<Sleep>);

#[derive(Debug, Default)]
struct Sleep {
    is_over: bool,
    waker: Option<Waker>,
}

impl Sleeper {
    fn sleep(&self) -> MutexLock<'_> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        let mut sleep = self.sleep();
        sleep.is_over = true;
        if let Some(waker) = sleep.waker.take() {
            waker.wake();
        }
    }
}

type MutexLock<'a> = sync::MutexGuard<'a, Sleep>;

impl Condvar {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Takes out whoever waits and is not about to wake already.
    fn take(&self) -> Vec<Arc<Sleeper>> {
        let mut sleepers = mem::take(&mut *self.sleepers.lock().unwrap_or_else(PoisonError::into_inner));
        sleepers.retain(|sleeper| !sleeper.sleep().is_over);
        sleepers
    }

    fn put(&self, mut sleepers: Vec<Arc<Sleeper>>) {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner).append(&mut sleepers);
    }

    /// Wakes any one of those who wait.
    pub(crate) fn notify_one(&self) {
        step();
        let mut sleepers = self.take();
        if !sleepers.is_empty() {
            sleepers.swap_remove(thread_rng().gen_range(0..sleepers.len())).wake();
        }
        self.put(sleepers);
    }

    pub(crate) fn notify_all(&self) {
        step();
        self.take().iter().for_each(|sleeper| sleeper.wake());
    }
}

/// Waits on `condvar`, for at most `limit` where one is given.
pub(crate) fn wait<'a, T>(
    condvar: &Condvar,
    _mutex: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    let MutexGuard { mutex, guard } = guard;
    // shuttle changes threads before it unlocks and not after, so nobody can notify between this and what follows.
    drop(guard);
    let sleeper = Arc::new(Sleeper::default());
    condvar.put(vec![Arc::clone(&sleeper)]);
    if let Some(limit) = limit {
        let end = Instant::now().0 + limit;
        ALARMS.with_borrow_mut(|alarms| alarms.push((end, Arc::clone(&sleeper))));
    }
    future::block_on(std::future::poll_fn(|context| {
        let mut sleep = sleeper.sleep();
        if sleep.is_over {
            return Poll::Ready(());
        }
        sleep.waker = Some(context.waker().clone());
        Poll::Pending
    }));
    lock(mutex)
}

/// A place where another thread may go on.
fn step() {
    thread::sleep(Duration::ZERO);
}

// All threads of a model are one thread of the system, and another model is another one.
std::thread_local! {
    /// The time since the model began.
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    /// Who is to be woken when.
    static ALARMS: RefCell<Vec<(Duration, Arc<Sleeper>)>> = const { RefCell::new(Vec::new()) };
}

/// Begins a model: its clock starts.
#[cfg(test)]
pub(crate) fn start_clock() {
    NOW.set(Duration::ZERO);
    ALARMS.take();
}

/// Lets time pass, and with it the waits whose limits are reached. Otherwise the clock stands still.
#[cfg(test)]
pub(crate) fn pass(time: Duration) {
    step();
    let now = NOW.get() + time;
    NOW.set(now);
    let mut due = Vec::new();
    ALARMS.with_borrow_mut(|alarms| due.extend(alarms.extract_if(.., |(at, _)| *at <= now)));
    due.iter().for_each(|(_, sleeper)| sleeper.wake());
}

/// A moment of the model's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(NOW.get())
    }

    pub(crate) fn checked_add(self, time: Duration) -> Option<Self> {
        self.0.checked_add(time).map(Self)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    pub(crate) fn elapsed(self) -> Duration {
        Self::now() - self
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.saturating_duration_since(earlier)
    }
}
