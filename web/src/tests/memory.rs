//! Threads that come and go leave nothing behind.

use super::{WARM, memory_size, run, settle, started, together, value};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// Makes `count` threads exist at once, and waits until all but the warm ones have ended.
fn wave(count: usize) {
    together(count, || ());
    settle(WARM);
}

/// How often the memory may still grow: how far the ends of one wave and the starts of the next one lie apart is for chance to say, so one wave
/// may be the largest so far. What leaks grows each time.
const GROWTHS: usize = 4;

/// Whether the memory ceases to grow when `step` is done again and again.
pub(super) fn ceases_to_grow(step: impl Fn()) -> bool {
    (0..=GROWTHS).any(|_| {
        let size = memory_size();
        step();
        console_log!("{} bytes more", memory_size() - size);
        memory_size() == size
    })
}

#[wasm_bindgen_test]
async fn retired_threads_leave_nothing() {
    started().await;
    wave(20);
    assert!(ceases_to_grow(|| (0..5).for_each(|_| wave(12))));
}

#[wasm_bindgen_test]
async fn bodies_leave_nothing() {
    started().await;
    let round =
        || (0..3).map(|number| run(move || number)).collect::<Vec<_>>().into_iter().map(value).sum::<i32>();
    assert!(ceases_to_grow(|| (0..1000).for_each(|_| assert_eq!(round(), 3))));
}
