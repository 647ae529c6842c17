//! What the queue is told to do: bounds, priorities, and tasks that are cancelled while they wait in it.

use super::threads::{Pool, Threads};
use super::{Count, explore, join, spawn};
use crate::error::{Error, SubmitError};
use crate::executor::Executor;
use crate::program::WhenFull;
use crate::sync::{Mutex, lock};
use crate::{CancelToken, Future, Promise, TaskOptions};
use std::sync::Arc;

fn of_one(when_full: WhenFull) -> Arc<Pool> {
    Arc::new(Pool::builder().max_workers(1).queue_limit(1, when_full).build().unwrap())
}

/// Submits a task that keeps its worker until the promise is kept, and waits for it to begin.
fn occupy(pool: &Pool) -> (Promise<()>, Future<()>) {
    let (release, begun) = (Promise::new(), Promise::new());
    let (released, has_begun) = (release.future(), begun.future());
    let task = pool.spawn(move || {
        begun.set_result(()).unwrap();
        *released.result().unwrap()
    });
    has_begun.result().unwrap();
    (release, task.unwrap())
}

#[test]
fn blocked_submitters_get_in() {
    explore(|| {
        let threads = Threads::new();
        let pool = of_one(WhenFull::Block);
        let submit = |pool: Arc<Pool>| spawn(move || [0, 1].map(|n| pool.submit(|n: u32| n, n).unwrap()));
        let submitters = [submit(Arc::clone(&pool)), submit(Arc::clone(&pool))];
        for tasks in submitters.map(join) {
            assert_eq!(tasks.map(|task| *task.result().unwrap()), [0, 1]);
        }
        drop(pool);
        assert_eq!((threads.alive(), threads.most()), (0, 1));
        threads.end();
    });
}

#[test]
fn blocked_submitter_hears_of_the_end() {
    explore(|| {
        let threads = Threads::new();
        let pool = of_one(WhenFull::Block);
        let (release, _busy) = occupy(&pool);
        let queued = pool.submit(|n: u32| n, 1).unwrap();
        let other = Arc::clone(&pool);
        let submitter = spawn(move || other.submit(|n: u32| n, 2));
        let closing = Arc::clone(&pool);
        let closer = spawn(move || {
            release.set_result(()).unwrap();
            closing.shutdown(crate::Shutdown::default()).unwrap();
        });
        match join(submitter) {
            Ok(task) => assert_eq!(task.result().unwrap(), &2),
            Err(error) => assert!(matches!(error, SubmitError::Shutdown(_))),
        }
        assert_eq!(queued.result().unwrap(), &1);
        join(closer);
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn cancelled_tasks_make_room() {
    explore(|| {
        let threads = Threads::new();
        let pool = of_one(WhenFull::Refuse);
        let (release, _busy) = occupy(&pool);
        let queued = pool.submit(|n: u32| n, 1).unwrap();
        let other = Arc::clone(&pool);
        let submitter = spawn(move || other.submit(|n: u32| n, 2));
        assert!(queued.cancel());
        let submitted = join(submitter);
        // Refused at the latest by now, if at all; whoever comes after the cancellation finds room.
        let last = pool.submit(|n: u32| n, 3);
        match (&submitted, &last) {
            (Ok(_), Err(SubmitError::Full(_))) | (Err(SubmitError::Full(_)), Ok(_)) => {}
            other => panic!("{other:?}"),
        }
        release.set_result(()).unwrap();
        let task = submitted.or(last).unwrap();
        assert!(matches!(task.result(), Ok(2 | 3)));
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn callers_run_what_has_no_room() {
    explore(|| {
        let threads = Threads::new();
        let pool = of_one(WhenFull::CallerRuns);
        let runs = Count::default();
        let (other, counted) = (Arc::clone(&pool), runs.clone());
        let submitter =
            spawn(move || [0, 1].map(|_| other.submit(|runs: Count| runs.add(), counted.clone()).unwrap()));
        let mine = [0, 1].map(|_| pool.submit(|runs: Count| runs.add(), runs.clone()).unwrap());
        mine.iter().chain(&join(submitter)).for_each(|task| *task.result().unwrap());
        drop(pool);
        assert_eq!((runs.get(), threads.alive(), threads.most()), (4, 0, 1));
        threads.end();
    });
}

#[test]
fn higher_priorities_begin_first() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(1).unwrap());
        let (release, _busy) = occupy(&pool);
        let order = Arc::new(Mutex::new(Vec::new()));
        let submit = |pool: Arc<Pool>, priorities: [i32; 2]| {
            let order = Arc::clone(&order);
            spawn(move || {
                priorities.map(|priority| {
                    let order = Arc::clone(&order);
                    let options = TaskOptions::new().priority(priority);
                    pool.spawn_with(options, move || lock(&order).push(priority)).unwrap()
                })
            })
        };
        let submitters = [submit(Arc::clone(&pool), [0, 5]), submit(Arc::clone(&pool), [-1, 0])];
        let tasks = submitters.map(join);
        release.set_result(()).unwrap();
        tasks.iter().flatten().for_each(|task| *task.result().unwrap());
        drop(pool);
        assert_eq!(*lock(&order), [5, 0, 0, -1]);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn ranked_tasks_find_sleepers() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(2).unwrap());
        let submit = |pool: &Pool, priority| {
            pool.spawn_with(TaskOptions::new().priority(priority), move || priority).unwrap()
        };
        for _ in 0..2 {
            let other = Arc::clone(&pool);
            let submitter = spawn(move || submit(&other, 1));
            let tasks = [submit(&pool, 0), join(submitter)];
            assert_eq!(tasks.map(|task| *task.result().unwrap()), [0, 1]);
        }
        drop(pool);
        assert_eq!(threads.alive(), 0);
        assert!(threads.most() <= 2);
        threads.end();
    });
}

#[test]
fn token_ends_what_waits() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let token = CancelToken::new();
        let cancelling = token.clone();
        let canceller = spawn(move || cancelling.cancel());
        let task = pool.spawn_with(TaskOptions::new().token(token), || 1).unwrap();
        assert!(matches!(task.result(), Ok(1) | Err(Error::Cancelled(_))));
        join(canceller);
        assert_eq!(pool.submit(|n: u32| n, 2).unwrap().result().unwrap(), &2);
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}
