//! `playground run program.py`: a Python program from a file, as CPython would run it.

use anyhow::{Context as _, Result};
use concurrent_futures::observer::{ChromeTrace, with_observer};
use concurrent_futures_python::{
    Answer, Host, Interrupt, Outcome, Request, Settings, Standard, Stream, UrlError, run, set_worker_host,
};
use playground::{Emit, Event, run_python};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use std::{env, fs, io, process, thread};

/// What may follow the file's name.
pub(crate) struct Options {
    /// Writes every event instead, one JSON object a line.
    pub(crate) json: bool,
    /// Where a trace of the run is written.
    pub(crate) trace: Option<PathBuf>,
    /// `sys.argv[1:]`.
    pub(crate) arguments: Vec<String>,
}

/// Whether `run` is to run a Python program by that name, and no example.
pub(crate) fn is_program(name: &str) -> bool {
    name == "-" || Path::new(name).extension().is_some_and(|extension| extension == "py")
}

/// Prepares worker processes; to be called before [`concurrent_futures::init`].
pub(crate) fn prepare() {
    set_worker_host(Arc::new(Terminal::default()));
}

/// Runs the program and ends this process as CPython's would end.
pub(crate) fn run_file(name: &str, options: Options) -> Result<()> {
    let source = if name == "-" {
        let mut source = String::new();
        io::stdin().read_to_string(&mut source)?;
        source
    } else {
        fs::read_to_string(name).with_context(|| format!("cannot read the program `{name}`"))?
    };
    let file_name = if name == "-" { "<stdin>" } else { name };
    let mut settings = interruptible();
    settings.environment = env::vars().collect();
    settings.arguments = [name.to_owned()].into_iter().chain(options.arguments).collect();
    let outcome = if options.json {
        run_with_events(&source, file_name, settings)?
    } else if let Some(path) = options.trace {
        let trace = Arc::new(ChromeTrace::new());
        let outcome = with_observer(Arc::clone(&trace) as _, || run(&source, file_name, settings));
        let file = fs::File::create(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        trace.write_to(io::BufWriter::new(file))?;
        outcome
    } else {
        run(&source, file_name, settings)
    };
    process::exit(outcome.exit_code());
}

/// What tracebacks call a program that a page has sent.
const SENT: &str = "program.py";

/// Runs a program that a page has sent, under the name of an example; `emit` is given every event of the run.
pub(crate) fn run_recorded(example: &str, source: &str, emit: Emit) {
    run_python(example, source, SENT, Settings { arguments: vec![SENT.to_owned()], ..interruptible() }, emit);
}

/// Settings for a program that Ctrl-C interrupts.
fn interruptible() -> Settings {
    let interrupt = Interrupt::new();
    listen(interrupt.clone());
    let host = Terminal { interrupt: Some(interrupt.clone()), ..Terminal::default() };
    Settings { host: Arc::new(host), interrupt: Some(interrupt), ..Settings::default() }
}

/// Runs the program while another thread writes, so that a slow terminal delays no task.
fn run_with_events(source: &str, file_name: &str, settings: Settings) -> Result<Outcome> {
    let (sender, events) = mpsc::channel();
    let writer = thread::spawn(move || -> Result<()> {
        let mut stdout = io::stdout().lock();
        for event in events {
            writeln!(stdout, "{}", serde_json::to_string(&event)?)?;
            stdout.flush()?;
            // What the program has left behind may keep the other end of the channel for longer than the run.
            if matches!(event, Event::RunEnded { .. }) {
                break;
            }
        }
        Ok(())
    });
    let emit = Box::new(move |event| drop(sender.send(event)));
    let outcome = run_python(file_name, source, file_name, settings, emit);
    writer.join().ok().context("the writing thread panicked")??;
    outcome.context("the interpreter panicked")
}

/// The time in which a program must have noticed an interrupt; one that is in a long step of native code does not.
const NOTICE: Duration = Duration::from_secs(1);

/// Passes Ctrl-C on to the program. If that does not notice, the process ends as CPython's would.
fn listen(interrupt: Interrupt) {
    let body = move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        loop {
            runtime.block_on(tokio::signal::ctrl_c())?;
            if interrupt.is_pending() {
                process::exit(130);
            }
            interrupt.raise();
            let interrupt = interrupt.clone();
            thread::spawn(move || {
                thread::sleep(NOTICE);
                if interrupt.is_pending() {
                    eprintln!("KeyboardInterrupt");
                    process::exit(130);
                }
            });
        }
    };
    // Without it Ctrl-C ends the process as ever.
    thread::spawn(body);
}

/// This process's input and outputs, and the network.
#[derive(Default)]
struct Terminal {
    /// What ends the wait for input.
    interrupt: Option<Interrupt>,
    /// What is to bring a line that was asked for, by a thread of its own, since nothing ends its wait.
    asked: Mutex<Option<mpsc::Receiver<Option<String>>>>,
}

/// How often who waits for input looks whether the program was interrupted.
const LOOK: Duration = Duration::from_millis(20);

impl Host for Terminal {
    fn write(&self, stream: Stream, text: &str) {
        Standard.write(stream, text);
    }

    #[expect(clippy::disallowed_methods, reason = "no browser has this program")]
    fn read_line(&self, prompt: &str) -> Option<String> {
        // Events may be what the output is for; they have the prompt.
        if !prompt.is_empty() {
            self.write(Stream::Stdout, prompt);
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let line = asked.get_or_insert_with(|| {
            let (sender, line) = mpsc::channel();
            thread::spawn(move || sender.send(Standard.read_line("")));
            line
        });
        loop {
            match line.recv_timeout(LOOK) {
                Ok(line) => {
                    *asked = None;
                    return line;
                }
                // What comes later is for whoever asks next.
                Err(RecvTimeoutError::Timeout) if self.is_interrupted() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn open(&self, request: &Request) -> Result<Answer, UrlError> {
        download(request).map_err(|error| match error {
            ureq::Error::Timeout(_) => UrlError::TimedOut,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => UrlError::TimedOut,
            error => UrlError::Unreachable { cause: error.to_string() },
        })
    }
}

impl Terminal {
    fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(Interrupt::is_pending)
    }
}

fn download(request: &Request) -> Result<Answer, ureq::Error> {
    use ureq::ResponseExt as _;

    let config = ureq::Agent::config_builder().timeout_global(request.timeout).http_status_as_error(false);
    let agent = config.user_agent("Python-urllib/3.14").build().new_agent();
    let mut outgoing = ureq::http::Request::builder().method(request.method.as_str()).uri(&request.url);
    for (name, value) in &request.headers {
        outgoing = outgoing.header(name, value);
    }
    let mut answer = match &request.body {
        Some(body) => agent.run(outgoing.body(body.as_slice())?)?,
        None => agent.run(outgoing.body(())?)?,
    };
    let headers = answer.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    Ok(Answer {
        url: answer.get_uri().to_string(),
        status: answer.status().as_u16(),
        reason: answer.status().canonical_reason().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: answer.body_mut().with_config().limit(u64::MAX).read_to_vec()?,
    })
}
