//! Tasks that go before others.

use super::held::hold;
use crate::pool;
use concurrent_futures::{
    Executor, Future, Shutdown, TaskOptions, ThreadPoolExecutor, WorkStealingExecutor, as_completed,
};
use std::cmp::Reverse;
use std::sync::{Arc, Mutex};

/// What ran, in order.
#[derive(Clone, Default)]
struct Order(Arc<Mutex<Vec<(i32, usize)>>>);

impl Order {
    /// Submits a task of that priority, which notes that it runs.
    fn submit(&self, pool: &ThreadPoolExecutor, priority: i32, n: usize) -> Future<()> {
        let order = self.clone();
        let options = TaskOptions::new().priority(priority);
        pool.spawn_with(options, move || order.0.lock().unwrap().push((priority, n))).unwrap()
    }

    fn seen(&self) -> Vec<(i32, usize)> {
        self.0.lock().unwrap().clone()
    }
}

/// In the order in which they are to run: the highest first, and among equals as they were submitted.
fn sorted(mut submitted: Vec<(i32, usize)>) -> Vec<(i32, usize)> {
    submitted.sort_by_key(|(priority, _)| Reverse(*priority));
    submitted
}

/// The highest goes first, the first submitted among equals, and what is below 0 after all that has no priority.
pub fn highest_first() {
    let pool = pool(1);
    let (held, order) = (hold(&pool, 1), Order::default());
    let priorities = [0, 3, -1, 3, 0, i32::MAX, -7, 0, 1, i32::MIN, -1, i32::MAX, 1, i32::MIN, 0, -7];
    let submitted: Vec<_> = priorities.into_iter().zip(0..).collect();
    let futures: Vec<_> = submitted.iter().map(|(priority, n)| order.submit(&pool, *priority, *n)).collect();
    held.release();
    as_completed(futures).for_each(drop);
    assert_eq!(order.seen(), sorted(submitted));
}

/// A task without options has priority 0, however many have come before and after it.
pub fn plain_tasks_are_of_priority_0() {
    let pool = pool(1);
    let (held, order) = (hold(&pool, 1), Order::default());
    let mut futures = Vec::new();
    for n in 0..100 {
        let (priority, plain) = (if n % 2 == 0 { 1 } else { -1 }, order.clone());
        futures.push(order.submit(&pool, priority, n));
        futures.push(pool.spawn(move || plain.0.lock().unwrap().push((0, n))).unwrap());
    }
    held.release();
    as_completed(futures).for_each(drop);
    let ones = (0..100).filter(|n| n % 2 == 0).map(|n| (1, n));
    let rest = (0..100).filter(|n| n % 2 == 1).map(|n| (-1, n));
    assert!(order.seen().into_iter().eq(ones.chain((0..100).map(|n| (0, n))).chain(rest)));
}

/// What comes while the worker is busy goes before what has waited longer, each time that the worker looks again.
pub fn late_comers_overtake() {
    let pool = pool(1);
    let order = Order::default();
    let (first, low) = (hold(&pool, 1), order.submit(&pool, 0, 0));
    // It gets the worker before the one that has waited, and keeps it.
    let (pass, gate) = (crate::Gate::new(), crate::Gate::new());
    let inner = (pass.clone(), gate.clone());
    let urgent = pool
        .spawn_with(TaskOptions::new().priority(5), move || {
            inner.0.open();
            inner.1.pass();
        })
        .unwrap();
    first.release();
    pass.pass();
    assert!(urgent.running() && !low.done());
    let more = [order.submit(&pool, 5, 1), order.submit(&pool, 7, 2), order.submit(&pool, 5, 3)];
    gate.open();
    as_completed(more).for_each(drop);
    low.result().unwrap();
    assert_eq!(order.seen(), [(7, 2), (5, 1), (5, 3), (0, 0)]);
}

/// No priority interrupts a task that has begun.
pub fn what_has_begun_goes_on() {
    let pool = pool(2);
    let (held, order) = (hold(&pool, 2), Order::default());
    let urgent = order.submit(&pool, i32::MAX, 0);
    assert!(held.tasks().iter().all(Future::running));
    assert!(!urgent.done());
    held.release();
    urgent.result().unwrap();
    assert_eq!(pool.workers(), 2);
}

