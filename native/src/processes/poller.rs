//! Waiting for several descriptors at a time; the one place where systems differ in how.

use rustix::fd::AsFd;
use rustix::io::Result;
use std::time::Duration;

#[cfg(target_os = "linux")]
pub(super) use self::linux::Poller;
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::Poller;

/// What a descriptor is to be ready for, or is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ready {
    /// Something to read, or the end.
    pub(super) read: bool,
    pub(super) write: bool,
}

impl Ready {
    pub(super) const READ: Self = Self { read: true, write: false };
}

/// Registered for the end of a sleep.
const WAKE: u64 = u64::MAX;

#[cfg(target_os = "linux")]
mod linux {
    use super::{AsFd, Duration, Ready, Result, WAKE};
    use rustix::event::epoll::{self, Event, EventData, EventFlags};
    use rustix::event::{EventfdFlags, Timespec, eventfd};
    use rustix::fd::OwnedFd;

    /// As many events as one call brings.
    const EVENTS: usize = 64;

    /// What is added is reported as long as it is ready.
    #[derive(Debug)]
    pub(crate) struct Poller {
        epoll: OwnedFd,
        wake: OwnedFd,
    }

    impl Poller {
        pub(crate) fn new() -> Result<Self> {
            let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
            let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
            epoll::add(&epoll, &wake, EventData::new_u64(WAKE), EventFlags::IN)?;
            Ok(Self { epoll, wake })
        }

        pub(crate) fn add(&self, descriptor: impl AsFd, data: u64, wanted: Ready) -> Result<()> {
            epoll::add(&self.epoll, descriptor, EventData::new_u64(data), flags(wanted))
        }

        pub(crate) fn modify(&self, descriptor: impl AsFd, data: u64, wanted: Ready) -> Result<()> {
            epoll::modify(&self.epoll, descriptor, EventData::new_u64(data), flags(wanted))
        }

        pub(crate) fn remove(&self, descriptor: impl AsFd) -> Result<()> {
            epoll::delete(&self.epoll, descriptor)
        }

        /// Waits and appends what is ready. An error is as if nothing were.
        pub(crate) fn wait(&self, ready: &mut Vec<(u64, Ready)>, timeout: Option<Duration>) {
            let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
            let mut events =
                [const { Event { flags: EventFlags::empty(), data: EventData::new_u64(0) } }; EVENTS];
            let count = epoll::wait(&self.epoll, &mut events[..], timeout.as_ref()).unwrap_or(0);
            for event in &events[..count] {
                let (flags, data) = (event.flags, event.data);
                if data.u64() == WAKE {
                    let _ = rustix::io::read(&self.wake, &mut [0; 8]);
                    continue;
                }
                let ends = EventFlags::IN | EventFlags::HUP | EventFlags::ERR;
                let is = Ready { read: flags.intersects(ends), write: flags.contains(EventFlags::OUT) };
                ready.push((data.u64(), is));
            }
        }

        /// Ends the present wait, or the next.
        pub(crate) fn wake(&self) {
            // Full is as good as written.
            let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
        }
    }

    fn flags(wanted: Ready) -> EventFlags {
        let mut flags = EventFlags::empty();
        flags.set(EventFlags::IN, wanted.read);
        flags.set(EventFlags::OUT, wanted.write);
        flags
    }
}

/// `poll`, which every UNIX has. Compiled and not tested: the project is tested on Linux only.
#[cfg(not(target_os = "linux"))]
mod portable {
    use super::{AsFd, Duration, Ready, Result, WAKE};
    use crate::processes::link::lock;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
    use rustix::io::{Errno, dup, ioctl_fionbio};
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    /// What is added is reported as long as it is ready.
    #[derive(Debug)]
    pub(crate) struct Poller {
        /// By the number of the descriptor that was added. Each is a copy, which stays open while a `poll` uses it.
        watched: Mutex<BTreeMap<i32, Watched>>,
        wake: OwnedFd,
        woken: Arc<OwnedFd>,
    }

    #[derive(Debug, Clone)]
    struct Watched {
        descriptor: Arc<OwnedFd>,
        data: u64,
        wanted: Ready,
    }

    impl Poller {
        pub(crate) fn new() -> Result<Self> {
            let (woken, wake) = rustix::pipe::pipe()?;
            ioctl_fionbio(&woken, true)?;
            ioctl_fionbio(&wake, true)?;
            Ok(Self { watched: Mutex::default(), wake, woken: Arc::new(woken) })
        }

        pub(crate) fn add(&self, descriptor: impl AsFd, data: u64, wanted: Ready) -> Result<()> {
            let descriptor = descriptor.as_fd();
            let watched = Watched { descriptor: Arc::new(dup(descriptor)?), data, wanted };
            lock(&self.watched).insert(descriptor.as_raw_fd(), watched);
            self.wake();
            Ok(())
        }

        pub(crate) fn modify(&self, descriptor: impl AsFd, data: u64, wanted: Ready) -> Result<()> {
            match lock(&self.watched).get_mut(&number(descriptor.as_fd())) {
                Some(watched) => (watched.data, watched.wanted) = (data, wanted),
                None => return Err(Errno::NOENT),
            }
            self.wake();
            Ok(())
        }

        pub(crate) fn remove(&self, descriptor: impl AsFd) -> Result<()> {
            lock(&self.watched).remove(&number(descriptor.as_fd()));
            self.wake();
            Ok(())
        }

        /// Waits and appends what is ready. An error is as if nothing were.
        pub(crate) fn wait(&self, ready: &mut Vec<(u64, Ready)>, timeout: Option<Duration>) {
            let mut watched: Vec<_> = lock(&self.watched).values().cloned().collect();
            watched.push(Watched { descriptor: Arc::clone(&self.woken), data: WAKE, wanted: Ready::READ });
            let polled = |watched: &'_ Watched| {
                let mut flags = PollFlags::empty();
                flags.set(PollFlags::IN, watched.wanted.read);
                flags.set(PollFlags::OUT, watched.wanted.write);
                flags
            };
            let mut all: Vec<_> =
                watched.iter().map(|watched| PollFd::new(&*watched.descriptor, polled(watched))).collect();
            let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
            if poll(&mut all, timeout.as_ref()).is_err() {
                return;
            }
            for (watched, polled) in watched.iter().zip(&all) {
                let flags = polled.revents();
                if watched.data == WAKE {
                    let _ = rustix::io::read(&self.woken, &mut [0; 64]);
                } else if !flags.is_empty() {
                    let ends = PollFlags::IN | PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
                    let is = Ready { read: flags.intersects(ends), write: flags.contains(PollFlags::OUT) };
                    ready.push((watched.data, is));
                }
            }
        }

        /// Ends the present wait, or the next.
        pub(crate) fn wake(&self) {
            // Full is as good as written.
            let _ = rustix::io::write(&self.wake, &[1]);
        }
    }

    fn number(descriptor: BorrowedFd<'_>) -> i32 {
        descriptor.as_raw_fd()
    }
}
