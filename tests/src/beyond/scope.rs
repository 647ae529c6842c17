//! Tasks that borrow from the function that submits them.

use crate::{Gate, pool};
use concurrent_futures::{
    Error, Executor, Future, Promise, ReturnWhen, SubmitError, TaskOptions, WorkStealingExecutor,
    as_completed, wait,
};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Sets a flag when it is dropped.
struct Mark<'a>(&'a AtomicUsize);

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Panics when it is dropped, without a word.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new("a destructor"));
    }
}

/// Tasks read and write what belongs to the caller, and their futures are like any other.
pub fn borrows_from_the_caller() {
    let pool = pool(2);
    let words = ["one", "three", "seventeen"].map(String::from);
    let mut lengths = [0; 3];
    let sum = pool
        .scope(|scope| {
            let futures: Vec<_> = words
                .iter()
                .zip(&mut lengths)
                .map(|(word, length)| {
                    scope.spawn(move || {
                        *length = word.len();
                        word.len()
                    })
                })
                .collect::<Result<_, _>>()
                .unwrap();
            as_completed(&futures).map(|future| *future.result().unwrap()).sum::<usize>()
        })
        .unwrap();
    assert_eq!((sum, lengths), (17, [3, 5, 9]));
    // Still open.
    assert_eq!(pool.spawn(|| 1).unwrap().result().unwrap(), &1);
}

/// The same on a work-stealing executor.
pub fn borrows_from_the_caller_stealing() {
    let executor = WorkStealingExecutor::new(2).unwrap();
    let numbers: Vec<u64> = (0..1_000).collect();
    let total = executor
        .scope(|scope| {
            let halves: Vec<_> = numbers
                .chunks(500)
                .map(|half| scope.spawn(move || half.iter().sum::<u64>()))
                .collect::<Result<_, _>>()
                .unwrap();
            halves.iter().map(|half| *half.result().unwrap()).sum::<u64>()
        })
        .unwrap();
    assert_eq!(total, 499_500);
}

/// The scope ends when its last task has, though nobody asked for a result, and tasks may spawn more.
pub fn waits_for_all() {
    let pool = pool(2);
    let count = AtomicUsize::new(0);
    pool.scope(|scope| {
        for _ in 0..10 {
            drop(scope.spawn(|| {
                drop(scope.spawn(|| count.fetch_add(1, Ordering::SeqCst)).unwrap());
                count.fetch_add(1, Ordering::SeqCst);
            }));
        }
    })
    .unwrap();
    assert_eq!(count.into_inner(), 20);
}

/// A scope within a task of the same pool of one worker runs its tasks itself.
pub fn inside_a_worker() {
    let pool = std::sync::Arc::new(pool(1));
    let inner = std::sync::Arc::clone(&pool);
    let outer = pool
        .spawn(move || {
            let data = [1, 2, 3];
            let mut doubled = [0; 3];
            inner
                .scope(|scope| {
                    for (from, to) in data.iter().zip(&mut doubled) {
                        drop(scope.spawn(move || *to = from * 2).unwrap());
                    }
                })
                .unwrap();
            doubled
        })
        .unwrap();
    assert_eq!(outer.result().unwrap(), &[2, 4, 6]);
}

/// What was cancelled is dropped before the scope ends, and never runs.
pub fn cancelled_closures_are_dropped() {
    let pool = pool(1);
    let (dropped, ran) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let gate = Gate::new();
    let blocking = {
        let gate = gate.clone();
        pool.spawn(move || gate.pass()).unwrap()
    };
    gate.wait_for(1);
    pool.scope(|scope| {
        for _ in 0..5 {
            let mark = Mark(&dropped);
            let ran = &ran;
            let future = scope.spawn(move || {
                let _mark = mark;
                ran.fetch_add(1, Ordering::SeqCst);
            });
            assert!(future.unwrap().cancel());
        }
        assert_eq!(dropped.load(Ordering::SeqCst), 5);
    })
    .unwrap();
    gate.open();
    blocking.result().unwrap();
    assert_eq!((dropped.into_inner(), ran.into_inner()), (5, 0));
}

