//! Tokens in another memory, and `Future::stop`: ending a task, politely first.

use super::{forever, hold, listen, loss, pool, square, until};
use concurrent_futures::{
    CancelToken, CancelledError, Executor, Future, LossCause, RemoteError, Shutdown, Stopped, TaskOptions,
};
use std::future::IntoFuture;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(50);
/// What nobody waits for.
const HOUR: Duration = Duration::from_secs(3_600);

fn token() -> CancelToken {
    CancelToken::current().expect("this is a task")
}

/// Each task has a token of its own, which nobody has cancelled; an initializer is no task.
pub fn each_task_has_one() {
    assert_eq!(CancelToken::current(), None);
    static HAD_ONE: AtomicU32 = AtomicU32::new(0);
    let note = |()| HAD_ONE.store(u32::from(CancelToken::current().is_some()), Ordering::SeqCst);
    let builder = concurrent_futures::ProcessPoolExecutor::builder().max_workers(1).initializer(note, ());
    let pool = builder.build().unwrap();
    let look = |()| {
        let (first, again) = (token(), token());
        (first == again, first.is_cancelled(), HAD_ONE.load(Ordering::SeqCst))
    };
    for _ in 0..3 {
        assert_eq!(pool.submit(look, ()).unwrap().result().unwrap(), &(true, false, 0));
    }
    // A task may cancel its own, which concerns no other.
    let cancel = |()| {
        token().cancel();
        token().is_cancelled()
    };
    assert!(pool.submit(cancel, ()).unwrap().result().unwrap());
    assert_eq!(pool.submit(look, ()).unwrap().result().unwrap(), &(true, false, 0));
}

/// A task that has not begun is cancelled.
pub fn waiting_task_is_cancelled() {
    let pool = pool(1);
    let held = hold(&pool);
    let task = pool.submit(square, 3).unwrap();
    for _ in 0..2 {
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Cancelled);
        assert!(task.cancelled());
    }
    assert!(held.running() && held.kill());
}

/// How many tasks the worker has run.
fn count((): ()) -> u32 {
    static TASKS: AtomicU32 = AtomicU32::new(0);
    TASKS.fetch_add(1, Ordering::SeqCst)
}

/// A task that looks at its token ends early, its result counts, and its worker goes on.
pub fn looking_task_ends() {
    let pool = pool(1);
    assert_eq!(pool.submit(count, ()).unwrap().result().unwrap(), &0);
    for round in 1..4 {
        let task = pool.submit(
            |()| {
                let mut turns = 0_u64;
                while !token().is_cancelled() {
                    turns += 1;
                }
                turns > 0
            },
            (),
        );
        let task = task.unwrap();
        until(|| task.running());
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
        assert!(task.result().is_ok());
        // It has ended, so there is nothing to stop.
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
        assert_eq!(pool.submit(count, ()).unwrap().result().unwrap(), &round);
        // The next task of the worker is not asked.
        assert!(!pool.submit(|()| token().is_cancelled(), ()).unwrap().result().unwrap());
    }
}

/// A task that waits by its token instead of sleeping ends early, with a limit and without one.
pub fn waiting_by_the_token_ends() {
    let pool = pool(1);
    let wait = |limit: Option<Duration>| token().wait(limit).unwrap();
    for limit in [None, Some(HOUR), Some(Duration::MAX)] {
        let task = pool.submit(wait, limit).unwrap();
        until(|| task.running());
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
        assert_eq!(task.result().unwrap(), &true);
    }
    for limit in [Duration::ZERO, SHORT] {
        assert_eq!(pool.submit(wait, Some(limit)).unwrap().result().unwrap(), &false);
    }
}

/// Wakes the thread that polls.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls until it is ready, as any executor does.
fn block_on<F: std::future::Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// A token can be awaited in another memory, too.
pub fn awaiting_the_token_ends() {
    let pool = pool(1);
    for _ in 0..3 {
        let task = pool.submit(|()| block_on((&token()).into_future()), ()).unwrap();
        until(|| task.running());
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
        task.result().unwrap();
    }
}

/// What was made of the token hears of it, by whatever means.
pub fn children_hear_of_it() {
    let pool = pool(3);
    let by_waiting = |()| token().child().child().wait(None).unwrap();
    let by_looking = |()| {
        let child = token().child();
        while !child.is_cancelled() {}
        true
    };
    let by_awaiting = |()| {
        let child = token().child();
        block_on((&child).into_future());
        token().is_cancelled()
    };
    let tasks = [
        pool.submit(by_waiting, ()).unwrap(),
        pool.submit(by_looking, ()).unwrap(),
        pool.submit(by_awaiting, ()).unwrap(),
    ];
    until(|| tasks.iter().all(Future::running));
    for task in tasks {
        assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
        assert!(task.result().unwrap());
    }
    // A child that is cancelled alone leaves the task's token as it is.
    let alone = |()| {
        let child = token().child();
        child.cancel();
        (child.is_cancelled(), token().is_cancelled())
    };
    assert_eq!(pool.submit(alone, ()).unwrap().result().unwrap(), &(true, false));
}

