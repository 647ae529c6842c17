//! The socket between a pool and a worker: bytes, and files for what is large.
//!
//! The pool writes frames; one whose body is large is a header with the bit [`IN_FILE`] in its kind, and the file
//! accompanies its first byte. The worker writes single bytes that say "look at the board", or accompany a file.

use concurrent_futures_core::process_pool::wire::HEADER;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::{IoSlice, IoSliceMut, Result, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, send, sendmsg,
};
use std::collections::VecDeque;
use std::mem::MaybeUninit;

/// Set in the kind of a header whose body lies in a file.
pub(super) const IN_FILE: u8 = 0x80;
/// The place of the kind in a header.
pub(super) const KIND: usize = HEADER - 1;
/// The most files that one call takes in; a sender sends one at a time.
const FILES: usize = 8;

/// The header of a frame whose body lies in a file, from its header.
pub(super) fn in_file(header: &[u8]) -> [u8; HEADER] {
    let mut marked = [0; HEADER];
    marked.copy_from_slice(header);
    marked[KIND] |= IN_FILE;
    marked
}

/// Sends bytes, as many as the socket takes now.
pub(super) fn send_now(socket: impl AsFd, bytes: &[u8]) -> Result<usize> {
    retry_on_intr(|| send(&socket, bytes, SendFlags::DONTWAIT | no_signal()))
}

/// Sends bytes and a file, blocking if `flags` say so; the file goes with the first byte.
pub(super) fn send_file(socket: impl AsFd, bytes: &[u8], file: impl AsFd, flags: SendFlags) -> Result<usize> {
    let files = [file.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&files));
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
