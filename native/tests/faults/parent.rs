//! Programs that die and cannot look after their workers.

use crate::case::Case;
use crate::left::is_alive;
use crate::task::{endless, pool, square, until};
use concurrent_futures::Executor;
use rustix::process::{Pid, Signal, getpid, kill_process};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const CASES: &[Case] = &[
    Case::new("parent::is_killed", waits_for_its_end).seen_by(workers_go_with_it),
    Case::new("parent::aborts", aborts).seen_by(workers_go_with_it),
    Case::new("parent::exits", exits).seen_by(workers_go_with_it),
];

/// Starts workers of every kind, and says which.
fn start() -> concurrent_futures::ProcessPoolExecutor {
    let pool = pool(4);
    drop(endless(&pool));
    drop(endless(&pool));
    // One that computes and does not look up, and one that is stopped.
    let spinning = pool
        .submit(
            |()| -> u64 {
                loop {
                    std::hint::spin_loop()
                }
            },
            (),
        )
        .unwrap();
    until(|| spinning.running());
    let stopping = |()| kill_process(getpid(), Signal::STOP).is_ok();
    let stopped = pool.submit(stopping, ()).unwrap();
    until(|| stopped.running());
    // Something on its way, too.
    for n in 0..1000 {
        drop(pool.submit(square, n).unwrap());
    }
    println!("{:?}", pool.process_ids());
    pool
}

fn waits_for_its_end() {
    let _pool = start();
    loop {
        std::thread::park();
    }
}

fn aborts() {
    let _pool = start();
    std::process::abort();
}

fn exits() {
    let _pool = start();
    std::process::exit(1);
}

/// Kills the program, if it does not end by itself, and waits until its workers are gone. A stopped one cannot end
/// before it is continued.
fn workers_go_with_it(mut command: Command) {
    let mut program = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let numbers =
        line.trim().trim_matches(['[', ']']).split(", ").map(|number| number.parse::<u32>().unwrap());
    let workers: Vec<_> = numbers.collect();
    assert_eq!(workers.len(), 4);
    let _ = program.kill();
    program.wait().unwrap();
    let start = Instant::now();
    for &worker in &workers {
        let _ = kill_process(Pid::from_raw(worker.cast_signed()).unwrap(), Signal::CONT);
    }
    until(|| !workers.iter().any(|&worker| is_alive(worker)));
    let took = start.elapsed();
    println!("workers were gone {took:?} after their program");
    assert!(took < Duration::from_secs(5), "{took:?}");
}
