//! What tests in a browser need beside wasm-bindgen's test harness.

use std::cell::Cell;
use std::panic;
use std::sync::Once;
use std::time::Duration;

/// How long the workers of a test may take to start. A busy machine's come late, and a test whose threads wait for each other at a barrier would wait for
/// ever for one that was given up.
pub const START_LIMIT: Duration = Duration::from_secs(90);

/// Has only this thread's panics reach the harness, and every other thread's be told by `report`.
///
/// The harness's panic hook borrows a cell that it takes to be the thread's own, but that all threads share: two panics at
/// a time end in one within the hook, which aborts the thread.
pub fn keep_panics_apart(report: fn(&str)) {
    thread_local! {
        static IS_HARNESS: Cell<bool> = const { Cell::new(false) };
    }
    static INSTALLED: Once = Once::new();

    IS_HARNESS.set(true);
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_HARNESS.try_with(Cell::get).unwrap_or(false) {
                previous(info);
            } else {
                report(&format!("{info}\n"));
            }
        }));
    });
}
