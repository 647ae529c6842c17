//! Tasks on their way to another memory, and there.

use crate::host::Host;
use crate::interpreter;
use crate::output;
use crate::program;
use crate::session::{self, Session};
use crate::settings::Settings;
use concurrent_futures::{Error, RemoteError};
use rustpython_vm::builtins::{PyBaseExceptionRef, PyBytesRef, PyTupleRef};
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// What worker processes see of the world, if it is not their own outputs.
static WORKER_HOST: OnceLock<Arc<dyn Host>> = OnceLock::new();

/// Names what the programs of worker processes see of the world; by default that is [`Standard`](crate::Standard), whose outputs the
/// executor passes on.
///
/// To be called before [`concurrent_futures::init`], where a process turns out to be a worker. Later calls change nothing.
pub fn set_worker_host(host: Arc<dyn Host>) {
    WORKER_HOST.get_or_init(|| host);
}

/// A pickled object.
#[derive(Debug, Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Message;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Message, E> {
                Ok(Message(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// What a worker begins with.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) source: String,
    pub(crate) file_name: String,
    pub(crate) recursion_limit: usize,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// A pickled call, or nothing.
    pub(crate) initializer: Message,
}

/// Begins a worker: runs the program under the name `__mp_main__`, then the pool's initializer.
///
/// # Panics
///
/// When either fails, having written the traceback: so the executor learns of it.
pub(crate) fn start(start: Start) {
    let Start { source, file_name, recursion_limit, arguments, environment, initializer } = start;
    let mut settings = Settings { recursion_limit, arguments, environment, ..Settings::default() };
    if let Some(host) = WORKER_HOST.get() {
        settings.host = Arc::clone(host);
    }
    let session = Arc::new(Session::new(settings, source, file_name, true));
    let interpreter = interpreter::build(&session);
    let started = interpreter.enter(|vm| {
        let started = interpreter::boot(vm)
            .and_then(|()| program::run_main(&session, "__mp_main__", vm))
            .and_then(|()| worker("initialize", &initializer, vm));
        started.map(drop).map_err(|exception| program::report(&exception, &session.file_name, vm).message)
    });
    output::flush_all();
    // The worker's tasks enter it from now on, for as long as there is a worker.
    std::mem::forget(interpreter);
    if let Err(message) = started {
        std::panic::panic_any(message);
    }
}

/// Runs a pickled call in a worker and returns its pickled result.
///
/// # Errors
///
/// [`Failed`] with the pickled exception.
pub(crate) fn run(call: Message) -> Result<Message, Failed> {
    let ran = session::enter(|vm| {
        let ran = worker("run", &call, vm).and_then(|answer| Answer::read(&answer, vm));
        output::flush_all();
        match ran {
            Ok(Answer { failed: None, pickle }) => Ok(Message(pickle.as_bytes().to_vec())),
            Ok(Answer { failed: Some(text), pickle }) => {
                Err(Failed { text, exception: Pickled::new(pickle.as_bytes()) })
            }
            Err(exception) => {
                let text = crate::futures::Raised::new(exception, vm).to_string();
                Err(Failed { text, exception: Pickled::new(&[]) })
            }
        }
    });
    let unstarted =
        || Err(Failed { text: "the worker has no interpreter".to_owned(), exception: Pickled::new(&[]) });
    ran.unwrap_or_else(unstarted)
}

/// What `run` of `lib/_process.py` returns.
struct Answer {
    /// The text of the exception, if there was one.
    failed: Option<String>,
    pickle: PyBytesRef,
}

impl Answer {
    fn read(answer: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        let answer: PyTupleRef = answer.to_owned().try_into_value(vm)?;
        match answer.as_slice() {
            [text, pickle] => {
                let failed = (!vm.is_none(text)).then(|| text.try_to_value::<String>(vm)).transpose()?;
                Ok(Self { failed, pickle: pickle.clone().try_into_value(vm)? })
            }
            _ => Err(vm.new_runtime_error("an answer is a text and a pickle")),
        }
    }
}

/// Calls a function of `lib/_process.py` with a message.
fn worker(name: &'static str, message: &Message, vm: &VirtualMachine) -> PyResult {
    let bytes: PyObjectRef = vm.ctx.new_bytes(message.0.clone()).into();
    vm.import("_process", 0)?.get_attr(name, vm)?.call((bytes,), vm)
}

/// The object of a message, in the memory that it came to.
pub(crate) fn decode_value(message: &Message, vm: &VirtualMachine) -> PyResult {
    worker("decode", message, vm)
}

/// The exception that a task raised in another memory, if that is what it failed with.
pub(crate) fn decode_failure(error: &Error, vm: &VirtualMachine) -> Option<PyBaseExceptionRef> {
    let remote = error.downcast_ref::<RemoteError>()?;
    let message = Pickled::read(&StdError::source(remote)?.to_string());
    if message.0.is_empty() {
        // The worker could not tell more than the text.
        return None;
    }
    let decoded = worker("decode_exception", &message, vm);
    Some(decoded.and_then(|exception| exception.try_into_value(vm)).unwrap_or_else(|exception| exception))
}

/// What a task raised: its text for observers, and the exception itself as the source, since of an error only texts travel.
#[derive(Debug)]
pub(crate) struct Failed {
    text: String,
    exception: Pickled,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Failed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.exception)
    }
}

/// Bytes as a text of the characters that have their numbers.
#[derive(Debug)]
struct Pickled(String);

impl Pickled {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().map(char::from).collect())
    }

    fn read(text: &str) -> Message {
        Message(text.chars().filter_map(|character| u8::try_from(character).ok()).collect())
    }
}

impl fmt::Display for Pickled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Pickled {}
