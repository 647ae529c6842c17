//! What a worker and its pool share in memory: the worker's answers, and who has which task.
//!
//! There is no lock in it that a dying worker could leave held. Each counter has one writer, and a worker that dies leaves
//! everything that it has published. README.md tells the protocol and its races.

use super::shared_memory::SharedMemory;
use rustix::fd::AsFd;
use rustix::io::Result;
use std::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(target_os = "linux"))]
use std::time::Duration;

/// The most tasks that a worker may have and not have answered.
pub(super) const WINDOW: u32 = 256;
/// Bytes of answers that wait for the pool.
const RING: u64 = 1 << 20;
/// Frames longer than this travel by a file of their own.
pub(super) const LARGE: usize = 128 * 1024;

/// Bytes that the worker has written, ever. Written by the worker.
const WRITTEN: usize = 0;
/// Bytes that the pool has read, ever. Written by the pool. On a cache line of its own, as is each of these.
const READ: usize = 64;
/// Whether the pool is going to look by itself. Set to 0 by the pool before it sleeps, to 1 by whoever wakes it.
const AWAKE: usize = 128;
/// Frames whose bodies lie in files, ever. Written by the worker.
const FILES: usize = 192;
/// Whether the worker is to look for the next task before it sleeps. Written by the pool.
const LOOK: usize = 256;
/// How often the pool has asked a task to end, ever. Written by the pool.
const ASKS: usize = 320;
/// Who has which task: [`Claim`]s, by the task's number.
const CLAIMS: usize = 4096;
const ANSWERS: usize = CLAIMS + WINDOW as usize * 8;
/// Bytes of the whole.
pub(super) const LENGTH: usize = ANSWERS + RING as usize;

/// How often a thread that waits for the pool to ask looks, where nothing wakes it.
#[cfg(not(target_os = "linux"))]
const LOOK: Duration = Duration::from_millis(5);

/// Who has a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It was sent, and either side may take it.
    Offered = 1,
    /// The worker took it.
    Begun = 2,
    /// The pool took it back.
    Withdrawn = 3,
}

impl Claim {
    /// With the number of the task, so that the next one in the same place is another.
    fn of(self, seq: u32) -> u64 {
        u64::from(seq) << 3 | self as u64
    }
}

/// Set in a claim if the task is asked to end, whoever has it.
const ASKED: u64 = 4;

/// The board, seen from either side.
#[derive(Debug)]
pub(super) struct Board(SharedMemory);

impl Board {
    pub(super) fn map(file: impl AsFd) -> Result<Self> {
        SharedMemory::map(file, LENGTH).map(Self)
    }

    fn claim(&self, seq: u32) -> &AtomicU64 {
        self.0.counter(CLAIMS + (seq % WINDOW) as usize * 8)
    }

    /// For the pool: task `seq` is about to be sent.
    pub(super) fn offer(&self, seq: u32) {
        // ORDERING: the frame that follows tells the worker; it goes through the kernel.
        self.claim(seq).store(Claim::Offered.of(seq), Ordering::Relaxed);
    }

    /// For the worker: takes task `seq`, unless the pool has taken it back.
    pub(super) fn begin(&self, seq: u32) -> bool {
        self.decide(seq, Claim::Begun)
    }

    /// For the pool: takes task `seq` back, unless the worker has taken it.
    pub(super) fn withdraw(&self, seq: u32) -> bool {
        self.decide(seq, Claim::Withdrawn)
    }

    fn decide(&self, seq: u32, claim: Claim) -> bool {
        // An offer to a task that is asked to end is the rarer one.
        [0, ASKED].into_iter().any(|asked| {
            let (from, to) = (Claim::Offered.of(seq) | asked, claim.of(seq) | asked);
            // ORDERING: nothing but the decision itself is published.
            self.claim(seq).compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        })
    }

    /// For the pool: whether the worker has taken task `seq`.
    pub(super) fn has_begun(&self, seq: u32) -> bool {
        // ORDERING: see `decide`; of a dead worker everything is visible.
        self.claim(seq).load(Ordering::Relaxed) & !ASKED == Claim::Begun.of(seq)
    }

    /// For the pool: asks task `seq` to end, which it has offered.
    pub(super) fn ask(&self, seq: u32) {
        let is_of_task = |claim: u64| (claim >> 3 == u64::from(seq)).then_some(claim | ASKED);
        // ORDERING: what was written before is seen by whoever sees that the task is asked, see `is_asked`.
        let asked = self.claim(seq).fetch_update(Ordering::Release, Ordering::Relaxed, is_of_task);
        if asked.is_ok() {
            // ORDERING: whoever sees the new count, in `asks`, sees the claim.
            self.0.flag(ASKS).fetch_add(1, Ordering::Release);
            self.wake_asked();
        }
    }

