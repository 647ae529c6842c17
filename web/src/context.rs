//! What the JavaScript around the current instance is and allows.

use js_sys::Reflect;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The address of the wasm-bindgen glue, which every worker imports again.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    pub(crate) static GLUE: String;
}

/// Returns whether the calling thread may block.
///
/// True in dedicated and shared workers, and so in every thread of this crate; false on the page's main thread, where
/// Chromium traps on any wait and Firefox would freeze the page, and in service workers.
pub fn can_block() -> bool {
    thread_local! {
        static ANSWER: Cell<Option<bool>> = const { Cell::new(None) };
    }
    ANSWER.get().unwrap_or_else(|| {
        let is = |scope| !global(scope).is_undefined();
        let answer = is("DedicatedWorkerGlobalScope") || is("SharedWorkerGlobalScope");
        ANSWER.set(Some(answer));
        answer
    })
}

/// Whether memory may be shared between workers: the page was served with the two isolation headers.
pub(crate) fn is_isolated() -> bool {
    global("crossOriginIsolated").is_truthy()
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
