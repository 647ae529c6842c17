//! A worker process, as the pool sees it: what is sent to it, and what it has published.

use super::belonging_to;
use super::board::{Board, LARGE};
use super::output::Lines;
use super::reactor::Reactor;
use super::spin::{Spin, goes_on};
use super::stream::{KIND, MARKED, Marked, Unmarked, receive, send_now};
use concurrent_futures_core::LossCause;
use concurrent_futures_core::process_pool::wire::{HEADER, Head, Kind, header};
use concurrent_futures_core::process_pool::{End, Inbox, Link, Output, Region, undelivered};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, shutdown};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::VecDeque;
use std::hint;
use std::mem;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Its descriptors are closed when the last task that knows it is done.
#[derive(Debug)]
pub(super) struct Subprocess {
    pub(super) number: usize,
    process_id: u32,
    socket: OwnedFd,
    board: Board,
    /// Frames that the socket has not taken yet.
    queue: Mutex<VecDeque<Piece>>,
    /// Held by whoever writes to the socket.
    writer: Mutex<Option<Piece>>,
    /// Held by whoever reads what the worker sends, and tells the inbox.
    pub(super) reader: Mutex<Reader>,
    outputs: Mutex<Outputs>,
    child: Mutex<Child>,
    /// Set when the process is gone.
    exited: Mutex<Option<ExitStatus>>,
    /// Why this side has ended it, if it has.
    fault: Mutex<Option<LossCause>>,
    /// What the reactor listens to.
    pub(super) interest: Mutex<Interest>,
    reactor: Arc<Reactor>,
    /// Which pool it belongs to, see [`belonging_to`].
    pool: usize,
    born: Instant,
    /// When something was last sent, in nanoseconds since `born`.
    sent_at: AtomicU64,
}

/// What is to be written.
#[derive(Debug)]
enum Piece {
    /// Whole frames, and how much of them is written.
    Bytes(Vec<u8>, usize),
    /// A frame that files accompany, which are yet to be made.
    Files { kind: Kind, seq: u32, body: Arc<Vec<u8>>, regions: Vec<Arc<dyn Region>> },
    /// The same with its files.
    Marked(Marked),
}

/// The state of reading.
#[derive(Debug)]
pub(super) struct Reader {
    inbox: Option<Arc<dyn Inbox>>,
    /// Frames on their way from the board to the inbox.
    frames: Vec<u8>,
    /// Files that the worker has sent and that no frame has asked for.
    files: VecDeque<OwnedFd>,
    /// Frames that have asked for one.
    files_taken: u64,
    /// Set when the worker has closed its end.
    pub(super) is_closed: bool,
    spin: Spin,
}

/// What the worker writes to its standard output and error.
#[derive(Debug)]
struct Outputs {
    inbox: Option<Arc<dyn Inbox>>,
    stdout: Lines,
    stderr: Lines,
}

/// What the reactor listens to.
#[derive(Debug, Default)]
pub(super) struct Interest {
    /// Something to read.
    pub(super) answers: bool,
    /// Room to write.
    pub(super) room: bool,
    pub(super) is_registered: bool,
}

impl Subprocess {
    pub(super) fn new(
        number: usize,
        child: Child,
        socket: OwnedFd,
        board: Board,
        (stdout, stderr): (Lines, Lines),
        inbox: Arc<dyn Inbox>,
        (reactor, pool): (Arc<Reactor>, usize),
    ) -> Self {
        Self {
            number,
            process_id: child.id(),
            socket,
            board,
            queue: Mutex::new(VecDeque::new()),
            writer: Mutex::new(None),
            reader: Mutex::new(Reader {
                inbox: Some(Arc::clone(&inbox)),
                frames: Vec::new(),
                files: VecDeque::new(),
                files_taken: 0,
                is_closed: false,
                spin: Spin::new(),
            }),
            outputs: Mutex::new(Outputs { inbox: Some(inbox), stdout, stderr }),
            child: Mutex::new(child),
            exited: Mutex::new(None),
            fault: Mutex::new(None),
            interest: Mutex::new(Interest::default()),
            reactor,
            pool,
            born: Instant::now(),
            sent_at: AtomicU64::new(0),
        }
    }

    /// Queues the first frame.
    pub(super) fn greet(&self, mut hello: Vec<u8>) {
        let body = hello.split_off(HEADER.min(hello.len()));
        self.send(Kind::Hello, 0, &Arc::new(body));
    }

    /// Ends a worker that nobody has heard of yet.
    pub(super) fn discard(&self) {
        drop(lock(&self.reader).inbox.take());
        drop(lock(&self.outputs).inbox.take());
        let mut child = lock(&self.child);
        let _ = child.kill();
        let _ = child.wait();
    }

