//! Queues that keep only so many tasks waiting.

use super::{Held, forever, hold, listen, square, until};
use crate::Gate;
use crate::beyond::events::{Events, What};
use concurrent_futures::{
    CancelToken, Error, Executor, Future, LossCause, MapOptions, ProcessPoolBuilder, ProcessPoolExecutor,
    RemoteError, Shutdown, Stopped, SubmitError, TaskOptions, ThreadPoolExecutor, WhenFull, current_task,
};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(50);
const HOUR: Duration = Duration::from_secs(3_600);

fn builder(max_workers: usize, limit: usize, when_full: WhenFull) -> ProcessPoolBuilder {
    ProcessPoolExecutor::builder().max_workers(max_workers).queue_limit(limit, when_full)
}

fn limited(limit: usize, when_full: WhenFull) -> ProcessPoolExecutor {
    builder(1, limit, when_full).build().unwrap()
}

/// A worker that is busy, and one task that waits for it: a queue with room for one is full.
fn filled(when_full: WhenFull) -> (ProcessPoolExecutor, Held, Future<u64>) {
    let pool = limited(1, when_full);
    let held = hold(&pool);
    let waiting = pool.submit(square, 3).unwrap();
    (pool, held, waiting)
}

/// With `Refuse` exactly as many tasks wait as may, whatever their priorities, and the rest is refused.
pub fn full_queue_refuses() {
    let pool = limited(3, WhenFull::Refuse);
    let held = hold(&pool);
    let submit = |n: u64| pool.submit_with(TaskOptions::new().priority(n as i32), square, n);
    let accepted: Vec<_> = (0..3).map(|n| submit(n).unwrap()).collect();
    for n in [0, 1, 2, 9] {
        let refused = submit(n).unwrap_err();
        assert!(matches!(refused, SubmitError::Full(error) if error.limit() == 3));
        assert_eq!(refused.to_string(), "the executor's queue is full: 3 tasks wait already");
    }
    assert!(held.kill());
    for (n, future) in (0..).zip(accepted) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
}

/// Each task that is cancelled, expires or begins makes room for one more.
pub fn room_again() {
    let pool = limited(1, WhenFull::Refuse);
    let held = hold(&pool);
    for n in 0..10 {
        let waiting = pool.submit(square, n).unwrap();
        assert!(pool.submit(square, n).is_err());
        assert!(waiting.cancel());
    }
    let expiring = pool.submit_with(TaskOptions::new().queue_timeout(SHORT), square, 1).unwrap();
    assert!(matches!(expiring.result(), Err(Error::QueueTimeout(_))));
    until(|| pool.submit(square, 1).is_ok());
    assert!(held.kill());
    until(|| pool.submit(square, 11).is_ok_and(|future| future.result().is_ok()));
}

/// What a quick worker has been sent ahead waits all the same.
pub fn sent_ahead_counts() {
    let pool = limited(10, WhenFull::Block);
    for n in 0..500 {
        drop(pool.submit(square, n).unwrap());
    }
    let held = Held(pool.submit(forever, ()).unwrap());
    until(|| held.running());
    let refusing = limited(10, WhenFull::Refuse);
    for _ in 0..20 {
        let warm: Vec<_> = (0..10).filter_map(|n| refusing.submit(square, n).ok()).collect();
        assert!(warm.iter().all(|future| future.result().is_ok()));
    }
    let busy = hold(&refusing);
    let accepted = (0..20).filter_map(|n| refusing.submit(square, n).ok()).count();
    assert_eq!(accepted, 10);
    assert!(held.kill() && busy.kill());
}

/// Has another thread submit a task to a full pool; the result is what becomes of that, when it knows.
///
/// `threads` is to be made before the pool is filled: if a scenario fails, they are waited for after the pool has been freed.
fn submit_elsewhere(
    threads: &ThreadPoolExecutor,
    pool: &Arc<ProcessPoolExecutor>,
) -> Future<Result<Future<u64>, SubmitError>> {
    let (pool, coming) = (Arc::clone(pool), Gate::new());
    let arrived = coming.clone();
    coming.open();
    let submitted = threads.spawn(move || {
        coming.pass();
        pool.submit(square, 5)
    });
    arrived.wait_for(1);
    submitted.unwrap()
}

