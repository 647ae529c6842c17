//! Threads that are blocked on a future wake, wherever in their wait they are when its outcome comes.

use super::square;
use crate::Gate;
use crate::door::{Busy, Door, pass};
use crate::pool::Pool;
use concurrent_futures::{Error, Future};
use std::thread;

/// From round to round the reader gets further before the outcome comes.
const ROUNDS: usize = 30;

/// Has another thread `read` a new future, which `end` makes done meanwhile, again and again.
fn wakes(
    make: impl Fn(String) -> Future<u64>,
    read: fn(&Future<u64>) -> bool,
    end: impl Fn(&Future<u64>, &Door),
) {
    let readers = crate::pool(1);
    for round in 0..ROUNDS {
        let door = Door::new();
        let future = make(door.name());
        let arrived = Gate::new();
        arrived.open();
        let (read_future, reader_arrived) = (future.clone(), arrived.clone());
        let reader = readers
            .spawn(move || {
                reader_arrived.pass();
                read(&read_future)
            })
            .unwrap();
        arrived.wait_for(1);
        (0..round * 3).for_each(|_| thread::yield_now());
        end(&future, &door);
        assert!(*reader.result().unwrap());
    }
}

/// FUT-16
pub fn by_result<P: Pool>() {
    let pool = P::of(1);
    wakes(
        |door| pool.call(pass, (door, 7)).unwrap(),
        |future| future.result().is_ok_and(|value| *value == 7),
        |_, door| door.open(),
    );
}

fn fail_behind(door: String) -> Result<u64, String> {
    Door::pass(&door);
    Err("no".to_owned())
}

/// FUT-19
pub fn by_exception<P: Pool>() {
    let pool = P::of(1);
    wakes(
        |door| pool.try_call(fail_behind, door).unwrap(),
        |future| future.exception().is_ok_and(|error| error.is_some_and(|error| error.to_string() == "no")),
        |_, door| door.open(),
    );
}

/// FUT-17
pub fn by_cancellation<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::on(&pool);
    wakes(
        |_| pool.call(square, 1).unwrap(),
        |future| matches!(future.result(), Err(Error::Cancelled(_))),
        |future, _| assert!(future.cancel()),
    );
    busy.release();
}