/// Cancelled tasks are passed over, whatever their rank, and the others keep their order.
pub fn cancelled_are_passed_over() {
    let pool = pool(1);
    let (held, order) = (hold(&pool, 1), Order::default());
    let submitted: Vec<_> = (0..60_usize).map(|n| ((n % 5) as i32 - 2, n)).collect();
    let futures: Vec<_> = submitted.iter().map(|(priority, n)| order.submit(&pool, *priority, *n)).collect();
    let cancelled = |n: &usize| n.is_multiple_of(3) || n % 5 == 4;
    for (_, n) in &submitted {
        assert!(!cancelled(n) || futures[*n].cancel());
    }
    held.release();
    as_completed(&futures).for_each(drop);
    let left: Vec<_> = submitted.into_iter().filter(|(_, n)| !cancelled(n)).collect();
    assert_eq!(order.seen(), sorted(left));
}

/// `cancel_futures` reaches every rank.
pub fn shutdown_cancels_every_rank() {
    let pool = pool(1);
    let (held, order) = (hold(&pool, 1), Order::default());
    let futures: Vec<_> = (-3..=3).map(|priority| order.submit(&pool, priority, 0)).collect();
    pool.shutdown(Shutdown { wait: false, cancel_futures: true }).unwrap();
    assert!(futures.iter().all(Future::cancelled));
    held.release();
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(order.seen().is_empty());
}

/// A shutdown that cancels nothing runs what is queued, in order.
pub fn shutdown_keeps_the_order() {
    let pool = pool(1);
    let (held, order) = (hold(&pool, 1), Order::default());
    let submitted: Vec<_> = (0..40_usize).map(|n| ((n % 7) as i32 - 3, n)).collect();
    let futures: Vec<_> = submitted.iter().map(|(priority, n)| order.submit(&pool, *priority, *n)).collect();
    pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
    held.release();
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(futures.iter().all(Future::done));
    assert_eq!(order.seen(), sorted(submitted));
}

/// Several submit at once: all are in order of their priorities, and each submitter's equals in the order of submission.
pub fn many_submitters() {
    const EACH: usize = 300;
    let (submitters, pool) = (pool(3), Arc::new(pool(1)));
    let (held, order) = (hold(&*pool, 1), Order::default());
    let submitting: Vec<_> = (0..3)
        .map(|submitter| {
            let (pool, order) = (Arc::clone(&pool), order.clone());
            // Each has ranks in another order.
            let priority = move |n: usize| (n * (submitter + 3) % 7) as i32 - 3;
            let submit = move |n| order.submit(&pool, priority(n), submitter * EACH + n);
            submitters.spawn(move || (0..EACH).map(submit).collect::<Vec<_>>()).unwrap()
        })
        .collect();
    let futures: Vec<_> = submitting.iter().flat_map(|futures| futures.result().unwrap()).collect();
    held.release();
    as_completed(futures).for_each(drop);
    let seen = order.seen();
    assert_eq!(seen.len(), 3 * EACH);
    assert!(seen.is_sorted_by_key(|(priority, _)| Reverse(*priority)));
    for submitter in 0..3 {
        let own = seen.iter().filter(|(_, n)| n / EACH == submitter);
        assert!(own.clone().is_sorted_by_key(|(priority, n)| (Reverse(*priority), *n)));
    }
}

/// Ranks come and go while workers take from them; nothing is lost.
pub fn nothing_is_lost() {
    let (submitters, pool) = (pool(2), Arc::new(pool(2)));
    let submitting: Vec<_> = (0..2)
        .map(|submitter| {
            let pool = Arc::clone(&pool);
            let submit = move |n: usize| {
                let options = TaskOptions::new().priority((n % 3) as i32 - submitter);
                pool.submit_with(options, |n: usize| n, n).unwrap()
            };
            submitters.spawn(move || (0..2_000).map(submit).collect::<Vec<_>>()).unwrap()
        })
        .collect();
    for submitting in submitting {
        let results = submitting.result().unwrap().iter().map(|future| *future.result().unwrap());
        assert!(results.eq(0..2_000));
    }
}

/// An executor that keeps no order ignores priorities, and runs everything.
pub fn ignored_where_there_is_no_order() {
    let pool = WorkStealingExecutor::new(2).unwrap();
    let submit = |n: i32| pool.submit_with(TaskOptions::new().priority(n), |n: i32| n, n).unwrap();
    let futures: Vec<_> = (-50..50).map(submit).collect();
    assert_eq!(futures.iter().map(|future| *future.result().unwrap()).sum::<i32>(), -50);
}
