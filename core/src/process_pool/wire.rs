//! The frames between a pool and its workers; README.md beside this file tells who sends which when.
//!
//! A frame is a header of [`HEADER`] bytes and a body: the length of the body (`u32`), the number of the task that it
//! concerns (`u32`), both in little-endian order, and its [`Kind`] (`u8`). Both sides are the same build, so there is no
//! version in it; that they are is what [`Kind::Ready`] proves.

use std::fmt;

/// Bytes of a header.
pub const HEADER: usize = 9;

/// What a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// To the worker, first of all: the initializer, if there is one.
    Hello = 1,
    /// To the worker: call a function. The body is its position (`u64`), and the arguments.
    Task = 2,
    /// To the worker: call a function with each item. The body is its position (`u64`), and the items, each after its length
    /// (`u32`). Each item is answered by a frame.
    Chunk = 3,
    /// To the worker: end in order.
    Stop = 4,
    /// To the worker: a task that could not be sent; it is to answer so often (`u32`), each time with the failure that follows.
    Undelivered = 10,
    /// From the worker, first of all: it has run its initializer, if there is one. The body is the mark of the build.
    Ready = 5,
    /// From the worker: the initializer failed. The body is the failure.
    Unfit = 6,
    /// From the worker: the task, or the next item of the chunk, returned this value.
    Value = 7,
    /// From the worker: the task, or the next item of the chunk, failed like this.
    Failed = 8,
    /// From the worker: it came to a task that had been withdrawn, and left it out.
    Skipped = 9,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::Hello,
            2 => Self::Task,
            3 => Self::Chunk,
            4 => Self::Stop,
            5 => Self::Ready,
            6 => Self::Unfit,
            7 => Self::Value,
            8 => Self::Failed,
            9 => Self::Skipped,
            10 => Self::Undelivered,
            _ => return None,
        })
    }
}

/// A frame in somebody's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it says.
    pub kind: Kind,
    /// The number of the task, within its worker.
    pub seq: u32,
    /// The rest.
    pub body: &'a [u8],
}

/// A header by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// What the frame says.
    pub kind: Kind,
    /// The number of the task, within its worker.
    pub seq: u32,
    /// Bytes of the body.
    pub length: usize,
}

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    kind: u8,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a frame of the unknown kind {}", self.kind)
    }
}

impl std::error::Error for Malformed {}

/// Writes a header.
#[must_use]
#[inline]
pub fn header(kind: Kind, seq: u32, length: u32) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes[4..8].copy_from_slice(&seq.to_le_bytes());
    bytes[8] = kind as u8;
    bytes
}

/// Reads the header at the beginning of `bytes`; `Ok(None)` when it is not all there yet.
///
/// # Errors
///
/// [`Malformed`] when it is no header.
#[inline]
pub fn head(bytes: &[u8]) -> Result<Option<Head>, Malformed> {
    let Some((header, _)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
    let [l0, l1, l2, l3, s0, s1, s2, s3, kind] = *header;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let seq = u32::from_le_bytes([s0, s1, s2, s3]);
    let kind = Kind::of(kind).ok_or(Malformed { kind })?;
    Ok(Some(Head { kind, seq, length }))
}

/// Splits the first frame off `bytes`; `Ok(None)` when it is not all there yet, and then `bytes` stays as it is.
///
/// # Errors
///
/// [`Malformed`] when there is something else.
#[inline]
pub fn split<'a>(bytes: &mut &'a [u8]) -> Result<Option<Frame<'a>>, Malformed> {
    let Some(Head { kind, seq, length }) = head(bytes)? else { return Ok(None) };
    let Some(body) = bytes[HEADER..].get(..length) else { return Ok(None) };
    *bytes = &bytes[HEADER + length..];
    Ok(Some(Frame { kind, seq, body }))
}

/// Counts the answers to task `seq` at the beginning of `bytes`, at most `limit`, and their bytes.
pub(crate) fn answers_to(seq: u32, bytes: &[u8], limit: usize) -> (usize, usize) {
    let (mut answers, mut length) = (0, 0);
    while answers < limit
        && let Ok(Some(head)) = head(&bytes[length..])
        && matches!(head.kind, Kind::Value | Kind::Failed)
        && head.seq == seq
        && head.length <= bytes.len() - length - HEADER
    {
        answers += 1;
        length += HEADER + head.length;
    }
    (answers, length)
}

/// Appends a frame.
pub fn push(buffer: &mut Vec<u8>, kind: Kind, seq: u32, body: &[u8]) {
    let length = u32::try_from(body.len()).expect("a body is shorter than 4 GiB");
    buffer.extend_from_slice(&header(kind, seq, length));
    buffer.extend_from_slice(body);
}

/// Whether a body is short enough for a frame.
#[inline]
pub(crate) fn fits(body: &[u8]) -> bool {
    u32::try_from(body.len()).is_ok()
}

/// Writes the header of a frame whose body is there, behind room for a header.
#[inline]
pub(crate) fn set_header(frame: &mut [u8], kind: Kind, seq: u32) {
    let length = frame.len() - HEADER;
    // Whoever made the body has seen to it that it fits.
    frame[..HEADER].copy_from_slice(&header(kind, seq, u32::try_from(length).unwrap_or(u32::MAX)));
}

#[cfg(test)]
mod tests {
    use super::{Frame, HEADER, Kind, push, split};

    #[test]
    fn frames_come_back() {
        let mut bytes = Vec::new();
        push(&mut bytes, Kind::Value, 7, b"abc");
        push(&mut bytes, Kind::Skipped, u32::MAX, b"");
        let mut rest = &bytes[..];
        assert_eq!(split(&mut rest), Ok(Some(Frame { kind: Kind::Value, seq: 7, body: b"abc" })));
        assert_eq!(split(&mut rest), Ok(Some(Frame { kind: Kind::Skipped, seq: u32::MAX, body: b"" })));
        assert_eq!(split(&mut rest), Ok(None));
    }

    #[test]
    fn incomplete_frames_wait() {
        let mut bytes = Vec::new();
        push(&mut bytes, Kind::Value, 1, b"abc");
        for length in 0..bytes.len() {
            let mut part = &bytes[..length];
            assert_eq!(split(&mut part), Ok(None));
            assert_eq!(part.len(), length);
        }
        bytes[HEADER - 1] = 99;
        assert!(split(&mut &bytes[..]).is_err());
    }
}
