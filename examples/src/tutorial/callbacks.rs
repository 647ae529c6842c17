//! A callback is a function that a future calls when it is done, with itself as the argument. Nobody has to wait for it: the
//! callback runs on the worker that finished the task, while the program goes on.
//!
//! There are more tasks than workers here, so the last ones are still queued when the main thread says that it has
//! submitted everything. Callbacks of one future run in the order in which they were added.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, Future, ThreadPoolExecutor};

parameters! {
    max_workers: usize = 3, 1..=16, "Workers";
    tasks: usize = 5, 1..=32, "Tasks";
    duration: f64 = 1.0, 0.0..=10.0, "Each takes";
    main_works: f64 = 2.0, 0.0..=10.0, "Main thread works";
}

fn compute((n, duration): (usize, f64)) -> usize {
    sleep(duration);
    n * n
}

/// Runs when a future is done.
fn on_complete(future: &Future<usize>) {
    match future.result() {
        Ok(result) => println!("Callback: result is {result}"),
        Err(error) => println!("Callback: task failed with {error}"),
    }
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    for n in 0..p.tasks {
        executor.submit(compute, (n, p.duration))?.add_done_callback(on_complete);
    }

    // The main thread goes on while callbacks fire.
    println!("Main thread: tasks submitted");
    sleep(p.main_works);
    println!("Main thread: done waiting");
    Ok(())
}
