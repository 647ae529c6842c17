//! What a worker writes to its standard output or error, whole lines at a time.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, read, retry_on_intr};

/// A line longer than this is passed on in pieces.
const LONGEST: usize = 64 * 1024;
/// How much of the end is kept for the error that tells of a crash.
const LAST_WORDS: usize = 1024;

/// The reading end of a pipe, never blocking.
#[derive(Debug)]
pub(super) struct Lines {
    /// Absent once it is of no use any more.
    pipe: Option<OwnedFd>,
    /// The line that has begun.
    line: Vec<u8>,
    /// The end of what was read, whole characters or not.
    tail: Vec<u8>,
    pub(super) is_closed: bool,
}

impl Lines {
    pub(super) fn new(pipe: OwnedFd) -> rustix::io::Result<Self> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        Ok(Self { pipe: Some(pipe), line: Vec::new(), tail: Vec::new(), is_closed: false })
    }

    pub(super) fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.pipe = None;
    }

    /// Reads what is there, and passes whole lines on.
    pub(super) fn drain(&mut self, mut pass_on: impl FnMut(&str)) {
        let mut buffer = [0; 4096];
        // As much as a pipe holds; a worker that writes faster than this reads must not keep the reader.
        for _ in 0..16 {
            if self.is_closed {
                return;
            }
            let Some(pipe) = &self.pipe else { return };
            match retry_on_intr(|| read(pipe, &mut buffer)) {
                Ok(0) => self.is_closed = true,
                Ok(length) => {
                    self.take(&buffer[..length], &mut pass_on);
                    if length < buffer.len() {
                        return;
                    }
                }
                Err(Errno::AGAIN) => return,
                Err(_) => self.is_closed = true,
            }
        }
    }

    fn take(&mut self, bytes: &[u8], pass_on: &mut impl FnMut(&str)) {
        self.tail.extend_from_slice(bytes);
        let surplus = self.tail.len().saturating_sub(LAST_WORDS);
        self.tail.drain(..surplus);
        self.line.extend_from_slice(bytes);
        let whole = match self.line.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None if self.line.len() >= LONGEST => self.line.len(),
            None => return,
        };
        let rest = self.line.split_off(whole);
        pass_on(&String::from_utf8_lossy(&self.line));
        self.line = rest;
    }

    /// The last line, if it has no end; it gets one.
    pub(super) fn rest(&mut self) -> Option<String> {
        if self.line.is_empty() {
            return None;
        }
        let line = std::mem::take(&mut self.line);
        Some(String::from_utf8_lossy(&line).into_owned() + "\n")
    }

    /// The last whole lines, for an error.
    pub(super) fn last_words(&self) -> String {
        let text = String::from_utf8_lossy(&self.tail).into_owned();
        // Where something was cut off, half a line would puzzle.
        match text.split_once('\n') {
            Some((_, whole)) if self.tail.len() >= LAST_WORDS => whole.to_owned(),
            _ => text,
        }
    }
}
