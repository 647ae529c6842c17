//! `map` on threads.

use crate::pool;
use concurrent_futures::Executor;
use std::cell::Cell;

/// EXE-06: a result is moved out to its one reader, so it may be anything that can be sent.
pub fn results_need_not_be_clone() {
    struct Once(Cell<u32>);
    let pool = pool(2);
    let results = pool.map(|n: u32| Once(Cell::new(n)), 0..4).unwrap();
    assert_eq!(results.map(|once| once.unwrap().0.get()).sum::<u32>(), 6);
}