    pub(super) fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Takes the role of the reader, unless another thread has it.
    pub(super) fn try_reader(&self) -> Option<MutexGuard<'_, Reader>> {
        match self.reader.try_lock() {
            Ok(reader) => Some(reader),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Reads what is there, tells the inbox, and returns how many tasks the worker has left; `None` if nothing was there.
    pub(super) fn drain(&self, reader: &mut Reader) -> Option<usize> {
        if !self.board.has_answers() {
            return None;
        }
        if self.is_faulty() {
            // It is being ended, and nothing that it says counts.
            self.board.skip();
            return None;
        }
        // What a task has written comes before its result.
        self.drain_output();
        let mut frames = mem::take(&mut reader.frames);
        frames.clear();
        if !self.board.take(&mut frames) {
            self.give_up(LossCause::Nonsense("counters of its answers that cannot be".to_owned()));
            return None;
        }
        let left = if self.board.files() == reader.files_taken {
            reader.inbox.as_ref().map_or(0, |inbox| inbox.received(self.number, &frames))
        } else {
            self.tell(reader, &frames)
        };
        reader.frames = frames;
        Some(left)
    }

    /// Hands frames to the inbox; those that files accompany one by one.
    fn tell(&self, reader: &mut Reader, frames: &[u8]) -> usize {
        let Some(inbox) = reader.inbox.clone() else { return 0 };
        let (mut left, mut start, mut at) = (0, 0, 0);
        while let Some(bytes) = frames[at..].first_chunk::<HEADER>() {
            if bytes[KIND] & MARKED == 0 {
                let length = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
                at = at.saturating_add(HEADER).saturating_add(length).min(frames.len());
                continue;
            }
            if at > start {
                left = inbox.received(self.number, &frames[start..at]);
            }
            match self.tell_marked(reader, &*inbox, &frames[at..]) {
                Ok(length) => at += length,
                Err(why) => {
                    self.give_up(LossCause::Other(why));
                    return 0;
                }
            }
            start = at;
        }
        if frames.len() > start {
            left = inbox.received(self.number, &frames[start..]);
        }
        left
    }

    /// Hands over a frame that files accompany; returns its length on the board.
    fn tell_marked(&self, reader: &mut Reader, inbox: &dyn Inbox, bytes: &[u8]) -> Result<usize, String> {
        let unmarked = Unmarked::read(bytes).map_err(|error| error.to_string())?;
        let unmarked = unmarked.ok_or("half a header")?;
        // They were sent before the frame was published, so they are there.
        self.hear(reader);
        let (file, regions) = unmarked.take(&mut reader.files)?;
        reader.files_taken += 1;
        let (Head { kind, seq, length }, begin) = (unmarked.head, unmarked.length);
        if let Some(body) = file {
            inbox.received_large(self.number, kind, seq, body.bytes(), regions);
            return Ok(begin);
        }
        let end = begin.saturating_add(length);
        let body = bytes.get(begin..end).ok_or("half a frame")?;
        inbox.received_large(self.number, kind, seq, body, regions);
        Ok(end)
    }

    /// Ends the worker, since nothing good can come of it.
    pub(super) fn give_up(&self, cause: LossCause) {
        lock(&self.fault).get_or_insert(cause);
        self.signal(Signal::KILL);
    }

    fn is_faulty(&self) -> bool {
        lock(&self.fault).is_some()
    }

    /// Takes in the bytes of the socket, which only say that there is something, and the files among them.
    pub(super) fn hear(&self, reader: &mut Reader) {
        let mut bytes = [0; 256];
        loop {
            match receive(&self.socket, &mut bytes, &mut reader.files, RecvFlags::DONTWAIT) {
                Ok(0) => reader.is_closed = true,
                Ok(length) if length == bytes.len() => continue,
                Ok(_) | Err(Errno::AGAIN) => {}
                Err(_) => reader.is_closed = true,
            }
            return;
        }
    }

    /// Passes on what the worker has written to its outputs; returns whether both are still open.
    pub(super) fn drain_output(&self) -> (bool, bool) {
        let mut outputs = lock(&self.outputs);
        let Outputs { inbox: Some(inbox), stdout, stderr } = &mut *outputs else { return (false, false) };
        stdout.drain(|text| inbox.wrote(self.number, Output::Stdout, text));
        stderr.drain(|text| inbox.wrote(self.number, Output::Stderr, text));
        (!stdout.is_closed, !stderr.is_closed)
    }

    /// Calls `visit` with the pipes of the outputs.
    pub(super) fn visit_outputs(
        &self,
        mut visit: impl FnMut(Option<BorrowedFd<'_>>, Option<BorrowedFd<'_>>),
    ) {
        let outputs = lock(&self.outputs);
        visit(outputs.stdout.pipe(), outputs.stderr.pipe());
    }

    /// Looks whether the process is gone.
    pub(super) fn has_exited(&self) -> bool {
        let mut exited = lock(&self.exited);
        if exited.is_none() {
            // An error means that somebody else has waited for it: it is gone, nobody knows how.
            *exited = lock(&self.child).try_wait().unwrap_or_else(|_| Some(ExitStatus::default()));
        }
        exited.is_some()
    }

    /// Says that the worker, whose process is gone, has ended: the last that the inbox hears of it.
    pub(super) fn end_reading(&self, reader: &mut Reader) {
        while self.drain(reader).is_some() {}
        self.drain_output();
        let Some(inbox) = reader.inbox.take() else { return };
        let mut outputs = lock(&self.outputs);
        drop(outputs.inbox.take());
        for (rest, stream) in
            [(outputs.stdout.rest(), Output::Stdout), (outputs.stderr.rest(), Output::Stderr)]
        {
            if let Some(rest) = rest {
                inbox.wrote(self.number, stream, &rest);
            }
        }
        let last_words = outputs.stderr.last_words();
        outputs.stdout.close();
        outputs.stderr.close();
        drop(outputs);
        reader.files.clear();
        let fault = lock(&self.fault).take();
        let cause = fault.unwrap_or_else(|| ending(lock(&self.exited).unwrap_or_default()));
        inbox.ended(self.number, cause, last_words);
    }

    /// Whether it is all read, so that the reader may sleep until the socket says that there is more.
    pub(super) fn may_sleep(&self) -> bool {
        self.board.sleep()
    }

    pub(super) fn stay_awake(&self) {
        self.board.stay_awake();
    }

    pub(super) fn signal(&self, signal: Signal) {
        // Its number may belong to another process once it has been waited for, so both happen under this lock.
        let exited = lock(&self.exited);
        if exited.is_none()
            && let Some(process) = Pid::from_raw(self.process_id.cast_signed())
        {
            // It may be ending by itself.
            let _ = kill_process(process, signal);
        }
    }

    /// Wakes whoever reads the socket: there will be nothing more.
    pub(super) fn hang_up(&self) {
        let _ = shutdown(&self.socket, Shutdown::Both);
    }

    /// Writes one piece; gives back what the socket did not take.
    fn write(&self, piece: Piece) -> Result<(), Piece> {
        match piece {
            Piece::Bytes(bytes, mut written) => {
                while written < bytes.len() {
                    match send_now(&self.socket, &bytes[written..]) {
                        Ok(count) => written += count,
                        Err(Errno::AGAIN) => return Err(Piece::Bytes(bytes, written)),
                        // It is gone, and the reactor hears of that by itself.
                        Err(_) => return Ok(()),
                    }
                }
                Ok(())
            }
            Piece::Files { kind, seq, body, regions } => {
                match Marked::new(&head_of(kind, seq, &body), &body, regions) {
                    Ok(marked) => self.write(Piece::Marked(marked)),
                    Err(error) if kind == Kind::Hello => {
                        let why = format!("its initializer's arguments could not be sent: {error}");
                        self.give_up(LossCause::Other(why));
                        Ok(())
                    }
                    Err(error) => {
                        // No memory or no descriptor is left. That is this task's bad luck; the worker says so in its turn.
                        let body = undelivered(kind, &body, &error.into());
                        let mut frame = head_of(Kind::Undelivered, seq, &body).to_vec();
                        frame.extend_from_slice(&body);
                        self.write(Piece::Bytes(frame, 0))
                    }
                }
            }
            Piece::Marked(marked) => match marked.send(&self.socket, &marked.bytes, SendFlags::DONTWAIT) {
                Ok(count) => self.write(Piece::Bytes(marked.bytes, count)),
                Err(Errno::AGAIN) => Err(Piece::Marked(marked)),
                Err(_) => Ok(()),
            },
        }
    }
}

impl Link for Subprocess {
    fn send(&self, kind: Kind, seq: u32, body: &Arc<Vec<u8>>) {
        self.send_with(kind, seq, body, &[]);
    }

