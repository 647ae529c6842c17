//! What can be asked of a future.

use super::{EachState, square};
use crate::Gate;
use crate::door::Busy;
use crate::pool::Pool;
use concurrent_futures::{Error, Future, State};
use std::thread;
use std::time::Duration;
use web_time::Instant;

/// FUT-12, FUT-13, FUT-14: what each of the questions is answered in each state.
pub fn tells_its_state<P: Pool>() {
    let each = EachState::<P>::new();
    let answers = |future: &Future<u64>| (future.cancelled(), future.done(), future.running());
    assert_eq!(answers(&each.pending), (false, false, false));
    assert_eq!(answers(&each.running.future), (false, false, true));
    assert_eq!(answers(&each.cancelled), (true, true, false));
    assert_eq!(answers(&each.failed), (false, true, false));
    assert_eq!(answers(&each.finished), (false, true, false));
    each.running.release();
    assert_eq!(each.pending.result().unwrap(), &16);
    assert_eq!(answers(&each.pending), (false, true, false));
    assert_eq!(answers(&each.running.future), (false, true, false));
}

/// FUT-15: without any time, what is done answers and what is not times out.
pub fn result_in_each_state<P: Pool>() {
    let each = EachState::<P>::new();
    let ask = |future: &Future<u64>| future.result_timeout(Duration::ZERO).copied();
    assert!(matches!(ask(&each.pending), Err(Error::Timeout(_))));
    assert!(matches!(ask(&each.running.future), Err(Error::Timeout(_))));
    assert!(matches!(ask(&each.cancelled), Err(Error::Cancelled(_))));
    assert_eq!(ask(&each.finished).unwrap(), 9);
    // As often as one likes.
    for _ in 0..2 {
        let error = ask(&each.failed).unwrap_err();
        assert!(matches!(&error, Error::Failed(_)) && error.to_string() == "no", "{error}");
    }
}

/// FUT-18
pub fn exception_in_each_state<P: Pool>() {
    let each = EachState::<P>::new();
    let ask = |future: &Future<u64>| future.exception_timeout(Duration::ZERO);
    assert!(matches!(ask(&each.pending), Err(Error::Timeout(_))));
    assert!(matches!(ask(&each.running.future), Err(Error::Timeout(_))));
    assert!(matches!(ask(&each.cancelled), Err(Error::Cancelled(_))));
    assert!(ask(&each.finished).unwrap().is_none());
    assert_eq!(ask(&each.failed).unwrap().expect("it failed").to_string(), "no");
}

/// FUT-15, FUT-18: a wait ends in time, and what it waited for goes on.
pub fn timeout_ends_the_wait_only<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::returning(&pool, 7);
    let limit = Duration::from_millis(30);
    let start = Instant::now();
    assert!(matches!(busy.future.result_timeout(limit), Err(Error::Timeout(_))));
    assert!(matches!(busy.future.exception_timeout(limit), Err(Error::Timeout(_))));
    // The clocks of some browsers are coarse.
    assert!(start.elapsed() >= Duration::from_millis(58), "{:?}", start.elapsed());
    assert!(busy.future.running());
    busy.release();
    assert_eq!(busy.future.result_timeout(Duration::from_secs(60)).unwrap(), &7);
    assert!(busy.future.exception_timeout(Duration::ZERO).unwrap().is_none());
}

/// FUT-09: its state, and when it has finished the type of its value or its error, without any address.
pub fn shown_with_its_state<P: Pool>() {
    let each = EachState::<P>::new();
    let shown = |future: &Future<u64>| {
        let text = format!("{future:?}");
        let start = format!("<Future {} state=", future.id());
        text.strip_prefix(&start).unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    assert_eq!(shown(&each.pending), "pending>");
    assert_eq!(shown(&each.running.future), "running>");
    assert_eq!(shown(&each.cancelled), "cancelled>");
    assert_eq!(shown(&each.finished), "finished returned u64>");
    let failed = shown(&each.failed);
    assert!(failed.starts_with("finished raised ") && failed.contains("\"no\""), "{failed}");
}

/// FUT-22: done, state and outcome never disagree, whichever of four threads looks, and a done future stays as it is.
pub fn never_disagrees<P: Pool>() {
    let (pool, readers) = (P::of(1), crate::pool(4));
    for _ in 0..20 {
        let busy = Busy::returning(&pool, 7);
        let watching = Gate::new();
        watching.open();
        let seen: Vec<_> = (0..4)
            .map(|_| {
                let (future, watching) = (busy.future.clone(), watching.clone());
                let watch = move || {
                    assert!(matches!(future.result_timeout(Duration::ZERO), Err(Error::Timeout(_))));
                    watching.pass();
                    while !future.done() {
                        thread::yield_now();
                    }
                    let look = || (future.done(), future.state(), future.result_timeout(Duration::ZERO).ok());
                    (0..100).all(|_| look() == (true, State::Finished, Some(&7)))
                };
                readers.spawn(watch).unwrap()
            })
            .collect();
        watching.wait_for(4);
        busy.release();
        assert!(seen.iter().all(|seen| *seen.result().unwrap()));
    }
    assert_eq!(pool.call(square, 2).unwrap().result().unwrap(), &4);
}
