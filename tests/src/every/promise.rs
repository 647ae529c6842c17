//! Futures without an executor, where the tasks of each kind of executor run.

use crate::pool::Pool;
use crate::promise as bare;

/// Runs the scenario here and in a worker, whose memory may be another one.
fn here_and_in_a_worker<P: Pool>(scenario: impl Fn(()) + Copy + Send + 'static) {
    scenario(());
    P::of(1).call(scenario, ()).unwrap().result().unwrap();
}

/// FUT-20, FUT-21
pub fn second_outcome_refused<P: Pool>() {
    here_and_in_a_worker::<P>(|()| bare::second_outcome_refused());
}

/// Everything else that takes no other thread.
pub fn works_in_a_worker<P: Pool>() {
    here_and_in_a_worker::<P>(|()| bare::result_travels());
    here_and_in_a_worker::<P>(|()| bare::error_travels());
    here_and_in_a_worker::<P>(|()| bare::dropped_promise_fails());
    here_and_in_a_worker::<P>(|()| bare::running_or_cancelled());
    here_and_in_a_worker::<P>(|()| bare::states_shown());
}
