//! Python's `with` makes sure that an executor is shut down: leaving the block waits for everything that was submitted. In
//! Rust, the end of a scope does the same. Dropping the executor shuts it down and waits, also when an error or a panic
//! leaves the scope early.
//!
//! You can call `shutdown` yourself, as the second half does. Then it is up to you to call it on every way out.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, Shutdown, ThreadPoolExecutor};

parameters! {
    max_workers: usize = 3, 1..=16, "Workers";
    tasks: usize = 5, 1..=32, "Tasks";
    duration: f64 = 1.0, 0.0..=10.0, "Each takes";
}

fn task((n, duration): (usize, f64)) -> usize {
    sleep(duration);
    n * 2
}

pub(crate) fn run(p: Parameters) -> Outcome {
    // A scope: the executor waits for its tasks at the end of it.
    {
        let executor = ThreadPoolExecutor::new(p.max_workers)?;
        for n in 0..p.tasks {
            let _future = executor.submit(task, (n, p.duration))?;
        }
    }
    println!("All tasks completed");

    // By hand (not recommended).
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    for n in 0..p.tasks {
        let _future = executor.submit(task, (n, p.duration))?;
    }
    executor.shutdown(Shutdown::default())?; // Waits, and must be called explicitly.
    Ok(())
}
