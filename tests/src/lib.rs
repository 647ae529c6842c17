//! One list of scenarios, written once and run on every back end.
//!
//! A scenario is a function that panics when the behaviour is not as told. One that mirrors a test of CPython's own carries
//! its id, as `WAIT-02`. No scenario depends on how fast the machine is: order is forced by [`Gate`]s, and where a clock
//! is the subject, the margin is wide.
//!
//! [`scenarios!`] lists them all; a back end's test binary turns each entry into a test.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a scenario is a test: its panics are its findings")]

pub mod awaiting;
mod bomb;
pub mod cancelling;
pub mod completing;
pub mod executor;
pub mod future;
mod gate;
pub mod harness;
pub mod helping;
pub mod initializer;
pub mod map;
pub mod observing;
pub mod processes;
pub mod promise;
pub mod shutdown;
pub mod stealing;
pub mod threads;
pub mod waiting;

pub use self::gate::Gate;

use concurrent_futures::ThreadPoolExecutor;

/// An executor of so many threads.
pub(crate) fn pool(max_workers: usize) -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(max_workers).expect("the number of workers is positive")
}

/// Calls `$callback` with every scenario in one memory: where the modules are, and each `module { scenario, scenario, ... }`.
///
/// Those for workers with a memory of their own are listed by [`process_scenarios!`] and [`subprocess_scenarios!`].
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
                states_of_a_task, result_with_timeout, result_wakes, exception_of_each_outcome,
                many_readers_share_one_value, value_moves_out_of_the_last_handle, panic_is_data,
                returned_error_is_typed, callbacks_in_order, callback_on_done_future_runs_at_once,
                panicking_callback_harms_nobody, callback_adds_callback, panicking_payload_harms_nobody
            }
            cancelling {
                queued_task, running_task_refuses, finished_task_refuses, twice, wakes_waiters,
                drops_the_function, callbacks_run_where_cancelled, panicking_destructor, tells_before_it_drops
            }
            waiting {
                first_completed, first_completed_at_once, first_exception, first_exception_at_once,
                cancelled_is_no_exception, all_completed, duplicates_once, timeout_parts,
                empty, mixed_types_and_executors, no_completion_lost
            }
            completing {
                every_future_once, in_order_of_completion, finished_first, duplicates_once,
                zero_timeout, timeout_counts, cancelled_comes_out, pairs_travel, lets_go
            }
            executor {
                submit_runs, tuple_of_arguments, closures_capture, no_stale_references, zero_workers_refused,
                zero_sized_error
            }
            map {
                in_order, error_in_its_place, timeout_ends_it, task_timeout_is_an_item, close_ends_it,
                drop_cancels, window_is_exact, window_of_each_size, endless_input, empty_input,
                zero_options_refused, results_need_not_be_clone, current_future_cancelled, finished_despite_timeout,
                one_timeout_at_most, runs_without_iteration
            }
            threads {
                default_size, saturation, idle_thread_reused, names, default_names, panics_do_not_kill,
                grows_when_a_callback_blocks, callbacks_free_the_worker, panicking_result_harms_nobody,
                impossible_name_refused
            }
            shutdown {
                refuses_tasks, runs_what_is_queued, drop_waits, without_waiting, cancels_the_queue,
                idempotent, cancelled_futures_wake_waiters, from_a_task, loses_nothing, race_with_submit, many_wait,
                cancels_past_a_panicking_destructor, submit_then_cancel
            }
            initializer { runs_before_tasks, failure_breaks_the_pool, failure_names_the_cause }
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
                lends, gives, gives_later, latest_waker_counts, wakes_once_done, panicking_waker_harms_nobody
            }
            stealing {
                submits_and_waits, splits_work, cancels_on_shutdown, panic_is_data, shutdown_waits, drop_waits,
                panicking_result_harms_nobody
            }
        }
    };
}
