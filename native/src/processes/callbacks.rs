//! The thread on which callbacks of a pool's futures run: they may block, and nobody else should wait for them.

use super::link::lock;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

type Code = Box<dyn FnOnce() + Send>;

/// A thread that is started when there is something to run.
#[derive(Debug, Default)]
pub(super) struct Callbacks(Mutex<Option<(Sender<Code>, JoinHandle<()>)>>);

impl Callbacks {
    /// Runs `code` after all that came before. `enter` runs first on the thread.
    pub(super) fn run(&self, code: Code, enter: impl FnOnce() + Send + 'static) {
        let mut thread = lock(&self.0);
        if thread.is_none() {
            let (sender, receiver) = channel::<Code>();
            let body = move || {
                enter();
                receiver.into_iter().for_each(|code| code());
            };
            let started = thread::Builder::new().name("process-pool-callbacks".to_owned()).spawn(body);
            *thread = started.ok().map(|handle| (sender, handle));
        }
        let unsent = match &*thread {
            Some((sender, _)) => sender.send(code).err().map(|error| error.0),
            None => Some(code),
        };
        drop(thread);
        // No thread could be had: better here than never.
        if let Some(code) = unsent {
            code();
        }
    }

    /// Blocks until everything has run.
    pub(super) fn join(&self) {
        let thread = lock(&self.0).take();
        if let Some((sender, handle)) = thread {
            drop(sender);
            // Callbacks catch their panics.
            let _ = handle.join();
        }
    }
}
