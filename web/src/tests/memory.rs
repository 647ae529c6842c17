//! Threads that come and go leave nothing behind.

use super::{WARM, memory_size, run, settle, started, together, value};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// Makes `count` threads exist at once, and waits until all but the warm ones have ended.
fn wave(count: usize) {
    together(count, || ());
    settle(WARM);
}

#[wasm_bindgen_test]
async fn retired_threads_leave_nothing() {
    started().await;
    // The first waves show how far apart the ends of one wave and the starts of the next one can lie.
    wave(20);
    wave(20);
    let size = memory_size();
    (0..5).for_each(|_| wave(12));
    console_log!("60 threads retired: {} bytes more", memory_size() - size);
    assert_eq!(memory_size(), size);
}

#[wasm_bindgen_test]
async fn bodies_leave_nothing() {
    started().await;
    let round =
        || (0..3).map(|number| run(move || number)).collect::<Vec<_>>().into_iter().map(value).sum::<i32>();
    (0..20).for_each(|_| assert_eq!(round(), 3));
    let size = memory_size();
    (0..1000).for_each(|_| assert_eq!(round(), 3));
    console_log!("3,000 bodies: {} bytes more", memory_size() - size);
    assert_eq!(memory_size(), size);
}
