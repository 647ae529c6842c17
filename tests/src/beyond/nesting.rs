//! Tasks that submit tasks to their own executor, or to another, and wait for them.

use crate::pool;
use concurrent_futures::{
    Accept, Executor, Future, MapOptions, ReturnWhen, ThreadPoolExecutor, WorkStealingExecutor, as_completed,
    wait,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Shared = Arc<ThreadPoolExecutor>;

fn shared(max_workers: usize) -> Shared {
    Arc::new(pool(max_workers))
}

fn countdown((pool, left): (Shared, u32)) -> u32 {
    if left == 0 {
        return 0;
    }
    let next: Future<u32> = pool.submit(countdown, (Arc::clone(&pool), left - 1)).unwrap();
    next.result().unwrap() + 1
}

/// A browser gives a worker a stack of its own choice, of which code that is not optimised takes much.
const LENGTH: u32 = if cfg!(target_arch = "wasm32") { 100 } else { 1_000 };

/// Each of a thousand tasks, or in a browser of a hundred, waits for the next, however few workers there are.
pub fn chain_of_a_thousand() {
    for max_workers in [1, 3] {
        let pool = shared(max_workers);
        let first = pool.submit(countdown, (Arc::clone(&pool), LENGTH)).unwrap();
        assert_eq!(first.result().unwrap(), &LENGTH);
    }
}

/// How a task waits for those that it has submitted.
type Sum = fn(Vec<Future<u64>>) -> u64;

/// The ways to wait for several.
const WAYS: [Sum; 4] = [
    |parts| parts.iter().map(|part| *part.result().unwrap()).sum(),
    |parts| as_completed(parts).map(|part| *part.result().unwrap()).sum(),
    |parts| {
        let done = wait(parts, None, ReturnWhen::AllCompleted).unwrap().done;
        done.iter().map(|part| *part.result().unwrap()).sum()
    },
    |mut parts| {
        let mut sum = 0;
        while !parts.is_empty() {
            let waited = wait(parts, None, ReturnWhen::FirstCompleted).unwrap();
            sum += waited.done.iter().map(|part| *part.result().unwrap()).sum::<u64>();
            parts = waited.not_done;
        }
        sum
    },
];

fn tree((pool, depth, way): (Shared, u32, Sum)) -> u64 {
    if depth == 0 {
        return 1;
    }
    let part = |_| pool.submit(tree, (Arc::clone(&pool), depth - 1, way)).unwrap();
    let parts: Vec<Future<u64>> = (0..3).map(part).collect();
    way(parts)
}

/// Tasks that branch out and wait for their branches, in whatever way, on fewer workers than there are branches.
pub fn trees() {
    for way in WAYS {
        for max_workers in [1, 2, 5] {
            let pool = shared(max_workers);
            let root = pool.submit(tree, (Arc::clone(&pool), 5, way)).unwrap();
            assert_eq!(root.result().unwrap(), &243);
        }
    }
}

fn branch((pool, depth): (Arc<WorkStealingExecutor>, u32)) -> u64 {
    if depth == 0 {
        return 1;
    }
    let part = |_| pool.submit(branch, (Arc::clone(&pool), depth - 1)).unwrap();
    let parts: Vec<Future<u64>> = (0..3).map(part).collect();
    parts.iter().map(|part| *part.result().unwrap()).sum()
}

/// The same where idle workers steal.
pub fn tree_on_a_stealing_executor() {
    for max_workers in [1, 2] {
        let pool = Arc::new(WorkStealingExecutor::new(max_workers).unwrap());
        let root = pool.submit(branch, (Arc::clone(&pool), 5)).unwrap();
        assert_eq!(root.result().unwrap(), &243);
    }
}

/// A map inside a map inside a map, on one worker and on several, with whatever window.
pub fn maps() {
    fn cube((pool, options): (Shared, MapOptions)) -> usize {
        let plane = {
            let pool = Arc::clone(&pool);
            move |_| {
                let line = |n: usize| n % 2;
                pool.map_with(options, line, 0..6).unwrap().map(Result::unwrap).sum::<usize>()
            }
        };
        pool.map_with(options, plane, 0..6).unwrap().map(Result::unwrap).sum()
    }
    for max_workers in [1, 3] {
        for options in [MapOptions::default(), MapOptions::default().buffersize(2)] {
            let pool = shared(max_workers);
            let inner = Arc::clone(&pool);
            let cubes = pool.map_with(options, move |_| cube((Arc::clone(&inner), options)), 0..6).unwrap();
            assert_eq!(cubes.map(Result::unwrap).sum::<usize>(), 6 * 6 * 3);
            let inner = Arc::clone(&pool);
            let squares = move |rows: usize| {
                let square = |(_, n): (usize, Result<usize, _>)| n.unwrap();
                inner.map_unordered_with(options, |n: usize| n, 0..rows).unwrap().map(square).sum::<usize>()
            };
            let all = pool.submit(squares, 10).unwrap();
            assert_eq!(all.result().unwrap(), &45);
        }
    }
}

/// Tasks of one executor wait for those of another, which wait for more of their own.
pub fn across_two_executors() {
    for (outer, inner) in [(shared(1), shared(1)), (shared(3), shared(1)), (shared(1), shared(3))] {
        let calls = |n: u32| {
            let inner = Arc::clone(&inner);
            outer
                .spawn(move || *inner.submit(countdown, (Arc::clone(&inner), n)).unwrap().result().unwrap())
                .unwrap()
        };
        let tasks: Vec<_> = (0..20).map(calls).collect();
        assert!(tasks.iter().map(|task| *task.result().unwrap()).eq(0..20));
    }
}

/// There and back: with a worker left over in the first executor, nobody waits for ever.
pub fn there_and_back() {
    let (here, there) = (shared(2), shared(1));
    let (first, second) = (Arc::clone(&here), Arc::clone(&there));
    let task = here
        .spawn(move || {
            let middle = second.spawn(move || *first.spawn(|| 1).unwrap().result().unwrap() + 1).unwrap();
            middle.result().unwrap() + 1
        })
        .unwrap();
    assert_eq!(task.result().unwrap(), &3);
}

/// A callback may submit and wait: it keeps its worker meanwhile, so another one does the work.
pub fn callbacks_submit() {
    let pool = shared(2);
    let (inner, sum) = (Arc::clone(&pool), Arc::new(AtomicUsize::new(0)));
    let total = Arc::clone(&sum);
    let task = pool.spawn(|| 1_usize).unwrap();
    let last = concurrent_futures::Promise::new();
    let done = last.future();
    task.add_done_callback(move |task| {
        let next = inner.submit(|n: usize| n + 1, *task.result().unwrap()).unwrap();
        total.fetch_add(*next.result().unwrap(), Ordering::SeqCst);
        last.set_result(()).unwrap();
    });
    done.result().unwrap();
    assert_eq!(sum.load(Ordering::SeqCst), 2);
}

/// A task may make an executor of its own, use it, and end it.
pub fn executors_inside_tasks() {
    fn inside<E: Accept<fn(u64) -> u64, u64, u64>>(executor: E) -> u64 {
        let square: fn(u64) -> u64 = |n| n * n;
        executor.map(square, 0..10).unwrap().map(Result::unwrap).sum()
    }
    let outer = pool(2);
    let tasks = [(); 4].map(|()| outer.spawn(|| inside(pool(2))).unwrap());
    let stealing = outer.spawn(|| inside(WorkStealingExecutor::new(2).unwrap())).unwrap();
    assert!(tasks.iter().chain([&stealing]).all(|task| task.result().unwrap() == &285));
}
