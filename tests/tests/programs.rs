//! Programs, each in a process of its own: this executable, started again.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    use libtest_mimic::{Arguments, Trial};
    use std::env;
    use std::process::{Command, ExitCode};

    /// Says which program a process is.
    const VARIABLE: &str = "SCENARIO_PROGRAM";

    concurrent_futures::init();
    let programs = scenarios::programs::all();
    if let Ok(name) = env::var(VARIABLE) {
        let program = programs.iter().find(|program| program.name == name);
        (program.expect("the process that starts a program knows its name").main)();
        return ExitCode::SUCCESS;
    }
    let trials = programs.into_iter().map(|program| {
        let name = program.name;
        Trial::test(name.clone(), move || {
            let mut command = Command::new(env::current_exe()?);
            command.env(VARIABLE, &name);
            (program.outside)(command);
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
