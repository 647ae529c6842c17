//! A running task cannot be cancelled. If it runs in a process, it can be killed: `kill` ends the process, the future fails and
//! says so, and another process takes the place of the first. Nothing else is harmed, because nothing else was shared.
//!
//! A thread cannot be ended like that, it may hold a lock that everybody needs, so `kill` of a task that runs on a thread
//! does nothing and returns `false`. Python has no such method; there you would end *all* workers of the pool.

use crate::stdout::{in_python, println};
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Executor, ProcessPoolExecutor};
use std::hint::black_box;

parameters! {
    patience: f64 = 1.0, 0.0..=10.0, "Patience";
}

fn spin(n: u64) -> u64 {
    let mut turns = n;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

fn square(n: u64) -> u64 {
    n * n
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ProcessPoolExecutor::new(1)?;
    let endless = executor.submit(spin, 0)?;
    let next = executor.submit(square, 7)?; // Queued behind the endless one.

    while !endless.running() {
        sleep(0.01);
    }
    sleep(p.patience);
    println!("Cancelled: {}", in_python(endless.cancel()));
    println!("Killed: {}", in_python(endless.kill()));
    if let Some(exception) = endless.exception()? {
        println!("Endless task failed: {exception}");
    }
    println!("Next task: {}", next.result()?);
    Ok(())
}
