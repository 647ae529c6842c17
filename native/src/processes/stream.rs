//! The socket between a pool and a worker: bytes, and files for what is large.
//!
//! The pool writes frames. A frame with files is marked in its kind: [`IN_FILE`] if its body is a file, since it is large, and
//! [`WITH_REGIONS`] if regions of shared memory go along; then a byte with their number follows the header. The files, the body
//! first, accompany the first byte. The worker writes single bytes that say "look at the board", or accompany such files.

use super::board::LARGE;
use super::segment::{self, Segment, segment_of};
use super::shared_memory::Sealed;
use concurrent_futures_core::process_pool::wire::{HEADER, Head, Malformed, head};
use concurrent_futures_core::process_pool::{MOST_REGIONS, Region};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, IoSlice, IoSliceMut, Result, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, send, sendmsg,
};
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// Set in the kind of a header whose body lies in a file.
pub(super) const IN_FILE: u8 = 0x80;
/// Set in the kind of a header that a number of regions follows.
pub(super) const WITH_REGIONS: u8 = 0x40;
/// Set in the kind of a header that is not simply followed by its body.
pub(super) const MARKED: u8 = IN_FILE | WITH_REGIONS;
/// The place of the kind in a header.
pub(super) const KIND: usize = HEADER - 1;
/// The most files that one message takes: regions, and one for a body.
const FILES: usize = MOST_REGIONS + 1;

/// A frame that files accompany, from its header and its body: what is sent, what is published on the board, and the files.
#[derive(Debug)]
pub(super) struct Marked {
    /// The header, the number of the regions, and the body unless that is among the files.
    pub(super) bytes: Vec<u8>,
    /// The file of the body.
    body: Option<OwnedFd>,
    regions: Vec<Arc<dyn Region>>,
}

impl Marked {
    /// Puts a large body into a file.
    pub(super) fn new(header: &[u8], body: &[u8], regions: Vec<Arc<dyn Region>>) -> Result<Self> {
        let mut bytes = header.to_vec();
        let mut file = None;
        if !regions.is_empty() {
            bytes[KIND] |= WITH_REGIONS;
            bytes.push(regions.len() as u8);
        }
        if body.len() > LARGE {
            bytes[KIND] |= IN_FILE;
            file = Some(segment::sealed(body)?);
        } else {
            bytes.extend_from_slice(body);
        }
        Ok(Self { bytes, body: file, regions })
    }

    /// Sends `bytes` and with them the files.
    pub(super) fn send(&self, socket: impl AsFd, bytes: &[u8], flags: SendFlags) -> Result<usize> {
        let regions = self.regions.iter().filter_map(segment_of).map(Segment::file);
        let files: Vec<_> = self.body.iter().map(AsFd::as_fd).chain(regions).collect();
        send_files(socket, bytes, &files, flags)
    }
}

/// The files that came with a frame: its body, if that is one, and regions.
pub(super) type Came = (Option<Sealed>, Vec<Arc<dyn Region>>);

/// A marked frame that has come, but for its body.
#[derive(Debug)]
pub(super) struct Unmarked {
    pub(super) head: Head,
    /// Bytes before the body, if that is not a file.
    pub(super) length: usize,
    pub(super) body_is_file: bool,
    regions: usize,
}

impl Unmarked {
    /// Reads the beginning of a marked frame; `Ok(None)` when it is not all there.
    pub(super) fn read(bytes: &[u8]) -> std::result::Result<Option<Self>, Malformed> {
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
        let mut plain = *header;
        plain[KIND] &= !MARKED;
        let Some(head) = head(&plain)? else { return Ok(None) };
        let has_regions = header[KIND] & WITH_REGIONS != 0;
        let regions = if has_regions {
            let Some(count) = rest.first() else { return Ok(None) };
            usize::from(*count)
        } else {
            0
        };
        let length = HEADER + usize::from(has_regions);
        Ok(Some(Self { head, length, body_is_file: header[KIND] & IN_FILE != 0, regions }))
    }

    /// Takes the files that came along.
    pub(super) fn take(&self, files: &mut VecDeque<OwnedFd>) -> std::result::Result<Came, String> {
        let mut next = || {
            files.pop_front().ok_or("a frame came without its file; is every descriptor in use?".to_owned())
        };
        let of_no_use = |error: Errno| format!("a file of no use: {error}");
        let body = if self.body_is_file {
            Some(segment::payload(&next()?, self.head.length).map_err(of_no_use)?)
        } else {
            None
        };
        let regions = (0..self.regions).map(|_| {
            let segment = Segment::received(next()?).map_err(of_no_use)?;
            Ok(Arc::new(segment) as Arc<dyn Region>)
        });
        Ok((body, regions.collect::<std::result::Result<_, String>>()?))
    }
}

/// Sends bytes, as many as the socket takes now.
pub(super) fn send_now(socket: impl AsFd, bytes: &[u8]) -> Result<usize> {
    retry_on_intr(|| send(&socket, bytes, SendFlags::DONTWAIT | no_signal()))
}

/// Sends bytes and files, blocking unless `flags` say otherwise; the files go with the first byte.
pub(super) fn send_files(
    socket: impl AsFd,
    bytes: &[u8],
    files: &[BorrowedFd<'_>],
    flags: SendFlags,
) -> Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(files));
    let bytes = [IoSlice::new(bytes)];
    retry_on_intr(|| sendmsg(&socket, &bytes, &mut ancillary, flags | no_signal()))
}

/// Receives bytes into `buffer`, and files to the end of `files`; 0 bytes are the end.
pub(super) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    files: &mut VecDeque<OwnedFd>,
    flags: RecvFlags,
) -> Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut buffers = [IoSliceMut::new(buffer)];
    let received = retry_on_intr(|| recvmsg(&socket, &mut buffers, &mut ancillary, flags | close_on_exec()))?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            files.extend(rights);
        }
    }
    Ok(received.bytes)
}

#[cfg(target_os = "linux")]
fn close_on_exec() -> RecvFlags {
    RecvFlags::CMSG_CLOEXEC
}

/// Elsewhere the files are short-lived enough.
#[cfg(not(target_os = "linux"))]
fn close_on_exec() -> RecvFlags {
    RecvFlags::empty()
}

/// A peer that is gone is an error and no signal.
#[cfg(not(target_vendor = "apple"))]
fn no_signal() -> SendFlags {
    SendFlags::NOSIGNAL
}

/// There the socket has an option for it.
#[cfg(target_vendor = "apple")]
fn no_signal() -> SendFlags {
    SendFlags::empty()
}
