//! Backtraces of panics, which depend on an environment variable that std reads once per process.

#![cfg(not(target_arch = "wasm32"))]

use concurrent_futures::{Executor, ThreadPoolExecutor};
use std::process::Command;

/// Panics in a task and prints what the error knows of the way there.
#[test]
#[ignore = "run by the test beside it, in processes of their own"]
fn in_this_process() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let error = pool.submit(|_: ()| panic!("on purpose"), ()).unwrap().exception().unwrap().unwrap();
    let panic = error.panic().unwrap();
    println!(
        "backtrace: {}",
        panic.backtrace().is_some_and(|trace| trace.to_string().contains("in_this_process"))
    );
}

#[test]
fn only_if_enabled() {
    let backtrace = |setting: &str| {
        let test = ["--exact", "in_this_process", "--ignored", "--nocapture"];
        let child =
            Command::new(std::env::current_exe().unwrap()).args(test).env("RUST_BACKTRACE", setting).output();
        let output = String::from_utf8(child.unwrap().stdout).unwrap();
        output.lines().find_map(|line| line.split_once("backtrace: ")).map(|(_, found)| found.to_owned())
    };
    assert_eq!(backtrace("1").as_deref(), Some("true"));
    assert_eq!(backtrace("0").as_deref(), Some("false"));
}
