//! `ProcessPoolExecutor`: workers with a memory of their own.
//!
//! A task shares nothing with the scenario that submits it, so no gate reaches it, only a door. What must be lost with its
//! worker runs for ever; which worker ran a task, a count in the worker's own memory tells. Such scenarios are
//! the same for subprocesses and for isolated Web Workers. Those that need to hear of a task from inside, a signal or an
//! output are in `subprocesses`.

pub mod calls;
pub mod cancelling;
pub mod codec;
pub mod exits;
pub mod forced;
pub mod initializer;
pub mod limits;
pub mod losses;
pub mod observing;
pub mod priorities;
pub(crate) mod probe;
pub mod refused;
pub mod shutdown;
pub mod stopping;
#[cfg(not(target_arch = "wasm32"))]
pub mod subprocesses;
pub mod timeouts;
pub mod waiting;
pub mod workers;

pub(crate) use crate::every::square;
pub(crate) use crate::until;

use concurrent_futures::{
    BrokenExecutor, CancelToken, Error, Executor, Future, ProcessPoolExecutor, WorkerLost,
};
use std::ops::Deref;
use std::thread;

/// An executor of so many workers.
pub(crate) fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers).expect("the number of workers is positive")
}

/// A task that ends with its worker only.
pub(crate) fn forever<T>((): ()) -> T {
    loop {
        thread::park();
    }
}

/// A task that ends when it is asked to, and returns true then.
fn listen((): ()) -> bool {
    CancelToken::current().is_some_and(|token| token.wait(None).unwrap())
}

/// A task that ends its worker, as nothing can catch.
pub(crate) fn die((): ()) -> u64 {
    std::process::abort()
}

/// The future of a task that runs for ever. Dropped, it ends the task, so that a scenario that fails does not wait for it.
pub(crate) struct Held(Future<()>);

impl Deref for Held {
    type Target = Future<()>;

    fn deref(&self) -> &Future<()> {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Submits a task that runs for ever, and waits until a worker has it.
pub(crate) fn hold(pool: &ProcessPoolExecutor) -> Held {
    let held = Held(pool.submit(forever, ()).unwrap());
    until(|| held.running());
    held
}

/// The loss of the worker that the task was running on.
pub(crate) fn loss<T>(future: &Future<T>) -> WorkerLost {
    match future.result() {
        Err(Error::Failed(error)) => error.worker_lost().expect("the worker was lost").clone(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the task has a result"),
    }
}

/// Whether the task failed because its pool is broken.
fn is_broken<T>(future: &Future<T>) -> bool {
    matches!(future.result(), Err(Error::Broken(BrokenExecutor::ProcessPool(_))))
}

/// Calls `$callback` with every scenario for workers with a memory of their own, on any platform.
#[macro_export]
macro_rules! process_scenarios {
    ($callback:ident) => {
        $callback! {
            scenarios::processes;
            calls {
                functions_are_found, returned_error_is_text, panic_is_data, large_values_travel, memory_is_not_shared,
                submitted_from_threads
            }
            cancelling {
                kill_ends_a_running_task, kill_cancels_a_queued_task, kill_leaves_finished_tasks,
                threads_cannot_be_killed, sent_ahead, sent_ahead_is_pending, wakes_waiters
            }
            codec {
                arguments_do_not_encode, arguments_do_not_decode, result_does_not_encode, result_does_not_decode,
                crash_in_the_codec, panic_in_the_codec, items_do_not_decode, encoding_fails_after_shutdown
            }
            exits { in_a_task, while_decoding, while_encoding, break_the_pool }
            forced {
                stops_a_running_task, stops_the_pool, dead_workers, not_started_yet, retiring_worker_is_not_replaced
            }
            initializer {
                changes_its_worker_only, runs_in_every_worker, failure_names_the_cause, death_breaks_the_pool,
                arguments_must_encode
            }
            limits {
                full_queue_refuses, room_again, sent_ahead_counts, submitter_waits_for_room, shutdown_frees_submitters,
                callback_is_refused, caller_runs, caller_is_observed, caller_is_asked, map_waits_or_runs_here,
                nothing_accepted_is_lost, zero_refused, stopped_while_full
            }
            losses {
                task_fails_alone, every_loss_is_survived, break_fails_everything, broken_errors_are_separate,
                names_worker_and_task, stack_overflow, item_fails_alone, run_timeout, run_timeout_of_each_item,
                during_shutdown, while_a_large_task_waits, with_callbacks
            }
            observing { tells_a_task, tells_a_cancellation, tells_a_failure, tells_a_loss }
            priorities {
                highest_first, overtakes_what_was_sent_ahead, kept_when_a_worker_is_lost, shutdown_sees_every_rank,
                nothing_is_lost
            }
            refused {
                closure_as_task, local_instance, method_as_task, closure_as_initializer, method_as_initializer
            }
            shutdown {
                drop_while_workers_retire, retiring_workers, failing_task_of_a_retiring_worker, from_a_callback,
                within_a_time, within_cancels_what_waits, within_leaves_callbacks_alone
            }
            stopping {
                each_task_has_one, waiting_task_is_cancelled, looking_task_ends, waiting_by_the_token_ends,
                awaiting_the_token_ends, children_hear_of_it, check_ends_a_task, deaf_task_is_killed, grace_suffices,
                one_token_for_many, others_are_not_asked, several_stop_one, at_any_moment
            }
            timeouts {
                expires_while_all_are_busy, not_after_it_has_begun, default_and_override, shorter_limit_comes_first,
                observer_is_told, expires_or_runs, run_timeout_of_one_task, time_in_the_queue_is_free, idle_workers_end,
                busy_workers_stay
            }
            waiting {
                no_completion_lost, callback_may_block, mixed_executors, many_readers, cancelled_is_no_exception,
                slow_task_delays_nobody
            }
            workers { max_tasks_per_child, pending_tasks_of_retiring_workers, zero_tasks_refused }
        }
    };
}

/// Calls `$callback` with the scenarios that need processes of an operating system.
#[macro_export]
macro_rules! subprocess_scenarios {
    ($callback:ident) => {
        $callback! {
            scenarios::processes;
            subprocesses {
                blocked_tasks_fill_the_pool, running_task_is_seen_and_never_ends, terminate_can_be_noticed,
                more_than_61_workers, each_worker_is_a_process, output_goes_to_the_observer, cancelled_task_never_runs,
                cancelled_items_never_run, pool_within_a_task, pool_within_a_thread, busy_submitters, probes_may_fail
            }
        }
    };
}
