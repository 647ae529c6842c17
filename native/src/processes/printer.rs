//! Passing on what workers write, without waiting for whoever reads it.

use super::link::lock;
use concurrent_futures_core::process_pool::Output;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io::{retry_on_intr, write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What a pipe takes without blocking when it says that it takes something.
const STEP: usize = 4096;

type Text = (Output, Vec<u8>);

/// Writes to the program's own outputs, past the standard library's locks: the program may hold one of them while it waits for
/// the very task that prints.
#[derive(Debug, Default)]
pub(super) struct Printer {
    /// Writes what could not be written at once, as when a reader of the output has stopped.
    thread: Mutex<Option<(Sender<Text>, JoinHandle<()>)>>,
    /// Texts that the thread has and has not written.
    waiting: Arc<AtomicUsize>,
}

impl Printer {
    pub(super) fn print(&self, stream: Output, lines: &str) {
        let mut bytes = lines.as_bytes();
        // Behind what waits, or lines would overtake one another.
        while self.waiting.load(Ordering::SeqCst) == 0 && !bytes.is_empty() && takes_more(stream) {
            match retry_on_intr(|| write(descriptor(stream), &bytes[..bytes.len().min(STEP)])) {
                Ok(written) => bytes = &bytes[written..],
                // A closed output is no reason to fail anything.
                Err(_) => return,
            }
        }
        if !bytes.is_empty() {
            self.leave_to_thread((stream, bytes.to_vec()));
        }
    }

    fn leave_to_thread(&self, text: Text) {
        let mut thread = lock(&self.thread);
        if thread.is_none() {
            let (sender, receiver) = channel::<Text>();
            let waiting = Arc::clone(&self.waiting);
            let body = move || {
                for (stream, text) in receiver {
                    write_all(stream, &text);
                    waiting.fetch_sub(1, Ordering::SeqCst);
                }
            };
            let started = thread::Builder::new().name("process-pool-output".to_owned()).spawn(body);
            *thread = started.ok().map(|handle| (sender, handle));
        }
        // Without a thread, what cannot be written is lost rather than waited for.
        if let Some((sender, _)) = &*thread {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            if sender.send(text).is_err() {
                self.waiting.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    /// Blocks until everything is written.
    pub(super) fn join(&self) {
        let thread = lock(&self.thread).take();
        if let Some((sender, handle)) = thread {
            drop(sender);
            let _ = handle.join();
        }
    }
}

fn descriptor(stream: Output) -> BorrowedFd<'static> {
    match stream {
        Output::Stdout => rustix::stdio::stdout(),
        Output::Stderr => rustix::stdio::stderr(),
    }
}

/// Whether the output takes something now.
fn takes_more(stream: Output) -> bool {
    let descriptor = descriptor(stream);
    let mut polled = [PollFd::new(&descriptor, PollFlags::OUT)];
    poll(&mut polled, Some(&Timespec::default())).is_ok_and(|count| count > 0)
}

fn write_all(stream: Output, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match retry_on_intr(|| write(descriptor(stream), bytes)) {
            Ok(written) => bytes = &bytes[written..],
            Err(_) => return,
        }
    }
}