/// `check` ends a task by `?`.
pub fn check_ends_a_task() {
    let pool = pool(1);
    let task: Future<()> = pool
        .try_submit(
            |()| loop {
                if let Err(error) = token().check() {
                    break Err::<(), CancelledError>(error);
                }
            },
            (),
        )
        .unwrap();
    until(|| task.running());
    assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
    let error = task.result().unwrap_err();
    let remote = error.downcast_ref::<RemoteError>().unwrap();
    assert!(remote.type_name().ends_with("CancelledError"), "{remote}");
}

/// A task that does not listen is killed after the time of grace, with its worker.
pub fn deaf_task_is_killed() {
    let pool = pool(2);
    let other = hold(&pool);
    for grace in [Duration::ZERO, SHORT] {
        let task = pool.submit(forever::<()>, ()).unwrap();
        until(|| task.running());
        assert_eq!(task.stop(grace).unwrap(), Stopped::Killed);
        assert_eq!(loss(&task).cause(), &LossCause::Killed);
        assert_eq!(task.stop(grace).unwrap(), Stopped::Ended);
    }
    assert!(other.running() && other.kill());
}

/// A task that was asked and does not care about that keeps its result, if it ends within the time of grace.
pub fn grace_suffices() {
    let pool = pool(1);
    let nap = |milliseconds: u64| {
        thread::sleep(Duration::from_millis(milliseconds));
        token().is_cancelled()
    };
    let task = pool.submit(nap, 100).unwrap();
    until(|| task.running());
    assert_eq!(task.stop(HOUR).unwrap(), Stopped::Ended);
    assert_eq!(task.result().unwrap(), &true);
    let done = pool.submit(square, 3).unwrap();
    done.result().unwrap();
    assert_eq!(done.stop(HOUR).unwrap(), Stopped::Ended);
    assert_eq!(done.result().unwrap(), &9);
}

fn with(token: &CancelToken) -> TaskOptions {
    TaskOptions::new().token(token.clone())
}

/// One call asks many tasks to end: those that wait are cancelled here and now, those that run hear of it.
pub fn one_token_for_many() {
    let pool = pool(2);
    let token = CancelToken::new();
    let running = [(); 2].map(|()| pool.submit_with(with(&token), listen, ()).unwrap());
    until(|| running.iter().all(Future::running));
    let queued: Vec<_> = (0..10).map(|n| pool.submit_with(with(&token), square, n).unwrap()).collect();
    let other = pool.submit(square, 3).unwrap();
    token.cancel();
    assert!(queued.iter().all(Future::cancelled));
    assert!(running.iter().all(|task| *task.result().unwrap()));
    assert_eq!(other.result().unwrap(), &9);
    assert_eq!(pool.workers(), 2);
    // With a free worker a task may be begun before it is cancelled; then it hears of it at once.
    let late = pool.submit_with(with(&token), listen, ()).unwrap();
    assert!(late.result().is_ok_and(|asked| *asked) || late.cancelled());
    let held = [hold(&pool), hold(&pool)];
    assert!(pool.submit_with(with(&token), square, 1).unwrap().cancelled());
    assert!(held.iter().all(|held| held.kill()));
}

/// Stopping one task asks no other, though both have the same token; that token still reaches the other.
pub fn others_are_not_asked() {
    let pool = pool(2);
    let token = CancelToken::new();
    let tasks = [(); 2].map(|()| pool.submit_with(with(&token), listen, ()).unwrap());
    until(|| tasks.iter().all(Future::running));
    assert_eq!(tasks[0].stop(HOUR).unwrap(), Stopped::Ended);
    assert!(tasks[1].running() && !token.is_cancelled());
    token.cancel();
    assert!(tasks[1].result().unwrap());
}

/// Several may stop one task at the same time.
pub fn several_stop_one() {
    let (stoppers, pool) = (crate::pool(3), pool(1));
    let task = pool.submit(listen, ()).unwrap();
    until(|| task.running());
    let stopping = [(); 3].map(|()| {
        let task = task.clone();
        stoppers.spawn(move || task.stop(HOUR).unwrap()).unwrap()
    });
    assert!(stopping.iter().all(|stopping| *stopping.result().unwrap() == Stopped::Ended));
}

/// At whatever moment of its life a task is stopped, it is cancelled, or it ends and its result is there.
pub fn at_any_moment() {
    let pool = pool(2);
    let mut seen = [0; 2];
    for round in 0..200_u64 {
        let tasks: Vec<_> = (0..3).map(|n| pool.submit(square, n).unwrap()).collect();
        for _ in 0..round * 20 {
            std::hint::spin_loop();
        }
        for (n, task) in (0..).zip(&tasks) {
            match task.stop(HOUR).unwrap() {
                Stopped::Cancelled => {
                    assert!(task.cancelled());
                    seen[0] += 1;
                }
                Stopped::Ended => {
                    assert_eq!(task.result().unwrap(), &(n * n));
                    seen[1] += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(seen[0] + seen[1], 600);
    pool.shutdown(Shutdown::default()).unwrap();
}
