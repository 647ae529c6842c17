//! Good and hostile tasks on pools of processes, while their workers are killed from outside.
//!
//! Every future must resolve, and with the right outcome: a good task with its value, a hostile one with the failure that it
//! asked for; anything else only if its worker was harmed from outside. At the end nothing may be left over: no
//! process, no descriptor, no memory.

#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod command_line;
#[cfg(target_os = "linux")]
mod expect;
#[cfg(target_os = "linux")]
mod harm;
#[cfg(target_os = "linux")]
mod leaks;
#[cfg(target_os = "linux")]
mod listen;
#[cfg(target_os = "linux")]
mod round;
#[cfg(target_os = "linux")]
mod tally;
#[cfg(target_os = "linux")]
mod tasks;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    concurrent_futures::init();
    match command_line::parse().and_then(run) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn run(options: command_line::Options) -> anyhow::Result<()> {
    use std::time::Instant;

    println!("seed {}, {} seconds", options.seed, options.time.as_secs());
    let mut random = fastrand::Rng::with_seed(options.seed);
    let start = Instant::now();
    let mut tally = tally::Tally::default();
    let mut leaks = leaks::Leaks::new()?;
    let mut rounds = 0;
    while start.elapsed() < options.time {
        tally.add(round::play(random.u64(..))?);
        rounds += 1;
        leaks.check(rounds)?;
        println!("{:4.0} s, round {rounds}: {tally}", start.elapsed().as_secs_f64());
    }
    println!("{leaks}");
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("this program looks into /proc, so it runs on Linux only");
}
