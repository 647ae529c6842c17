//! Adaptive chunks.
//!
//! How large a chunk is depends on the clock, so these scenarios look at what holds however fast the machine is: items that
//! sleep for longer than a chunk should take go alone, sizes follow their rules, and tiny items share tasks to some extent.

use crate::observing::Log;
use crate::processes::{die, pool as processes, square};
use crate::{Gate, pool};
use concurrent_futures::{
    Accept, Error, Executor, MapOptions, ProcessPoolExecutor, WorkStealingExecutor, current_task,
};
use std::cell::Cell;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Tiny items. How many share a task is for the clock to say, on a busy machine two or three.
const TINY: usize = 40_000;

/// Longer than any chunk should take, so no two such items should share one.
const LONG: Duration = Duration::from_millis(6);

fn adaptive() -> MapOptions {
    MapOptions::default().adaptive_chunks()
}

/// The task that runs the item: all items of a chunk have the same.
fn task_of(_: u64) -> u64 {
    current_task().expect("an item is run by a task").task
}

/// How many items each task had, in the order of the items.
fn sizes(tasks: impl IntoIterator<Item = u64>) -> Vec<usize> {
    let tasks: Vec<_> = tasks.into_iter().collect();
    tasks.chunk_by(|a, b| a == b).map(<[u64]>::len).collect()
}

/// In both orders, with errors in their places.
pub fn results_are_the_same() {
    results_are_the_same_on(&pool(2), |n| 1_000_000 / (n % 997));
}

fn results_are_the_same_on<E, F>(pool: &E, divide: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let expected: Vec<_> = (0..5_000_u64).map(|n| 1_000_000_u64.checked_div(n % 997)).collect();
    let in_order: Vec<_> = pool.map_with(adaptive(), divide, 0..5_000).unwrap().map(Result::ok).collect();
    assert_eq!(in_order, expected);
    let mut unordered: Vec<_> = pool.map_unordered_with(adaptive(), divide, 0..5_000).unwrap().collect();
    unordered.sort_by_key(|(place, _)| *place);
    for (at, (place, result)) in unordered.into_iter().enumerate() {
        assert_eq!((place, result.ok()), (at, expected[at]));
    }
}

/// Fewer tasks than items.
pub fn tiny_items_share_tasks() {
    let pool = pool(2);
    let tasks = pool.map_with(adaptive(), task_of, 0..TINY as u64).unwrap().map(Result::unwrap);
    let tasks = sizes(tasks).len();
    assert!(tasks < TINY, "{tasks}");
}

/// As many tasks as items.
pub fn long_items_go_alone() {
    let pool = pool(4);
    let long = |n: u64| (thread::sleep(LONG), task_of(n)).1;
    let tasks = pool.map_with(adaptive(), long, 0..60).unwrap().map(Result::unwrap);
    assert_eq!(sizes(tasks), [1; 60]);
}

/// The first chunk has one item, and each at most twice as many as the largest before it.
pub fn grows_at_most_twofold() {
    let sizes = sizes(pool(2).map_with(adaptive(), task_of, 0..40_000).unwrap().map(Result::unwrap));
    let mut largest = 1;
    assert_eq!(sizes[0], 1);
    for size in sizes {
        assert!(size <= 2 * largest && size <= MapOptions::DEFAULT_BUFFERSIZE, "{size} after {largest}");
        largest = largest.max(size);
    }
}

/// After tiny items, long ones soon go alone.
pub fn shrinks_for_long_items() {
    let pool = pool(2);
    let late = |n: u64| {
        if n >= 4_000 {
            thread::sleep(LONG);
        }
        task_of(n)
    };
    // Its length is not known, or else the chunks would shrink for that reason.
    let mut input = 0..4_200;
    let input = std::iter::from_fn(move || input.next());
    let options = adaptive().buffersize(64);
    let sizes = sizes(pool.map_with(options, late, input).unwrap().map(Result::unwrap));
    // What was in flight when the first long item was done may have been large.
    assert!(sizes.ends_with(&[1; 40]), "{sizes:?}");
}

/// A buffer is never exceeded, and each worker's share of it limits the chunks.
pub fn window_is_kept() {
    let pool = pool(2);
    let taken = Cell::new(0);
    let input = (0..5_000).inspect(|_| taken.set(taken.get() + 1));
    let mut tasks = Vec::new();
    for task in pool.map_with(adaptive().buffersize(40), task_of, input).unwrap() {
        tasks.push(task.unwrap());
        assert!(taken.get() <= tasks.len() + 40);
    }
    assert_eq!(tasks.len(), 5_000);
    assert!(sizes(tasks).into_iter().all(|size| size <= 10));
    // The smallest of all buffers.
    let results = pool.map_with(adaptive().buffersize(1), |n: u64| n, 0..100).unwrap();
    assert_eq!(results.map(Result::unwrap).sum::<u64>(), 99 * 50);
}

