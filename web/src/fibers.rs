//! Threads without shared memory between workers: fibers, which take turns in the worker that awaited `start`.
//!
//! `js/fibers.js` makes them. For the rest of this crate, and for the core, each is a thread.

use crate::context;
use crate::message::ThreadOptions;
use concurrent_futures_core::{Fibers, set_fibers};
use js_sys::Array;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::Worker;

#[wasm_bindgen(module = "/src/js/fibers.js")]
extern "C" {
    #[wasm_bindgen(js_name = canSuspend)]
    pub(crate) fn can_suspend() -> bool;
    #[wasm_bindgen(js_name = setHub)]
    pub(crate) fn set_hub(worker: &Worker);
    #[wasm_bindgen(js_name = tellHub, catch)]
    pub(crate) fn tell_hub(message: &JsValue, transfer: &Array) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = installFibers)]
    fn install_fibers(glue: &str, module: &JsValue, memory: &JsValue, main: &JsValue);
    #[wasm_bindgen(js_name = startFiber)]
    fn start_fiber(stack_size: u32);
    /// The engine waits for what it promises; the number that comes of it means nothing.
    #[wasm_bindgen(js_name = suspendFiber)]
    fn suspend_fiber(limit: f64) -> f64;
    #[wasm_bindgen(js_name = notifyFibers)]
    fn notify_fibers();
}

/// Whether threads are fibers here.
static ARE_USED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this instance is a fiber.
    static IS_FIBER: Cell<bool> = const { Cell::new(false) };
}

/// Makes fibers of all threads from here on; called by the instance that is none.
pub(crate) fn install() {
    let glue = context::GLUE.with(Clone::clone);
    install_fibers(&glue, &wasm_bindgen::module(), &wasm_bindgen::memory(), &wasm_bindgen::exports());
    // ORDERING: there is one worker only.
    ARE_USED.store(true, Ordering::Relaxed);
    set_fibers(Fibers { is_fiber, suspend, notify });
}

pub(crate) fn are_used() -> bool {
    // ORDERING: see `install`.
    ARE_USED.load(Ordering::Relaxed)
}

pub(crate) fn is_fiber() -> bool {
    IS_FIBER.get()
}

/// This instance is a fiber.
pub(crate) fn enter() {
    IS_FIBER.set(true);
}

/// Starts one more.
pub(crate) fn ask_for_thread(options: ThreadOptions) {
    start_fiber(options.stack_size);
}

/// Lets others go on until something is notified, or for so long.
pub(crate) fn suspend(limit: Option<Duration>) {
    suspend_fiber(limit.map_or(f64::INFINITY, |limit| limit.as_secs_f64() * 1000.0));
}

pub(crate) fn notify() {
    if are_used() {
        notify_fibers();
    }
}
