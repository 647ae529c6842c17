//! Python programs and what becomes of them.
//!
//! Each runs in a process of its own, this executable started again, since a process has one interpreter. `programs/*.py` hold what is
//! asserted in Python: each function whose name has a number is a test. The tutorial's programs are those that the page shows.

mod endings;
mod rows;
mod running;
mod tutorial;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    concurrent_futures::init();
    if let Some(code) = running::requested() {
        return code;
    }
    let arguments = Arguments::from_args();
    let mut trials = running::functions();
    trials.extend(tutorial::trials());
    trials.extend(endings::trials());
    trials.extend(rows::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Makes a test of a function that panics if it fails.
fn trial(name: String, body: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        body();
        Ok(())
    })
}
