//! What the thread of a [`with_observer`](super::with_observer) scope waits for.
//!
//! Such a thread says when it begins to block and when it goes on. The outermost call counts: a `map` is told as a map,
//! although it waits for futures.

use super::{Event, EventKind, Observer, current};
use crate::capture;
use crate::shared::unique;
use std::cell::Cell;
use std::sync::Arc;
use web_time::Instant;

thread_local! {
    /// Whether this thread tells of its waits: in a scope, and not in a wait already.
    static TELLS: Cell<bool> = const { Cell::new(false) };
    /// The call that this thread is in, if it waits by means of another.
    static CALL: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// A cell of this thread that gets its value back, also when a panic comes through.
struct Restore<T: Copy + 'static>(&'static std::thread::LocalKey<Cell<T>>, T);

impl<T: Copy> Restore<T> {
    fn after(cell: &'static std::thread::LocalKey<Cell<T>>, value: T) -> Self {
        Self(cell, cell.replace(value))
    }
}

impl<T: Copy> Drop for Restore<T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// Lets this thread tell of its waits during `scope`, or keeps it from that.
pub(super) fn telling<R>(tells: bool, scope: impl FnOnce() -> R) -> R {
    let _restore = Restore::after(&TELLS, tells);
    scope()
}

/// Names the waits in `scope` for the call that they are part of.
#[inline]
pub(crate) fn calling<R>(call: &'static str, scope: impl FnOnce() -> R) -> R {
    if !tells() {
        return scope();
    }
    let _restore = Restore::after(&CALL, Some(call));
    scope()
}

/// Tells the observer of this thread's [`with_observer`](super::with_observer) scope, if there is one, that the thread waits during
/// `block`.
///
/// `call` is what was called, and `future` the id of the future that it waits for, if it is one; `timed_out` says whether what came of
/// `block` means that time has run out. Waits inside `block` are not told, so whoever makes a way to wait out of others has it told as
/// one. It blocks as long as `block` does.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::observer::waiting;
/// use concurrent_futures_core::{Promise, ReturnWhen, wait};
///
/// let (answer, stop) = (Promise::new(), Promise::<()>::new());
/// let either = [answer.future().erase(), stop.future().erase()];
/// answer.set_result(42)?;
///
/// let block = || wait(either, None, ReturnWhen::FirstCompleted);
/// waiting("result", Some(answer.future().id()), block, Result::is_err)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[inline]
pub fn waiting<R>(
    call: &'static str,
    future: Option<u64>,
    block: impl FnOnce() -> R,
    timed_out: impl FnOnce(&R) -> bool,
) -> R {
    match tells().then(current).flatten() {
        None => block(),
        Some(observer) => told(&observer, call, future, block, timed_out),
    }
}

/// Tells that this thread waits for an executor's end during `join`.
pub(crate) fn joining<E>(join: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    waiting("shutdown", None, join, Result::is_err)
}

#[inline]
fn tells() -> bool {
    // A thread that is ending tells nothing.
    TELLS.try_with(Cell::get).unwrap_or(false)
}

/// Apart, as it is seldom wanted.
#[cold]
fn told<R>(
    observer: &Arc<dyn Observer>,
    call: &'static str,
    future: Option<u64>,
    block: impl FnOnce() -> R,
    timed_out: impl FnOnce(&R) -> bool,
) -> R {
    let wait = unique();
    let call = CALL.get().unwrap_or(call);
    tell(observer, EventKind::WaitStarted { wait, call, task: future });
    let result = telling(false, block);
    tell(observer, EventKind::WaitEnded { wait, timed_out: timed_out(&result) });
    result
}

/// Reports what belongs to no executor.
pub(super) fn tell(observer: &Arc<dyn Observer>, kind: EventKind<'_>) {
    let event = Event { at: Instant::now(), pool: 0, kind };
    // A panic in an observer is reported, and the wait goes on.
    capture::contain(|| observer.observe(&event));
}

/// Makes a callback of the future `task` tell that it is called, if somebody listens here and now.
pub(crate) fn told_callback<A: ?Sized, R>(
    task: u64,
    callback: impl FnOnce(&A) -> R + Send + 'static,
) -> impl FnOnce(&A) -> R + Send + 'static {
    let observer = current();
    move |argument: &A| {
        if let Some(observer) = &observer {
            tell(observer, EventKind::CallbackCalled { task });
        }
        callback(argument)
    }
}

#[cfg(test)]
mod tests {
    use crate::observer::{Event, EventKind, Observer, with_observer};
    use crate::{Promise, ReturnWhen, as_completed, wait};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    #[derive(Default)]
    struct Notes(Mutex<Vec<String>>);

    impl Observer for Notes {
        fn observe(&self, event: &Event<'_>) {
            let note = match event.kind {
                EventKind::WaitStarted { call, task, .. } => format!("{call} {}", task.is_some()),
                EventKind::WaitEnded { timed_out, .. } => format!("on {timed_out}"),
                EventKind::CallbackCalled { .. } => "callback".to_owned(),
                _ => return,
            };
            self.0.lock().unwrap().push(note);
        }
    }

    fn notes_of(program: impl FnOnce()) -> Vec<String> {
        let notes = Arc::new(Notes::default());
        with_observer(Arc::clone(&notes) as _, program);
        notes.0.lock().unwrap().drain(..).collect()
    }

    const SHORT: Option<Duration> = Some(Duration::from_millis(1));

    #[test]
    fn waits_that_time_out_are_told() {
        let notes = notes_of(|| {
            let promise = Promise::<()>::new();
            let futures = [promise.future()];
            assert!(futures[0].result_timeout(Duration::from_millis(1)).is_err());
            assert_eq!(wait(&futures, SHORT, ReturnWhen::AllCompleted).unwrap().not_done.len(), 1);
            assert!(as_completed(futures).timeout(Duration::from_millis(1)).next().unwrap().is_err());
        });
        assert_eq!(
            notes,
            ["result true", "on true", "wait false", "on true", "as_completed false", "on true"]
        );
    }

    #[test]
    fn what_is_done_is_not_waited_for() {
        let notes = notes_of(|| {
            let promise = Promise::new();
            let future = promise.future();
            future.add_done_callback(|_| ());
            promise.set_result(()).unwrap();
            future.result().unwrap();
            wait([&future], None, ReturnWhen::AllCompleted).unwrap();
            assert_eq!(as_completed([future]).count(), 1);
        });
        assert_eq!(notes, ["callback"]);
    }
}
