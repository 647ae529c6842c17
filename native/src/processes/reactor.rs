//! The thread that listens to all workers of a pool. It never blocks on one of them.
//!
//! A thread that waits for a result may take a worker off its hands for the time being, see [`Subprocess::drive`]; the
//! lock of the worker's reader decides who of them reads.
//!
//! [`Subprocess::drive`]: concurrent_futures_core::process_pool::Link::drive

use super::link::{Interest, Subprocess, lock};
use super::poller::{Poller, Ready};
use concurrent_futures_core::LossCause;
use concurrent_futures_core::process_pool::{Inbox, Link};
use rustix::fd::OwnedFd;
use rustix::io::Result;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// While workers have so many tasks each, they need not be heard at once.
const BUSY: usize = 8;
/// How long the reactor then leaves them alone, so that it reads many answers at a time.
const NAP: Duration = Duration::from_micros(40);
/// A process that has closed its end is expected to exit within this time.
const GRACE: Duration = Duration::from_millis(200);
/// How soon to look again at a process that is about to exit.
const RETRY: Duration = Duration::from_millis(5);

/// What an event is about, beside the worker's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Socket = 0,
    Exit = 1,
    Output = 2,
}

/// Shared by the thread and whoever has something for it.
#[derive(Debug)]
pub(super) struct Reactor {
    poller: Poller,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    workers: BTreeMap<usize, Entry>,
    /// Nobody needs the alarm of a pool that is gone.
    alarm: Option<(Instant, Weak<dyn Inbox>)>,
    /// Workers that may have something to be read, though their sockets do not say so.
    unread: Vec<usize>,
    is_closing: bool,
}

#[derive(Debug)]
struct Entry {
    link: Arc<Subprocess>,
    /// Readable when the process is gone, where the system has such descriptors.
    exit: Option<OwnedFd>,
    /// When to end it, since it has closed its end.
    grace: Option<Instant>,
}

impl Reactor {
    pub(super) fn new() -> Result<Arc<Self>> {
        Ok(Arc::new(Self { poller: Poller::new()?, state: Mutex::default() }))
    }

    /// Listens to a worker from here on. `exit` becomes readable when its process is gone.
    pub(super) fn add(&self, link: &Arc<Subprocess>, exit: Option<OwnedFd>) -> Result<()> {
        let number = link.number;
        let mut state = lock(&self.state);
        if let Some(exit) = &exit {
            self.poller.add(exit, data(number, Topic::Exit), Ready::READ)?;
        }
        let mut registered = Ok(());
        link.visit_outputs(|stdout, stderr| {
            for pipe in [stdout, stderr].into_iter().flatten() {
                let added = self.poller.add(pipe, data(number, Topic::Output), Ready::READ);
                registered = registered.and(added);
            }
        });
        registered?;
        self.change(link, |interest| interest.answers = true)?;
        state.workers.insert(number, Entry { link: Arc::clone(link), exit, grace: None });
        Ok(())
    }

    /// Another thread reads the worker's socket.
    pub(super) fn stop_listening(&self, link: &Subprocess) {
        let _ = self.change(link, |interest| interest.answers = false);
    }

    /// Nobody else reads the worker's socket any more.
    pub(super) fn listen(&self, link: &Subprocess) {
        let _ = self.change(link, |interest| interest.answers = true);
    }

    /// The worker's socket takes no more for now.
    pub(super) fn await_room(&self, link: &Subprocess) {
        let _ = self.change(link, |interest| interest.room = true);
    }

    fn change(&self, link: &Subprocess, change: impl FnOnce(&mut Interest)) -> Result<()> {
        let mut interest = lock(&link.interest);
        change(&mut interest);
        let wanted = Ready { read: interest.answers, write: interest.room };
        let data = data(link.number, Topic::Socket);
        let is_wanted = wanted != Ready::default();
        let changed = match (interest.is_registered, is_wanted) {
            (false, false) => Ok(()),
            (false, true) => self.poller.add(link.socket(), data, wanted),
            (true, true) => self.poller.modify(link.socket(), data, wanted),
            (true, false) => self.poller.remove(link.socket()),
        };
        interest.is_registered = is_wanted;
        changed
    }

