//! Callbacks.

use super::{EachState, cancelled, finished, square};
use crate::door::{Busy, Door};
use crate::pool::Pool;
use crate::until;
use concurrent_futures::{Error, Future};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a callback sees of its future.
fn seen<R: Send + 'static>(future: &Future<u64>, look: fn(&Future<u64>) -> R) -> Receiver<R> {
    let (sender, seen) = mpsc::channel();
    future.add_done_callback(move |future| {
        assert!(future.done() && !future.running());
        sender.send(look(future)).unwrap();
    });
    seen
}

fn value(future: &Future<u64>) -> Option<u64> {
    future.result().ok().copied()
}

fn error(future: &Future<u64>) -> Option<String> {
    future.exception().ok().flatten().map(|error| error.to_string())
}

/// FUT-01
pub fn see_the_value<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::returning(&pool, 5);
    let seen = seen(&busy.future, value);
    assert!(seen.try_recv().is_err());
    busy.release();
    assert_eq!(seen.recv().unwrap(), Some(5));
}

/// Fails when the door is open.
fn fail_behind(door: String) -> Result<u64, String> {
    Door::pass(&door);
    Err("no".to_owned())
}

/// FUT-02
pub fn see_the_error<P: Pool>() {
    let (pool, door) = (P::of(1), Door::new());
    let future = pool.try_call(fail_behind, door.name()).unwrap();
    let seen = seen(&future, error);
    assert!(seen.try_recv().is_err());
    door.open();
    assert_eq!(seen.recv().unwrap().as_deref(), Some("no"));
}

/// FUT-03: and `cancel`, which says yes, has run the callback by then.
pub fn see_the_cancellation<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::on(&pool);
    let queued = pool.call(square, 1).unwrap();
    let seen = seen(&queued, |future| (future.cancelled(), thread::current().id()));
    assert!(queued.cancel());
    assert_eq!(seen.try_recv().unwrap(), (true, thread::current().id()));
    // Once.
    assert!(queued.cancel());
    assert!(seen.try_recv().is_err());
    busy.release();
}

/// FUT-05, FUT-06, FUT-07: on a future that is done they run before `add_done_callback` returns.
pub fn late_ones_run_at_once<P: Pool>() {
    let each = EachState::<P>::new();
    assert_eq!(seen(&each.finished, value).try_recv().unwrap(), Some(9));
    assert_eq!(seen(&each.failed, error).try_recv().unwrap().as_deref(), Some("no"));
    assert!(seen(&each.cancelled, Future::cancelled).try_recv().unwrap());
    let here = thread::current().id();
    assert_eq!(seen(&each.finished, |_| thread::current().id()).try_recv().unwrap(), here);
}

/// FUT-04: whoever completes the future is unharmed, and so are later callbacks.
pub fn panic_harms_nobody<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::returning(&pool, 5);
    let queued = pool.call(square, 1).unwrap();
    for future in [&busy.future, &queued] {
        future.add_done_callback(|_| panic!("a callback may panic"));
    }
    let (second, of_cancelled) = (seen(&busy.future, value), seen(&queued, Future::cancelled));
    assert!(queued.cancel());
    assert!(of_cancelled.try_recv().unwrap());
    busy.release();
    assert_eq!(second.recv().unwrap(), Some(5));
    assert_eq!(finished(&pool, 3).result().unwrap(), &9);
    assert_eq!(pool.workers(), 1);
}

/// FUT-08: nor does a late one harm whoever adds it.
pub fn late_panic_harms_nobody<P: Pool>() {
    let pool = P::of(1);
    let future = finished(&pool, 2);
    let reached = Arc::new(Mutex::new(false));
    let flag = Arc::clone(&reached);
    future.add_done_callback(move |_| {
        *flag.lock().unwrap() = true;
        panic!("a late callback may panic");
    });
    assert!(*reached.lock().unwrap());
    assert_eq!(future.result().unwrap(), &4);
}

/// In the order of their registration, the same one twice if it was added twice.
pub fn in_order<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::returning(&pool, 5);
    let queued = cancelled(&pool);
    assert!(matches!(queued.result(), Err(Error::Cancelled(_))));
    let calls = Arc::new(Mutex::new(Vec::new()));
    for n in [0, 1, 1, 2] {
        let calls = Arc::clone(&calls);
        busy.future.add_done_callback(move |future| calls.lock().unwrap().push((n, value(future))));
    }
    busy.release();
    until(|| calls.lock().unwrap().len() == 4);
    assert_eq!(*calls.lock().unwrap(), [0, 1, 1, 2].map(|n| (n, Some(5))));
}
