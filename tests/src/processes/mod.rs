//! `ProcessPoolExecutor`: workers with a memory of their own.
//!
//! A task shares nothing with the scenario that submits it, so no gate reaches it. What must stay busy runs
//! for ever and ends with its worker; which worker ran a task, a count in the worker's own memory tells. Such scenarios are
//! the same for subprocesses and for isolated Web Workers. Those that need a channel to the task, an exit code or an
//! output are in `subprocesses`.

pub mod calls;
pub mod cancelling;
pub mod codec;
pub mod forced;
pub mod initializer;
pub mod losses;
pub mod map;
pub mod observing;
mod probe;
pub mod shutdown;
#[cfg(not(target_arch = "wasm32"))]
pub mod subprocesses;
pub mod waiting;
pub mod workers;

use concurrent_futures::{BrokenExecutor, Error, Executor, Future, ProcessPoolExecutor, WorkerLost};
use std::ops::Deref;
use std::thread;
use std::time::Duration;
use web_time::Instant;

/// An executor of so many workers.
fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers).expect("the number of workers is positive")
}

/// A task.
fn square(n: u64) -> u64 {
    n * n
}

/// A task that ends with its worker only.
fn forever<T>((): ()) -> T {
    loop {
        thread::park();
    }
}

/// A task that ends its worker, as nothing can catch.
fn die((): ()) -> u64 {
    std::process::abort()
}

/// The future of a task that runs for ever. Dropped, it ends the task, so that a scenario that fails does not wait for it.
struct Held(Future<()>);

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
fn hold(pool: &ProcessPoolExecutor) -> Held {
    let held = Held(pool.submit(forever, ()).unwrap());
    until(|| held.running());
    held
}

/// Waits for something that comes by itself, and that nobody is told of.
fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "what should come by itself does not come");
        thread::sleep(Duration::from_millis(1));
    }
}

/// The loss of the worker that the task was running on.
fn loss<T>(future: &Future<T>) -> WorkerLost {
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
                submit_runs, functions_are_found, returned_error_is_text, panic_is_data, zero_sized_error,
                no_stale_references, arguments_freed_in_the_worker, large_values_travel, zero_workers_refused,
                memory_is_not_shared, awaits, awaiting_may_stop, submitted_from_threads
            }
            cancelling {
                queued_task, running_task_refuses, finished_task_refuses, kill_ends_a_running_task,
                kill_cancels_a_queued_task, kill_leaves_finished_tasks, threads_cannot_be_killed, sent_ahead,
                wakes_waiters
            }
            codec {
                arguments_do_not_encode, arguments_do_not_decode, result_does_not_encode, result_does_not_decode,
                crash_in_the_codec, panic_in_the_codec, items_do_not_decode, encoding_fails_after_shutdown
            }
            forced {
                stops_a_running_task, stops_the_pool, dead_workers, not_started_yet, retiring_worker_is_not_replaced
            }
            initializer {
                runs_before_tasks, runs_in_every_worker, failure_breaks_the_pool, failure_names_the_cause,
                death_breaks_the_pool, arguments_must_encode
            }
            losses {
                task_fails_alone, every_loss_is_survived, break_fails_everything, broken_errors_are_separate,
                names_worker_and_task, stack_overflow, item_fails_alone, run_timeout, run_timeout_of_each_item,
                during_shutdown, while_a_large_task_waits, with_callbacks
            }
            map {
                in_order, error_in_its_place, timeout_ends_it, task_timeout_is_an_item, close_ends_it, drop_cancels,
                window_is_exact, window_of_each_size, endless_input, empty_input, zero_options_refused,
                chunks_of_any_size, results_are_let_go, current_future_cancelled, finished_despite_timeout,
                runs_without_iteration, window_stays_after_shutdown
            }
            observing { tells_a_task, tells_a_cancellation, tells_a_failure, tells_a_loss }
            shutdown {
                refuses_tasks, runs_what_is_queued, drop_waits, without_waiting, cancels_the_queue, idempotent,
                cancelled_futures_wake_waiters, loses_nothing, race_with_submit, submit_then_cancel, from_a_callback,
                retiring_workers, failing_task_of_a_retiring_worker, ends_every_worker
            }
            waiting {
                first_completed, first_exception, all_completed, no_completion_lost, every_future_once, zero_timeout,
                callbacks_in_order, panicking_callback_harms_nobody, callback_may_block, mixed_executors, many_readers,
                done_at_once, duplicates_once, cancelled_is_no_exception, timeouts, lets_go,
                slow_task_delays_nobody
            }
            workers {
                none_before_the_first_task, one_is_used_again, light_load_starts_few, saturation,
                max_tasks_per_child, pending_tasks_of_retiring_workers, zero_tasks_refused, many_submits, default_size
            }
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
                blocked_tasks_fill_the_pool, blocked_tasks_drain, running_task_is_seen_and_never_ends, more_than_61_workers,
                each_worker_is_a_process, exit_fails_the_task, exit_while_decoding, exit_while_encoding, exit_breaks_the_pool,
                output_goes_to_the_observer, cancelled_task_never_runs, cancelled_items_never_run, pool_within_a_task,
                busy_submitters
            }
        }
    };
}
