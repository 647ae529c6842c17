//! The life of a worker process.

use super::board::{Board, LARGE};
use super::image::of_worker;
use super::shared_memory::Sealed;
use super::sign::Sign;
use super::spin::goes_on;
use super::stream::{KIND, MARKED, Marked, Unmarked, receive, send_now};
use concurrent_futures_core::process_pool::wire::{Frame, HEADER, Head, Kind, Malformed, split};
use concurrent_futures_core::process_pool::{Outlet, Region, Worker};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::net::{RecvFlags, SendFlags};
use rustix::process::{Signal, getpid, getppid, kill_process};
use std::collections::VecDeque;
use std::error::Error;
use std::io::Write;
use std::ops::ControlFlow;
use std::process::exit;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How long answers of a chunk may lie before the pool is told that there are some.
const LINGER: Duration = Duration::from_micros(200);
/// How often a worker looks whether the pool has made room.
const PATIENCE: Duration = Duration::from_micros(50);
/// How often a worker that has lost its connection looks whether its program is still there.
const ORPHAN: Duration = Duration::from_millis(100);
/// The exit code of a worker that cannot go on.
const CONFUSED: i32 = 70;

/// Serves the pool at the other end of the standard input, and exits.
pub(super) fn run() -> ! {
    let code = match serve() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("concurrent-futures: this worker process ends: {error}");
            CONFUSED
        }
    };
    // What tasks have printed without a line end is theirs to be seen.
    let _ = std::io::stdout().flush();
    exit(code)
}

fn serve() -> Result<(), Box<dyn Error>> {
    let socket = Arc::new(take_socket()?);
    watch(Arc::clone(&socket))?;
    let mut input = Input::new(Arc::clone(&socket));
    let board = Arc::new(input.board()?);
    let mut outlet = Answers::new(Arc::clone(&socket), Arc::clone(&board));
    let mut worker = Worker::new(of_worker()).heeding(Arc::new(Sign::new(board)));
    while let Some(frames) = input.next()? {
        if serve_frames(frames, &mut worker, &mut outlet)?.is_break() {
            return Ok(());
        }
        input.looks = outlet.board.is_to_look();
    }
    // The pool is gone.
    Ok(())
}

/// The connection comes as the standard input, which tasks find empty.
fn take_socket() -> rustix::io::Result<OwnedFd> {
    let socket = fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let empty = open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&empty)?;
    Ok(socket)
}

/// Ends this process at once, whatever its task does, when the pool's end of the socket is closed: the program that
/// started it has died, or is done with it.
fn watch(socket: Arc<OwnedFd>) -> std::io::Result<()> {
    let parent = getppid();
    let body = move || {
        loop {
            let mut polled = [PollFd::new(&*socket, PollFlags::empty())];
            match poll(&mut polled, None) {
                Err(Errno::INTR) => {}
                _ if polled[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => break,
                _ => {
                    // The task has closed the socket under this thread. The pool sees that too; should it be gone before it
                    // does anything about it, this process gets another parent.
                    while getppid() == parent {
                        thread::sleep(ORPHAN);
                    }
                    break;
                }
            }
        }
        let _ = kill_process(getpid(), Signal::KILL);
    };
    thread::Builder::new().name("watch-parent".to_owned()).stack_size(64 * 1024).spawn(body).map(drop)
}

fn serve_frames(
    frames: Received<'_>,
    worker: &mut Worker,
    outlet: &mut Answers,
) -> Result<ControlFlow<()>, Box<dyn Error>> {
    match frames {
        Received::Inline(mut bytes) => {
            while let Some(frame) = split(&mut bytes)? {
                if worker.handle(frame, outlet)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        }
        Received::Marked { kind, seq, body, regions } => {
            Ok(worker.handle_with(Frame { kind, seq, body: body.bytes() }, regions, outlet)?)
        }
        Received::Incomplete { seq, why } => {
            // This process has no descriptor left, say, and so no way to the arguments. Another would come no further, so the
            // task is begun here, and is lost with this process.
            outlet.claim(seq);
            Err(why.into())
        }
    }
}

/// What has come from the pool.
enum Received<'a> {
    /// Whole frames, one after the other.
    Inline(&'a [u8]),
    /// A frame that files accompanied.
    Marked { kind: Kind, seq: u32, body: Body<'a>, regions: Vec<Arc<dyn Region>> },
    /// A frame whose files did not get here.
    Incomplete { seq: u32, why: String },
}

/// Where a body lies.
enum Body<'a> {
    Inline(&'a [u8]),
    File(Sealed),
}

impl Body<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Inline(bytes) => bytes,
            Self::File(file) => file.bytes(),
        }
    }
}

/// The receiving half.
struct Input {
    socket: Arc<OwnedFd>,
    buffer: Vec<u8>,
    /// The part of `buffer` that has been received and not been handed out.
    begin: usize,
    end: usize,
    files: VecDeque<OwnedFd>,
    /// Whether to look for more before sleeping, see `spin.rs`.
    looks: bool,
}

impl Input {
    fn new(socket: Arc<OwnedFd>) -> Self {
        let buffer = vec![0; 2 * LARGE];
        Self { socket, buffer, begin: 0, end: 0, files: VecDeque::new(), looks: false }
    }

