//! A wait need not last for ever: `result` takes a timeout, and so does `as_completed`, for the whole group. When time runs
//! out you get a `TimeoutError`, and your program goes on.
//!
//! The task goes on too. A timeout ends the *wait*, not the work: the five-second task keeps its worker busy, and the pool
//! waits for it at the end. Watch the lanes after the last line is printed.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Error, Executor, ThreadPoolExecutor, as_completed};
use std::time::Duration;

parameters! {
    max_workers: usize = 2, 1..=16, "Workers";
    timeout: f64 = 2.0, 0.0..=10.0, "Timeout";
    first_task: f64 = 5.0, 0.0..=10.0, "First task takes";
    task_1: f64 = 1.0, 0.0..=10.0, "Task 1 takes";
    task_2: f64 = 3.0, 0.0..=10.0, "Task 2 takes";
    task_3: f64 = 5.0, 0.0..=10.0, "Task 3 takes";
}

fn slow_task(duration: f64) -> String {
    sleep(duration);
    format!("Completed after {duration}s")
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let timeout = Duration::from_secs_f64(p.timeout);
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let future = executor.submit(slow_task, p.first_task)?;

    // Wait for the result, but not longer than the timeout.
    match future.result_timeout(timeout) {
        Ok(result) => println!("{result}"),
        Err(Error::Timeout(_)) => println!("Task timed out!"), // It continues in the background.
        Err(error) => return Err(error.into()),
    }

    // One timeout for all of several.
    let mut futures = Vec::new();
    for duration in [p.task_1, p.task_2, p.task_3] {
        futures.push(executor.submit(slow_task, duration)?);
    }
    for future in as_completed(futures).timeout(timeout) {
        match future {
            Ok(future) => println!("{}", future.result()?),
            Err(Error::Timeout(_)) => println!("Some tasks didn't complete in time"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
