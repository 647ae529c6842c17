//! Holds tasks of other processes back until the scenario says go.

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

/// A [`Gate`](crate::Gate) that processes pass: a socket that each connects to, and reads from until it is closed.
#[derive(Debug)]
pub(super) struct Doorway {
    path: PathBuf,
    listener: RefCell<Option<UnixListener>>,
    /// Those that wait at the door.
    waiting: RefCell<Vec<UnixStream>>,
    arrived: Cell<usize>,
}

/// Blocks until the door at `path` is open.
pub(super) fn pass(path: &Path) {
    // A door that is open does not exist any more.
    if let Ok(mut door) = UnixStream::connect(path) {
        let _ = door.read(&mut [0]);
    }
}

impl Doorway {
    /// Makes a closed door.
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("cf-door-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let path = env::temp_dir().join(name);
        let listener = UnixListener::bind(&path).unwrap();
        Self {
            path,
            listener: RefCell::new(Some(listener)),
            waiting: RefCell::default(),
            arrived: Cell::new(0),
        }
    }

    /// Where the door is, for tasks.
    pub(super) fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Blocks until so many have arrived.
    pub(super) fn wait_for(&self, arrivals: usize) {
        while self.arrived.get() < arrivals {
            self.let_in();
        }
    }

    /// How many have arrived until now.
    pub(super) fn arrived(&self) -> usize {
        if let Some(listener) = &*self.listener.borrow() {
            listener.set_nonblocking(true).unwrap();
        }
        while self.let_in() {}
        self.arrived.get()
    }

    fn let_in(&self) -> bool {
        let accepted = self.listener.borrow().as_ref().and_then(|listener| listener.accept().ok());
        let Some((stream, _)) = accepted else { return false };
        self.waiting.borrow_mut().push(stream);
        self.arrived.set(self.arrived.get() + 1);
        true
    }

    /// Opens the door for good.
    pub(super) fn open(&self) {
        let _ = fs::remove_file(&self.path);
        // Whoever has connected and was not let in yet is sent away by the end of the listener.
        drop(self.listener.take());
        self.waiting.borrow_mut().clear();
    }
}

impl Drop for Doorway {
    fn drop(&mut self) {
        self.open();
    }
}
