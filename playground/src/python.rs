//! Running a Python program as one stream of events, as examples are run.

use crate::event::{Event, Outcome, Stream};
use crate::recorder::Recorder;
use crate::run::{Emit, record};
use concurrent_futures_python as python;
use concurrent_futures_python::{Answer, Host, Request, Settings, UrlError};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs a Python program to its end; `emit` is given every event of the run, as by [`run`](crate::run()).
///
/// It blocks until then. The events bear the name `example`, and tracebacks call the program `file_name`. The settings' host is where the
/// program reads its input and opens addresses; what it writes becomes events.
pub fn run_python(
    example: &str,
    source: &str,
    file_name: &str,
    settings: Settings,
    emit: Emit,
) -> Option<python::Outcome> {
    let mut outcome = None;
    record(example, emit, |recorder| {
        let host = Recorded {
            recorder: Arc::clone(recorder),
            world: Arc::clone(&settings.host),
            asking: Mutex::new(()),
        };
        let ended = python::run(source, file_name, Settings { host: Arc::new(host), ..settings });
        let told = told(&ended);
        outcome = Some(ended);
        told
    });
    outcome
}

/// The end of a program as the end of a run.
fn told(outcome: &python::Outcome) -> Outcome {
    match outcome {
        python::Outcome::Finished | python::Outcome::Exited(0) => Outcome::Finished,
        python::Outcome::Exited(code) => {
            Outcome::Failed { error: format!("the program exited with code {code}"), line: None }
        }
        python::Outcome::Interrupted(_) => Outcome::Stopped,
        python::Outcome::Failed(failure) => {
            let python::Failure { exception, message, line, .. } = failure;
            let error =
                if message.is_empty() { exception.clone() } else { format!("{exception}: {message}") };
            Outcome::Failed { error, line: *line }
        }
    }
}

/// A host whose outputs are events.
struct Recorded {
    recorder: Arc<Recorder>,
    world: Arc<dyn Host>,
    asking: Mutex<()>,
}

impl Host for Recorded {
    fn write(&self, stream: python::Stream, text: &str) {
        let stream = match stream {
            python::Stream::Stdout => Stream::Stdout,
            python::Stream::Stderr => Stream::Stderr,
        };
        self.recorder.text(stream, text);
    }

    fn read_line(&self, prompt: &str) -> Option<String> {
        // One question at a time: what is answered says not which.
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        self.recorder.event(|at| Event::InputAsked { at, prompt: prompt.to_owned() });
        let line = self.world.read_line("");
        // As a terminal shows it.
        self.recorder.text(Stream::Stdout, &format!("{prompt}{}\n", line.as_deref().unwrap_or_default()));
        line
    }

    fn open(&self, request: &Request) -> Result<Answer, UrlError> {
        self.world.open(request)
    }

    fn process_id(&self) -> u32 {
        self.world.process_id()
    }
}
