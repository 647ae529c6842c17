//! Queues that keep only so many tasks waiting.

use super::events::{Events, What};
use super::held::hold;
use crate::{Gate, pool};
use concurrent_futures::{
    BrokenExecutor, Builder, CancelToken, Error, Executor, Future, MapOptions, Shutdown, SubmitError,
    TaskOptions, ThreadPoolExecutor, WhenFull, current_task,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const NO_WAIT: Shutdown = Shutdown { wait: false, cancel_futures: false };

/// An executor of so many workers, with so many tasks waiting at most.
fn limited(max_workers: usize, limit: usize, when_full: WhenFull) -> ThreadPoolExecutor {
    builder(max_workers, limit, when_full).build().unwrap()
}

fn builder(max_workers: usize, limit: usize, when_full: WhenFull) -> Builder {
    ThreadPoolExecutor::builder().max_workers(max_workers).queue_limit(limit, when_full)
}

/// With `Block` a submitter waits until a worker has taken a task, and its tasks run in their order.
pub fn submitter_waits_for_room() {
    const TASKS: usize = 50;
    let (submitters, pool) = (pool(1), Arc::new(limited(1, 1, WhenFull::Block)));
    let held = hold(&*pool, 1);
    let accepted = Arc::new(AtomicUsize::new(0));
    let (inner, counter) = (Arc::clone(&pool), Arc::clone(&accepted));
    let submitting = submitters
        .spawn(move || {
            let futures: Vec<_> = (0..TASKS)
                .map(|n| {
                    let seen = Arc::clone(&counter);
                    let task = move || (n, seen.load(Ordering::SeqCst));
                    let future = inner.spawn(task).unwrap();
                    counter.fetch_add(1, Ordering::SeqCst);
                    future
                })
                .collect();
            futures
        })
        .unwrap();
    // It may not have come far yet, but never further than this.
    for _ in 0..100 {
        assert!(accepted.load(Ordering::SeqCst) <= 1);
        thread::yield_now();
    }
    held.release();
    for (place, future) in submitting.result().unwrap().iter().enumerate() {
        let (n, accepted) = *future.result().unwrap();
        assert_eq!(n, place);
        // Those before it, itself, and the one that waits.
        assert!(accepted <= n + 2, "{accepted} tasks were accepted when task {n} ran");
    }
}

/// Submitters that wait for room hear of the shutdown, although no room is made.
pub fn shutdown_frees_blocked_submitters() {
    let submitters = pool(3);
    for round in 0..50 {
        let pool = Arc::new(limited(1, 1, WhenFull::Block));
        let held = hold(&*pool, 1);
        let waiting = pool.spawn(|| ()).unwrap();
        let refused = submit_from_outside(&submitters, &pool, round);
        pool.shutdown(NO_WAIT).unwrap();
        for refused in refused {
            let refused = refused.result().unwrap().as_ref().unwrap_err();
            assert!(matches!(refused, SubmitError::Shutdown(_)), "{refused}");
        }
        assert!(!waiting.done());
        held.release();
        waiting.result().unwrap();
    }
}

/// Submitters that wait for room hear that the executor has broken.
pub fn break_down_frees_blocked_submitters() {
    let submitters = pool(3);
    for round in 0..50 {
        let gate = Gate::new();
        let initializer = gate.clone();
        let builder = builder(1, 1, WhenFull::Block).initializer(move || {
            initializer.pass();
            panic!("no database");
        });
        let pool = Arc::new(builder.build().unwrap());
        let waiting = pool.spawn(|| ()).unwrap();
        let submitting = submit_from_outside(&submitters, &pool, round);
        gate.open();
        let refused: Vec<_> =
            submitting.iter().filter_map(|submitting| submitting.result().unwrap().as_ref().err()).collect();
        // The worker that is to come may take one task, and one may wait.
        assert!(refused.len() >= 2);
        for refused in refused {
            assert!(matches!(refused, SubmitError::Broken(BrokenExecutor::ThreadPool(_))), "{refused}");
        }
        assert!(matches!(waiting.result(), Err(Error::Broken(_))));
    }
}

/// Lets three threads submit to a full executor, and gives them more or less time to come to wait.
fn submit_from_outside(
    submitters: &ThreadPoolExecutor,
    pool: &Arc<ThreadPoolExecutor>,
    round: usize,
) -> [Future<Result<(), SubmitError>>; 3] {
    let coming = Gate::new();
    coming.open();
    let submitting = [0; 3].map(|_| {
        let (pool, coming) = (Arc::clone(pool), coming.clone());
        submitters
            .spawn(move || {
                coming.pass();
                pool.spawn(|| ()).map(drop)
            })
            .unwrap()
    });
    coming.wait_for(3);
    for _ in 0..10 * round {
        thread::yield_now();
    }
    submitting
}

/// A task that is cancelled makes room for a submitter that waits, although every worker is busy.
pub fn cancelled_task_frees_a_blocked_submitter() {
    let submitters = pool(1);
    for round in 0..10 {
        let pool = Arc::new(limited(1, 1, WhenFull::Block));
        let held = hold(&*pool, 1);
        let waiting = pool.spawn(|| ()).unwrap();
        let (inner, coming) = (Arc::clone(&pool), Gate::new());
        coming.open();
        let arrived = coming.clone();
        let submitting = submitters
            .spawn(move || {
                arrived.pass();
                inner.spawn(|| ()).map(drop)
            })
            .unwrap();
        coming.wait_for(1);
        for _ in 0..100 * round {
            thread::yield_now();
        }
        assert!(waiting.cancel());
        let accepted = submitting.result_timeout(Duration::from_secs(20));
        assert!(accepted.is_ok_and(Result::is_ok), "there is room, and nobody tells");
        drop(held);
    }
}

/// The limit is for tasks that wait for a worker: as many as there are free workers do not, even if those are still to start.
pub fn free_workers_come_first() {
    for when_full in [WhenFull::Refuse, WhenFull::CallerRuns] {
        for _ in 0..20 {
            let (pool, gate) = (limited(4, 1, when_full), Gate::new());
            let here = thread::current().id();
            let tasks = [(); 5].map(|()| {
                let gate = gate.clone();
                let task = move || {
                    let is_elsewhere = thread::current().id() != here;
                    if is_elsewhere {
                        gate.pass();
                    }
                    is_elsewhere
                };
                pool.spawn(task)
            });
            gate.open();
            for task in tasks {
                assert!(task.unwrap().result().unwrap(), "the caller ran it");
            }
        }
    }
}

/// A worker that submits to its own full executor runs the task itself: if it waited, nobody would make room.
pub fn worker_runs_what_finds_no_room() {
    let pool = Arc::new(limited(1, 1, WhenFull::Block));
    let inner = Arc::clone(&pool);
    let outer = pool
        .spawn(move || {
            let parts: Vec<_> = (0..10_u32)
                .map(|n| inner.submit(|n: u32| (n, current_task().map(|task| task.worker)), n).unwrap())
                .collect();
            let at_once = parts.iter().filter(|part| part.done()).count();
            let results: Vec<_> = parts.iter().map(|part| *part.result().unwrap()).collect();
            (at_once, results)
        })
        .unwrap();
    let (at_once, results) = outer.result().unwrap();
    assert_eq!(*at_once, 9);
    assert_eq!(*results, (0..10).map(|n| (n, Some(0))).collect::<Vec<_>>());
}

/// With `Refuse` exactly as many tasks wait as may, whatever their priorities, and the rest is refused and let go.
pub fn full_queue_refuses() {
    let pool = limited(1, 3, WhenFull::Refuse);
    let held = hold(&pool, 1);
    let submit = |n: u32| pool.submit_with(TaskOptions::new().priority(n as i32), |n: u32| n, n);
    let accepted: Vec<_> = (0..3).map(|n| submit(n).unwrap()).collect();
    for n in [0, 1, 2, 9] {
        let refused = submit(n).unwrap_err();
        assert!(matches!(refused, SubmitError::Full(error) if error.limit() == 3));
        assert_eq!(refused.to_string(), "the executor's queue is full: 3 tasks wait already");
    }
    let captured = Arc::new(());
    assert!(pool.submit(drop, Arc::clone(&captured)).is_err());
    assert_eq!(Arc::strong_count(&captured), 1);
    held.release();
    for (n, future) in (0..).zip(accepted) {
        assert_eq!(future.result().unwrap(), &n);
    }
}

/// Each task that is cancelled or begun makes room for one more.
pub fn room_again() {
    let pool = limited(1, 1, WhenFull::Refuse);
    let held = hold(&pool, 1);
    let submit = |n: u32| pool.submit(|n: u32| n, n);
    for n in 0..10 {
        let waiting = submit(n).unwrap();
        assert!(submit(n).is_err());
        assert!(waiting.cancel());
    }
    let waiting = submit(10).unwrap();
    held.release();
    assert_eq!(waiting.result().unwrap(), &10);
    assert_eq!(submit(11).unwrap().result().unwrap(), &11);
}

/// A token that cancels what waits makes room for as many.
pub fn token_makes_room() {
    let pool = limited(1, 5, WhenFull::Refuse);
    let held = hold(&pool, 1);
    let token = CancelToken::new();
    let with_token = || pool.spawn_with(TaskOptions::new().token(token.clone()), || ());
    let waiting: Vec<_> = (0..5).map(|_| with_token().unwrap()).collect();
    assert!(with_token().is_err());
    token.cancel();
    assert!(waiting.iter().all(Future::cancelled));
    let next: Vec<_> = (0..5_u32).map(|n| pool.submit(|n: u32| n, n).unwrap()).collect();
    assert!(pool.submit(|n: u32| n, 5).is_err());
    held.release();
    assert_eq!(next.iter().map(|next| *next.result().unwrap()).sum::<u32>(), 10);
}

/// What is accepted runs, once, and what is refused does not, while several submit as fast as they can.
pub fn nothing_accepted_is_lost() {
    let submitters = pool(3);
    for when_full in [WhenFull::Refuse, WhenFull::Block, WhenFull::CallerRuns] {
        let pool = Arc::new(limited(2, 4, when_full));
        let ran = Arc::new(AtomicUsize::new(0));
        let submitting = [0; 3].map(|_| {
            let (pool, ran) = (Arc::clone(&pool), Arc::clone(&ran));
            let submit = move || {
                let submit = |_| {
                    let ran = Arc::clone(&ran);
                    pool.spawn(move || ran.fetch_add(1, Ordering::SeqCst)).ok()
                };
                (0..500).filter_map(submit).collect::<Vec<_>>()
            };
            submitters.spawn(submit).unwrap()
        });
        let accepted: Vec<_> = submitting.iter().flat_map(|futures| futures.result().unwrap()).collect();
        assert!(accepted.iter().all(|future| future.result().is_ok()));
        assert_eq!(ran.load(Ordering::SeqCst), accepted.len(), "{when_full:?}");
        assert!(when_full == WhenFull::Refuse || accepted.len() == 1_500);
    }
}

/// With `CallerRuns` the submitter runs what finds no room before `submit` returns; a panic is data there, too.
pub fn caller_runs() {
    let pool = limited(1, 1, WhenFull::CallerRuns);
    let held = hold(&pool, 1);
    let waiting = pool.spawn(|| thread::current().id()).unwrap();
    let here = pool.spawn(|| thread::current().id()).unwrap();
    assert!(here.done() && !waiting.done());
    assert_eq!(here.result().unwrap(), &thread::current().id());
    let failed = pool.submit(|n: u32| 12 / n, 0).unwrap();
    assert_eq!(failed.exception().unwrap().unwrap().to_string(), "attempt to divide by zero");
    let parsed = pool.try_submit(str::parse::<u32>, "twelve").unwrap();
    assert!(parsed.result().unwrap_err().downcast_ref::<std::num::ParseIntError>().is_some());
    // The thread is none of the executor's own afterwards.
    assert_eq!(current_task(), None);
    held.release();
    assert_ne!(waiting.result().unwrap(), &thread::current().id());
}

/// A worker that runs another executor's task is a worker of its own executor still, and runs there what it waits for.
pub fn caller_helps_its_own_pool() {
    let full = Arc::new(limited(1, 1, WhenFull::CallerRuns));
    let held = hold(&*full, 1);
    drop(full.spawn(|| ()).unwrap());
    let own = Arc::new(pool(1));
    let (inner, other) = (Arc::clone(&own), Arc::clone(&full));
    let sum = own.spawn(move || {
        let (worker, own) = (thread::current().id(), Arc::clone(&inner));
        let here = other.spawn(move || {
            assert_eq!(thread::current().id(), worker);
            let nested = own.spawn(|| 1).unwrap();
            nested.result().unwrap() + 1
        });
        here.unwrap().result().unwrap() + 1
    });
    assert_eq!(sum.unwrap().result().unwrap(), &3);
    held.release();
}

/// A task that its submitter runs has been accepted, so shutdown names it and waits for it.
pub fn shutdown_waits_for_callers() {
    let full = Arc::new(limited(1, 1, WhenFull::CallerRuns));
    let held = hold(&*full, 1);
    drop(full.spawn(|| ()).unwrap());
    let (submitters, gate, ended) = (pool(1), Gate::new(), Arc::new(AtomicUsize::new(0)));
    let (inner, passing, ending) = (Arc::clone(&full), gate.clone(), Arc::clone(&ended));
    let submitting = submitters.spawn(move || {
        let here = inner.spawn(move || {
            passing.pass();
            ending.fetch_add(1, Ordering::SeqCst);
        });
        here.unwrap().id()
    });
    gate.wait_for(1);
    held.release();
    let unfinished = loop {
        // The worker's own task may need another moment.
        let error = full.shutdown_within(Duration::from_millis(1), false).unwrap_err();
        if error.tasks().len() == 1 {
            break error;
        }
    };
    gate.open();
    full.shutdown(Shutdown::default()).unwrap();
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    assert_eq!(&unfinished.tasks()[0].task, submitting.unwrap().result().unwrap());
}

/// The submitter's tasks are observed, each in order, on a worker that is none of the executor's own.
pub fn caller_is_observed() {
    let events = Events::new();
    let pool = builder(1, 1, WhenFull::CallerRuns).observer(events.observer()).build().unwrap();
    let held = hold(&pool, 1);
    drop(pool.spawn(|| ()).unwrap());
    let before = events.all().len();
    let here = pool.spawn(current_task).unwrap();
    let seen = here.result().unwrap().expect("a task was running");
    let (task, worker) = (here.id(), seen.worker);
    assert_eq!(seen.task, task);
    let is_own = |what: &What| *what == What::WorkerStarted(worker, "the submitting thread".to_owned());
    assert_eq!(events.all()[before..].iter().filter(|what| is_own(what)).count(), 1);
    let rest: Vec<_> = events.all()[before..].iter().filter(|what| !is_own(what)).cloned().collect();
    assert_eq!(rest, [What::Started { task, worker }, What::Finished(task), What::WorkerEnded(worker)]);
    assert_ne!(worker, 0);
    drop(held);
}

/// Callers that run their tasks at the same time do so on different workers, in the eyes of an observer.
pub fn callers_are_told_apart() {
    let submitters = pool(2);
    let pool = Arc::new(limited(1, 1, WhenFull::CallerRuns));
    let held = hold(&*pool, 1);
    drop(pool.spawn(|| ()).unwrap());
    let both = Gate::new();
    let submitting = [(); 2].map(|()| {
        let (pool, both) = (Arc::clone(&pool), both.clone());
        let submit = move || {
            let task = move || {
                both.pass();
                current_task().unwrap().worker
            };
            *pool.spawn(task).unwrap().result().unwrap()
        };
        submitters.spawn(submit).unwrap()
    });
    both.wait_for(2);
    both.open();
    assert_ne!(submitting[0].result().unwrap(), submitting[1].result().unwrap());
    drop(held);
}

/// A caller has no worker's number, also where workers have gone and come, so that numbers are beyond `max_workers`.
pub fn callers_are_no_workers() {
    let events = Events::new();
    let builder = builder(1, 1, WhenFull::CallerRuns).idle_timeout(Duration::from_millis(5));
    let pool = builder.observer(events.observer()).build().unwrap();
    for round in 1..=3 {
        pool.spawn(|| ()).unwrap().result().unwrap();
        events.wait_for(round, |what| matches!(what, What::WorkerEnded(_)));
    }
    let held = hold(&pool, 1);
    drop(pool.spawn(|| ()).unwrap());
    let caller = pool.spawn(|| current_task().unwrap().worker).unwrap();
    let worker = *caller.result().unwrap();
    assert_eq!(events.count(|what| matches!(what, What::WorkerStarted(number, _) if *number == worker)), 1);
    drop(held);
}

/// While a task of the caller's waits for another of the executor, it runs that itself, as a worker would.
pub fn caller_may_wait() {
    let pool = Arc::new(limited(1, 2, WhenFull::CallerRuns));
    let held = hold(&*pool, 1);
    let first = pool.spawn(|| 1).unwrap();
    let second = pool.spawn(|| 2).unwrap();
    let inner = Arc::clone(&pool);
    let here = pool
        .spawn(move || {
            let third = inner.spawn(|| 3).unwrap();
            first.result().unwrap() + second.result().unwrap() + third.result().unwrap()
        })
        .unwrap();
    assert_eq!(here.result().unwrap(), &6);
    held.release();
}

/// A map over a bounded queue gives every result, in order, whether its items wait for room or run on the caller's thread.
pub fn map_waits_or_runs_here() {
    for when_full in [WhenFull::Block, WhenFull::CallerRuns] {
        let pool = limited(2, 1, when_full);
        let squares: Result<Vec<_>, _> = pool.map(|n: u32| n * n, 0..200).unwrap().collect();
        assert_eq!(squares.unwrap(), (0..200).map(|n| n * n).collect::<Vec<_>>(), "{when_full:?}");
        let mut places: Vec<_> =
            pool.map_unordered(|n: usize| n, 0..200).unwrap().map(|(place, n)| (place, n.unwrap())).collect();
        places.sort_unstable();
        assert!(places.into_iter().eq((0..200).map(|n| (n, n))), "{when_full:?}");
    }
}

/// A map whose window does not fit is refused, and what was taken of it is cancelled; one whose window fits goes through.
pub fn map_is_refused() {
    let pool = limited(1, 4, WhenFull::Refuse);
    let held = hold(&pool, 1);
    let ran = Arc::new(Mutex::new(Vec::new()));
    let note = {
        let ran = Arc::clone(&ran);
        move |n: u32| ran.lock().unwrap().push(n)
    };
    let refused = pool.map(note.clone(), 0..5).unwrap_err();
    assert!(matches!(refused, SubmitError::Full(_)), "{refused}");
    let options = MapOptions::default().buffersize(4);
    let fits = pool.map_with(options, note, 10..50).unwrap();
    held.release();
    assert!(fits.map(Result::unwrap).count() == 40);
    assert_eq!(*ran.lock().unwrap(), (10..50).collect::<Vec<_>>());
}

/// A limit of time to the queue makes room in a full one.
pub fn expiry_makes_room() {
    let pool = limited(1, 1, WhenFull::Refuse);
    let held = hold(&pool, 1);
    let options = TaskOptions::new().queue_timeout(Duration::from_millis(20));
    let expiring = pool.spawn_with(options, || ()).unwrap();
    assert!(matches!(expiring.result(), Err(Error::QueueTimeout(_))));
    let next = pool.spawn(|| 1).unwrap();
    held.release();
    assert_eq!(next.result().unwrap(), &1);
}
