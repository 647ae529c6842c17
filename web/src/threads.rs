//! Running something on a thread: from the queue that idle threads wait on to the end of the thread.

use crate::condvar::Condvar;
use crate::error::{SpawnError, StartError};
use crate::latch::{self, Latch};
use crate::message::ThreadOptions;
use crate::state::{Entry, Lost, Phase, Running, State};
use crate::{hub, isolated};
use concurrent_futures_core::NewThread;
use std::hint;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use web_time::Instant;

static STATE: Mutex<State> = Mutex::new(State::new());
/// Wakes an idle thread: something was queued.
static QUEUED: Condvar = Condvar::new();

/// Hands `thread` to an idle thread, or asks the hub for another one. It waits for neither. The latch opens when
/// the body is over, in whatever way, and its thread can be had again.
///
/// # Errors
///
/// See [`SpawnError`]; `thread` is dropped and has not run.
pub(crate) fn spawn(thread: NewThread) -> Result<Latch, SpawnError> {
    let (holder, latch) = latch::new();
    // Made before the lock is taken, so that on an error it is dropped after the lock is given back.
    let entry = Entry { thread, holder };
    if isolated::is_here() {
        return Err(SpawnError::nested());
    }
    let mut state = lock();
    let another = state.admit()?;
    if another {
        can_start(state.thread)?;
        state.expect();
    }
    state.enqueue(entry);
    let options = state.thread;
    drop(state);
    QUEUED.notify_one();
    if another {
        hub::ask_for_thread(options);
    }
    Ok(latch)
}

/// Returns how many threads there are: those that run something, those that are idle and those that are starting.
pub fn thread_count() -> usize {
    lock().live()
}

/// Starts the threads that are missing: the warm ones, and those for bodies whose thread was lost before it took them.
///
/// # Errors
///
/// Why no more could be started.
pub(crate) fn top_up() -> Result<(), SpawnError> {
    loop {
        let mut state = lock();
        if !state.lacks_thread() {
            return Ok(());
        }
        can_start(state.thread)?;
        state.expect();
        let options = state.thread;
        drop(state);
        hub::ask_for_thread(options);
    }
}

/// The life of thread `id` in wasm; returns when the thread is to end.
pub(crate) fn serve(id: u32) {
    let starters = lock().arrive(id);
    starters.into_iter().for_each(Waker::wake);
    let mut idle_since = Instant::now();
    let mut state = lock();
    loop {
        if let Some(body) = state.take(id) {
            drop(state);
            contain(body);
            if let Some(Running { lost, holder }) = lock().finish(id) {
                contain(|| drop(lost));
                drop(holder);
            }
            idle_since = Instant::now();
            state = lock();
            continue;
        }
        state = match state.patience() {
            None => QUEUED.wait(&STATE, state, None),
            Some(keep_alive) => match keep_alive.checked_sub(idle_since.elapsed()) {
                Some(rest) => QUEUED.wait(&STATE, state, Some(rest)),
                None => return state.leave(id),
            },
        };
    }
}

/// Thread `id` is gone for `reason`. Called on the warden.
pub(crate) fn lost(id: u32, reason: String) {
    let running = lock().remove(id);
    if let Some(Running { lost, holder }) = running {
        drop(holder);
        tell(lost, reason);
    }
    // A thread that is short here is asked for again by whoever next needs it.
    let _ = top_up();
}

/// Calls `lost` on a thread. It may run callbacks of the user's, which may block or trap, and the warden has others to
/// tell; so it is called right here only if there is no thread to be had.
fn tell(lost: Lost, reason: String) {
    let lost = Arc::new(Mutex::new(Some((lost, reason))));
    let call = |lost: Arc<Mutex<Option<(Lost, String)>>>| {
        move || {
            let taken = lost.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some((lost, reason)) = taken {
                lost(reason);
            }
        }
    };
    let (body, otherwise) = (call(Arc::clone(&lost)), call(Arc::clone(&lost)));
    let thread = NewThread {
        name: String::from("lost"),
        body: Box::new(body),
        lost: Box::new(move |_: String| otherwise()),
    };
    if spawn(thread).is_err() {
        contain(call(lost));
    }
}

/// A thread that was asked for will not come, for `reason`. Called on the warden.
pub(crate) fn unstarted(reason: String) {
    let mut state = lock();
    if state.phase < Phase::Started {
        state.fail(StartError::thread(reason.clone()));
    }
    let (stranded, starters) = state.give_up();
    drop(state);
    starters.into_iter().for_each(Waker::wake);
    if let Some(Entry { thread: NewThread { body, lost, .. }, holder }) = stranded {
        drop(holder);
        contain(|| drop(body));
        contain(|| lost(reason));
    }
}

/// Locks the state.
pub(crate) fn lock() -> MutexGuard<'static, State> {
    crate::lock::lock(&STATE)
}

/// Whether `start` has succeeded.
pub(crate) fn is_started() -> bool {
    lock().phase == Phase::Started
}

/// Makes threads that are asked for from here on fail to start, or start again; returns the limit before.
#[cfg(test)]
pub(crate) fn set_start_limit(limit: std::time::Duration) -> std::time::Duration {
    let mut state = lock();
    let before = std::mem::replace(&mut state.thread.start_limit, limit.as_secs_f64() * 1000.0);
    std::time::Duration::from_secs_f64(before / 1000.0)
}

/// Checks what would make the start of another thread fail.
fn can_start(options: ThreadOptions) -> Result<(), SpawnError> {
    if !hub::is_reachable() {
        Err(SpawnError::unreachable())
    } else if !has_room(options) {
        Err(SpawnError::memory(options.stack_size))
    } else {
        Ok(())
    }
}

/// Whether the memory has room for another stack.
///
/// wasm-bindgen's start code traps if it gets no stack, and keeps a lock that every later start and end of a thread
/// needs. So it is tried here first; another allocation may still come between.
pub(crate) fn has_room(options: ThreadOptions) -> bool {
    let mut stack = Vec::<u8>::new();
    let fits = stack.try_reserve_exact(options.stack_size as usize + 64 * 1024).is_ok();
    // Keeps the compiler from seeing that nobody uses the memory, and leaving the attempt out.
    hint::black_box(stack.as_mut_ptr());
    fits
}

/// Runs what is not this crate's code. A panic has been reported by the panic hook, and ends here.
pub(crate) fn contain(run: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
        // A payload may itself panic when it is dropped, again with a payload; forgetting that one ends the chain.
        if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(next);
        }
    }
}
