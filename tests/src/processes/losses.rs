//! Workers that are lost under their tasks.

use super::{die, forever, hold, is_broken, loss, pool, square, until};
use crate::door::Door;
use crate::observing::Log;
use concurrent_futures::{
    BrokenExecutor, Error, Executor, Future, LossCause, MapOptions, OnLoss, ProcessPoolExecutor, ReturnWhen,
    Shutdown, SubmitError, TaskError, wait,
};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// PPE-03, and the deliberate difference: what the lost worker was running fails, everything else goes on.
pub fn task_fails_alone() {
    let pool = pool(1);
    let before = pool.submit(square, 2).unwrap();
    let doomed = pool.submit(die, ()).unwrap();
    let after: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    assert_eq!(before.result().unwrap(), &4);
    loss(&doomed);
    for (n, future) in (0..).zip(&after) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
    assert_eq!(pool.workers(), 1);
}

/// Each replacement can be lost as well.
pub fn every_loss_is_survived() {
    let pool = pool(2);
    for n in 0..10 {
        let doomed = pool.submit(die, ()).unwrap();
        let well = pool.submit(square, n).unwrap();
        loss(&doomed);
        assert_eq!(well.result().unwrap(), &(n * n));
    }
}

fn breaking() -> ProcessPoolExecutor {
    ProcessPoolExecutor::builder().max_workers(1).on_loss(OnLoss::Break).build().unwrap()
}

/// PPE-03, by the policy that is CPython's: everything fails, and nothing more is taken.
pub fn break_fails_everything() {
    let pool = breaking();
    assert_eq!(pool.submit(square, 2).unwrap().result().unwrap(), &4);
    let running = hold(&pool);
    let queued: Vec<_> = (0..5).map(|n| pool.submit(square, n).unwrap()).collect();
    assert!(running.kill());
    assert!(is_broken(&running));
    assert!(queued.iter().all(is_broken), "{queued:?}");
    let Err(SubmitError::Broken(BrokenExecutor::ProcessPool(broken))) = pool.submit(square, 1) else {
        panic!("the pool is broken")
    };
    let lost = broken.cause().worker_lost().unwrap();
    assert_eq!((lost.cause(), lost.task()), (&LossCause::Killed, Some(running.id())));
    let text = broken.to_string();
    assert!(text.starts_with("the pool is broken, because a worker was lost: worker 0 "), "{text}");
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
}

/// PPE-04: an error for each future, so that nobody's is changed by somebody else.
pub fn broken_errors_are_separate() {
    let pool = breaking();
    let running = hold(&pool);
    let queued = pool.submit(square, 1).unwrap();
    assert!(running.kill());
    let mut errors = [running.result().map(drop).unwrap_err(), queued.result().map(drop).unwrap_err()];
    assert_eq!(errors[0].to_string(), errors[1].to_string());
    // What becomes of one is nothing to the other, nor to whoever asks again.
    let text = errors[1].to_string();
    errors[0] = Error::Failed(TaskError::returned("something else"));
    assert_eq!(errors[1].to_string(), text);
    assert_eq!(running.result().unwrap_err().to_string(), text);
}

/// PPE-06: the error tells which worker was lost, under which task, and why, where there are no exit codes too.
pub fn names_worker_and_task() {
    let pool = pool(1);
    let doomed = pool.submit(die, ()).unwrap();
    let lost = loss(&doomed);
    assert_eq!((lost.worker(), lost.task()), (Some(0), Some(doomed.id())));
    let text = lost.to_string();
    assert!(text.starts_with("worker 0 "), "{text}");
    assert!(text.contains(&format!("was lost while it ran `die` (task {}): ", doomed.id())), "{text}");
    let why = if cfg!(target_arch = "wasm32") {
        "trap: `unreachable` executed"
    } else {
        "it was ended by signal 6 (SIGABRT)"
    };
    assert!(text.ends_with(why), "{text}");
    assert_eq!(loss(&pool.submit(die, ()).unwrap()).worker(), Some(1));
}

/// An overflow of the stack ends the worker and nothing else.
pub fn stack_overflow() {
    #[expect(unconditional_recursion, reason = "that is the point")]
    fn dig(depth: u64) -> u64 {
        dig(black_box(depth) + 1) + black_box(1)
    }
    let pool = pool(1);
    loss(&pool.submit(dig, 0).unwrap());
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
}

