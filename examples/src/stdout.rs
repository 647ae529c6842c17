//! Where examples print.
//!
//! A browser has no standard output, and a playground wants to know which task printed what, so the examples' `println!`
//! is this crate's: it hands whole lines to a sink, or to the standard output if nobody asks for them. In a worker process
//! nobody does, since what it writes is the pool's to pass on.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// Takes whole lines, each with its line end, on whatever thread prints them.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

/// Hands what examples print to `sink`, until the next call; `None` is the standard output.
pub fn redirect(sink: Option<Sink>) {
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
}

/// Prints one line.
pub(crate) fn print_line(line: fmt::Arguments<'_>) {
    // One text, so that lines of different threads never mix.
    let text = format!("{line}\n");
    let sink = SINK.read().unwrap_or_else(PoisonError::into_inner).clone();
    match sink {
        Some(sink) => sink(&text),
        None => write(&text),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn write(text: &str) {
    use std::io::Write;

    // A closed standard output is no reason to fail a task.
    drop(std::io::stdout().write_all(text.as_bytes()));
}

#[cfg(target_arch = "wasm32")]
fn write(text: &str) {
    concurrent_futures::print(concurrent_futures::Output::Stdout, text);
}

/// Spells a truth value as Python prints it.
pub(crate) fn in_python(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

/// Prints a line, as std's macro of that name.
macro_rules! println {
    ($($argument:tt)*) => { $crate::stdout::print_line(format_args!($($argument)*)) };
}
pub(crate) use println;
