//! A task that has not started yet can be cancelled: `cancel` takes it out of the queue, and it never runs. A task that a
//! worker has begun cannot: `cancel` says so by returning `false`, and the task runs to its end.
//!
//! With one worker, the second and third task must queue behind the first. That is the moment to cancel them.

use crate::stdout::{in_python, println};
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, ThreadPoolExecutor};

parameters! {
    max_workers: usize = 1, 1..=16, "Workers";
    duration: f64 = 2.0, 0.2..=10.0, "Each takes";
}

fn long_task((n, duration): (usize, f64)) -> usize {
    sleep(duration);
    n
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let future1 = executor.submit(long_task, (1, p.duration))?;
    let future2 = executor.submit(long_task, (2, p.duration))?; // Queued, not started.
    let future3 = executor.submit(long_task, (3, p.duration))?; // Queued, not started.

    sleep(0.1); // Let the first task start.

    // Try to cancel the queued tasks.
    let cancelled2 = future2.cancel();
    let cancelled3 = future3.cancel();

    println!("Future 2 cancelled: {}", in_python(cancelled2));
    println!("Future 3 cancelled: {}", in_python(cancelled3));
    println!("Future 1 cancelled: {}", in_python(future1.cancel())); // It runs already.
    Ok(())
}
