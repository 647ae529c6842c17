//! Scenarios that are the same for every executor, whether its workers share the program's memory or not.
//!
//! Each is generic over the [`Pool`], and runs on threads and on processes, natively and in browsers. Its tasks are functions
//! without captures, its values travel, and what is to be held back waits at a door that tasks find by its name.

pub mod awaiting;
pub mod callbacks;
pub mod calls;
pub mod cancelling;
pub mod completing;
pub mod future;
pub mod initializer;
pub mod map;
pub mod promise;
pub mod shutdown;
pub mod waiting;
pub mod wakes;
pub mod workers;

use crate::door::Busy;
use crate::pool::Pool;
use concurrent_futures::Future;
use std::time::Duration;

/// Long enough for any machine, short enough to notice a hang.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// A task.
pub(crate) fn square(n: u64) -> u64 {
    n * n
}

/// A task that fails.
fn fail(text: String) -> Result<u64, String> {
    Err(text)
}

/// A task that has returned.
fn finished<P: Pool>(pool: &P, n: u64) -> Future<u64> {
    let future = pool.call(square, n).unwrap();
    future.result().unwrap();
    future
}

/// A task that has failed, for that reason.
fn failed<P: Pool>(pool: &P, text: &str) -> Future<u64> {
    let future = pool.try_call(fail, text.to_owned()).unwrap();
    assert!(future.exception().unwrap().is_some());
    future
}

/// A task that was cancelled; every worker of the pool must be busy.
fn cancelled<P: Pool>(pool: &P) -> Future<u64> {
    let future = pool.call(square, 0).unwrap();
    assert!(future.cancel());
    future
}

/// A future in each state that there is.
struct EachState<P: Pool> {
    finished: Future<u64>,
    failed: Future<u64>,
    running: Busy,
    pending: Future<u64>,
    cancelled: Future<u64>,
    /// Dropped last, when its worker is free.
    _pool: P,
}

impl<P: Pool> EachState<P> {
    fn new() -> Self {
        let pool = P::of(1);
        let (finished, failed) = (finished(&pool, 3), failed(&pool, "no"));
        let running = Busy::on(&pool);
        let pending = pool.call(square, 4).unwrap();
        let cancelled = cancelled(&pool);
        Self { finished, failed, running, pending, cancelled, _pool: pool }
    }
}

/// Calls `$callback` with every scenario for every executor.
#[macro_export]
macro_rules! every_scenarios {
    ($callback:ident) => {
        $callback! {
            scenarios::every;
            awaiting { gives_what_a_worker_returned, given_up_in_time }
            callbacks {
                see_the_value, see_the_error, see_the_cancellation, late_ones_run_at_once, panic_harms_nobody,
                late_panic_harms_nobody, in_order
            }
            calls {
                come_back, let_go_of_arguments, free_their_arguments, empty_error_is_an_error, failures_are_told,
                never_wait_for_workers
            }
            cancelling { queued_task_never_runs, in_each_state, wakes_waiters }
            completing {
                every_future_once, zero_timeout, duplicates_once, lets_go, timeout_counts
            }
            future {
                tells_its_state, result_in_each_state, exception_in_each_state, timeout_ends_the_wait_only,
                shown_with_its_state, never_disagrees
            }
            initializer { runs_before_tasks, failure_breaks_the_pool, failure_leaves_no_worker }
            map {
                in_order, error_in_its_place, timeout_ends_it, task_timeout_is_an_item, close_ends_it, drop_cancels,
                window_is_exact, window_stays_after_shutdown, window_of_each_size, zipped_windows, endless_input,
                zipped_endless_input, empty_input, zero_options_refused, chunks_of_any_size, results_are_let_go,
                current_future_cancelled, finished_despite_timeout, one_timeout_at_most, runs_without_iteration
            }
            promise { second_outcome_refused, works_in_a_worker }
            shutdown {
                refuses_tasks, runs_what_is_queued, end_of_scope_waits, without_waiting, leaves_nobody_behind,
                cancels_the_queue, cancels_without_waiting, idempotent, cancelled_futures_wake_waiters, loses_nothing,
                race_with_submit, submit_then_cancel, three_tasks_three_workers, after_the_scope
            }
            waiting {
                duplicates_once, first_completed, first_completed_at_once, first_exception,
                first_exception_among_others, first_exception_at_once, cancelled_is_done, all_completed,
                timeout_parts, no_completion_lost
            }
            wakes { by_result, by_exception, by_cancellation }
            workers {
                none_before_the_first_task, default_size, zero_refused, saturation, blocked_tasks_drain,
                one_is_used_again, light_load_starts_few
            }
        }
    };
}
