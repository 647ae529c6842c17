//! A worker, as its pool sees it.

use crate::lock::lock;
use crate::{hub, message};
use concurrent_futures_core::process_pool::wire::Kind;
use concurrent_futures_core::process_pool::{End, Link};
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The way to the isolated worker of this number, by the hub.
pub(super) struct IsolatedLink {
    id: u32,
    /// What is to be posted; one frame at most, since nothing is sent ahead.
    queued: Mutex<Vec<Queued>>,
}

struct Queued {
    kind: Kind,
    seq: u32,
    body: Arc<Vec<u8>>,
}

impl IsolatedLink {
    pub(super) fn new(id: u32) -> Self {
        Self { id, queued: Mutex::new(Vec::new()) }
    }
}

impl Link for IsolatedLink {
    fn send(&self, kind: Kind, seq: u32, body: &Arc<Vec<u8>>) {
        lock(&self.queued).push(Queued { kind, seq, body: Arc::clone(body) });
    }

    fn flush(&self) {
        let queued = mem::take(&mut *lock(&self.queued));
        for Queued { kind, seq, body } in queued {
            let bytes = message::frame(kind, seq, &body);
            hub::tell_with(&message::frames(self.id, &bytes), &bytes);
        }
    }

    /// What was sent is what the worker is running.
    fn has_begun(&self, _: u32) -> bool {
        true
    }

    fn withdraw(&self, _: u32) -> bool {
        false
    }

    fn ask(&self, seq: u32) {
        hub::tell(&message::ask(self.id, seq));
    }

    /// There is but one way to end a worker.
    fn end(&self, _: End) {
        hub::tell(&message::end(self.id));
    }

    /// Only the warden can hear the worker, so the caller waits for the warden.
    fn drive(&self, _: &dyn Fn() -> bool, _: Option<Duration>) {}

    fn process_id(&self) -> Option<u32> {
        None
    }
}
