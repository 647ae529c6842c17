//! What threads write, gathered into whole lines.
//!
//! Each thread has the beginning of its own line, so that the lines of two threads are never mixed. A line goes to the host when it is
//! whole; a beginning goes there when the program flushes, when its task ends, or with the thread.

use crate::host::Stream;
use crate::session::{self, Session};
use std::cell::RefCell;

thread_local! {
    static BEGUN: RefCell<Begun> = const { RefCell::new(Begun { stdout: String::new(), stderr: String::new() }) };
}

/// The lines that a thread has begun.
struct Begun {
    stdout: String,
    stderr: String,
}

impl Begun {
    fn of(&mut self, stream: Stream) -> &mut String {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }
}

/// Writes a text, of which the lines that are whole go to the host at once.
pub(crate) fn write(stream: Stream, text: &str) {
    let whole = BEGUN.with_borrow_mut(|begun| {
        let begun = begun.of(stream);
        begun.push_str(text);
        let end = begun.rfind('\n')? + 1;
        let rest = begun.split_off(end);
        Some(std::mem::replace(begun, rest))
    });
    if let (Some(text), Some(session)) = (whole, session::current()) {
        session.settings.host.write(stream, &text);
    }
}

/// Hands over the line that this thread has begun.
pub(crate) fn flush(stream: Stream) {
    // A thread that is ending may have lost its lines already.
    let text = BEGUN.try_with(|begun| std::mem::take(begun.borrow_mut().of(stream)));
    if let (Ok(text), Some(session)) = (text, session::current()) {
        hand_over(&session, stream, &text);
    }
}

/// As [`flush`], for both outputs.
pub(crate) fn flush_all() {
    flush(Stream::Stdout);
    flush(Stream::Stderr);
}

fn hand_over(session: &Session, stream: Stream, text: &str) {
    if !text.is_empty() {
        session.settings.host.write(stream, text);
    }
}
