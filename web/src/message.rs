//! The messages that Rust sends to the hub; `js/messages.d.ts` lists all messages with their meaning.

use crate::context;
use crate::options::StartOptions;
use crate::processes::ProcessOptions;
use concurrent_futures_core::process_pool::Output;
use concurrent_futures_core::process_pool::wire::{self, HEADER, Kind};
use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use std::time::Duration;
use wasm_bindgen::JsValue;
use web_sys::MessagePort;

/// What one thread's start needs to know of the options; travels with each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadOptions {
    /// In bytes.
    pub(crate) stack_size: u32,
    /// In milliseconds.
    pub(crate) start_limit: f64,
}

impl ThreadOptions {
    pub(crate) fn of(options: &StartOptions) -> Self {
        Self { stack_size: options.stack_size, start_limit: options.start_limit.as_secs_f64() * 1000.0 }
    }

    fn fields(self) -> [(&'static str, JsValue); 2] {
        [("stackSize", self.stack_size.into()), ("startLimit", self.start_limit.into())]
    }
}

/// The first message to the hub: everything that a worker needs to become an instance. `script` is the address of
/// `js/worker.js`.
pub(crate) fn start(script: &str, options: ThreadOptions) -> JsValue {
    let program = [
        ("script", script.into()),
        ("glue", context::GLUE.with(Clone::clone).into()),
        ("module", wasm_bindgen::module()),
    ];
    // Without threads nobody needs it, and browsers may refuse to post it.
    let memory = context::has_threads().then(|| ("memory", wasm_bindgen::memory()));
    object("start", program.into_iter().chain(memory).chain(options.fields()))
}

/// Gives the hub the port that [`post`] is for; to be sent with the port transferred.
pub(crate) fn port(port: &MessagePort) -> JsValue {
    object("port", [("port", port.into())])
}

/// Carries `data` to the other end of the port.
pub(crate) fn post(data: &JsValue) -> JsValue {
    object("post", [("data", data.clone())])
}

/// Asks for one more thread.
pub(crate) fn more(options: ThreadOptions) -> JsValue {
    object("more", options.fields())
}

/// Asks for one more isolated worker, to be known as `id`.
pub(crate) fn launch(id: u32, hello: &[u8], options: ProcessOptions) -> JsValue {
    let fields = [
        ("id", id.into()),
        ("hello", bytes(hello).into()),
        ("maximum", options.maximum.into()),
        ("startLimit", options.start_limit.into()),
    ];
    object("launch", fields)
}

/// Carries a [`frame`] to the isolated worker `id`; to be sent with the bytes transferred.
pub(crate) fn frames(id: u32, bytes: &ArrayBuffer) -> JsValue {
    object("frames", [("id", id.into()), ("bytes", bytes.into())])
}

/// Asks task `seq` of the isolated worker `id` to end.
pub(crate) fn ask(id: u32, seq: u32) -> JsValue {
    object("ask", [("id", id.into()), ("seq", seq.into())])
}

/// Ends the isolated worker `id`.
pub(crate) fn end(id: u32) -> JsValue {
    object("end", [("id", id.into())])
}

/// Asks for a report after `delay`.
pub(crate) fn alarm(key: u32, delay: Duration) -> JsValue {
    // Timers may be early by a part of a millisecond, and an alarm that is early must be set once more.
    let delay = (delay.as_secs_f64() * 1000.0).ceil() + 1.0;
    object("alarm", [("id", key.into()), ("delay", delay.into())])
}

/// From an isolated worker: whole lines for one of the program's outputs.
pub(crate) fn wrote(stream: Output, lines: &str) -> JsValue {
    object("wrote", [("isError", (stream == Output::Stderr).into()), ("lines", lines.into())])
}

/// A frame as JavaScript's bytes.
pub(crate) fn frame(kind: Kind, seq: u32, body: &[u8]) -> ArrayBuffer {
    let bytes = Uint8Array::new_with_length((HEADER + body.len()) as u32);
    let head = HEADER as u32;
    bytes.subarray(0, head).copy_from(&wire::header(kind, seq, body.len() as u32));
    bytes.subarray(head, bytes.length()).copy_from(body);
    bytes.buffer()
}

/// A copy as JavaScript's bytes.
pub(crate) fn bytes(content: &[u8]) -> ArrayBuffer {
    Uint8Array::from(content).buffer()
}

fn object(kind: &str, fields: impl IntoIterator<Item = (&'static str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in [("type", kind.into())].into_iter().chain(fields) {
        // Setting a new property of a plain object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}