/// MAP-02 for losses: one item fails, and those before and after it in the chunk have their results.
pub fn item_fails_alone() {
    let risky = |n: u64| if n % 7 == 3 { die(()) } else { n * 10 };
    let pool = pool(2);
    let options = MapOptions::default().chunksize(10);
    let results: Vec<_> = pool.map_with(options, risky, 0..25).unwrap().collect();
    assert_eq!(results.len(), 25);
    for (n, result) in (0..).zip(results) {
        match result {
            Ok(value) => assert_eq!((value, n % 7 == 3), (n * 10, false)),
            Err(Error::Failed(error)) => assert!(error.is_worker_lost() && n % 7 == 3, "{n}: {error}"),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A task that runs for too long is ended with its worker.
pub fn run_timeout() {
    let limit = Duration::from_millis(300);
    let pool = ProcessPoolExecutor::builder().max_workers(1).run_timeout(limit).build().unwrap();
    let endless = pool
        .submit(
            |()| -> u64 {
                loop {
                    black_box(())
                }
            },
            (),
        )
        .unwrap();
    let next = pool.submit(square, 3).unwrap();
    let lost = loss(&endless);
    assert_eq!(lost.cause(), &LossCause::RunTimeout(limit));
    assert!(lost.to_string().ends_with("the task ran longer than its limit of 300ms"), "{lost}");
    assert_eq!(next.result().unwrap(), &9);
}

/// Each item of a chunk has that time for itself.
pub fn run_timeout_of_each_item() {
    let limit = Duration::from_secs(2);
    let pool = ProcessPoolExecutor::builder().max_workers(1).run_timeout(limit).build().unwrap();
    let slow = |n: u64| {
        if n == 5 {
            return forever(());
        }
        thread::sleep(Duration::from_millis(500));
        n
    };
    let results: Vec<_> = pool.map_with(MapOptions::default().chunksize(7), slow, 0..7).unwrap().collect();
    for (n, result) in (0..).zip(results) {
        assert_eq!(result.as_ref().ok(), (n != 5).then_some(&n), "{n}: {result:?}");
    }
}

/// DEAD-13: a worker that dies after the shutdown has begun does not hold it up.
pub fn during_shutdown() {
    let die_behind = |door: String| {
        Door::pass(&door);
        die(())
    };
    for on_loss in [OnLoss::Replace, OnLoss::Break] {
        let (log, door) = (Log::new(), Door::new());
        let builder = ProcessPoolExecutor::builder().max_workers(2).on_loss(on_loss);
        let pool = builder.observer(log.observer()).build().unwrap();
        let doomed: Vec<_> = (0..4).map(|_| pool.submit(die_behind, door.name()).unwrap()).collect();
        until(|| doomed.iter().filter(|future| future.running()).count() == 2);
        pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
        door.open();
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
        assert!(doomed.iter().all(Future::done), "{doomed:?}");
        for future in &doomed {
            match on_loss {
                OnLoss::Replace => drop(loss(future)),
                OnLoss::Break => assert!(is_broken(future)),
            }
        }
        assert!(log.workers("lost") > 0);
    }
}

/// DEAD-15: a worker that dies while more is on its way to it than any buffer holds.
pub fn while_a_large_task_waits() {
    let pool = pool(1);
    let doomed = pool.submit(die, ()).unwrap();
    let large = pool.submit(|bytes: Vec<u8>| bytes.len(), vec![1; 16_000_000]).unwrap();
    let medium: Vec<_> =
        (0..20).map(|_| pool.submit(|bytes: Vec<u8>| bytes.len(), vec![1; 100_000]).unwrap()).collect();
    loss(&doomed);
    assert_eq!(large.result().unwrap(), &16_000_000);
    assert!(medium.iter().all(|future| future.result().unwrap() == &100_000));
    // It also may die of the large task itself.
    loss(&pool.submit(|_: Vec<u8>| die(()), vec![1; 16_000_000]).unwrap());
}

/// Waiters of every kind are told.
pub fn with_callbacks() {
    let pool = pool(1);
    let doomed = pool.submit(die, ()).unwrap();
    let (called, seen) = (Arc::new(AtomicUsize::new(0)), doomed.id());
    let counter = Arc::clone(&called);
    doomed.add_done_callback(move |future| {
        assert_eq!(loss(future).task(), Some(seen));
        counter.fetch_add(1, Ordering::SeqCst);
    });
    let waited = wait([&doomed], None, ReturnWhen::FirstException).unwrap();
    assert_eq!(waited.done, [&doomed]);
    until(|| called.load(Ordering::SeqCst) == 1);
}