/// If the body panics, what has not begun is cancelled, what runs is waited for, and the panic goes on.
pub fn panicking_body() {
    let pool = pool(1);
    let (begun, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let gate = Gate::new();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|scope| {
            for _ in 0..3 {
                let (begun, finished, gate) = (&begun, &finished, gate.clone());
                drop(scope.spawn(move || {
                    begun.fetch_add(1, Ordering::SeqCst);
                    gate.pass();
                    finished.fetch_add(1, Ordering::SeqCst);
                }));
            }
            gate.wait_for(1);
            gate.open();
            panic!("the body gives up");
        })
    }));
    assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"the body gives up"));
    let (begun, finished) = (begun.into_inner(), finished.into_inner());
    assert!(begun >= 1);
    assert_eq!(begun, finished);
}

/// A task's panic and error are data, as always.
pub fn failures_are_data() {
    let pool = pool(1);
    let word = String::from("borrowed");
    let (panicked, returned) = pool
        .scope(|scope| {
            let panicked = scope.spawn(|| assert_eq!(word, "owned")).unwrap();
            let returned = scope.try_spawn(|| word.parse::<u32>()).unwrap();
            (panicked, returned)
        })
        .unwrap();
    assert!(matches!(panicked.result(), Err(Error::Failed(error)) if error.panic().is_some()));
    assert!(returned.result().unwrap_err().downcast_ref::<std::num::ParseIntError>().is_some());
}

/// An executor that is shut down refuses, and the closure is gone when it has.
pub fn refused_closures_are_dropped() {
    let pool = pool(1);
    pool.shutdown(concurrent_futures::Shutdown::default()).unwrap();
    let dropped = AtomicUsize::new(0);
    pool.scope(|scope| {
        let mark = Mark(&dropped);
        let refused = scope.spawn(move || drop(mark));
        assert!(matches!(refused, Err(SubmitError::Shutdown(_))));
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    })
    .unwrap();
}

/// A scope that has to wait for another thread's future does.
pub fn ends_with_its_slowest_task() {
    let pool = pool(2);
    let promise = Promise::new();
    let opened = promise.future();
    let value = AtomicUsize::new(0);
    pool.scope(|scope| {
        let (value, opened) = (&value, &opened);
        let waiting = scope
            .spawn_with(TaskOptions::new().priority(1), || {
                value.store(*opened.result().unwrap(), Ordering::SeqCst);
            })
            .unwrap();
        let setting = scope.spawn(move || promise.set_result(7).unwrap()).unwrap();
        let done = wait([&waiting, &setting], None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(done.done.len(), 2);
    })
    .unwrap();
    assert_eq!(value.into_inner(), 7);
}

/// A result that panics when the scope drops it does not end the scope before its tasks.
pub fn destructor_of_a_result_panics() {
    let pool = pool(2);
    let (gate, finished) = (Gate::new(), AtomicUsize::new(0));
    pool.scope(|scope| {
        let (gate, finished) = (&gate, &finished);
        drop(scope.spawn(|| Bomb).unwrap());
        drop(scope.spawn(move || {
            gate.pass();
            drop(scope.spawn(|| finished.fetch_add(1, Ordering::SeqCst)).unwrap());
            finished.fetch_add(1, Ordering::SeqCst);
        }));
        gate.open();
    })
    .unwrap();
    assert_eq!(finished.into_inner(), 2);
    assert_eq!(pool.spawn(|| 1).unwrap().result().unwrap(), &1);
}

/// A result may wait, when it is dropped, for another task of the scope, which lets go of results now and then.
pub fn destructor_of_a_result_waits() {
    struct Waits(Gate, Option<Future<()>>);
    impl Drop for Waits {
        fn drop(&mut self) {
            self.0.open();
            self.1.take().unwrap().result().unwrap();
        }
    }
    let pool = pool(2);
    let (gate, count) = (Gate::new(), AtomicUsize::new(0));
    pool.scope(|scope| {
        let (passing, waiting) = (gate.clone(), gate.clone());
        let long = scope.spawn(move || passing.pass()).unwrap();
        gate.wait_for(1);
        let first = scope.spawn(move || Waits(waiting, Some(long))).unwrap();
        first.result().unwrap();
        drop(first);
        for _ in 0..200 {
            drop(scope.spawn(|| count.fetch_add(1, Ordering::SeqCst)).unwrap());
        }
    })
    .unwrap();
    assert_eq!(count.into_inner(), 200);
}
