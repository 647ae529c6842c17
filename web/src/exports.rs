//! What `js/thread.js` calls, and the only unsafe code of this crate.
//!
//! The functions are raw exports: wasm-bindgen's wrapped ones keep a flag in the shared memory that one trap sets, and
//! from then on every wrapped call of every thread throws.

use crate::{hub, threads};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

thread_local! {
    /// The text that JavaScript has just been given room for.
    static TEXT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The instance is made: returns its number.
// SAFETY: no other symbol of this name exists; the prefix is this crate's name.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_thread_enter() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    hub::is_parent();
    // ORDERING: only the number's uniqueness matters.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Serves the queue until the thread is not needed any more.
///
/// A JavaScript exception may go through it, which at an `extern "C"` would become a trap and lose its text.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_thread_serve(id: u32) {
    threads::serve(id);
}

/// Returns the address of `length` bytes, into which JavaScript copies a text for one of the next two functions.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_thread_text(length: usize) -> *mut u8 {
    TEXT.with_borrow_mut(|text| {
        *text = vec![0; length];
        text.as_mut_ptr()
    })
}

/// The thread `id` is gone; the text says why.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_thread_lost(id: u32) {
    threads::lost(id, text());
}

/// A thread that was asked for will not come; the text says why.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_thread_unstarted() {
    threads::unstarted(text());
}

fn text() -> String {
    String::from_utf8_lossy(&TEXT.take()).into_owned()
}

/// Returns the stack pointer, nearly: wasm cannot be asked for it after a trap, but the next call continues from there.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_thread_stack() -> usize {
    let here = 0_u8;
    std::hint::black_box(&raw const here).addr()
}

/// Reads behind the end of the memory, for the test of that trap.
#[cfg(test)]
pub(crate) fn read_outside() -> u8 {
    // SAFETY: the read never happens, since wasm checks each address against the size of its memory.
    unsafe { std::ptr::read_volatile(std::hint::black_box(usize::MAX - 1) as *const u8) }
}
