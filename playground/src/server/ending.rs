//! What it means that a run's process has ended before its run.

use std::process::ExitStatus;

/// Tells, in one sentence, how the process ended.
pub(super) fn sentence(status: ExitStatus) -> String {
    match signal(status) {
        Some((number, "", _)) => format!("the program was ended by signal {number}"),
        Some((_, name, meaning)) => format!("the program was ended by {name}{meaning}"),
        None => match status.code() {
            Some(code) => format!("the program ended with code {code} before its run did"),
            None => "the program ended before its run did".to_owned(),
        },
    }
}

/// The signal that ended the process: its number, its name if it is a usual one, and what it usually means.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<(i32, &'static str, &'static str)> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;

    const KNOWN: [(Signal, &str, &str); 9] = [
        (Signal::ABORT, "SIGABRT", ": it aborted, which a call of abort and an overflowing stack lead to"),
        (Signal::SEGV, "SIGSEGV", ": it used memory that is not its own, as an overflowing stack does"),
        (Signal::BUS, "SIGBUS", ": it used memory that is not there"),
        (Signal::ILL, "SIGILL", ": it came upon an instruction that ends it"),
        (Signal::TRAP, "SIGTRAP", ": it came upon an instruction that ends it"),
        (Signal::FPE, "SIGFPE", ": it divided by zero"),
        (
            Signal::KILL,
            "SIGKILL",
            ": somebody killed it, or the system did, which it does when memory runs short",
        ),
        (Signal::TERM, "SIGTERM", ": somebody asked it to end"),
        (Signal::INT, "SIGINT", ": somebody asked it to end"),
    ];
    let number = status.signal()?;
    let known = KNOWN.iter().find(|(signal, ..)| signal.as_raw() == number);
    Some(known.map_or((number, "", ""), |&(_, name, meaning)| (number, name, meaning)))
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<(i32, &'static str, &'static str)> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::sentence;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    #[test]
    fn signals_have_names() {
        assert!(sentence(ExitStatus::from_raw(11)).starts_with("the program was ended by SIGSEGV: "));
        assert_eq!(sentence(ExitStatus::from_raw(31)), "the program was ended by signal 31");
        assert_eq!(
            sentence(ExitStatus::from_raw(3 << 8)),
            "the program ended with code 3 before its run did"
        );
    }
}
