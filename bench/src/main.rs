//! What the executors cost, measured side by side with their peers: `cargo xtask bench`.
//!
//! The usual libraries for benchmarks, criterion and divan, time functions of one process, one after the other. Here a
//! contestant is a set of threads or processes that must stay warm while others have their turn, and what counts is the
//! ratio of two figures of the same round on a machine that is never quite idle; so the harness is this crate's own, in
//! `contest.rs`.
#![deny(unsafe_code)]

#[cfg(unix)]
#[expect(unsafe_code, reason = "an allocator is unsafe to write")]
mod allocator;
#[cfg(unix)]
mod command_line;
#[cfg(unix)]
mod contest;
#[cfg(unix)]
mod cpython;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod script;
#[cfg(unix)]
mod statistics;
#[cfg(unix)]
mod table;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod web;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    // Either may find that this process is a worker of theirs, and then never returns.
    concurrent_futures::init();
    procspawn::init();
    command_line::main()
}

#[cfg(not(unix))]
fn main() {
    eprintln!("the bench compares processes that speak through UNIX sockets, which this system lacks");
}
