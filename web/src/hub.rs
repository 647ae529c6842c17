//! The way to the hub, the worker that starts all others.

use crate::fibers;
use crate::message::{self, ThreadOptions};
use crate::processes::{Cause, Report};
use concurrent_futures_core::process_pool::Output;
use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Event, MessageEvent, MessagePort, Url, Worker, WorkerOptions};

const HUB: &str = include_str!("js/hub.js");
const WORKER: &str = include_str!("js/worker.js");

/// How the current instance reaches the hub.
enum Route {
    /// This instance created it.
    Child(Hub),
    /// The hub created this instance's worker.
    Parent,
    /// Another instance in this worker created it.
    Beside,
}

/// The hub's handle and what listens to it; both must live as long as the hub.
struct Hub {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

thread_local! {
    static ROUTE: RefCell<Option<Route>> = const { RefCell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// The worker's own function, which posts to its creator.
    #[wasm_bindgen(js_name = postMessage, catch)]
    fn post_to_parent(message: &JsValue, transfer: &Array) -> Result<(), JsValue>;
}

/// What the hub says to its creator; `FromHub` in `js/messages.d.ts`.
pub(crate) enum FromHub {
    Watching,
    Failed(String),
    /// What a warden would be told, if there is to be none.
    Report(Report),
    /// Not a message: an error in the hub's script that nothing caught.
    Error(String),
}

/// Tells the hub to start its warden, and creates the hub itself as a child of this worker or page if there is none;
/// `hear` is called with what it says.
///
/// # Errors
///
/// The browser's reason not to create it.
pub(crate) fn create(
    options: ThreadOptions,
    port: Option<&MessagePort>,
    hear: fn(FromHub),
) -> Result<(), String> {
    let tell = || {
        let worker = match child() {
            Some(worker) => worker,
            None => create_worker(port, hear)?,
        };
        worker.post_message(&message::start(&script(WORKER)?, options))
    };
    tell().map_err(|error| describe(&error))
}

/// Forgets a hub that never ran.
pub(crate) fn forget() {
    // Dropping it right here would free the closure that is running.
    if let Some(route) = ROUTE.take() {
        std::mem::forget(route);
    }
}

fn create_worker(port: Option<&MessagePort>, hear: fn(FromHub)) -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_name("concurrent-futures hub");
    let worker = Worker::new_with_options(&script(HUB)?, &options)?;
    let on_message = Closure::new(move |event: MessageEvent| {
        if let Some(message) = parse(&event.data()) {
            hear(message);
        }
    });
    let on_error = Closure::new(move |event: Event| hear(FromHub::Error(describe(&event))));
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    if let Some(port) = port {
        worker.post_message_with_transfer(&message::port(port), &Array::of1(port))?;
    }
    fibers::set_hub(&worker);
    let hub = Hub { worker: worker.clone(), _on_message: on_message, _on_error: on_error };
    ROUTE.set(Some(Route::Child(hub)));
    Ok(worker)
}

/// This instance's hub, if this instance created it.
fn child() -> Option<Worker> {
    ROUTE.with_borrow(|route| match route {
        Some(Route::Child(hub)) => Some(hub.worker.clone()),
        _ => None,
    })
}

/// Notes that the hub created this instance's worker.
pub(crate) fn is_parent() {
    ROUTE.set(Some(Route::Parent));
}

/// Notes that this instance is a fiber, beside the one that created the hub.
pub(crate) fn is_beside() {
    ROUTE.set(Some(Route::Beside));
}

/// Whether this instance can reach the hub at all.
pub(crate) fn is_reachable() -> bool {
    ROUTE.with_borrow(Option::is_some)
}

/// Asks for one more thread. It returns at once and works also if the caller blocks right afterwards.
pub(crate) fn ask_for_thread(options: ThreadOptions) {
    if fibers::are_used() {
        fibers::ask_for_thread(options);
    } else {
        tell(&message::more(options));
    }
}

/// Posts a message to the hub. It returns at once and works also if the caller blocks right afterwards.
pub(crate) fn tell(message: &JsValue) {
    // Posting fails only for what cannot be copied, and plain data can.
    let _ = send(message, &Array::new());
}

/// As [`tell`], for a message with bytes, which are transferred.
pub(crate) fn tell_with(message: &JsValue, bytes: &ArrayBuffer) {
    let _ = send(message, &Array::of1(bytes));
}

/// Posts `data` to the other end of the [port](crate::StartOptions::port), in order, from any thread.
///
/// It arrives also while the caller, and whoever called `start`, is blocked, since the hub carries it. Without a port it
/// goes nowhere.
///
/// # Panics
///
/// When `data` is something that JavaScript cannot copy to another worker, as a function.
pub fn post(data: &JsValue) {
    if let Err(error) = send(&message::post(data), &Array::new()) {
        panic!("cannot post this: {}", describe(&error));
    }
}

fn send(message: &JsValue, transfer: &Array) -> Result<(), JsValue> {
    ROUTE.with_borrow(|route| match route {
        Some(Route::Child(hub)) => hub.worker.post_message_with_transfer(message, transfer),
        Some(Route::Parent) => post_to_parent(message, transfer),
        Some(Route::Beside) => fibers::tell_hub(message, transfer),
        None => Ok(()),
    })
}

/// An address for `text` as a script. It is never revoked: threads are started from it at any time.
fn script(text: &str) -> Result<String, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    Url::create_object_url_with_blob(&blob)
}

fn parse(message: &JsValue) -> Option<FromHub> {
    let field = |name: &str| Reflect::get(message, &name.into()).ok();
    let text = |name: &str| field(name)?.as_string();
    let id = || Some(field("id")?.as_f64()? as u32);
    Some(match text("type")?.as_str() {
        "watching" => FromHub::Watching,
        "failed" => FromHub::Failed(text("reason")?),
        "answers" => {
            let frames = Uint8Array::new(&field("bytes")?).to_vec();
            FromHub::Report(Report::Answers { id: id()?, frames })
        }
        "wrote" => {
            let stream = if field("isError")?.is_truthy() { Output::Stderr } else { Output::Stdout };
            FromHub::Report(Report::Wrote { id: id()?, stream, lines: text("lines")? })
        }
        "ended" => {
            let cause = match text("cause")?.as_str() {
                "unstarted" => Cause::Unstarted,
                "left" => Cause::Left,
                "lost" => Cause::Lost,
                _ => Cause::Ended,
            };
            FromHub::Report(Report::Ended { id: id()?, cause, reason: text("reason")? })
        }
        "alarm" => FromHub::Report(Report::Alarm { key: id()? }),
        _ => return None,
    })
}

/// The text of an exception or of an error event.
fn describe(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| "its script did not load".into())
}