/// With `Block` a submitter waits until a worker has taken a task, or a task that waits is cancelled or expires.
pub fn submitter_waits_for_room() {
    let threads = crate::pool(1);
    for is_cancelled in [false, true] {
        let (pool, held, waiting) = filled(WhenFull::Block);
        let pool = Arc::new(pool);
        let submitted = submit_elsewhere(&threads, &pool);
        // It may not have come far yet, but never further than this.
        thread::sleep(Duration::from_millis(10));
        assert!(!submitted.done());
        assert!(if is_cancelled { waiting.cancel() } else { held.kill() });
        let submitted = submitted.result().unwrap().as_ref().unwrap();
        held.kill();
        assert_eq!(submitted.result().unwrap(), &25);
    }
    let pool = Arc::new(limited(1, WhenFull::Block));
    let held = hold(&pool);
    let expiring = pool.submit_with(TaskOptions::new().queue_timeout(SHORT), square, 1).unwrap();
    let submitted = submit_elsewhere(&threads, &pool);
    let submitted = submitted.result().unwrap().as_ref().unwrap();
    assert!(matches!(expiring.result(), Err(Error::QueueTimeout(_))));
    assert!(held.kill());
    assert_eq!(submitted.result().unwrap(), &25);
}

/// Submitters that wait for room hear of the shutdown, and of the end by force, although no room is made.
pub fn shutdown_frees_submitters() {
    let threads = crate::pool(1);
    for is_forced in [false, true] {
        let (pool, held, waiting) = filled(WhenFull::Block);
        let pool = Arc::new(pool);
        let submitted = submit_elsewhere(&threads, &pool);
        if is_forced {
            pool.kill_workers();
        } else {
            pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
        }
        let refused = submitted.result().unwrap().as_ref().unwrap_err();
        assert!(matches!(refused, SubmitError::Shutdown(_)), "{refused}");
        held.kill();
        assert_eq!(waiting.result().is_ok(), !is_forced);
    }
}

/// Callbacks run on a thread of the executor's own, which must not wait for room.
pub fn callback_is_refused() {
    let pool = Arc::new(limited(1, WhenFull::Block));
    let held = hold(&pool);
    // The worker's successor is to be busy with that.
    let next = Held(pool.submit(forever, ()).unwrap());
    let (inner, (sender, refused)) = (Arc::clone(&pool), mpsc::channel());
    held.add_done_callback(move |_| {
        // The first may still find room.
        let refused = (0..2).find_map(|_| inner.submit(square, 1).err());
        drop(inner);
        sender.send(matches!(refused, Some(SubmitError::WouldBlock(_)))).unwrap();
    });
    assert!(held.kill());
    assert!(refused.recv().unwrap());
    assert!(next.kill());
}

/// How often it was called in this memory.
fn count((): ()) -> u32 {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    CALLS.fetch_add(1, Ordering::SeqCst) + 1
}

/// A value that comes out of the codec as another.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Forgetful {
    kept: u32,
    #[serde(skip)]
    forgotten: u32,
}

/// With `CallerRuns` the submitter runs what finds no room before `submit` returns, and the same comes out as from a worker.
pub fn caller_runs() {
    let (pool, held, waiting) = filled(WhenFull::CallerRuns);
    assert_eq!(pool.submit(count, ()).unwrap().result_timeout(Duration::ZERO).unwrap(), &1);
    assert_eq!((pool.submit(count, ()).unwrap().result().unwrap(), count(())), (&2, 3));
    let sum = |given: Forgetful| Forgetful { kept: given.kept + given.forgotten, forgotten: 7 };
    let forgotten = pool.submit(sum, Forgetful { kept: 1, forgotten: 2 }).unwrap();
    assert_eq!(forgotten.result().unwrap(), &Forgetful { kept: 1, forgotten: 0 });
    let failing = || pool.submit(|n: u32| assert!(n > 3, "{n} is too little"), 3).unwrap();
    let parse = || pool.try_submit(|text: String| text.parse::<u32>(), "twelve".to_owned()).unwrap();
    let (failed, parsed) = (failing(), parse());
    assert!(failed.done() && parsed.done());
    // The outermost task of a thread is that thread's; this one is none of its tasks.
    assert_eq!(pool.submit(|()| current_task().is_none(), ()).unwrap().result().unwrap(), &true);
    assert_eq!(current_task(), None);
    assert!(held.kill());
    waiting.result().unwrap();
    // Now by a worker.
    let (as_before, parsed_as_before) = (failing(), parse());
    let panic = |future: &Future<()>| {
        let error = future.exception().unwrap().unwrap();
        let panic = error.panic().unwrap();
        (panic.message().to_owned(), panic.location().map(ToOwned::to_owned))
    };
    assert_eq!(panic(&failed), panic(&as_before));
    let remote = |future: &Future<u32>| {
        let error = future.result().unwrap_err();
        error.downcast_ref::<RemoteError>().map(|error| (error.type_name().to_owned(), error.to_string()))
    };
    assert_eq!(remote(&parsed), remote(&parsed_as_before));
    assert!(remote(&parsed).is_some());
}

