//! Awaiting a task, polled by hand: every async runtime does no more than this.

use crate::door::Busy;
use crate::pool::Pool;
use std::future::{Future as _, IntoFuture};
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// Counts how often it is woken.
#[derive(Default)]
struct Bell {
    rung: Mutex<usize>,
    ringing: Condvar,
}

impl Bell {
    fn rung(&self) -> usize {
        *self.rung.lock().unwrap()
    }

    /// Blocks until it was woken so often.
    fn wait_for(&self, times: usize) {
        let guard = self.rung.lock().unwrap();
        drop(self.ringing.wait_while(guard, |rung| *rung < times).unwrap());
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock().unwrap() += 1;
        self.ringing.notify_all();
    }
}

/// IPE-23: the task ran elsewhere with its arguments, its end wakes whoever has polled, once, and the value is given.
pub fn gives_what_a_worker_returned<P: Pool>() {
    let pool = P::of(1);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    let busy = Busy::returning(&pool, 7);
    let mut awaited = pin!(busy.future.clone().into_future());
    for _ in 0..3 {
        assert!(awaited.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(bell.rung(), 0);
    busy.release();
    bell.wait_for(1);
    assert!(matches!(awaited.poll(&mut context), Poll::Ready(Ok(7))));
    assert_eq!(bell.rung(), 1);
}

/// IPE-24: whoever stops awaiting is not woken any more, and nothing is kept of it.
pub fn given_up_in_time<P: Pool>() {
    let pool = P::of(1);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let busy = Busy::returning(&pool, 7);
    {
        let mut awaited = pin!((&busy.future).into_future());
        assert!(awaited.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    drop(waker);
    assert_eq!(Arc::strong_count(&bell), 1);
    busy.release();
    assert_eq!(busy.future.result().unwrap(), &7);
    assert_eq!(bell.rung(), 0);
}
