//! A task that fails does not take anything else with it. What it failed with is kept in its future, and comes back when you
//! ask for the result, with its type: `downcast_ref` is Python's `except ValueError as e`. A panic is caught in the same
//! way. `exception` asks for the error alone.
//!
//! One difference is worth knowing. In the Python program, the last `future.result()` raises, so nothing after it is
//! printed. In Rust an error is a value, which this program looks at and goes on.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Executor, ThreadPoolExecutor, as_completed};
use std::{error::Error, fmt};

parameters! {
    max_workers: usize = 3, 1..=16, "Workers";
    tasks: usize = 5, 1..=32, "Tasks";
    bad: usize = 3, 0..=31, "Bad value";
}

#[derive(Debug)]
struct ValueError(usize);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bad value: {}", self.0)
    }
}

impl Error for ValueError {}

fn risky_task((n, bad): (usize, usize)) -> Result<usize, ValueError> {
    if n == bad {
        return Err(ValueError(n));
    }
    Ok(n * 2)
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let mut futures = Vec::new();
    for n in 0..p.tasks {
        futures.push((executor.try_submit(risky_task, (n, p.bad))?, n));
    }

    for (future, n) in as_completed(futures) {
        match future.result() {
            Ok(result) => println!("Task {n}: {result}"),
            Err(error) => match error.downcast_ref::<ValueError>() {
                Some(e) => println!("Task {n} failed: {e}"),
                None => return Err(error.into()),
            },
        }
    }

    // The other way: ask for the error alone.
    let future = executor.try_submit(risky_task, (p.bad, p.bad))?;
    if let Some(exception) = future.exception()? {
        println!("Exception occurred: {exception}");
    }
    Ok(())
}
