//! The module of the interpreter of Python, and what its programs see of the world on the page.

mod mailbox;

use super::{OWN, carried};
use concurrent_futures::Output;
use concurrent_futures_python::{
    Answer, Host, Interrupt, Request, Settings, Stream, UrlError, prepare, prepare_further, set_worker_host,
};
use js_sys::{ArrayBuffer, Error, Math, Uint8Array};
use std::sync::{Arc, LazyLock};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{XmlHttpRequest, XmlHttpRequestResponseType};

/// What tracebacks call the reader's program.
const FILE: &str = "program.py";

/// How deep calls may go. Browsers give workers a small stack, and one call of a Python function takes several frames of it.
const RECURSION_LIMIT: usize = 120;

/// What each instance of the module begins with, those of isolated workers included.
#[wasm_bindgen(start)]
pub fn begin() {
    set_worker_host(Arc::new(Page { has_mailbox: false }));
}

/// Interrupts the program that runs, where that may block: a fiber must not.
static INTERRUPT: LazyLock<Interrupt> = LazyLock::new(Interrupt::new);

/// Does what the page asks of the program that runs; called again and again by a thread that is not the program's.
pub(super) fn hear() {
    if mailbox::interrupted() {
        INTERRUPT.raise();
    }
}

/// Returns where in the memory the page leaves lines of input, and whether the program is to be interrupted.
#[wasm_bindgen]
pub fn mailbox() -> u32 {
    mailbox::address()
}

/// Builds the interpreter, so that the next program starts at once.
#[wasm_bindgen]
pub fn warm() {
    prepare(settings());
}

/// Imports what the next program may need.
#[wasm_bindgen]
pub fn warm_further() {
    prepare_further(settings());
}

/// Runs a program to its end, under the name of an example.
#[wasm_bindgen]
pub fn run(run: u32, example: &str, source: &str) {
    play(run, example, source, Settings { interrupt: Some(INTERRUPT.clone()), ..settings() });
}

fn play(run: u32, example: &str, source: &str, settings: Settings) {
    carried(run, |emit| crate::run_python(example, source, FILE, settings, emit));
}

/// As [`run`], where threads are fibers: the promise is kept when the program has ended.
///
/// # Errors
///
/// When a trap has ended the program.
#[wasm_bindgen]
pub async fn run_as_fiber(number: u32, example: String, source: String) -> Result<(), JsError> {
    let own = OWN.get().ok_or_else(|| JsError::new("`start` comes first"))?;
    let played = own.spawn(move || {
        let host = Arc::new(Page { has_mailbox: false });
        play(number, &example, &source, Settings { host, ..settings() });
    })?;
    played.await?;
    Ok(())
}

fn settings() -> Settings {
    Settings {
        host: Arc::new(Page { has_mailbox: true }),
        recursion_limit: RECURSION_LIMIT,
        arguments: vec![FILE.to_owned()],
        ..Settings::default()
    }
}

/// The page around the program.
struct Page {
    /// Whether it can write into the program's memory, without which there is no input.
    has_mailbox: bool,
}

/// What stands for the number of a process: a page has none, but each memory is one to its program.
static PROCESS: LazyLock<u32> = LazyLock::new(|| 1 + (Math::random() * PROCESSES) as u32);

/// As many numbers as Linux has for processes.
const PROCESSES: f64 = 4_194_304.0;

impl Host for Page {
    /// Of a worker with a memory of its own, to whoever has started it; a run's own outputs are events, which the recorder before this
    /// host makes.
    fn write(&self, stream: Stream, text: &str) {
        let output = match stream {
            Stream::Stdout => Output::Stdout,
            Stream::Stderr => Output::Stderr,
        };
        concurrent_futures::print(output, text);
    }

    fn read_line(&self, _: &str) -> Option<String> {
        self.has_mailbox.then(|| mailbox::read_line(|| INTERRUPT.is_pending())).flatten()
    }

    fn process_id(&self) -> u32 {
        *PROCESS
    }

    /// By a request for which the worker waits, as a thread waits for a socket.
    fn open(&self, request: &Request) -> Result<Answer, UrlError> {
        send(request).map_err(|error| {
            // What a request throws has a name and a message, as every error of JavaScript.
            let error = error.unchecked_into::<Error>();
            if error.name() == "TimeoutError" {
                UrlError::TimedOut
            } else {
                UrlError::Unreachable { cause: error.message().into() }
            }
        })
    }
}

fn send(request: &Request) -> Result<Answer, JsValue> {
    let sent = XmlHttpRequest::new()?;
    sent.open_with_async(&request.method, &request.url, false)?;
    sent.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    if let Some(timeout) = request.timeout {
        // 0 would mean no limit at all.
        sent.set_timeout(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX).max(1));
    }
    for (name, value) in &request.headers {
        sent.set_request_header(name, value)?;
    }
    match &request.body {
        None => sent.send()?,
        // A view of shared memory is refused; this is a copy.
        Some(body) => sent.send_with_opt_buffer_source(Some(&Uint8Array::from(body.as_slice())))?,
    }
    let headers = sent.get_all_response_headers()?;
    let headers = headers.lines().filter_map(|line| line.split_once(": "));
    let body = sent.response()?.unchecked_into::<ArrayBuffer>();
    Ok(Answer {
        url: sent.response_url(),
        status: sent.status()?,
        reason: sent.status_text()?,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: Uint8Array::new(&body).to_vec(),
    })
}
