//! `as_completed`.

use super::{cancelled, failed, finished, square};
use crate::door::Busy;
use crate::pool::Pool;
use crate::probe::Probe;
use crate::until;
use concurrent_futures::{Error, Future, as_completed};
use std::collections::HashSet;
use std::iter::repeat_n;
use std::time::Duration;

/// ASC-01: cancelled, failed, finished and two live ones all come out, each once.
pub fn every_future_once<P: Pool>() {
    let pool = P::of(2);
    let (finished, failed) = (finished(&pool, 1), failed(&pool, "no"));
    let live = [Busy::returning(&pool, 2), Busy::returning(&pool, 3)];
    let cancelled = cancelled(&pool);
    let all = [&finished, &failed, &cancelled, &live[0].future, &live[1].future];
    let mut completed = as_completed(all);
    let first: HashSet<_> = completed.by_ref().take(3).collect();
    assert_eq!(first, HashSet::from([&finished, &failed, &cancelled]));
    for busy in live.iter().rev() {
        busy.release();
        assert_eq!(completed.next(), Some(&busy.future));
    }
    assert_eq!((completed.next(), completed.next()), (None, None));
}

/// ASC-02: everything that is done comes out before time is up.
pub fn zero_timeout<P: Pool>() {
    let pool = P::of(1);
    let (finished, failed) = (finished(&pool, 1), failed(&pool, "no"));
    let live = Busy::on(&pool);
    let cancelled = cancelled(&pool);
    let all = [&live.future, &finished, &failed, &cancelled];
    let mut completed = as_completed(all).timeout(Duration::ZERO);
    let seen: HashSet<_> = completed.by_ref().take(3).map(Result::unwrap).collect();
    assert_eq!(seen, HashSet::from([&finished, &failed, &cancelled]));
    assert!(matches!(completed.next(), Some(Err(Error::Timeout(_)))));
    assert!(completed.next().is_none());
    live.release();
}

/// ASC-03: from a lazy iterator, too, whether the future is done or not.
pub fn duplicates_once<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::on(&pool);
    let completed = as_completed(repeat_n(busy.future.clone(), 3));
    busy.release();
    assert_eq!(completed.count(), 1);
    assert_eq!(as_completed(repeat_n(&busy.future, 3)).count(), 1);
}

fn make<P: Pool>((): ()) -> Probe<P, 0> {
    Probe::new()
}

/// ASC-04: nothing is kept of a future that has come out, whether it was done before or not.
pub fn lets_go<P: Pool>() {
    let pool = P::of(1);
    let done: Vec<_> = (0..3).map(|_| pool.call(make::<P>, ()).unwrap()).collect();
    assert!(done.iter().all(|future| future.result().is_ok()));
    let busy = Busy::on(&pool);
    let later = (0..3).map(|_| pool.call(make::<P>, ()).unwrap());
    let mut completed = as_completed(done.into_iter().chain(later));
    let mut take_three = || {
        for left in (0..3).rev() {
            let future: Future<_> = completed.next().unwrap();
            future.result().unwrap();
            drop(future);
            // Whoever has brought a result may hold it for a moment.
            until(|| Probe::<P, 0>::live() <= left);
        }
    };
    take_three();
    busy.release();
    take_three();
    assert!(completed.next().is_none());
}

/// ASC-05
pub fn timeout_counts<P: Pool>() {
    let pool = P::of(1);
    let finished = finished(&pool, 1);
    let busy = Busy::on(&pool);
    let queued = pool.call(square, 2).unwrap();
    let all = [&finished, &busy.future, &queued];
    let last = as_completed(all).timeout(Duration::from_millis(10)).last().unwrap();
    assert_eq!(last.unwrap_err().to_string(), "2 (of 3) futures unfinished");
    busy.release();
}
