//! What the JavaScript around the current instance is and allows.

use crate::fibers;
use js_sys::Reflect;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The address of the wasm-bindgen glue, which every worker imports again.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    pub(crate) static GLUE: String;
}

static THREADLESS: AtomicBool = AtomicBool::new(false);

/// Returns whether the calling thread may block.
///
/// True in dedicated and shared workers, and so in every thread of this crate; false on the page's main thread, where
/// Chromium traps on any wait and Firefox would freeze the page, and in service workers. False, too, if there are to be [no
/// threads](crate::StartOptions::without_threads) or only [fibers](crate::StartOptions::fibers), for whoever is no fiber: then
/// only the event loop of the caller can hear of results.
pub fn can_block() -> bool {
    thread_local! {
        static ANSWER: Cell<Option<bool>> = const { Cell::new(None) };
    }
    if fibers::is_fiber() {
        return true;
    }
    if !has_threads() {
        return false;
    }
    ANSWER.get().unwrap_or_else(|| {
        let is = |scope| !global(scope).is_undefined();
        let answer = is("DedicatedWorkerGlobalScope") || is("SharedWorkerGlobalScope");
        ANSWER.set(Some(answer));
        answer
    })
}

/// Whether there are threads, or may be.
pub(crate) fn has_threads() -> bool {
    // ORDERING: it is set by the only instance that there is.
    !THREADLESS.load(Ordering::Relaxed)
}

/// Says whether there may be threads; called before there are any.
pub(crate) fn set_has_threads(has_threads: bool) {
    // ORDERING: see `has_threads`; threads that are started later are started by a message, which orders everything.
    THREADLESS.store(!has_threads, Ordering::Relaxed);
}

/// Whether memory may be shared between workers: the page was served with the two isolation headers.
pub(crate) fn is_isolated() -> bool {
    global("crossOriginIsolated").is_truthy()
}

/// Whether `js/worker.js` has made this memory for tasks; known before anything runs in it.
pub(crate) fn is_isolated_worker() -> bool {
    global("concurrentFutures").is_truthy()
}

/// The number of the machine's processors, as far as the browser tells.
pub(crate) fn processors() -> usize {
    let count = get(&global("navigator"), "hardwareConcurrency").as_f64();
    count.map_or(1, |count| count as usize).max(1)
}

fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
