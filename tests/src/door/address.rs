//! A door between Web Workers that need not share any memory.
//!
//! A task cannot hear a message, since that takes its worker's event loop. But it can ask whether there is anything at an
//! address, and an address of the program's own, made of a blob, ceases to be as soon as the program takes it back.

use js_sys::Function;
use std::time::Duration;
use std::{cell::Cell, thread};
use wasm_bindgen::JsValue;

/// A place that tasks cannot pass before it is opened. What was opened once stays open.
#[derive(Debug)]
pub(crate) struct Door {
    address: String,
    is_open: Cell<bool>,
}

/// How often a task asks.
const PAUSE: Duration = Duration::from_millis(2);

impl Door {
    /// Makes a closed door.
    pub(crate) fn new() -> Self {
        let address = call("return URL.createObjectURL(new Blob(['closed']))", "").as_string();
        Self { address: address.expect("an address is text"), is_open: Cell::new(false) }
    }

    /// By which tasks find the door.
    pub(crate) fn name(&self) -> String {
        self.address.clone()
    }

    /// Blocks until the door of this name is open.
    pub(crate) fn pass(name: &str) {
        while call(IS_THERE, name).is_truthy() {
            thread::sleep(PAUSE);
        }
    }

    /// Opens the door for good.
    pub(crate) fn open(&self) {
        if !self.is_open.replace(true) {
            call("URL.revokeObjectURL(address)", &self.address);
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.open();
    }
}

const IS_THERE: &str = "
    const request = new XMLHttpRequest();
    request.open('GET', address, false);
    try {
        request.send();
    } catch {
        return false;
    }
    return request.status === 200;";

fn call(body: &str, address: &str) -> JsValue {
    let function = Function::new_with_args("address", body);
    function.call1(&JsValue::UNDEFINED, &address.into()).expect("none of these functions throws")
}
