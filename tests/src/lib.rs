//! Scenarios, written once and run on every back end.
//!
//! A scenario is a function that panics when the behaviour is not as told. One that mirrors a test of CPython's own carries
//! its id, as `WAIT-02`. No scenario depends on how fast the machine is: order is forced by [`Gate`]s, and by doors where
//! memory is not shared; where a clock is the subject, the margin is wide.
//!
//! [`every_scenarios!`] lists those for every executor, [`scenarios!`] and [`process_scenarios!`] those for one kind; a back
//! end's test binary turns each entry into a test.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a scenario is a test: its panics are its findings")]

pub mod awaiting;
pub mod beyond;
mod bomb;
pub mod cancelling;
pub mod completing;
mod door;
pub mod every;
pub mod executor;
pub mod future;
mod gate;
pub mod harness;
pub mod helping;
mod machine;
pub mod map;
pub mod observing;
pub mod pool;
mod probe;
pub mod processes;
#[cfg(not(target_arch = "wasm32"))]
pub mod programs;
pub mod promise;
pub mod shutdown;
pub mod stealing;
pub mod threads;
pub mod waiting;

pub use self::gate::Gate;

use concurrent_futures::ThreadPoolExecutor;
use std::thread;
use std::time::Duration;
use web_time::Instant;

/// An executor of so many threads.
pub(crate) fn pool(max_workers: usize) -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(max_workers).expect("the number of workers is positive")
}

/// Waits for something that comes by itself, and that nobody is told of.
pub(crate) fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "what should come by itself does not come");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Calls `$callback` with the scenarios in one memory: where the modules are, and each `module { scenario, scenario, ... }`.
///
/// Those for every executor are listed by [`every_scenarios!`], those for workers with a memory of their own by
/// [`process_scenarios!`] and [`subprocess_scenarios!`], and those of what Python does not have by [`beyond_scenarios!`].
#[macro_export]
macro_rules! scenarios {
    ($callback:ident) => {
        $callback! {
            scenarios;
            promise {
                result_travels, error_travels, second_outcome_refused, dropped_promise_fails,
                running_or_cancelled, states_shown, snapshot_is_consistent
            }
            future {
                result_wakes, exception_of_each_outcome, many_readers_share_one_value,
                value_moves_out_of_the_last_handle, panic_is_data, returned_error_is_typed,
                callback_on_done_future_runs_at_once, panicking_callback_harms_nobody, callback_adds_callback,
                panicking_payload_harms_nobody
            }
            cancelling {
                twice, wakes_waiters, drops_the_function, callbacks_run_where_cancelled, panicking_destructor,
                tells_before_it_drops
            }
            waiting { empty, mixed_types_and_executors, no_completion_lost }
            completing { in_order_of_completion, finished_first, cancelled_comes_out, pairs_travel }
            executor { tuple_of_arguments, closures_capture, no_stale_references }
            map { results_need_not_be_clone }
            threads {
                names, default_names, panics_do_not_kill, grows_when_a_callback_blocks, callbacks_free_the_worker,
                panicking_result_harms_nobody, impossible_name_refused
            }
            shutdown { from_a_task, many_wait, cancels_past_a_panicking_destructor }
            helping {
                waits_inside_one_worker, wait_inside_one_worker, completed_inside_one_worker, deep_chain,
                never_another_task, first_completed_begins_nothing, next_completed_begins_nothing,
                cancelled_meanwhile_is_no_exception, values_are_let_go
            }
            observing {
                tells_a_task, tells_a_cancellation, tells_a_failure, scope_reaches_executors, current_task_is_known,
                panicking_observer_harms_nothing
            }
            awaiting {
                lends, gives, gives_later, latest_waker_counts, wakes_once_done, panicking_waker_harms_nobody,
                completed_stream, dropped_streams_wake_nobody, map_stream
            }
            stealing {
                submits_and_waits, splits_work, cancels_on_shutdown, panic_is_data, shutdown_waits, drop_waits,
                panicking_result_harms_nobody
            }
        }
    };
}
