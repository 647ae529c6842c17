//! What the machine has, asked without the crates under test.

/// The number of processors that this program may use.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

/// The number of processors, as far as the browser tells.
#[cfg(target_arch = "wasm32")]
pub(crate) fn processors() -> usize {
    let ask = js_sys::Function::new_no_args("return navigator.hardwareConcurrency");
    let count = ask.call0(&wasm_bindgen::JsValue::UNDEFINED).expect("every browser tells");
    count.as_f64().map_or(1, |count| count as usize)
}
