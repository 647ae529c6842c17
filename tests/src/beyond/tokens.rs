//! Tokens, by which tasks are asked to end.

use super::held::hold;
use crate::bomb::Bomb;
use crate::{Gate, pool};
use concurrent_futures::{
    Accept, CancelToken, CancelledError, Error, Executor, Future, Promise, Shutdown, State, TaskOptions,
    ThreadPoolExecutor, WorkStealingExecutor,
};
use std::future::IntoFuture;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn with(token: &CancelToken) -> TaskOptions {
    TaskOptions::new().token(token.clone())
}

/// Each task has a token of its own, or the one that it was given; outside tasks there is none.
pub fn each_task_has_one() {
    fn check<E>(executor: &E)
    where
        E: Accept<fn(()) -> [CancelToken; 2], (), [CancelToken; 2]>,
    {
        let twice: fn(()) -> [CancelToken; 2] = |()| [(); 2].map(|()| CancelToken::current().unwrap());
        let [first, again] = executor.submit(twice, ()).unwrap().result().unwrap().clone();
        assert_eq!(first, again);
        assert!(!first.is_cancelled());
        assert_ne!(executor.submit(twice, ()).unwrap().result().unwrap()[0], first);
        let own = CancelToken::new();
        assert_eq!(executor.submit_with(with(&own), twice, ()).unwrap().result().unwrap()[0], own);
        assert_ne!(own, first);
    }
    assert_eq!(CancelToken::current(), None);
    check(&pool(1));
    check(&WorkStealingExecutor::new(1).unwrap());
    assert_eq!(CancelToken::current(), None);
}

/// An initializer is no task, so it has no token.
pub fn initializer_has_none() {
    let seen = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&seen);
    let note = move || *slot.lock().unwrap() = Some(CancelToken::current().is_some());
    let pool = ThreadPoolExecutor::builder().max_workers(1).initializer(note).build().unwrap();
    pool.spawn(|| ()).unwrap().result().unwrap();
    assert_eq!(*seen.lock().unwrap(), Some(false));
}

/// A callback is no task either, though a worker runs it.
pub fn callbacks_have_none() {
    let (pool, gate, promise) = (pool(1), Gate::new(), Promise::new());
    let (inner, seen) = (gate.clone(), promise.future());
    let task = pool.spawn(move || inner.pass()).unwrap();
    task.add_done_callback(move |_| promise.set_result(CancelToken::current().is_some()).unwrap());
    gate.open();
    assert!(!seen.result().unwrap());
}

/// A task that a waiting worker runs has its own token, and the outer one has its own again afterwards.
pub fn nested_task_has_its_own() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let current = || CancelToken::current().unwrap();
    let outer = pool
        .spawn(move || {
            let before = current();
            let nested = inner.spawn(current).unwrap();
            let nested = nested.result().unwrap().clone();
            (before, nested, current())
        })
        .unwrap();
    let (before, nested, after) = outer.result().unwrap();
    assert_eq!(before, after);
    assert_ne!(before, nested);
}

/// One call cancels every task with the token that waits, here and now: callbacks run once, on this thread.
pub fn waiting_tasks_are_cancelled() {
    fn check<E>(executor: &E)
    where
        E: Accept<fn(Gate), Gate, ()> + Accept<fn(u32) -> u32, u32, u32>,
    {
        let (held, token, calls) = (hold(executor, 1), CancelToken::new(), Arc::new(AtomicUsize::new(0)));
        let (same, here): (fn(u32) -> u32, _) = (|n| n, thread::current().id());
        let waiting: Vec<_> = (0..10)
            .map(|n| {
                let calls = Arc::clone(&calls);
                let task = executor.submit_with(with(&token), same, n).unwrap();
                task.add_done_callback(move |task| {
                    assert!(task.cancelled());
                    assert_eq!(thread::current().id(), here);
                    calls.fetch_add(1, Ordering::SeqCst);
                });
                task
            })
            .collect();
        let other = executor.submit(same, 1).unwrap();
        token.cancel();
        assert!(waiting.iter().all(Future::cancelled));
        assert_eq!(calls.load(Ordering::SeqCst), 10);
        // Once is enough.
        token.cancel();
        held.release();
        assert_eq!(other.result().unwrap(), &1);
        assert_eq!(calls.load(Ordering::SeqCst), 10);
    }
    check(&pool(1));
    check(&WorkStealingExecutor::new(1).unwrap());
}

