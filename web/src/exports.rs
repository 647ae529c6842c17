//! What `js/worker.js` calls, and the only unsafe code of this crate.
//!
//! The functions are raw exports: wasm-bindgen's wrapped ones keep a flag in the shared memory that one trap sets, and
//! from then on every wrapped call of every thread throws.

use crate::processes::{self, Cause, Report};
use crate::{fibers, hub, isolated, threads};
use concurrent_futures_core::process_pool::{Image, Output};
use std::cell::RefCell;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

thread_local! {
    /// The text or the bytes that JavaScript has just been given room for.
    static CONTENT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The instance is made: returns its number.
// SAFETY: no other symbol of this name exists; the prefix is this crate's name.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_thread_enter() -> u32 {
    hub::is_parent();
    number()
}

/// The same for a fiber.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_fiber_enter() -> u32 {
    hub::is_beside();
    fibers::enter();
    number()
}

fn number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
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

/// Returns the address of `length` bytes, into which JavaScript copies what one of the next functions is about; 0 if the
/// memory has no room for them.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_warden_room(length: usize) -> *mut u8 {
    room(length)
}

/// The thread `id` is gone; the text says why.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_lost(id: u32) {
    threads::lost(id, text());
}

/// A thread that was asked for will not come; the text says why.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_unstarted() {
    threads::unstarted(text());
}

/// The bytes are frames of the isolated worker `id`.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_answers(id: u32) {
    processes::take_in(Report::Answers { id, frames: CONTENT.take() });
}

/// The warden before this one died under frames of the isolated worker `id`; the text says why.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_unread(id: u32) {
    processes::take_in(Report::Unread { id, reason: text() });
}

/// The isolated worker `id` wrote the text.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_wrote(id: u32, is_error: bool) {
    let stream = if is_error { Output::Stderr } else { Output::Stdout };
    processes::take_in(Report::Wrote { id, stream, lines: text() });
}

/// The isolated worker `id` is gone; the text says more, and `cause` is one of `CAUSES` in `js/worker.js`.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_ended(id: u32, cause: u32) {
    let cause = match cause {
        0 => Cause::Unstarted,
        1 => Cause::Left,
        2 => Cause::Lost,
        _ => Cause::Ended,
    };
    processes::take_in(Report::Ended { id, cause, reason: text() });
}

/// The time of the alarm `key` has come.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_warden_alarm(key: u32) {
    processes::take_in(Report::Alarm { key });
}

/// This instance is an isolated worker's.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_isolated_enter() {
    isolated::enter();
}

/// As [`concurrent_futures_warden_room`], for frames.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn concurrent_futures_isolated_room(length: usize) -> *mut u8 {
    room(length)
}

/// Does what the frames ask for; returns whether that was to end.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C-unwind" fn concurrent_futures_isolated_run() -> bool {
    isolated::run(&CONTENT.take())
}

fn room(length: usize) -> *mut u8 {
    CONTENT.with_borrow_mut(|content| {
        *content = Vec::new();
        if content.try_reserve_exact(length).is_err() {
            return ptr::null_mut();
        }
        content.resize(length, 0);
        content.as_mut_ptr()
    })
}

fn text() -> String {
    String::from_utf8_lossy(&CONTENT.take()).into_owned()
}

/// The addresses of the program's constants, the same in every instance of its module.
pub(crate) fn image() -> Range<usize> {
    // SAFETY: the linker puts this symbol behind all of the program's own data.
    unsafe extern "C" {
        safe static __heap_base: u8;
    }
    0..(&raw const __heap_base).addr()
}

/// The same for an isolated worker, which looks for functions there.
pub(crate) fn image_of_worker() -> Image {
    // SAFETY: every address below the heap can be read in WebAssembly, and the hub passes on only what an instance of the same
    // module has sent.
    unsafe { Image::new(image()) }
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
