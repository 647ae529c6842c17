//! Files without a name, for memory that is shared and for payloads too large for a pipe.

use super::shared_memory::{self, Sealed};
use concurrent_futures_core::process_pool::{Contents, Region};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, Result};
use rustix::mm::MapFlags;
use std::any::Any;
use std::sync::Arc;

/// Mapped all at once: the bytes are about to be read from the first to the last.
#[cfg(target_os = "linux")]
const AT_ONCE: MapFlags = MapFlags::SHARED.union(MapFlags::POPULATE);
#[cfg(not(target_os = "linux"))]
const AT_ONCE: MapFlags = MapFlags::SHARED;

/// Maps a file from [`sealed`] that another process sent, to decode it.
pub(super) fn payload(file: &OwnedFd, length: usize) -> Result<Sealed> {
    Sealed::map(file, length, AT_ONCE)
}

/// Makes a file of `length` zero bytes.
pub(super) fn create(length: usize) -> Result<OwnedFd> {
    let file = unnamed()?;
    rustix::fs::ftruncate(&file, length as u64)?;
    Ok(file)
}

/// Makes a file of `bytes` that nobody can change any more.
pub(super) fn sealed(bytes: &[u8]) -> Result<OwnedFd> {
    let file = unnamed()?;
    let mut rest = bytes;
    while !rest.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(&file, rest))?;
        rest = &rest[written..];
    }
    seal(&file)?;
    Ok(file)
}

/// Memory that worker processes can share, see `SharedBytes`.
#[derive(Debug)]
pub(super) struct Segment {
    file: OwnedFd,
    bytes: Sealed,
}

impl Segment {
    /// Makes a segment of more bytes than none.
    pub(super) fn make(contents: Contents<'_>) -> std::io::Result<Arc<dyn Region>> {
        let (file, length) = match contents {
            // The kernel need not clear what it is given.
            Contents::Copy(bytes) => (sealed(bytes)?, bytes.len()),
            Contents::Fill(length, fill) => {
                let file = create(length)?;
                shared_memory::fill(&file, length, fill)?;
                seal(&file)?;
                (file, length)
            }
        };
        Ok(Arc::new(Self::map(file, length)?))
    }

    /// Maps one that came from another process.
    pub(super) fn received(file: OwnedFd) -> Result<Self> {
        let length = usize::try_from(rustix::fs::fstat(&file)?.st_size).map_err(|_| Errno::INVAL)?;
        Self::map(file, length)
    }

    fn map(file: OwnedFd, length: usize) -> Result<Self> {
        let bytes = Sealed::map(&file, length, MapFlags::SHARED)?;
        Ok(Self { file, bytes })
    }

    pub(super) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Region for Segment {
    fn bytes(&self) -> &[u8] {
        self.bytes.bytes()
    }

    fn is_portable(&self) -> bool {
        true
    }
}

/// The segment behind a region.
pub(super) fn segment_of(region: &Arc<dyn Region>) -> Option<&Segment> {
    let region: &dyn Any = &**region;
    region.downcast_ref()
}

#[cfg(target_os = "linux")]
fn unnamed() -> Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, memfd_create};
    memfd_create("concurrent-futures", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)
}

#[cfg(target_os = "linux")]
fn seal(file: &OwnedFd) -> Result<()> {
    use rustix::fs::{SealFlags, fcntl_add_seals};
    fcntl_add_seals(file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL)
}

/// Refuses a file whose sender could still shorten or change it, or that is too short.
#[cfg(target_os = "linux")]
pub(super) fn check_sealed(file: &OwnedFd, length: usize) -> Result<()> {
    use rustix::fs::{SealFlags, fcntl_get_seals, fstat};
    let sealed = fcntl_get_seals(file)?.contains(SealFlags::SHRINK | SealFlags::WRITE);
    let fits = u64::try_from(fstat(file)?.st_size).is_ok_and(|size| size >= length as u64);
    if sealed && fits && length > 0 { Ok(()) } else { Err(Errno::INVAL) }
}

/// Other systems have no file that is born without a name, so it loses its name at once.
#[cfg(not(target_os = "linux"))]
fn unnamed() -> Result<OwnedFd> {
    use rustix::fs::Mode;
    use rustix::shm::{OFlags, open, unlink};
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // ORDERING: only uniqueness matters.
    let name = format!("/cf-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let file = open(&name, OFlags::CREATE | OFlags::EXCL | OFlags::RDWR, Mode::RUSR | Mode::WUSR)?;
    unlink(&name)?;
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::CLOEXEC)?;
    Ok(file)
}

/// Other systems have no seals; there a worker that shortens what it sent can end the program.
#[cfg(not(target_os = "linux"))]
fn seal(_: &OwnedFd) -> Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn check_sealed(file: &OwnedFd, length: usize) -> Result<()> {
    let size = rustix::fs::fstat(file)?.st_size;
    if u64::try_from(size).is_ok_and(|size| size >= length as u64) { Ok(()) } else { Err(Errno::INVAL) }
}
