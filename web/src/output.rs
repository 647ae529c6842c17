//! Where a program's text goes: a browser gives it no standard output.

use crate::{hub, isolated, message};
use concurrent_futures_core::process_pool::Output;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn log(text: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Writes whole lines, line ends included, to the program's standard output or standard error; std's `print!` has none in a
/// browser.
///
/// In a task of a [`ProcessPoolExecutor`](crate::ProcessPoolExecutor) they go to the program that has submitted it, and to
/// the executor's observer if it [takes output](crate::observer::Observer::takes_output). Everywhere else they go to the
/// browser's console.
///
/// ```
/// use concurrent_futures_web::{Output, print};
///
/// print(Output::Stdout, "Hello\n");
/// ```
pub fn print(stream: Output, lines: &str) {
    if isolated::is_here() {
        hub::tell(&message::wrote(stream, lines));
    } else {
        to_console(stream, lines);
    }
}

pub(crate) fn to_console(stream: Output, lines: &str) {
    // The console ends each text as a line.
    let text = lines.strip_suffix('\n').unwrap_or(lines);
    match stream {
        Output::Stdout => log(text),
        Output::Stderr => error(text),
    }
}
