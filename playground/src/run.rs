//! Running an example.

use crate::event::{Event, Outcome, Stream};
use crate::recorder::Recorder;
use crate::report::report_to;
use concurrent_futures::observer::with_observer;
use examples::{Example, Values, stdout};
use std::any::Any;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// Takes the events of a run, one at a time and in their order, on whatever thread they happen.
pub type Emit = Box<dyn Fn(Event) + Send + Sync>;

/// An example cannot be run here; nothing has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    id: String,
    known: bool,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.known {
            write!(f, "`{}` would end this process: it is for the page, which survives it", self.id)
        } else {
            write!(f, "there is no example `{}`; `list` names them", self.id)
        }
    }
}

impl std::error::Error for RunError {}

/// Runs the example of that id to its end, with the values that differ from the defaults.
///
/// It blocks until then, and `emit` is given every event of the run, from [`Event::RunStarted`] to [`Event::RunEnded`].
/// One run at a time: what examples print goes to the latest.
///
/// # Errors
///
/// [`RunError`] when there is no such example, or none that could run here. That an example fails is no error: the run's
/// [`Outcome`] says it.
pub fn run(id: &str, values: &Values, emit: Emit) -> Result<(), RunError> {
    let example = find(id)?;
    if example.page_only && !survives_faults() {
        return Err(RunError { id: id.to_owned(), known: true });
    }
    run_to_its_end(example, values, emit);
    Ok(())
}

/// Runs the example as [`run`] does, be it one that ends this process: for a process that is there for this run alone, and
/// whose parent tells how it ended.
///
/// # Errors
///
/// [`RunError`] when there is no such example.
pub fn run_supervised(id: &str, values: &Values, emit: Emit) -> Result<(), RunError> {
    run_to_its_end(find(id)?, values, emit);
    Ok(())
}

fn run_to_its_end(example: &Example, values: &Values, emit: Emit) {
    record(example.id, emit, |_| match (example.run)(values) {
        Ok(()) => Outcome::Finished,
        Err(error) => Outcome::Failed { error: error.to_string(), line: None },
    });
}

/// Records what `program` does, under the name of `example`, from its first event to its last.
pub(crate) fn record(example: &str, emit: Emit, program: impl FnOnce(&Arc<Recorder>) -> Outcome) {
    emit(Event::RunStarted { example: example.to_owned(), backend: backend().to_owned() });
    let recorder = Arc::new(Recorder::new(emit));
    let output = Arc::clone(&recorder);
    stdout::redirect(Some(Arc::new(move |text| output.text(Stream::Stdout, text))));
    report_to(Some(Arc::clone(&recorder)));
    let ran = panic::catch_unwind(AssertUnwindSafe(|| {
        with_observer(Arc::clone(&recorder) as _, || program(&recorder))
    }));
    stdout::redirect(None);
    report_to(None);
    let outcome = ran.unwrap_or_else(|payload| Outcome::Failed {
        error: format!("the program panicked: {}", message(&*payload)),
        line: None,
    });
    recorder.event(|at| Event::RunEnded { at, outcome });
}

fn find(id: &str) -> Result<&'static Example, RunError> {
    examples::find(id).ok_or_else(|| RunError { id: id.to_owned(), known: false })
}

/// Whether a task that traps leaves the program alive.
fn survives_faults() -> bool {
    cfg!(target_arch = "wasm32")
}

fn backend() -> &'static str {
    if cfg!(target_arch = "wasm32") { "browser" } else { "native" }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    match payload.downcast_ref::<String>() {
        Some(message) => message,
        None => payload.downcast_ref::<&str>().copied().unwrap_or("no message"),
    }
}
