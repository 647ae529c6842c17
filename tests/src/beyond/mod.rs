//! What Python's `concurrent.futures` does not have.

pub mod adaptive;
pub mod chrome_trace;
pub mod closing;
mod collected;
pub(crate) mod events;
mod held;
pub mod idling;
pub mod limits;
pub mod nesting;
pub mod priorities;
pub mod progress;
pub mod refusals;
pub mod scope;
pub mod stopping;
pub mod then;
pub mod then_on_processes;
pub mod timeouts;
pub mod tokens;
mod trace_file;
pub mod tracing;
pub mod unordered;

/// Calls `$callback` with the scenarios of this module. What ends in `_on_processes` is for workers with a memory of their own.
#[macro_export]
macro_rules! beyond_scenarios {
    ($callback:ident) => {
        $callback! {
            scenarios::beyond;
            then {
                runs_whatever_happens, error_passes_through, cancellation_passes_through, errors_are_typed,
                panic_fails_the_derived_future, flattens, failures_of_both_futures_pass_through,
                runs_at_once_when_done, runs_among_the_callbacks, what_follows_comes_first, cancelled_function_never_runs,
                running_function_refuses, cancelled_while_flattening, cancelling_tells_before_it_drops,
                dropped_handles_change_nothing, long_chain_completes, long_chain_is_cancelled, long_chain_fails,
                long_nest_completes, waits_inside_one_worker, every_wait_inside_one_worker, waiters_of_every_kind,
                lets_go, callback_waits_for_what_came_before, function_may_complete_others, broken_pool_passes_through,
                runs_what_comes_while_it_waits, runs_what_comes_while_it_waits_for_all, dropped_function_may_complete_its_source,
                panicking_value_leaves_the_other_callbacks
            }
            then_on_processes {
                maps_results, losses_pass_through, leads_from_pool_to_pool, cancels_alone, tasks_stay_cancellable
            }
            unordered {
                every_item_once, as_they_complete, errors_come_with_their_places, timeout_ends_it,
                finished_despite_timeout, close_ends_it, drop_cancels, window_is_exact, window_of_each_size, endless_input,
                empty_input, zero_options_refused, results_need_not_be_clone, refusal_follows_the_rest,
                inside_one_worker, every_item_once_on_processes, errors_come_with_their_places_on_processes,
                chunks_come_together_on_processes, timeout_ends_it_on_processes, losses_fail_one_item_on_processes,
                endless_input_on_processes, results_are_let_go_on_processes
            }
            adaptive {
                results_are_the_same, tiny_items_share_tasks, long_items_go_alone, grows_at_most_twofold,
                shrinks_for_long_items, window_is_kept, ends_in_small_chunks, slow_item_keeps_nobody_waiting,
                timeout_gives_what_has_come, runs_inside_one_worker,
                results_are_the_same_on_processes, tiny_items_share_tasks_on_processes, long_items_go_alone_on_processes,
                items_of_a_lost_worker_go_on_processes, works_on_a_stealing_executor
            }
            scope {
                borrows_from_the_caller, borrows_from_the_caller_stealing, waits_for_all, inside_a_worker,
                cancelled_closures_are_dropped, panicking_body, failures_are_data, refused_closures_are_dropped,
                ends_with_its_slowest_task, destructor_of_a_result_panics, destructor_of_a_result_waits
            }
            chrome_trace {
                threads_are_lanes, helped_tasks_nest, callbacks_submit, processes_are_lanes, written_during_the_run
            }
            tracing {
                task_below_its_submitter, names_and_roots, subscriber_goes_along, helped_tasks_nest, failure_is_told,
                cancellation_is_told, filtered_spans_are_skipped, panicking_subscriber_harms_nobody,
                observers_beside_spans, processes_have_spans, lost_worker_is_an_error
            }
            progress { of_completions, of_a_map, of_an_unordered_map, of_unknown_length, after_a_timeout }
            limits {
                submitter_waits_for_room, shutdown_frees_blocked_submitters,
                break_down_frees_blocked_submitters, cancelled_task_frees_a_blocked_submitter,
                free_workers_come_first, worker_runs_what_finds_no_room, full_queue_refuses, room_again,
                token_makes_room, nothing_accepted_is_lost, caller_runs, caller_is_observed,
                callers_are_told_apart, callers_are_no_workers, caller_may_wait, map_waits_or_runs_here,
                map_is_refused, expiry_makes_room, caller_helps_its_own_pool, shutdown_waits_for_callers
            }
            priorities {
                highest_first, plain_tasks_are_of_priority_0, late_comers_overtake, what_has_begun_goes_on,
                cancelled_are_passed_over, shutdown_cancels_every_rank, shutdown_keeps_the_order,
                many_submitters, nothing_is_lost, ignored_where_there_is_no_order
            }
            idling {
                workers_come_and_go, busy_workers_stay, nobody_leaves_work_behind,
                nobody_leaves_ranked_work_behind, shutdown_while_idle, shutdown_after_the_last,
                shutdown_waits_for_the_leaving, initializer_runs_again, alarms_outlive_workers
            }
            timeouts {
                expires_while_all_are_busy, everybody_is_told, not_after_it_has_begun, default_and_override,
                shorter_limit_comes_first, observer_is_told, cancelling_first_wins, shutdown_afterwards,
                expired_item_of_a_map, expires_or_runs, kept_by_a_stealing_executor, long_task_is_asked_to_end,
                deaf_task_goes_on, callers_token_is_left_alone, time_in_the_queue_is_free,
                quick_tasks_leave_no_alarm, ended_task_leaves_its_token_alone
            }
            tokens {
                each_task_has_one, initializer_has_none, callbacks_have_none, nested_task_has_its_own,
                waiting_tasks_are_cancelled, none_begins_any_more, cancelled_beforehand, children,
                forgotten_generations, many_generations, waits, awaits, panicking_listeners_harm_nobody,
                panicking_destructors_harm_nobody, check_ends_a_task,
                dropped_token_changes_nothing, cancel_meets_submit, long_life_gathers_nothing
            }
            stopping {
                waiting_task_is_cancelled, listening_task_ends, deaf_task_is_left_alone, others_are_not_asked,
                several_stop_one, itself, promise
            }
            closing {
                in_time, names_what_runs, cancels_what_waits, from_a_worker, names_what_a_helper_runs,
                several_wait, counts_what_will_run, drop_waits_all_the_same, destructors_panic
            }
            nesting {
                chain_of_a_thousand, trees, tree_on_a_stealing_executor, maps, across_two_executors,
                there_and_back, callbacks_submit, executors_inside_tasks
            }
            refusals {
                zero_workers, zero_queue_limit, zero_map_options, impossible_name, after_shutdown,
                shutdown_during_a_map, broken_pool, full_queue, second_outcome
            }
        }
    };
}
