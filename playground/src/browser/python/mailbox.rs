//! What the page says to a program that runs: a place in shared memory, since the program's own worker hears no messages meanwhile.
//!
//! The page writes the text, then its length, then the word; the program, which alone reads it, sets the word back.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

/// Bytes of a line of input.
const ROOM: usize = 4096;
/// Nothing has been said.
const SILENT: u32 = 0;
/// There is a line.
const LINE: u32 = 1;
/// There will be no line any more.
const END: u32 = 2;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// As the page sees it: three words, then bytes.
#[repr(C)]
struct Mailbox {
    word: AtomicU32,
    length: AtomicU32,
    /// Not 0 when the program is to be interrupted.
    interrupt: AtomicU32,
    text: [AtomicU8; ROOM],
}

static MAILBOX: Mailbox = Mailbox {
    word: AtomicU32::new(SILENT),
    length: AtomicU32::new(0),
    interrupt: AtomicU32::new(0),
    text: [const { AtomicU8::new(0) }; ROOM],
};

/// Where the mailbox is in the memory.
pub(super) fn address() -> u32 {
    // The memory's addresses have 32 bits.
    (&raw const MAILBOX).addr() as u32
}

/// Whether the program is to be interrupted; says so once.
pub(super) fn interrupted() -> bool {
    MAILBOX.interrupt.load(Ordering::Relaxed) != 0 && MAILBOX.interrupt.swap(0, Ordering::Relaxed) != 0
}

/// Waits for a line; `None` if there will be none, or the wait is to end.
pub(super) fn read_line(is_over: impl Fn() -> bool) -> Option<String> {
    loop {
        // ORDERING: Acquire, so that the text that the page has written before the word is seen.
        match MAILBOX.word.load(Ordering::Acquire) {
            LINE => break,
            END => {
                MAILBOX.word.store(SILENT, Ordering::Release);
                return None;
            }
            _ if is_over() => return None,
            _ => concurrent_futures::sleep(LOOK),
        }
    }
    // ORDERING: the word's own, before.
    let length = MAILBOX.length.load(Ordering::Relaxed) as usize;
    let bytes: Vec<u8> = MAILBOX.text.iter().take(length).map(|byte| byte.load(Ordering::Relaxed)).collect();
    MAILBOX.word.store(SILENT, Ordering::Release);
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
