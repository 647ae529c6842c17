//! Counts what is allocated, on demand.
//!
//! The libraries that count do so all the time, on one counter that all threads write, which would be a part of every
//! task that the other tables time. While nothing is counted, this one costs a look at a flag.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static IS_ON: AtomicBool = AtomicBool::new(false);
/// Bytes that were asked for and not given back, since the count began. Blocks from before that are given back
/// meanwhile count as well, below zero.
static LIVE: AtomicIsize = AtomicIsize::new(0);

/// A count that goes on until it is dropped. Only one may go on at a time.
pub(crate) struct Count(());

impl Count {
    /// Begins at zero.
    pub(crate) fn start() -> Self {
        LIVE.store(0, Ordering::SeqCst);
        IS_ON.store(true, Ordering::SeqCst);
        Self(())
    }

    /// The bytes that all threads have asked for and not given back, without the allocator's own.
    pub(crate) fn live(&self) -> isize {
        LIVE.load(Ordering::SeqCst)
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        IS_ON.store(false, Ordering::SeqCst);
    }
}

/// The system's allocator, which does all the work.
struct Counting;

fn add(bytes: usize) {
    // ORDERING: whoever counts has seen, by other means, that what it counts has happened.
    if IS_ON.load(Ordering::Relaxed) {
        // No block is larger than `isize::MAX`.
        LIVE.fetch_add(bytes as isize, Ordering::Relaxed);
    }
}

fn subtract(bytes: usize) {
    // ORDERING: see `add`.
    if IS_ON.load(Ordering::Relaxed) {
        LIVE.fetch_sub(bytes as isize, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator as it came, and counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller promises what this one asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller promises what this one asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size);
        subtract(layout.size());
        // SAFETY: the caller promises what this one asks for, and the block came from the same allocator.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        subtract(layout.size());
        // SAFETY: the caller promises what this one asks for, and the block came from the same allocator.
        unsafe { System.dealloc(block, layout) }
    }
}
