//! The native tests under ThreadSanitizer, which watches every access to memory and reports those that nothing orders.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;

/// The tests of everything that shares memory between threads. The scenarios start processes too, whose other ends are watched
/// alike.
const PACKAGES: [&str; 6] =
    ["--package", "concurrent-futures-core", "--package", "concurrent-futures", "--package", "scenarios"];
/// The documentation's examples show and do not press.
const TARGETS: [&str; 2] = ["--lib", "--tests"];

/// What cannot hold there: the sanitizer's own memory is beyond any limit, its processes take a second each to start, and under it
/// no item is tiny.
const SKIPPED: [&str; 6] = [
    "--skip",
    "crashes::memory_limit",
    "--skip",
    "starting::hundreds_of_pools",
    "--skip",
    "adaptive::tiny_items",
];
/// Leaves the signals of crashes that are meant to be to the tests, whose subject is how such a process ends.
const SIGNALS: &str =
    "handle_segv=0 handle_sigbus=0 handle_sigill=0 handle_sigfpe=0 handle_abort=0 use_sigaltstack=0";

/// Compiles the tests and std for the sanitizer and runs them. Options go to the test programs, as names of tests do.
pub(crate) fn command(workspace: &Workspace, options: &[OsString]) -> Result<Command> {
    let host =
        process::answer("rustc", &["--print", "host-tuple"]).context("rustc does not know its host")?;
    if !host.ends_with("linux-gnu") && !host.ends_with("apple-darwin") {
        bail!("ThreadSanitizer is there for Linux and macOS only");
    }
    let mut cargo = Command::new("cargo");
    // With a target, flags leave build scripts and macros alone.
    cargo.args(["test", "--no-fail-fast", "--target", &host]).args(PACKAGES).args(TARGETS);
    cargo.arg("--").args(SKIPPED).args(options);
    // std's own locks have to be watched as well, or what they order would look like a race.
    Toolchain::ensure()?.apply(&mut cargo, workspace);
    cargo.env("RUSTFLAGS", "-Zsanitizer=thread").env("CARGO_UNSTABLE_BUILD_STD", "std,panic_unwind,test");
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("races")).env("TSAN_OPTIONS", SIGNALS);
    Ok(cargo)
}
