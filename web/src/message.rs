//! The messages that Rust sends to the hub; `js/messages.d.ts` lists all messages with their meaning.

use crate::context;
use crate::options::StartOptions;
use js_sys::{Object, Reflect};
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
/// `js/thread.js`.
pub(crate) fn start(script: &str, options: ThreadOptions) -> JsValue {
    let program = [
        ("script", script.into()),
        ("glue", context::GLUE.with(Clone::clone).into()),
        ("module", wasm_bindgen::module()),
        ("memory", wasm_bindgen::memory()),
    ];
    object("start", program.into_iter().chain(options.fields()))
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

fn object(kind: &str, fields: impl IntoIterator<Item = (&'static str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in [("type", kind.into())].into_iter().chain(fields) {
        // Setting a new property of a plain object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}
