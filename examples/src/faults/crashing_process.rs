//! Processes keep trouble to themselves. The pool below is given three bad tasks among the good ones: one panics, one ends its
//! process on the spot, one never comes back. The panic is caught and costs nothing. Where a process dies, the future of the
//! one task that it was running fails and says how it died, and another process takes its place. And `run_timeout` ends a
//! process whose task takes too long, which no pool of threads can do.
//!
//! The good tasks notice none of it. In CPython, one dead process breaks its pool, and every task in it fails.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, ProcessPoolExecutor, as_completed};
use std::hint::black_box;
use std::time::Duration;

parameters! {
    max_workers: usize = 2, 1..=16, "Workers";
    tasks: usize = 6, 0..=32, "Good tasks";
    duration: f64 = 0.2, 0.0..=10.0, "A good task takes";
    limit: f64 = 1.0, 0.1..=10.0, "Limit for a task";
}

fn panic(n: u64) -> u64 {
    panic!("nobody can square {n}")
}

fn abort(_: u64) -> u64 {
    println!("These are the last words of this process.");
    std::process::abort()
}

fn spin(n: u64) -> u64 {
    let mut turns = n;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

fn square((n, duration): (u64, f64)) -> u64 {
    sleep(duration);
    n * n
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let limit = Duration::from_secs_f64(p.limit);
    let executor = ProcessPoolExecutor::builder().max_workers(p.max_workers).run_timeout(limit).build()?;

    let mut futures = vec![
        (executor.submit(spin, 0)?, "spin".to_owned()),
        (executor.submit(abort, 0)?, "abort".to_owned()),
        (executor.submit(panic, 13)?, "panic".to_owned()),
    ];
    for n in 0..p.tasks as u64 {
        futures.push((executor.submit(square, (n, p.duration))?, format!("square of {n}")));
    }

    for (future, name) in as_completed(futures) {
        match future.result() {
            Ok(result) => println!("{name}: {result}"),
            Err(error) => println!("{name} failed: {error}"),
        }
    }
    Ok(())
}