/// Where a task ends because it was asked to, no other with the same token begins in its place.
pub fn none_begins_any_more() {
    for _ in 0..50 {
        let pool = pool(1);
        let (token, started) = (CancelToken::new(), Gate::new());
        let inner = started.clone();
        let running = pool
            .spawn_with(with(&token), move || {
                inner.open();
                CancelToken::current().unwrap().wait(None).unwrap()
            })
            .unwrap();
        started.pass();
        let waiting: Vec<_> = (0..10).map(|_| pool.spawn_with(with(&token), || ()).unwrap()).collect();
        let other = pool.spawn(|| 1).unwrap();
        token.cancel();
        assert!(running.result().unwrap());
        assert_eq!(other.result().unwrap(), &1);
        assert!(waiting.iter().all(Future::cancelled));
    }
}

/// A task that is submitted with a token that is cancelled already never runs, even if a worker is free for it.
pub fn cancelled_beforehand() {
    let token = CancelToken::new();
    token.cancel();
    for round in 0..50 {
        let pool = pool(2);
        let held = hold(&pool, round % 3);
        let task = pool.spawn_with(with(&token), || ()).unwrap();
        assert_eq!(task.state(), State::Cancelled);
        held.release();
        assert!(matches!(task.result(), Err(Error::Cancelled(_))));
    }
}

/// A child is cancelled with its parent, and not the other way round.
pub fn children() {
    let parent = CancelToken::new();
    let (first, second) = (parent.child(), parent.child());
    first.cancel();
    assert!(first.is_cancelled() && !parent.is_cancelled() && !second.is_cancelled());
    let grandchild = second.child();
    parent.cancel();
    assert!(second.is_cancelled() && grandchild.is_cancelled());
    assert!(parent.child().is_cancelled());
}

/// A token reaches its child's child, even if nobody holds the child any more.
pub fn forgotten_generations() {
    let token = CancelToken::new();
    let descendant = (0..100).fold(token.clone(), |token, _| token.child());
    token.cancel();
    assert!(descendant.is_cancelled());
}

/// However many generations there are, no stack is too small for them.
pub fn many_generations() {
    let token = CancelToken::new();
    let first = token.child();
    let descendants: Vec<_> =
        std::iter::successors(Some(first.clone()), |token| Some(token.child())).take(100_000).collect();
    token.cancel();
    assert!(descendants.iter().all(CancelToken::is_cancelled));
    drop(descendants);
    drop((0..100_000).fold(token, |token, _| token.child()));
}

/// A wait ends with its limit, or when the token is cancelled, by whichever thread.
pub fn waits() {
    let token = CancelToken::new();
    assert!(!token.wait(Some(Duration::ZERO)).unwrap());
    assert!(!token.wait(Some(Duration::from_millis(5))).unwrap());
    let waiters = pool(3);
    let arrived = Gate::new();
    arrived.open();
    let waiting = [None, Some(HOUR), Some(Duration::MAX)].map(|limit| {
        let (token, arrived) = (token.clone(), arrived.clone());
        waiters
            .spawn(move || {
                arrived.pass();
                token.wait(limit).unwrap()
            })
            .unwrap()
    });
    arrived.wait_for(3);
    thread::yield_now();
    token.cancel();
    assert!(waiting.iter().all(|waiting| *waiting.result().unwrap()));
    assert!(token.wait(None).unwrap() && token.wait(Some(Duration::ZERO)).unwrap());
}

/// Counts its wakes.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A token can be awaited, by several; only the latest waker of each is woken, once, and none that was given up.
pub fn awaits() {
    let token = CancelToken::new();
    let counters = [(); 4].map(|()| Arc::new(Counter::default()));
    let wakers = counters.clone().map(Waker::from);
    {
        let mut moved = pin!((&token).into_future());
        let mut other = pin!((&token).into_future());
        let mut given_up = Box::pin((&token).into_future());
        let poll = |awaited: std::pin::Pin<&mut _>, waker: &Waker| {
            std::future::Future::poll(awaited, &mut Context::from_waker(waker))
        };
        assert!(poll(moved.as_mut(), &wakers[0]).is_pending());
        assert!(poll(moved.as_mut(), &wakers[1]).is_pending());
        assert!(poll(other.as_mut(), &wakers[2]).is_pending());
        assert!(poll(given_up.as_mut(), &wakers[3]).is_pending());
        drop(given_up);
        token.cancel();
        token.cancel();
        assert_eq!(poll(moved, &wakers[1]), Poll::Ready(()));
        assert_eq!(poll(other, &wakers[2]), Poll::Ready(()));
    }
    assert_eq!(counters.map(|counter| counter.0.load(Ordering::SeqCst)), [0, 1, 1, 0]);
    let mut late = pin!((&token).into_future());
    let ready = std::future::Future::poll(late.as_mut(), &mut Context::from_waker(Waker::noop()));
    assert_eq!(ready, Poll::Ready(()));
}