    /// Calls the inbox at that time, if no earlier one was asked for.
    pub(super) fn set_alarm(&self, at: Instant, inbox: &Arc<dyn Inbox>) {
        let mut state = lock(&self.state);
        let is_first = state.alarm.as_ref().is_none_or(|(before, _)| at < *before);
        if is_first {
            state.alarm = Some((at, Arc::downgrade(inbox)));
        }
        drop(state);
        if is_first {
            self.wake();
        }
    }

    /// Has the thread look at a worker, which another thread has stopped reading.
    pub(super) fn look_at(&self, number: usize) {
        lock(&self.state).unread.push(number);
        self.wake();
    }

    pub(super) fn wake(&self) {
        self.poller.wake();
    }

    /// Ends the thread as soon as no worker is left.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.is_closing = true;
        state.alarm = None;
        drop(state);
        self.wake();
    }

    /// The life of the thread.
    pub(super) fn run(&self) {
        let mut events = Vec::new();
        let mut busy: Vec<Arc<Subprocess>> = Vec::new();
        let mut dying: Vec<Arc<Subprocess>> = Vec::new();
        loop {
            let timeout =
                if busy.is_empty() { self.timeout(!dying.is_empty()) } else { Some(Duration::ZERO) };
            self.poller.wait(&mut events, timeout);
            for (data, ready) in events.drain(..) {
                let (number, topic) = about(data);
                let Some(link) = self.link(number) else { continue };
                match topic {
                    Topic::Socket => self.attend(&link, ready, &mut busy, &mut dying),
                    Topic::Exit => self.note_exit(link, &mut dying),
                    Topic::Output => self.pass_output(&link),
                }
            }
            let unread = std::mem::take(&mut lock(&self.state).unread);
            for link in unread.into_iter().filter_map(|number| self.link(number)) {
                self.attend(&link, Ready::READ, &mut busy, &mut dying);
            }
            busy.retain(|link| self.attend_busy(link));
            dying.retain(|link| !self.bury(link));
            self.check_time();
            if !busy.is_empty() {
                thread::sleep(NAP);
            }
            let state = lock(&self.state);
            if state.is_closing && state.workers.is_empty() {
                return;
            }
        }
    }

    fn link(&self, number: usize) -> Option<Arc<Subprocess>> {
        lock(&self.state).workers.get(&number).map(|entry| Arc::clone(&entry.link))
    }

    /// How long nothing needs to be done, unless something happens.
    fn timeout(&self, must_retry: bool) -> Option<Duration> {
        let state = lock(&self.state);
        let graces = state.workers.values().filter_map(|entry| entry.grace);
        let next = graces.chain(state.alarm.as_ref().map(|(at, _)| *at)).min();
        let left = next.map(|at| at.saturating_duration_since(Instant::now()));
        let retry = must_retry.then_some(RETRY);
        [left, retry].into_iter().flatten().min()
    }

    fn check_time(&self) {
        let now = Instant::now();
        let mut state = lock(&self.state);
        let due = state.alarm.take_if(|(at, _)| *at <= now);
        let late: Vec<_> = state
            .workers
            .values_mut()
            .filter_map(|entry| entry.grace.take_if(|grace| *grace <= now).map(|_| Arc::clone(&entry.link)))
            .collect();
        drop(state);
        for link in late {
            link.give_up(LossCause::Other("it closed its connection to the pool".to_owned()));
        }
        if let Some((_, inbox)) = due {
            // Some worker may have answered in time, and have told nobody yet.
            let links: Vec<_> =
                lock(&self.state).workers.values().map(|entry| Arc::clone(&entry.link)).collect();
            for link in links {
                if let Some(mut reader) = link.try_reader() {
                    while link.drain(&mut reader).is_some() {}
                }
            }
            if let Some(inbox) = inbox.upgrade() {
                inbox.alarm();
            }
        }
    }

    /// A worker's socket has something.
    fn attend(
        &self,
        link: &Arc<Subprocess>,
        ready: Ready,
        busy: &mut Vec<Arc<Subprocess>>,
        dying: &mut Vec<Arc<Subprocess>>,
    ) {
        if ready.write {
            let _ = self.change(link, |interest| interest.room = false);
            link.flush();
        }
        if !ready.read {
            return;
        }
        // Else whoever reads has seen it, or will.
        let Some(mut reader) = link.try_reader() else { return };
        link.stay_awake();
        link.hear(&mut reader);
        if reader.is_closed {
            let _ = self.change(link, |interest| interest.answers = false);
            if let Some(entry) = lock(&self.state).workers.get_mut(&link.number) {
                entry.grace.get_or_insert_with(|| Instant::now() + GRACE);
            }
            dying.push(Arc::clone(link));
        }
        loop {
            while let Some(left) = link.drain(&mut reader) {
                if left >= BUSY {
                    busy.push(Arc::clone(link));
                    return;
                }
            }
            if link.may_sleep() {
                return;
            }
        }
    }

    /// Reads what has gathered; returns whether the worker is to be left alone for another nap.
    fn attend_busy(&self, link: &Arc<Subprocess>) -> bool {
        // If another thread reads, it also sees to the rest.
        let Some(mut reader) = link.try_reader() else { return false };
        loop {
            match link.drain(&mut reader) {
                Some(left) if left >= BUSY => return true,
                Some(_) => {}
                None if link.may_sleep() => return false,
                None => {}
            }
        }
    }

    fn pass_output(&self, link: &Subprocess) {
        let (stdout_is_open, stderr_is_open) = link.drain_output();
        link.visit_outputs(|stdout, stderr| {
            for (pipe, is_open) in [(stdout, stdout_is_open), (stderr, stderr_is_open)] {
                if let (Some(pipe), false) = (pipe, is_open) {
                    // It would be reported again and again. It may be gone from the list already.
                    let _ = self.poller.remove(pipe);
                }
            }
        });
    }

    fn note_exit(&self, link: Arc<Subprocess>, dying: &mut Vec<Arc<Subprocess>>) {
        if let Some(entry) = lock(&self.state).workers.get_mut(&link.number)
            && let Some(exit) = entry.exit.take()
        {
            // It would be reported again and again.
            let _ = self.poller.remove(&exit);
        }
        dying.push(link);
    }

    /// Reads the rest and tells the inbox that the worker has ended; false if it has not yet, or if another thread reads.
    fn bury(&self, link: &Arc<Subprocess>) -> bool {
        if !link.has_exited() {
            return false;
        }
        // A thread that waits for the worker is to come back.
        link.hang_up();
        let Some(mut reader) = link.try_reader() else { return false };
        let _ = self.change(link, |interest| {
            interest.answers = false;
            interest.room = false;
        });
        // It may have been noted as dying twice.
        let Some(entry) = lock(&self.state).workers.remove(&link.number) else { return true };
        if let Some(exit) = &entry.exit {
            let _ = self.poller.remove(exit);
        }
        link.visit_outputs(|stdout, stderr| {
            for pipe in [stdout, stderr].into_iter().flatten() {
                let _ = self.poller.remove(pipe);
            }
        });
        drop(entry);
        link.end_reading(&mut reader);
        true
    }
}

fn data(number: usize, topic: Topic) -> u64 {
    (number as u64) << 2 | topic as u64
}

fn about(data: u64) -> (usize, Topic) {
    let topic = match data & 3 {
        0 => Topic::Socket,
        1 => Topic::Exit,
        _ => Topic::Output,
    };
    ((data >> 2) as usize, topic)
}
