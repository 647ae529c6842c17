//! The world outside the interpreter: the seam to a command line or a page.

use std::fmt;
use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

/// One of a program's two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// `sys.stdout`.
    Stdout,
    /// `sys.stderr`.
    Stderr,
}

/// What a program sees of the world.
///
/// # Contract
///
/// Any thread of the program may call any method, and several may at a time. `read_line` and `open` may block; no thread of the
/// interpreter waits for another meanwhile.
pub trait Host: Send + Sync + 'static {
    /// Writes a text: whole lines with their line ends, or, when a program flushes or ends, what it has of the last one. Texts of
    /// different threads must not be mixed.
    fn write(&self, stream: Stream, text: &str);

    /// Returns the next line of the program's input without its line end, for `input(prompt)`; `None` at its end.
    fn read_line(&self, prompt: &str) -> Option<String>;

    /// Opens an address, for `urllib.request.urlopen`.
    ///
    /// # Errors
    ///
    /// [`UrlError`], of which `urllib` makes its own errors.
    fn open(&self, request: &Request) -> Result<Answer, UrlError>;

    /// Returns `os.getpid()`, which differs between the processes of a program.
    fn process_id(&self) -> u32 {
        std::process::id()
    }
}

/// What a program asks of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address.
    pub url: String,
    /// `GET`, or what the program says.
    pub method: String,
    /// The request's headers.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Option<Vec<u8>>,
    /// The time that it may take from first to last.
    pub timeout: Option<Duration>,
}

/// What an address answered, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Where it came from in the end.
    pub url: String,
    /// As 200.
    pub status: u16,
    /// As `OK`.
    pub reason: String,
    /// The answer's headers.
    pub headers: Vec<(String, String)>,
    /// What was sent back.
    pub body: Vec<u8>,
}

/// Why an address did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlError {
    /// The answer was not there in time.
    TimedOut,
    /// No answer could be had.
    Unreachable {
        /// Why, in a few words.
        cause: String,
    },
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("timed out"),
            Self::Unreachable { cause } => f.write_str(cause),
        }
    }
}

impl std::error::Error for UrlError {}

/// The process's own outputs and input, and no network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standard;

impl Host for Standard {
    fn write(&self, stream: Stream, text: &str) {
        // A reader that has gone away is no reason to end a task.
        let _ = match stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
            }
            Stream::Stderr => io::stderr().lock().write_all(text.as_bytes()),
        };
    }

    fn read_line(&self, prompt: &str) -> Option<String> {
        if !prompt.is_empty() {
            self.write(Stream::Stdout, prompt);
        }
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn open(&self, request: &Request) -> Result<Answer, UrlError> {
        let _ = request;
        Err(UrlError::Unreachable { cause: "this host has no network".to_owned() })
    }
}
