//! Tokens that are cancelled while others wait for them, await them, and make children of them.

use super::{Bell, explore, join, spawn};
use crate::CancelToken;
use crate::sync::{AtomicUsize, Ordering};
use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

#[test]
fn cancel_wakes_waiters() {
    explore(|| {
        let token = CancelToken::new();
        let (waiting, cancelling) = (token.clone(), token.clone());
        let waiter = spawn(move || waiting.wait(None).unwrap());
        let canceller = spawn(move || cancelling.cancel());
        assert!(token.wait(None).unwrap());
        assert!(join(waiter));
        join(canceller);
        assert!(token.check().is_err());
    });
}

#[test]
fn child_is_cancelled_too() {
    explore(|| {
        let token = CancelToken::new();
        let cancelling = token.clone();
        let canceller = spawn(move || cancelling.cancel());
        let child = token.child();
        let grandchild = child.child();
        assert!(grandchild.wait(None).unwrap());
        join(canceller);
        assert!(child.is_cancelled());
    });
}

#[test]
fn child_alone() {
    explore(|| {
        let token = CancelToken::new();
        let child = token.child();
        let (one, other) = (child.clone(), token.child());
        let canceller = spawn(move || one.cancel());
        child.cancel();
        join(canceller);
        assert!(child.is_cancelled() && !token.is_cancelled() && !other.is_cancelled());
    });
}

#[test]
fn latest_waker_is_woken() {
    explore(|| {
        let token = CancelToken::new();
        let cancelling = token.clone();
        let canceller = spawn(move || cancelling.cancel());
        let bells = [Arc::new(Bell::default()), Arc::new(Bell::default())];
        let mut cancelled = pin!((&token).into_future());
        let pending = bells.iter().all(|bell| {
            let waker = Waker::from(Arc::clone(bell));
            cancelled.as_mut().poll(&mut Context::from_waker(&waker)).is_pending()
        });
        join(canceller);
        if pending {
            assert_eq!(bells[1].rings(), 1);
        }
        assert!(cancelled.poll(&mut Context::from_waker(Waker::noop())).is_ready());
        assert_eq!(Arc::strong_count(&bells[1]), 1);
    });
}

#[test]
fn dropped_await_leaves_no_waker() {
    explore(|| {
        let token = CancelToken::new();
        let cancelling = token.clone();
        let canceller = spawn(move || cancelling.cancel());
        let bell = Arc::new(Bell::default());
        {
            let waker = Waker::from(Arc::clone(&bell));
            let _ = pin!((&token).into_future()).poll(&mut Context::from_waker(&waker));
        }
        join(canceller);
        assert_eq!(Arc::strong_count(&bell), 1);
    });
}

#[test]
fn what_was_written_before_is_seen() {
    explore(|| {
        let (token, written) = (CancelToken::new(), Arc::new(AtomicUsize::new(0)));
        let (cancelling, writing) = (token.clone(), Arc::clone(&written));
        let canceller = spawn(move || {
            writing.store(1, Ordering::Relaxed);
            cancelling.cancel();
        });
        if token.is_cancelled() {
            assert_eq!(written.load(Ordering::Relaxed), 1);
        }
        join(canceller);
    });
}
