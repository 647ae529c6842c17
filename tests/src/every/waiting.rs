//! `wait`.

use super::{LONG, cancelled, failed, finished, square};
use crate::door::{Busy, Door, pass};
use crate::pool::Pool;
use concurrent_futures::{Future, ReturnWhen, wait};
use std::time::Duration;
use web_time::Instant;

/// Fails when the door is open.
fn fail_behind(door: String) -> Result<u64, String> {
    Door::pass(&door);
    Err("no".to_owned())
}

/// Waits, checks which futures came back as done and which did not, and that each came once.
fn expect(all: &[&Future<u64>], return_when: ReturnWhen, done: &[&Future<u64>], not_done: &[&Future<u64>]) {
    let waited = wait(all.iter().copied(), LONG, return_when).unwrap();
    assert_eq!((waited.done, waited.not_done), (done.to_vec(), not_done.to_vec()));
}

/// WAIT-01
pub fn duplicates_once<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::on(&pool);
    let future = pool.call(square, 1).unwrap();
    busy.release();
    expect(&[&future, &future], ReturnWhen::AllCompleted, &[&future], &[]);
}

/// WAIT-02: the first that completes ends the wait.
pub fn first_completed<P: Pool>() {
    let pool = P::of(2);
    let slow = Busy::on(&pool);
    let fast = pool.call(square, 1).unwrap();
    expect(&[&fast, &slow.future], ReturnWhen::FirstCompleted, &[&fast], &[&slow.future]);
    slow.release();
}

/// WAIT-03: those that are done already end it at once, and come back, no others.
pub fn first_completed_at_once<P: Pool>() {
    let pool = P::of(1);
    let finished = finished(&pool, 1);
    let slow = Busy::on(&pool);
    let cancelled = cancelled(&pool);
    expect(
        &[&cancelled, &finished, &slow.future],
        ReturnWhen::FirstCompleted,
        &[&cancelled, &finished],
        &[&slow.future],
    );
    slow.release();
}

/// WAIT-04: the first failure ends the wait, successes before it do not.
pub fn first_exception<P: Pool>() {
    let (pool, door) = (P::of(2), Door::new());
    let slow = Busy::on(&pool);
    let fine = pool.call(square, 2).unwrap();
    let failing = pool.try_call(fail_behind, door.name()).unwrap();
    fine.result().unwrap();
    // Nothing of this ends a wait for a failure.
    let early =
        wait([&fine, &failing, &slow.future], Some(Duration::from_millis(20)), ReturnWhen::FirstException);
    assert_eq!(early.unwrap().done, [&fine]);
    door.open();
    expect(&[&fine, &failing, &slow.future], ReturnWhen::FirstException, &[&fine, &failing], &[&slow.future]);
    slow.release();
}

/// WAIT-05: neither success nor cancellation ends it, a new failure does. Deliberately different: what was cancelled is done.
pub fn first_exception_among_others<P: Pool>() {
    let (pool, door) = (P::of(2), Door::new());
    let finished = finished(&pool, 1);
    let slow = Busy::on(&pool);
    let failing = pool.try_call(fail_behind, door.name()).unwrap();
    crate::until(|| failing.running());
    let cancelled = cancelled(&pool);
    let all = [&finished, &cancelled, &failing, &slow.future];
    let early = wait(all, Some(Duration::from_millis(20)), ReturnWhen::FirstException).unwrap();
    assert_eq!(early.done, [&finished, &cancelled]);
    door.open();
    expect(&all, ReturnWhen::FirstException, &[&finished, &cancelled, &failing], &[&slow.future]);
    slow.release();
}

/// WAIT-06
pub fn first_exception_at_once<P: Pool>() {
    let pool = P::of(1);
    let failed = failed(&pool, "no");
    let slow = Busy::on(&pool);
    expect(&[&failed, &slow.future], ReturnWhen::FirstException, &[&failed], &[&slow.future]);
    slow.release();
}

/// WAIT-02 and WAIT-05, the deliberate difference: a cancelled future is done, so a wait ends with it, also if no worker ever
/// comes by it.
pub fn cancelled_is_done<P: Pool>() {
    let pool = P::of(1);
    let slow = Busy::on(&pool);
    let cancelled = cancelled(&pool);
    let all = [&cancelled, &slow.future];
    expect(&all, ReturnWhen::FirstCompleted, &[&cancelled], &[&slow.future]);
    expect(&[&cancelled], ReturnWhen::AllCompleted, &[&cancelled], &[]);
    // It has not failed, so it does not end the wait for a failure, unless it was the last.
    let early = wait(all, Some(Duration::from_millis(20)), ReturnWhen::FirstException).unwrap();
    assert_eq!((early.done, early.not_done), (vec![&cancelled], vec![&slow.future]));
    expect(&[&cancelled], ReturnWhen::FirstException, &[&cancelled], &[]);
    slow.release();
}

/// WAIT-07: success, failure and cancellation, before the wait and during it.
pub fn all_completed<P: Pool>() {
    let (pool, door) = (P::of(2), Door::new());
    let (finished, failed) = (finished(&pool, 1), failed(&pool, "no"));
    let fine = Busy::returning(&pool, 3);
    let failing = pool.try_call(fail_behind, door.name()).unwrap();
    crate::until(|| failing.running());
    let cancelled = cancelled(&pool);
    let all = [&finished, &cancelled, &failed, &fine.future, &failing];
    fine.release();
    door.open();
    expect(&all, ReturnWhen::AllCompleted, &all, &[]);
}

/// WAIT-08: time running out is no error, and parts what is done from what is not.
pub fn timeout_parts<P: Pool>() {
    let pool = P::of(1);
    let (finished, failed) = (finished(&pool, 1), failed(&pool, "no"));
    let slow = Busy::on(&pool);
    let cancelled = cancelled(&pool);
    let all = [&cancelled, &failed, &finished, &slow.future];
    for limit in [Duration::ZERO, Duration::from_millis(30)] {
        let start = Instant::now();
        let waited = wait(all, Some(limit), ReturnWhen::AllCompleted).unwrap();
        // The clocks of some browsers are coarse.
        assert!(start.elapsed() >= limit.saturating_sub(Duration::from_millis(1)), "{:?}", start.elapsed());
        assert_eq!((waited.done, waited.not_done), (all[..3].to_vec(), all[3..].to_vec()));
    }
    slow.release();
}

/// WAIT-09: 100 tasks are let go at once; no completion is lost, wherever in its start the wait is.
pub fn no_completion_lost<P: Pool>() {
    let pool = P::of(4);
    for _ in 0..5 {
        let door = Door::new();
        let futures: Vec<_> = (0..100).map(|n| pool.call(pass, (door.name(), n)).unwrap()).collect();
        crate::until(|| futures.iter().filter(|future| future.running()).count() == 4);
        door.open();
        let waited = wait(&futures, LONG, ReturnWhen::AllCompleted).unwrap();
        assert_eq!((waited.done.len(), waited.not_done.len()), (100, 0));
    }
}
