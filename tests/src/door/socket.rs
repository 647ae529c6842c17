//! A door between processes, and between threads: a socket that each connects to, and reads from until it is closed.

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

/// A place that tasks cannot pass before it is opened. What was opened once stays open.
#[derive(Debug)]
pub(crate) struct Door {
    path: PathBuf,
    listener: RefCell<Option<UnixListener>>,
    /// Those that wait at the door.
    waiting: RefCell<Vec<UnixStream>>,
    arrived: Cell<usize>,
}

impl Door {
    /// Makes a closed door.
    pub(crate) fn new() -> Self {
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

    /// By which tasks find the door.
    pub(crate) fn name(&self) -> String {
        self.path.to_str().expect("the folder for temporary files has a name of text").to_owned()
    }

    /// Blocks until the door of this name is open.
    pub(crate) fn pass(name: &str) {
        // A door that is open does not exist any more.
        if let Ok(mut door) = UnixStream::connect(name) {
            let _ = door.read(&mut [0]);
        }
    }

    /// Blocks until so many have arrived.
    pub(crate) fn wait_for(&self, arrivals: usize) {
        while self.arrived.get() < arrivals {
            self.let_in();
        }
    }

    /// How many have arrived until now.
    pub(crate) fn arrived(&self) -> usize {
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
    pub(crate) fn open(&self) {
        let _ = fs::remove_file(&self.path);
        // Whoever has connected and was not let in yet is sent away by the end of the listener.
        drop(self.listener.take());
        self.waiting.borrow_mut().clear();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.open();
    }
}
