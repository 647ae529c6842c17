//! Keeps the panics of other threads away from wasm-bindgen's test harness.

use std::cell::Cell;
use std::panic;
use std::sync::Once;

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