    /// The first file is the board.
    fn board(&mut self) -> Result<Board, Box<dyn Error>> {
        while self.files.is_empty() {
            if !self.receive()? {
                return Err("the program that started it is gone".into());
            }
        }
        let file = self.files.pop_front().ok_or("no board came")?;
        // A single byte came with it.
        self.begin += 1;
        Ok(Board::map(file)?)
    }

    /// Waits for what comes next; `None` is the end.
    fn next(&mut self) -> Result<Option<Received<'_>>, Box<dyn Error>> {
        loop {
            let bytes = &self.buffer[self.begin..self.end];
            let whole = whole_frames(bytes);
            if whole > 0 {
                let begin = self.begin;
                self.begin += whole;
                return Ok(Some(Received::Inline(&self.buffer[begin..begin + whole])));
            }
            if let Some(unmarked) = marked(bytes)? {
                let begin = self.begin + unmarked.length;
                let end = begin + if unmarked.body_is_file { 0 } else { unmarked.head.length };
                if end <= self.end {
                    self.begin = end;
                    let Head { kind, seq, .. } = unmarked.head;
                    let (file, regions) = match unmarked.take(&mut self.files) {
                        Ok(came) => came,
                        Err(why) => return Ok(Some(Received::Incomplete { seq, why })),
                    };
                    let body = file.map_or_else(|| Body::Inline(&self.buffer[begin..end]), Body::File);
                    return Ok(Some(Received::Marked { kind, seq, body, regions }));
                }
            }
            if !self.receive()? {
                return Ok(None);
            }
        }
    }

    /// Receives more; false at the end.
    fn receive(&mut self) -> rustix::io::Result<bool> {
        // Room for a whole frame is kept behind what is there.
        if self.begin > 0 {
            self.buffer.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        let start = Instant::now();
        let mut received = Err(Errno::AGAIN);
        while self.looks && received == Err(Errno::AGAIN) && goes_on(start) {
            received = self.receive_with(RecvFlags::DONTWAIT);
        }
        if received == Err(Errno::AGAIN) {
            received = self.receive_with(RecvFlags::empty());
        }
        received
    }

    fn receive_with(&mut self, flags: RecvFlags) -> rustix::io::Result<bool> {
        let space = &mut self.buffer[self.end..];
        let received = receive(&*self.socket, space, &mut self.files, flags)?;
        self.end += received;
        Ok(received > 0)
    }
}

/// The beginning of a marked frame, if there is one.
fn marked(bytes: &[u8]) -> Result<Option<Unmarked>, Malformed> {
    if bytes.get(KIND).is_some_and(|kind| kind & MARKED != 0) { Unmarked::read(bytes) } else { Ok(None) }
}

/// The bytes of all frames at the beginning of `bytes` that are there as a whole, bodies included.
fn whole_frames(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(header) = bytes[at..].first_chunk::<HEADER>() {
        let length = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
        if header[KIND] & MARKED != 0 || bytes.len() - at - HEADER < length {
            break;
        }
        at += HEADER + length;
    }
    at
}

/// The sending half.
struct Answers {
    socket: Arc<OwnedFd>,
    board: Arc<Board>,
    /// When the pool was last told to look.
    told: Instant,
    /// Items to go before the clock is asked again, which costs as much as a short item.
    skip: u32,
    skipped: u32,
    /// The most items to go.
    most_skipped: u32,
}

impl Answers {
    fn new(socket: Arc<OwnedFd>, board: Arc<Board>) -> Self {
        Self { socket, board, told: Instant::now(), skip: 0, skipped: 0, most_skipped: 63 }
    }

    /// Publishes a frame on the board.
    fn publish(&mut self, frame: &[u8]) {
        while !self.board.has_room(frame.len()) {
            self.flush();
            thread::sleep(PATIENCE);
        }
        self.board.publish(frame);
    }
}

impl Outlet for Answers {
    fn claim(&mut self, seq: u32) -> bool {
        self.board.begin(seq)
    }

    fn put(&mut self, frame: &[u8]) {
        self.publish(frame);
    }

    fn longest(&self) -> usize {
        LARGE + HEADER
    }

    fn put_with(&mut self, frame: &[u8], regions: Vec<Arc<dyn Region>>) -> std::io::Result<()> {
        let (header, body) = frame.split_at(HEADER);
        let marked = Marked::new(header, body, regions)?;
        marked.send(&*self.socket, &[0], SendFlags::empty())?;
        self.board.count_file();
        self.publish(&marked.bytes);
        Ok(())
    }

    fn flush(&mut self) {
        if self.board.wake() {
            // A full socket wakes as well. One that is closed is noticed by the pool, and by the next receive.
            let _ = send_now(&*self.socket, &[0]);
        }
        self.skip = 0;
        self.skipped = 0;
    }

    fn be_prompt(&mut self) {
        self.most_skipped = 0;
    }

    fn linger(&mut self) {
        self.skipped += 1;
        if self.skipped <= self.skip {
            return;
        }
        self.skipped = 0;
        let now = Instant::now();
        if now.duration_since(self.told) >= LINGER {
            self.told = now;
            self.flush();
        } else {
            self.skip = (self.skip * 2 + 1).min(self.most_skipped);
        }
    }
}
