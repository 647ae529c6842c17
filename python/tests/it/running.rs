//! Running a program in a process of its own.

use crate::trial;
use concurrent_futures_python::{Settings, run};
use libtest_mimic::Trial;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::{env, fs};

/// The flag of a process that runs a program.
const FLAG: &str = "--python-program";

/// Runs the program that this process was started for, if it was.
pub(crate) fn requested() -> Option<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|flag| flag == SEVERAL) {
        let mut sources = arguments[1..].iter();
        let succeeded = sources.all(|source| run(source, "program.py", Settings::default()).exit_code() == 0);
        return Some(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let [flag, file, function @ ..] = &arguments[..] else { return None };
    if flag != FLAG {
        return None;
    }
    let mut source = fs::read_to_string(file).expect("the program can be read");
    if let [function] = function {
        source += &format!("\n\nif __name__ == \"__main__\":\n    {function}()\n");
    }
    let name =
        Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let environment = env::vars().collect();
    let outcome = run(&source, &name, Settings { environment, ..Settings::default() });
    Some(ExitCode::from(u8::try_from(outcome.exit_code()).unwrap_or(1)))
}

/// Runs a program from a file, or one function of it.
pub(crate) fn program(file: &Path, function: Option<&str>) -> Output {
    let mut command = Command::new(env::current_exe().expect("this test has a file"));
    command.arg(FLAG).arg(file).args(function).stdin(Stdio::null());
    command.output().expect("the process starts")
}

/// Runs a program that is given as a text, with that input.
pub(crate) fn text(name: &str, source: &str, input: &str) -> Output {
    let file = env::temp_dir().join(format!("{name}-{}.py", std::process::id()));
    fs::write(&file, source).expect("there is room for the program");
    let mut command = Command::new(env::current_exe().expect("this test has a file"));
    command.arg(FLAG).arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the process starts");
    // A program that reads nothing may have ended already.
    let written = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    drop(written);
    let output = child.wait_with_output().expect("the process ends");
    fs::remove_file(&file).expect("the program is still there");
    output
}

/// The flag of a process that runs several programs, one after the other.
const SEVERAL: &str = "--python-programs";

/// Runs the programs, each given as a text, in one process, and returns what they wrote.
pub(crate) fn in_one_process(sources: &[&str]) -> Output {
    let mut command = Command::new(env::current_exe().expect("this test has a file"));
    command.arg(SEVERAL).args(sources).stdin(Stdio::null()).output().expect("the process starts")
}

/// Where the programs are.
pub(crate) const PROGRAMS: &str = "tests/programs";

/// A test for each numbered function of the programs.
pub(crate) fn functions() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(PROGRAMS);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the programs are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| functions_of(file)).collect()
}

fn functions_of(file: &Path) -> Vec<Trial> {
    let source = fs::read_to_string(file).expect("the program can be read");
    let topic = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let names = source.lines().filter_map(|line| line.strip_prefix("def ")?.strip_suffix("():"));
    let numbered =
        names.filter(|name| name.split('_').nth(1).is_some_and(|part| part.parse::<u32>().is_ok()));
    numbered
        .map(|name| {
            let (file, function) = (file.to_owned(), name.to_owned());
            trial(format!("{topic}::{name}"), move || {
                let output = program(&file, Some(&function));
                assert!(output.status.success(), "{}\n{}", output.status, told(&output));
            })
        })
        .collect()
}

/// What a program wrote.
pub(crate) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