/// The submitter's tasks are observed, each in order, on a worker that is none of the executor's own.
pub fn caller_is_observed() {
    let events = Events::new();
    let pool = builder(1, 1, WhenFull::CallerRuns).observer(events.observer()).build().unwrap();
    let held = hold(&pool);
    drop(pool.submit(square, 1).unwrap());
    let before = events.all().len();
    let task = pool.submit(square, 2).unwrap().id();
    let seen = events.all()[before..].to_vec();
    let [What::WorkerStarted(worker, name), rest @ ..] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((name.as_str(), *worker), ("the submitting thread", 1));
    let worker = *worker;
    assert_eq!(rest, [What::Started { task, worker }, What::Finished(task), What::WorkerEnded(worker)]);
    assert!(held.kill());
}

/// A task on the submitter's thread has a token as any other; it cannot be killed, and its time being up only asks it to end.
pub fn caller_is_asked() {
    let (pool, held, waiting) = filled(WhenFull::CallerRuns);
    let pool = Arc::new(pool);
    let for_short = TaskOptions::new().run_timeout(SHORT);
    assert!(pool.submit_with(for_short, listen, ()).unwrap().result().unwrap());
    let token = CancelToken::new();
    token.cancel();
    let with_token = TaskOptions::new().token(token);
    assert!(pool.submit_with(with_token, listen, ()).unwrap().result().unwrap());
    // The outer task's token is its own again when the inner one has ended.
    let threads = crate::pool(1);
    let inner = Arc::clone(&pool);
    let outer = threads
        .spawn(move || {
            let before = CancelToken::current().unwrap();
            let asked = inner.submit_with(TaskOptions::new().run_timeout(SHORT), listen, ()).unwrap();
            asked.result().is_ok_and(|asked| *asked)
                && !before.is_cancelled()
                && CancelToken::current() == Some(before)
        })
        .unwrap();
    assert!(outer.result().unwrap());
    assert!(!waiting.done());
    assert!(held.kill());
}

/// A map over a bounded queue gives every result, in order, whether its items wait for room or run on the caller's thread.
pub fn map_waits_or_runs_here() {
    for when_full in [WhenFull::Block, WhenFull::CallerRuns] {
        for chunksize in [1, 7] {
            let pool = builder(2, 1, when_full).build().unwrap();
            let fallible = |n: u64| {
                assert!(n % 50 != 13, "unlucky");
                n * n
            };
            let options = MapOptions::default().chunksize(chunksize);
            let results: Vec<_> = pool.map_with(options, fallible, 0..200).unwrap().collect();
            assert_eq!(results.len(), 200);
            for (n, result) in (0..).zip(results) {
                assert_eq!(result.ok(), (n % 50 != 13).then_some(n * n), "{when_full:?} {chunksize}");
            }
        }
    }
}

/// What is accepted is done, once, and what is refused is not, while several submit as fast as they can.
pub fn nothing_accepted_is_lost() {
    let submitters = crate::pool(3);
    for when_full in [WhenFull::Refuse, WhenFull::Block, WhenFull::CallerRuns] {
        let pool = Arc::new(builder(2, 4, when_full).build().unwrap());
        let submitting = [0; 3].map(|_| {
            let pool = Arc::clone(&pool);
            let submit =
                move || (0..200).filter_map(|n| Some((n, pool.submit(square, n).ok()?))).collect::<Vec<_>>();
            submitters.spawn(submit).unwrap()
        });
        for (n, future) in submitting.iter().flat_map(|futures| futures.result().unwrap()) {
            assert_eq!(future.result().unwrap(), &(n * n));
        }
    }
}

/// A queue without any room takes no task at all.
pub fn zero_refused() {
    for when_full in [WhenFull::Block, WhenFull::Refuse, WhenFull::CallerRuns] {
        let refused = builder(1, 0, when_full).build().unwrap_err();
        assert!(matches!(refused, SubmitError::Value(_)));
        assert_eq!(refused.to_string(), "queue_limit must be at least 1");
    }
}

/// A task that stands in the queue again, since its worker was lost, may still be stopped.
pub fn stopped_while_full() {
    let (pool, held, waiting) = filled(WhenFull::Refuse);
    assert_eq!(held.stop(SHORT).unwrap(), Stopped::Killed);
    assert_eq!(super::loss(&held).cause(), &LossCause::Killed);
    assert_eq!(
        waiting.stop(HOUR).unwrap(),
        if waiting.cancelled() { Stopped::Cancelled } else { Stopped::Ended }
    );
    pool.shutdown(Shutdown::default()).unwrap();
}
