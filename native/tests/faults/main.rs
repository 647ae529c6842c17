//! Faults, each really done to a program with worker processes, on Linux.
//!
//! Each case is this executable, started again: a process of its own, so that what is left of it, processes, threads and
//! descriptors, can be counted. [`Case`] says how; every case ends with that count.

#![cfg_attr(
    target_os = "linux",
    expect(clippy::unwrap_used, reason = "the panics of a test program are its findings")
)]

#[cfg(target_os = "linux")]
mod case;
#[cfg(target_os = "linux")]
mod connection;
#[cfg(target_os = "linux")]
mod crashes;
#[cfg(target_os = "linux")]
mod left;
#[cfg(target_os = "linux")]
mod output;
#[cfg(target_os = "linux")]
mod parent;
#[cfg(target_os = "linux")]
mod payloads;
#[cfg(target_os = "linux")]
mod starting;
#[cfg(target_os = "linux")]
mod stopped;
#[cfg(target_os = "linux")]
mod task;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let suites = [
        crashes::CASES,
        stopped::CASES,
        payloads::CASES,
        connection::CASES,
        output::CASES,
        parent::CASES,
        starting::CASES,
    ];
    case::main(&suites.concat())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