/// A waker, or a callback of a task, may panic: everybody else is told all the same.
pub fn panicking_listeners_harm_nobody() {
    struct Faulty;
    impl Wake for Faulty {
        fn wake(self: Arc<Self>) {
            panic!("a waker may panic");
        }
    }
    let (pool, token) = (pool(1), CancelToken::new());
    let (held, counter) = (hold(&pool, 1), Arc::new(Counter::default()));
    let (faulty, sound) = (Waker::from(Arc::new(Faulty)), Waker::from(Arc::clone(&counter)));
    let (mut first, mut second) = (pin!((&token).into_future()), pin!((&token).into_future()));
    let poll = |awaited: std::pin::Pin<&mut _>, waker: &Waker| {
        std::future::Future::poll(awaited, &mut Context::from_waker(waker)).is_pending()
    };
    assert!(poll(first.as_mut(), &faulty) && poll(second.as_mut(), &sound));
    let child = token.child();
    let tasks = [(); 3].map(|()| pool.spawn_with(with(&token), || ()).unwrap());
    tasks[0].add_done_callback(|_| panic!("a callback may panic"));
    token.cancel();
    assert_eq!(counter.0.load(Ordering::SeqCst), 1);
    assert!(child.is_cancelled() && tasks.iter().all(Future::cancelled));
    held.release();
}

/// What goes with a task may be dropped by whoever cancels the token, and harms none of the others.
pub fn panicking_destructors_harm_nobody() {
    let (pool, other, token) = (pool(1), pool(1), CancelToken::new());
    let held = hold(&pool, 1);
    let waits = || pool.spawn_with(with(&token), || ()).unwrap();
    let first = waits();
    let done = other.spawn_with(with(&token), || Bomb).unwrap();
    let last = waits();
    assert!(done.result().is_ok());
    // From here on, nobody but the futures holds the task.
    other.shutdown(Shutdown::default()).unwrap();
    first.add_done_callback(move |_| drop(done));
    token.cancel();
    assert!(first.cancelled() && last.cancelled());
    held.release();
}

/// `check` ends a task by `?`, and the error keeps its type.
pub fn check_ends_a_task() {
    let (pool, started) = (pool(1), Gate::new());
    let inner = started.clone();
    let task = pool
        .try_submit(
            move |()| {
                let token = CancelToken::current().unwrap();
                inner.open();
                loop {
                    token.check()?;
                    thread::yield_now();
                }
                #[expect(unreachable_code, reason = "it gives the closure its type")]
                Ok::<(), CancelledError>(())
            },
            (),
        )
        .unwrap();
    started.pass();
    task.stop(HOUR).unwrap();
    assert!(matches!(task.result(), Err(Error::Failed(_))));
    assert_eq!(task.result().unwrap_err().downcast_ref::<CancelledError>(), Some(&CancelledError));
}

/// A token that nobody holds any more changes nothing for its tasks.
pub fn dropped_token_changes_nothing() {
    let pool = pool(1);
    let held = hold(&pool, 1);
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            pool.submit_with(TaskOptions::new().token(CancelToken::new().child()), |n: u32| n, n).unwrap()
        })
        .collect();
    held.release();
    assert!(tasks.iter().map(|task| *task.result().unwrap()).eq(0..10));
}

/// What is submitted before the call is cancelled or has begun when it returns, however submitting and cancelling meet.
pub fn cancel_meets_submit() {
    let submitters = pool(2);
    for round in 0..100 {
        let (pool, token, gate) = (Arc::new(pool(1)), CancelToken::new(), Gate::new());
        let submitting = [0, 1].map(|_| {
            let (pool, token, gate) = (Arc::clone(&pool), token.clone(), gate.clone());
            let submit = move || {
                gate.pass();
                let task = || CancelToken::current().unwrap().is_cancelled();
                (0..20).map(|_| pool.spawn_with(with(&token), task).unwrap()).collect::<Vec<_>>()
            };
            submitters.spawn(submit).unwrap()
        });
        gate.wait_for(2);
        gate.open();
        for _ in 0..round {
            thread::yield_now();
        }
        token.cancel();
        let late = pool.spawn_with(with(&token), || ()).unwrap();
        assert!(late.cancelled());
        for task in submitting.iter().flat_map(|tasks| tasks.result().unwrap()) {
            assert!(matches!(task.result(), Ok(_) | Err(Error::Cancelled(_))));
        }
    }
}

/// A token that lives long does not gather the tasks and children that it was given to: here they would not fit into memory
/// in a browser.
pub fn long_life_gathers_nothing() {
    const EACH: usize = 16 << 10;
    let (pool, token) = (pool(1), CancelToken::new());
    for n in 0..100_000_usize {
        let captured = [n as u8; EACH];
        let task = pool.spawn_with(with(&token), move || captured[n % EACH]).unwrap();
        assert_eq!(task.result().unwrap(), &(n as u8));
        drop(token.child());
    }
    assert!(!token.is_cancelled());
}
