//! `submit` hands one call to the pool and returns at once. What it returns is a `Future`: a handle that you can ask
//! whether the call is done, that you can wait for, and that you can cancel.
//!
//! Three tasks start together and end at different times. Asking with `done` never waits; `result` waits until that one
//! task has finished, and the order in which you ask is yours to choose.

use crate::stdout::{in_python, println};
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, ThreadPoolExecutor};

parameters! {
    max_workers: usize = 3, 1..=16, "Workers";
    task_a: f64 = 2.0, 0.0..=10.0, "Task A takes";
    task_b: f64 = 1.0, 0.0..=10.0, "Task B takes";
    task_c: f64 = 3.0, 0.0..=10.0, "Task C takes";
}

fn task((name, duration): (String, f64)) -> String {
    sleep(duration);
    format!("{name} completed in {duration}s")
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;

    // Each call returns its future immediately.
    let future1 = executor.submit(task, ("Task A".to_owned(), p.task_a))?;
    let future2 = executor.submit(task, ("Task B".to_owned(), p.task_b))?;
    let future3 = executor.submit(task, ("Task C".to_owned(), p.task_c))?;

    // Whether it is done, without waiting.
    println!("Task A done: {}", in_python(future1.done()));

    // The results, waiting for each.
    println!("{}", future2.result()?);
    println!("{}", future1.result()?);
    println!("{}", future3.result()?);
    Ok(())
}
