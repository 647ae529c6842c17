//! Memory that two processes see, and nearly all unsafe code of this crate.
//!
//! The other process may write at any time, also while it is dying or after it has lost its mind. So nothing here is ever
//! a reference to plain bytes: counters are atomic, and bytes are copied out before anybody looks at them.
#![expect(unsafe_code, reason = "memory of another process is reached by address")]

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Result;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, AtomicU64};

/// A mapping of shared memory.
#[derive(Debug)]
pub(super) struct SharedMemory {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the mapping belongs to this value alone and stays where it is; all access goes by copies and atomics.
unsafe impl Send for SharedMemory {}
// SAFETY: as above.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// Maps `length` bytes of a file that is at least as long.
    pub(super) fn map(file: impl AsFd, length: usize) -> Result<Self> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the system chooses an address that nothing else uses.
        let start = unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(rustix::io::Errno::NOMEM)?;
        Ok(Self { start, length })
    }

    /// The counter at `offset`.
    ///
    /// # Panics
    ///
    /// If it lies outside, or not at a multiple of 8.
    pub(super) fn counter(&self, offset: usize) -> &AtomicU64 {
        assert!(offset.is_multiple_of(8) && offset + 8 <= self.length, "counters lie inside");
        // SAFETY: checked above; a mapping is aligned to pages, and lives as long as `self`.
        unsafe { AtomicU64::from_ptr(self.start.as_ptr().add(offset).cast()) }
    }

    /// The flag at `offset`.
    ///
    /// # Panics
    ///
    /// If it lies outside, or not at a multiple of 4.
    pub(super) fn flag(&self, offset: usize) -> &AtomicU32 {
        assert!(offset.is_multiple_of(4) && offset + 4 <= self.length, "flags lie inside");
        // SAFETY: as for `counter`.
        unsafe { AtomicU32::from_ptr(self.start.as_ptr().add(offset).cast()) }
    }

    /// Copies bytes in.
    ///
    /// # Panics
    ///
    /// If they do not fit.
    pub(super) fn write(&self, offset: usize, bytes: &[u8]) {
        assert!(offset <= self.length && bytes.len() <= self.length - offset, "writes stay inside");
        // SAFETY: the target lies in the mapping, which nothing in this process refers to.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.as_ptr().add(offset), bytes.len()) }
    }

    /// Appends a copy of `length` bytes to `target`.
    ///
    /// # Panics
    ///
    /// If they lie outside.
    pub(super) fn read(&self, offset: usize, length: usize, target: &mut Vec<u8>) {
        assert!(offset <= self.length && length <= self.length - offset, "reads stay inside");
        target.reserve(length);
        // SAFETY: the source lies in the mapping, the target was reserved, and `u8` has no wrong values. That the other
        // process may be writing is no race in the sense of this process's memory: whichever bytes come are checked later.
        unsafe {
            ptr::copy_nonoverlapping(
                self.start.as_ptr().add(offset),
                target.as_mut_ptr().add(target.len()),
                length,
            );
            target.set_len(target.len() + length);
        }
    }
}

/// Fills a new file, which nothing but this call has mapped.
pub(super) fn fill(file: &OwnedFd, length: usize, fill: &mut dyn FnMut(&mut [u8])) -> Result<()> {
    let memory = SharedMemory::map(file, length)?;
    // SAFETY: the mapping is as long and lives until the end of this function. Nobody else has the file, so nobody else
    // sees these bytes.
    fill(unsafe { std::slice::from_raw_parts_mut(memory.start.as_ptr(), length) });
    Ok(())
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and no reference into it outlives `self`. It cannot fail.
        let _ = unsafe { munmap(self.start.as_ptr().cast::<c_void>(), self.length) };
    }
}

/// A file that no other process can shorten, mapped for reading as plain bytes.
#[derive(Debug)]
pub(super) struct Sealed {
    memory: SharedMemory,
}

impl Sealed {
    /// Maps a file that is sealed; `flags` say how.
    pub(super) fn map(file: &OwnedFd, length: usize, flags: MapFlags) -> Result<Self> {
        super::segment::check_sealed(file, length)?;
        // SAFETY: as in `SharedMemory::map`; the seal sees to it that the bytes stay there.
        let start = unsafe { mmap(ptr::null_mut(), length, ProtFlags::READ, flags, file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(rustix::io::Errno::NOMEM)?;
        Ok(Self { memory: SharedMemory { start, length } })
    }

    /// The bytes, which never change.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping is as long, and lives as long as `self`. The file is sealed against writes too, so nobody
        // changes it.
        unsafe { std::slice::from_raw_parts(self.memory.start.as_ptr(), self.memory.length) }
    }
}