    fn send_with(&self, kind: Kind, seq: u32, body: &Arc<Vec<u8>>, regions: &[Arc<dyn Region>]) {
        self.board.offer(seq);
        let mut queue = lock(&self.queue);
        if body.len() > LARGE || !regions.is_empty() {
            let (body, regions) = (Arc::clone(body), regions.to_vec());
            queue.push_back(Piece::Files { kind, seq, body, regions });
            return;
        }
        if !matches!(queue.back(), Some(Piece::Bytes(..))) {
            queue.push_back(Piece::Bytes(Vec::new(), 0));
        }
        if let Some(Piece::Bytes(bytes, _)) = queue.back_mut() {
            bytes.extend_from_slice(&head_of(kind, seq, body));
            bytes.extend_from_slice(body);
        }
    }

    fn flush(&self) {
        // ORDERING: a hint.
        self.sent_at.store(self.age(), Ordering::Relaxed);
        loop {
            // Whoever has the role sees what was queued before, since it looks again after giving the role back.
            let mut writer = match self.writer.try_lock() {
                Ok(writer) => writer,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            loop {
                let next = writer.take().or_else(|| lock(&self.queue).pop_front());
                let Some(piece) = next else { break };
                if let Err(rest) = self.write(piece) {
                    *writer = Some(rest);
                    // Before the reactor is asked: it may find room at once, and must find the role free.
                    drop(writer);
                    self.reactor.await_room(self);
                    return;
                }
            }
            drop(writer);
            if lock(&self.queue).is_empty() {
                return;
            }
        }
    }

    fn has_begun(&self, seq: u32) -> bool {
        self.board.has_begun(seq)
    }

    fn withdraw(&self, seq: u32) -> bool {
        self.board.withdraw(seq)
    }

    fn ask(&self, seq: u32) {
        self.board.ask(seq);
    }

    fn end(&self, how: End) {
        match how {
            End::Terminate => {
                self.signal(Signal::TERM);
                // A stopped process would notice only when it is continued.
                self.signal(Signal::CONT);
            }
            End::Kill => self.signal(Signal::KILL),
        }
    }

    fn drive(&self, is_done: &dyn Fn() -> bool, limit: Option<Duration>) {
        let Some(mut reader) = self.try_reader() else { return };
        if reader.inbox.is_none() || reader.is_closed {
            return;
        }
        let start = Instant::now();
        let end = limit.and_then(|limit| start.checked_add(limit));
        self.reactor.stop_listening(self);
        self.board.stay_awake();
        let looks = reader.spin.is_on();
        self.board.set_look(looks);
        while looks && !self.board.has_answers() && goes_on(start) {
            hint::spin_loop();
        }
        belonging_to(self.pool, || self.read_until(&mut reader, is_done, end));
        // From the sending on: the worker may have answered before this thread came here, having kept it from running.
        // ORDERING: a hint.
        let took = self.age().saturating_sub(self.sent_at.load(Ordering::Relaxed));
        reader.spin.learn(looks, Duration::from_nanos(took));
        drop(reader);
        // From here on the reactor listens again. What has come meanwhile, and how the process has ended, it has not heard.
        self.reactor.listen(self);
        if !self.board.sleep() || lock(&self.exited).is_some() {
            self.reactor.look_at(self.number);
        }
    }

    fn process_id(&self) -> Option<u32> {
        Some(self.process_id)
    }
}

impl Subprocess {
    /// Nanoseconds since it was made.
    fn age(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Reads until `is_done`, until `end`, or until there is nothing more to come.
    fn read_until(&self, reader: &mut Reader, is_done: &dyn Fn() -> bool, end: Option<Instant>) {
        loop {
            let has_read = self.drain(reader).is_some();
            let is_late = end.is_some_and(|end| end <= Instant::now());
            if is_done() || is_late || reader.is_closed || self.is_faulty() {
                return;
            }
            if has_read || !self.board.sleep() {
                continue;
            }
            if !self.wait(end) {
                return;
            }
            self.hear(reader);
        }
    }

    /// Blocks until the socket has something, or until `end`; then returns false.
    fn wait(&self, end: Option<Instant>) -> bool {
        let timeout = match end {
            None => None,
            Some(end) => {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return false;
                }
                Timespec::try_from(left).ok()
            }
        };
        let mut polled = [PollFd::new(&self.socket, PollFlags::IN)];
        match poll(&mut polled, timeout.as_ref()) {
            Ok(0) => false,
            Ok(_) | Err(Errno::INTR) => true,
            Err(_) => false,
        }
    }
}

fn head_of(kind: Kind, seq: u32, body: &[u8]) -> [u8; HEADER] {
    // A body is never too long for a header: core sees to it.
    header(kind, seq, u32::try_from(body.len()).unwrap_or(u32::MAX))
}

/// What ended a process.
fn ending(status: ExitStatus) -> LossCause {
    match (status.code(), status.signal()) {
        (Some(code), _) => LossCause::Exited(code),
        (None, Some(number)) => LossCause::Signal { number, name: signal_name(number) },
        (None, None) => LossCause::Other(status.to_string()),
    }
}

fn signal_name(number: i32) -> &'static str {
    const NAMES: [(Signal, &str); 18] = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::USR1, "SIGUSR1"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::USR2, "SIGUSR2"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::ALARM, "SIGALRM"),
        (Signal::TERM, "SIGTERM"),
        (Signal::XCPU, "SIGXCPU"),
        (Signal::XFSZ, "SIGXFSZ"),
        (Signal::SYS, "SIGSYS"),
    ];
    let found = NAMES.iter().find(|(signal, _)| signal.as_raw() == number);
    found.map_or("a signal without a common name", |(_, name)| name)
}

pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