/// Where the length is known, two chunks and more are left for each worker until the end.
pub fn ends_in_small_chunks() {
    let sizes = sizes(pool(3).map_with(adaptive(), task_of, 0..20_000).unwrap().map(Result::unwrap));
    let mut left = 20_000_usize;
    for size in sizes {
        assert!(size <= left.div_ceil(3).div_ceil(2), "{size} of {left}");
        left -= size;
    }
    assert_eq!(left, 0);
}

/// While the first item is slow, others go on being taken in, in both orders.
pub fn slow_item_keeps_nobody_waiting() {
    let pool = pool(2);
    let slow = |gate: Gate| {
        move |n: u64| {
            match n {
                0 => gate.pass(),
                300 => gate.open(),
                _ => {}
            }
            n
        }
    };
    let in_order = pool.map_with(adaptive(), slow(Gate::new()), 0..2_000).unwrap();
    assert!(in_order.map(Result::unwrap).eq(0..2_000));
    let unordered = pool.map_unordered_with(adaptive(), slow(Gate::new()), 0..2_000).unwrap();
    assert_eq!(unordered.map(|(_, n)| n.unwrap()).sum::<u64>(), 1_999 * 1_000);
}

/// Every result that is there comes out, also of the chunk that is stuck; then the one error.
pub fn timeout_gives_what_has_come() {
    let (pool, gate) = (pool(1), Gate::new());
    let held = gate.clone();
    let stuck = move |n: u64| {
        if n == 700 {
            held.pass();
        }
        n
    };
    let options = adaptive().timeout(Duration::from_secs(1));
    let mut results = pool.map_with(options, stuck, 0..2_000).unwrap();
    for n in 0..700 {
        assert_eq!(results.next().unwrap().unwrap(), n);
    }
    assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
    assert!(results.next().is_none());
    gate.open();
}

/// The only worker of a pool maps on that pool: it runs the tasks itself.
pub fn runs_inside_one_worker() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let sums = pool
        .spawn(move || {
            let square = |n: u64| n * n;
            let in_order: u64 =
                inner.map_with(adaptive(), square, 0..3_000).unwrap().map(Result::unwrap).sum();
            let unordered = inner.map_unordered_with(adaptive(), square, 0..3_000).unwrap();
            (in_order, unordered.map(|(_, n)| n.unwrap()).sum())
        })
        .unwrap();
    let expected: u64 = (0..3_000).map(|n| n * n).sum();
    assert_eq!(sums.result().unwrap(), &(expected, expected));
}

/// The same on workers with a memory of their own.
pub fn results_are_the_same_on_processes() {
    results_are_the_same_on(&processes(2), |n| 1_000_000 / (n % 997));
}

/// How many tasks it takes to map so many items on processes.
fn tasks_on_processes(call: impl Fn(u64) -> u64 + Copy + 'static, items: u64) -> usize {
    let log = Log::new();
    let pool = ProcessPoolExecutor::builder().max_workers(2).observer(log.observer()).build().unwrap();
    let results = pool.map_with(adaptive(), call, 0..items).unwrap().map(Result::unwrap);
    assert!(results.eq((0..items).map(square)));
    drop(pool);
    log.lines().iter().filter(|line| line.starts_with("task ") && line.ends_with(" finished")).count()
}

/// The same on workers with a memory of their own.
pub fn tiny_items_share_tasks_on_processes() {
    let tasks = tasks_on_processes(square, TINY as u64);
    assert!(tasks < TINY, "{tasks}");
}

/// The same on workers with a memory of their own.
pub fn long_items_go_alone_on_processes() {
    assert_eq!(tasks_on_processes(|n| (thread::sleep(LONG), square(n)).1, 60), 60);
}

/// A worker that dies takes one item of its chunk with it.
pub fn items_of_a_lost_worker_go_on_processes() {
    let pool = processes(2);
    let results = pool.map_with(adaptive(), |n| if n == 2_345 { die(()) } else { n }, 0..5_000).unwrap();
    for (n, result) in (0..).zip(results) {
        assert_eq!(result.ok(), (n != 2_345).then_some(n));
    }
}

/// rayon's workers share chunks too.
pub fn works_on_a_stealing_executor() {
    let executor = WorkStealingExecutor::new(2).unwrap();
    results_are_the_same_on(&executor, |n| 1_000_000 / (n % 997));
    let tasks = executor.map_with(adaptive(), task_of, 0..TINY as u64).unwrap().map(Result::unwrap);
    let tasks = sizes(tasks).len();
    assert!(tasks < TINY, "{tasks}");
}
