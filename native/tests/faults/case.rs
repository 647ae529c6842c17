//! Cases: programs in which something goes wrong, and what is to be seen of them.

use crate::left::Left;
use libtest_mimic::{Arguments, Trial};
use std::process::{Command, ExitCode, Output};
use std::time::Duration;
use std::{env, process, thread};

/// Says which case a process is.
const VARIABLE: &str = "FAULTS_CASE";
/// A program that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(100);

/// A program of its own.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    name: &'static str,
    /// What it does; its panic is the case's failure.
    program: fn(),
    /// What it does at its very start, where programs should call `init`.
    start: fn(),
    /// Runs the command that starts it, and looks at it from outside.
    outside: fn(Command),
}

impl Case {
    pub(crate) const fn new(name: &'static str, program: fn()) -> Self {
        Self { name, program, start: concurrent_futures::init, outside: succeeds }
    }

    /// Does something else at the start of the program.
    pub(crate) const fn starting_by(mut self, start: fn()) -> Self {
        self.start = start;
        self
    }

    /// Looks at the program from outside.
    pub(crate) const fn seen_by(mut self, outside: fn(Command)) -> Self {
        self.outside = outside;
        self
    }

    /// Runs the program in this process, and ends it.
    fn run(&self) -> ! {
        (self.start)();
        // If the program hangs, so would everything else.
        thread::spawn(|| {
            thread::sleep(LIMIT);
            eprintln!("the program has taken more than {LIMIT:?}");
            process::abort();
        });
        let before = Left::now();
        (self.program)();
        before.expect_no_more();
        process::exit(0)
    }
}

/// Runs the case that this process is, or every case as a test.
pub(crate) fn main(cases: &[Case]) -> ExitCode {
    if let Ok(name) = env::var(VARIABLE) {
        let case = cases.iter().find(|case| case.name == name);
        case.expect("the process that starts a case knows its name").run();
    }
    let trials = cases.iter().map(|&Case { name, outside, .. }| {
        Trial::test(name, move || {
            let mut command = Command::new(env::current_exe()?);
            command.env(VARIABLE, name).env("RUST_BACKTRACE", "0");
            outside(command);
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// Runs the program to its end, which must be a good one.
pub(crate) fn output(mut command: Command) -> Output {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    output
}

fn succeeds(command: Command) {
    output(command);
}
