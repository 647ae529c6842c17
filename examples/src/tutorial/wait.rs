//! `wait` blocks until a group of futures has got as far as you ask: until the first is done, until one fails, or until all
//! are done. It returns them in two lists, `done` and `not_done`, and you decide what to do with each.
//!
//! The program takes the first answer, looks at how many tasks still run, and then waits for the rest.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, ReturnWhen, ThreadPoolExecutor, wait};

parameters! {
    max_workers: usize = 3, 1..=16, "Workers";
    task_1: f64 = 3.0, 0.0..=10.0, "Task 1 takes";
    task_2: f64 = 1.0, 0.0..=10.0, "Task 2 takes";
    task_3: f64 = 2.0, 0.0..=10.0, "Task 3 takes";
}

fn task((task_id, duration): (usize, f64)) -> String {
    sleep(duration);
    format!("Task {task_id} done")
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let futures = [
        executor.submit(task, (1, p.task_1))?,
        executor.submit(task, (2, p.task_2))?,
        executor.submit(task, (3, p.task_3))?,
    ];

    // Wait for the first to complete.
    let first = wait(futures, None, ReturnWhen::FirstCompleted)?;
    println!("First completed: {}", first.done[0].result()?);
    println!("Still running: {}", first.not_done.len());

    // Wait for all that remain.
    let rest = wait(first.not_done, None, ReturnWhen::AllCompleted)?;
    for future in &rest.done {
        println!("Completed: {}", future.result()?);
    }
    Ok(())
}
