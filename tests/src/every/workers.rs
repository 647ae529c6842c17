//! How many workers there are, and when.

use super::square;
use crate::door::{Door, pass};
use crate::machine::processors;
use crate::observing::Log;
use crate::pool::Pool;
use crate::until;
use concurrent_futures::Shutdown;

/// 2.6
pub fn none_before_the_first_task<P: Pool>() {
    let pool = P::of(2);
    assert_eq!((pool.workers(), pool.max_workers()), (0, 2));
}

/// TPE-01: threads are as many as the processors and four more, at most 32; processes as many as the processors.
pub fn default_size<P: Pool>() {
    assert_eq!(P::by_default().max_workers(), P::default_size(processors()));
}

/// EXE-05
pub fn zero_refused<P: Pool>() {
    assert_eq!(P::try_of(0).err().unwrap(), "max_workers must be at least 1");
}

/// TPE-02, PPE-08, IPE-16: 60 tasks that block start exactly the 4 workers that there may be, and are all done in the end.
pub fn saturation<P: Pool>() {
    let (log, door) = (Log::new(), Door::new());
    let pool = P::observed(4, &log);
    let tasks: Vec<_> = (0..15 * 4).map(|n| pool.call(pass, (door.name(), n)).unwrap()).collect();
    until(|| tasks.iter().filter(|task| task.running()).count() == 4);
    assert_eq!(pool.workers(), 4);
    door.open();
    pool.shutdown(Shutdown::default()).unwrap();
    for (n, task) in (0..).zip(&tasks) {
        assert_eq!(task.result().unwrap(), &n);
    }
    assert_eq!((log.workers("started"), log.workers("ended"), pool.workers()), (4, 4, 0));
}

/// IPE-17, IPE-18: tasks that block, as many as workers or more, are done as each is let go.
pub fn blocked_tasks_drain<P: Pool>() {
    for max_workers in [10, 4] {
        let pool = P::of(max_workers);
        let doors: Vec<_> = (0..10).map(|_| Door::new()).collect();
        let tasks: Vec<_> =
            (0..).zip(&doors).map(|(n, door)| pool.call(pass, (door.name(), n)).unwrap()).collect();
        for (n, (door, task)) in (0..).zip(doors.iter().zip(&tasks)) {
            until(|| task.running());
            door.open();
            assert_eq!(task.result().unwrap(), &n);
        }
        assert!(pool.workers() <= max_workers);
    }
}

/// TPE-03, PPE-09, IPE-19: a worker is free before its task's result can be seen, so one is enough.
pub fn one_is_used_again<P: Pool>() {
    let log = Log::new();
    let pool = P::observed(3, &log);
    for n in 0..20 {
        assert_eq!(pool.call(square, n).unwrap().result().unwrap(), &(n * n));
        assert_eq!(pool.workers(), 1);
    }
    drop(pool);
    assert_eq!(log.workers("started"), 1);
}

/// PPE-10: at most three of these tasks overlap, so at most three of five workers are started.
pub fn light_load_starts_few<P: Pool>() {
    let log = Log::new();
    let pool = P::observed(5, &log);
    let mut later = Vec::new();
    pool.call(square, 0).unwrap().result().unwrap();
    for n in 1..3 {
        later.push(pool.call(square, n).unwrap());
        pool.call(square, n + 10).unwrap().result().unwrap();
    }
    later.push(pool.call(square, 3).unwrap());
    later.iter().for_each(|future| assert!(future.result().is_ok()));
    let started = log.workers("started");
    assert!((1..=3).contains(&started) && pool.workers() == started, "{started}");
}
