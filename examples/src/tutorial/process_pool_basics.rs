//! A `ProcessPoolExecutor` runs calls in workers with a memory of their own: processes natively, isolated Web Workers in a
//! browser. It is used like a `ThreadPoolExecutor`, and changing from one to the other changes one word. What changes with it
//! is how a call gets there: a task is a plain `fn`, and its arguments and its result travel as bytes.
//!
//! In Python, processes are how a program *computes* on more than one processor, because its threads take turns. Threads in
//! Rust do not. What processes add is separation: a task that crashes, leaks or never ends takes nothing else with it.
//!
//! Two remarks on the numbers. Rust's optimizer knows a formula for this sum, so `black_box` hides from it what is being
//! summed up, and the loop really runs. And since the loop is about a hundred times as fast as Python's, `n` is a hundred times
//! the tutorial's 10,000,000. With more workers than processors, the tasks share the processors, and the gain ends there.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Error, Executor, ProcessPoolExecutor};
use std::hint::black_box;
use web_time::Instant;

parameters! {
    max_workers: usize = 4, 1..=16, "Workers";
    numbers: usize = 4, 1..=32, "Numbers";
    millions: usize = 1_000, 1..=4_000, "n, in millions";
}

/// CPU-bound computation.
#[inline(never)] // So that both ways run the same machine code.
fn cpu_intensive(n: u64) -> u128 {
    // The squares fit into 64 bits, their sum need not.
    (0..n).map(|i| u128::from(black_box(i).pow(2))).sum()
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let numbers = vec![p.millions as u64 * 1_000_000; p.numbers];

    // Sequential
    let start = Instant::now();
    let one_by_one: Vec<u128> = numbers.iter().copied().map(cpu_intensive).collect();
    println!("Sequential: {:.2}s", start.elapsed().as_secs_f64());

    // Parallel with processes
    let start = Instant::now();
    let executor = ProcessPoolExecutor::new(p.max_workers)?;
    let results = executor.map(cpu_intensive, numbers)?.collect::<Result<Vec<u128>, Error>>()?;
    drop(executor); // The end of Python's `with` block.
    println!("Parallel: {:.2}s", start.elapsed().as_secs_f64());

    assert_eq!(results, one_by_one);
    Ok(())
}