    /// For the worker: whether task `seq` is asked to end.
    pub(super) fn is_asked(&self, seq: u32) -> bool {
        // ORDERING: pairs with `ask`.
        let claim = self.claim(seq).load(Ordering::Acquire);
        claim >> 3 == u64::from(seq) && claim & ASKED != 0
    }

    /// For the worker: whether task `seq` is the last one that had its place.
    pub(super) fn is_latest(&self, seq: u32) -> bool {
        // ORDERING: only the number is looked at.
        self.claim(seq).load(Ordering::Relaxed) >> 3 == u64::from(seq)
    }

    /// For the worker: how often the pool has asked.
    pub(super) fn asks(&self) -> u32 {
        // ORDERING: pairs with `ask`.
        self.0.flag(ASKS).load(Ordering::Acquire)
    }

    /// For the worker: blocks until the pool has asked more often than that; it may return earlier.
    #[cfg(target_os = "linux")]
    pub(super) fn await_ask(&self, asks: u32) {
        use rustix::thread::futex::{Flags, wait};
        // The memory is another process's too, so it is no private futex. A signal, or a count that has changed, is no error.
        let _ = wait(self.0.flag(ASKS), Flags::empty(), asks, None);
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn await_ask(&self, asks: u32) {
        if self.asks() == asks {
            std::thread::sleep(LOOK);
        }
    }

    #[cfg(target_os = "linux")]
    fn wake_asked(&self) {
        use rustix::thread::futex::{Flags, wake};
        // It fails only for an address that is none.
        let _ = wake(self.0.flag(ASKS), Flags::empty(), u32::MAX);
    }

    #[cfg(not(target_os = "linux"))]
    fn wake_asked(&self) {}

    /// For the worker: room for so many bytes.
    pub(super) fn has_room(&self, length: usize) -> bool {
        // ORDERING: the worker is the only writer of the first; the second pairs with the store in `take`, so the pool
        // has copied the bytes before they are written over.
        let written = self.0.counter(WRITTEN).load(Ordering::Relaxed);
        let read = self.0.counter(READ).load(Ordering::Acquire);
        RING - written.wrapping_sub(read).min(RING) >= length as u64
    }

    /// For the worker: publishes a frame, for which there is room.
    pub(super) fn publish(&self, frame: &[u8]) {
        // ORDERING: see `has_room`.
        let written = self.0.counter(WRITTEN).load(Ordering::Relaxed);
        self.write(written, frame);
        // ORDERING: pairs with `take`.
        self.0.counter(WRITTEN).store(written + frame.len() as u64, Ordering::Release);
    }

    /// For the worker: a frame whose body lies in a file is about to be published.
    pub(super) fn count_file(&self) {
        // ORDERING: `publish` follows.
        self.0.counter(FILES).fetch_add(1, Ordering::Relaxed);
    }

    /// For the pool: how many such frames there have been. Asked after `take`.
    pub(super) fn files(&self) -> u64 {
        // ORDERING: see `count_file`.
        self.0.counter(FILES).load(Ordering::Relaxed)
    }

    /// Writes to the ring, round its end if need be.
    fn write(&self, at: u64, bytes: &[u8]) {
        let at = (at % RING) as usize;
        let (first, second) = bytes.split_at(bytes.len().min(RING as usize - at));
        self.0.write(ANSWERS + at, first);
        if !second.is_empty() {
            self.0.write(ANSWERS, second);
        }
    }

    /// For the pool: whether the worker is to look for the next task before it sleeps.
    pub(super) fn set_look(&self, look: bool) {
        // ORDERING: a hint.
        self.0.flag(LOOK).store(u32::from(look), Ordering::Relaxed);
    }

    /// For the worker: whether to look for the next task before it sleeps.
    pub(super) fn is_to_look(&self) -> bool {
        // ORDERING: a hint.
        self.0.flag(LOOK).load(Ordering::Relaxed) != 0
    }

    /// For the worker: whether the pool sleeps and is to be woken, by this caller.
    pub(super) fn wake(&self) -> bool {
        // ORDERING: the fence keeps the flag from being read before the pool can see what was published; see `sleep`.
        fence(Ordering::SeqCst);
        let flag = self.0.flag(AWAKE);
        flag.load(Ordering::SeqCst) == 0 && flag.swap(1, Ordering::SeqCst) == 0
    }

    /// For the pool: says that it is about to sleep; false if there is something to read first.
    pub(super) fn sleep(&self) -> bool {
        // ORDERING: as in `wake`: either the worker sees the flag, or this thread sees the bytes.
        self.0.flag(AWAKE).store(0, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        !self.has_answers()
    }

    /// For the pool: says that it is going to look by itself.
    pub(super) fn stay_awake(&self) {
        // ORDERING: a wake-up too many does no harm.
        self.0.flag(AWAKE).store(1, Ordering::Relaxed);
    }

    /// For the pool: whether there is something to read.
    pub(super) fn has_answers(&self) -> bool {
        let written = self.0.counter(WRITTEN).load(Ordering::SeqCst);
        // ORDERING: the pool is its only writer.
        written != self.0.counter(READ).load(Ordering::Relaxed)
    }

    /// For the pool: leaves everything that was published unread.
    pub(super) fn skip(&self) {
        // ORDERING: nothing of it is looked at.
        let written = self.0.counter(WRITTEN).load(Ordering::Relaxed);
        self.0.counter(READ).store(written, Ordering::Relaxed);
    }

    /// For the pool: moves everything that was published to the end of `target`; false if the counters make no sense.
    pub(super) fn take(&self, target: &mut Vec<u8>) -> bool {
        // ORDERING: pairs with `publish`, so the bytes are there.
        let written = self.0.counter(WRITTEN).load(Ordering::Acquire);
        let read = self.0.counter(READ).load(Ordering::Relaxed);
        let length = written.wrapping_sub(read);
        if length > RING {
            self.skip();
            return false;
        }
        let (at, length) = ((read % RING) as usize, length as usize);
        let first = length.min(RING as usize - at);
        self.0.read(ANSWERS + at, first, target);
        self.0.read(ANSWERS, length - first, target);
        // ORDERING: pairs with `has_room`.
        self.0.counter(READ).store(written, Ordering::Release);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, LENGTH, READ, RING, WINDOW, WRITTEN};
    use crate::processes::segment;
    use std::sync::atomic::Ordering;
    use std::thread;

    fn board() -> Board {
        Board::map(segment::create(LENGTH).unwrap()).unwrap()
    }

    #[test]
    fn frames_go_round_the_end() {
        let board = board();
        let mut taken = Vec::new();
        for n in 0..4_000_u32 {
            let frame = vec![n as u8; 700];
            assert!(board.has_room(frame.len()));
            board.publish(&frame);
            taken.clear();
            assert!(board.has_answers() && board.take(&mut taken));
            assert_eq!(taken, frame);
        }
        assert!(!board.has_answers());
    }

    #[test]
    fn full_boards_have_no_room() {
        let board = board();
        while board.has_room(1_000) {
            board.publish(&[1; 1_000]);
        }
        let mut taken = Vec::new();
        assert!(board.take(&mut taken) && board.has_room(1_000));
    }

    #[test]
    fn one_side_wins_each_claim() {
        let board = board();
        board.offer(7);
        assert!(!board.has_begun(7));
        assert!(board.begin(7) && !board.withdraw(7) && board.has_begun(7));
        board.offer(8);
        assert!(board.withdraw(8) && !board.begin(8) && !board.has_begun(8));
        // The next task in the same place is another.
        board.offer(7 + WINDOW);
        assert!(!board.begin(7) && !board.has_begun(7));
    }

    #[test]
    fn asking_decides_no_claim() {
        let board = board();
        board.offer(7);
        assert!(!board.is_asked(7));
        board.ask(7);
        assert!(board.is_asked(7) && !board.has_begun(7));
        assert!(board.begin(7) && !board.withdraw(7) && board.has_begun(7) && board.is_asked(7));
        board.offer(8);
        board.ask(8);
        assert!(board.withdraw(8) && !board.begin(8) && !board.has_begun(8));
        // It is too late to ask a task whose place another one has.
        board.offer(7 + WINDOW);
        board.ask(7);
        assert!(!board.is_asked(7) && !board.is_asked(7 + WINDOW));
        assert_eq!(board.asks(), 2);
    }

    #[test]
    fn asking_wakes() {
        let board = board();
        board.offer(1);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                while !board.is_asked(1) {
                    let asks = board.asks();
                    if !board.is_asked(1) {
                        board.await_ask(asks);
                    }
                }
            });
            // Whether the other thread sleeps by now or not.
            board.ask(1);
            waiter.join().unwrap();
        });
    }

    #[test]
    fn counters_that_cannot_be_are_noticed() {
        let board = board();
        for written in [RING + 1, u64::MAX, 1 << 40] {
            board.0.counter(READ).store(0, Ordering::Relaxed);
            board.0.counter(WRITTEN).store(written, Ordering::Relaxed);
            let mut taken = Vec::new();
            assert!(board.has_answers() && !board.take(&mut taken) && taken.is_empty());
            assert!(!board.has_answers());
        }
    }
}
