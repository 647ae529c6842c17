//! Initializers of workers.

use super::square;
use crate::door::Door;
use crate::observing::Log;
use crate::pool::Pool;
use concurrent_futures::{Error, Shutdown, SubmitError};
use std::cell::Cell;

thread_local! {
    static STATUS: Cell<u64> = const { Cell::new(0) };
}

/// INIT-01, IPE-03: each task sees what the initializer, with its arguments, did in the worker.
pub fn runs_before_tasks<P: Pool>() {
    let initialize = |(status, factor): (u64, u64)| STATUS.set(status * factor);
    let pool = P::initialized(2, &Log::new(), initialize, (6, 7));
    let futures: Vec<_> = (0..8).map(|_| pool.call(|()| STATUS.get(), ()).unwrap()).collect();
    assert!(futures.iter().all(|future| future.result().unwrap() == &42));
    assert_eq!(STATUS.get(), 0);
    drop(pool);
    // Workers may be used again; the next executor must not see the traces of this one.
    let next = P::initialized(1, &Log::new(), |()| STATUS.set(1), ());
    assert_eq!(next.call(|()| STATUS.get(), ()).unwrap().result().unwrap(), &1);
}

/// A pool whose initializer fails, and what its tasks failed with, which were queued by then.
fn broken<P: Pool>(log: &Log) -> (P, Vec<Error>) {
    let door = Door::new();
    let initialize = |(door, text): (String, String)| {
        Door::pass(&door);
        panic!("{text}");
    };
    let pool = P::initialized(2, log, initialize, (door.name(), "no licence".to_owned()));
    let queued: Vec<_> = (0..4).map(|n| pool.call(square, n).unwrap()).collect();
    door.open();
    let errors = queued.iter().map(|future| future.result().unwrap_err()).collect();
    (pool, errors)
}

/// INIT-02, IPE-08: what is queued fails, and nothing more is taken. Unlike CPython's, every error tells why.
pub fn failure_breaks_the_pool<P: Pool>() {
    let (pool, errors) = broken::<P>(&Log::new());
    for error in errors {
        assert!(matches!(error, Error::Broken(_)), "{error}");
        assert!(error.to_string().ends_with("its initializer failed: no licence"), "{error}");
        let Error::Broken(broken) = error else { continue };
        assert_eq!(broken.cause().panic().unwrap().message(), "no licence");
    }
    assert!(matches!(pool.call(square, 1), Err(SubmitError::Broken(_))));
    // Other pools are as good as ever.
    assert_eq!(P::of(1).call(square, 3).unwrap().result().unwrap(), &9);
}

/// INIT-03: every worker of such a pool ends.
pub fn failure_leaves_no_worker<P: Pool>() {
    for _ in 0..3 {
        let log = Log::new();
        let (pool, _) = broken::<P>(&log);
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
        let gone = log.workers("ended") + log.workers("lost");
        assert_eq!(log.workers("started"), gone, "{:?}", log.lines());
    }
}
