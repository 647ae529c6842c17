//! Worker processes: this executable, started again. README.md beside this file tells how they are spoken to.

mod board;
mod callbacks;
mod image;
mod link;
mod output;
mod poller;
mod printer;
mod reactor;
mod segment;
mod shared_memory;
mod sign;
mod spin;
mod start;
mod stream;
mod worker;

pub use self::start::init;

use self::board::{Board, LENGTH, WINDOW};
use self::callbacks::Callbacks;
use self::link::{Subprocess, lock};
use self::output::Lines;
use self::printer::Printer;
use self::reactor::Reactor;
use self::stream::send_files;
use concurrent_futures_core::StartWorkerError;
use concurrent_futures_core::process_pool::{Inbox, Isolation, Link, Output};
use rustix::fd::{AsFd, OwnedFd};
use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, socketpair};
use std::cell::Cell;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// Starts worker processes.
#[derive(Debug, Default)]
pub struct Subprocesses {
    /// The thread that listens to them, started with the first.
    reactor: Mutex<Option<(Arc<Reactor>, JoinHandle<()>)>>,
    callbacks: Callbacks,
    printer: Printer,
}

/// Runs `code` on a thread that belongs to a pool meanwhile, so that the code does not wait for that pool.
fn belonging_to<R>(pool: usize, code: impl FnOnce() -> R) -> R {
    /// Puts the outer pool back, also on a panic.
    struct Restore(usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            BELONGS_TO.set(self.0);
        }
    }
    let _restore = Restore(BELONGS_TO.replace(pool));
    code()
}

thread_local! {
    /// Which pool this thread belongs to, by the address of what its platform keeps.
    static BELONGS_TO: Cell<usize> = const { Cell::new(0) };
}

/// Why a worker could not be started: what was tried, and what the system said.
#[derive(Debug)]
struct Failed(&'static str, std::io::Error);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0, self.1)
    }
}

impl std::error::Error for Failed {}

/// Says what was tried when it fails.
trait Trying<T> {
    fn trying(self, what: &'static str) -> Result<T, StartWorkerError>;
}

impl<T, E: Into<std::io::Error>> Trying<T> for Result<T, E> {
    fn trying(self, what: &'static str) -> Result<T, StartWorkerError> {
        self.map_err(|error| StartWorkerError::new(Failed(what, error.into())))
    }
}

impl Subprocesses {
    fn key(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn reactor(&self) -> Result<Arc<Reactor>, StartWorkerError> {
        let mut reactor = lock(&self.reactor);
        if let Some((reactor, _)) = &*reactor {
            return Ok(Arc::clone(reactor));
        }
        let new = Reactor::new().trying("the thread that listens to workers has no descriptors")?;
        let (run, key) = (Arc::clone(&new), self.key());
        let body = move || {
            BELONGS_TO.set(key);
            run.run();
        };
        let thread = thread::Builder::new().name("process-pool".to_owned()).spawn(body);
        let thread = thread.trying("the thread that listens to workers could not be started")?;
        *reactor = Some((Arc::clone(&new), thread));
        Ok(new)
    }
}

impl Isolation for Subprocesses {
    const WINDOW: u32 = WINDOW;

    fn check(&self) -> Result<(), StartWorkerError> {
        if start::is_called() {
            return Ok(());
        }
        Err(StartWorkerError::new(
            "this program has not called `concurrent_futures::init()`, without which it would not know that it is a worker: \
             call it first thing in `main` (in tests: `concurrent_futures::init_tests!();`)",
        ))
    }

    fn launch(
        &self,
        worker: usize,
        hello: Vec<u8>,
        inbox: Arc<dyn Inbox>,
    ) -> Result<Arc<dyn Link>, StartWorkerError> {
        let reactor = self.reactor()?;
        let (ours, theirs) = pair().trying("no pair of sockets")?;
        let memory = segment::create(LENGTH).trying("no shared memory")?;
        let board = Board::map(&memory).trying("no room for shared memory")?;
        let mut command = Command::new(executable().trying("the path of the program is not known")?);
        command.arg0("concurrent-futures worker").arg(start::ARGUMENT);
        // The connection is the standard input, since a descriptor that is meant for one child must not be inherited by
        // another, and this one is passed on by itself. The worker puts it elsewhere before it does anything.
        command.stdin(theirs).stdout(Stdio::piped()).stderr(Stdio::piped());
        // So that Ctrl-C in a terminal reaches the program, and it decides.
        command.process_group(0);
        let mut child = command.spawn().trying("the system refused a process")?;
        let prepared = (|| {
            let exit = exit_of(&child).trying("no descriptor for the process")?;
            let stdout = child.stdout.take().map(OwnedFd::from).ok_or_else(no_pipe)?;
            let stderr = child.stderr.take().map(OwnedFd::from).ok_or_else(no_pipe)?;
            let stdout = Lines::new(stdout).trying("its output cannot be read")?;
            let stderr = Lines::new(stderr).trying("its output cannot be read")?;
            send_files(&ours, &[0], &[memory.as_fd()], SendFlags::DONTWAIT)
                .trying("the new process takes no message")?;
            Ok((exit, stdout, stderr))
        })();
        let (exit, stdout, stderr) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                // It must not be left behind, not even as a zombie.
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        let link = Subprocess::new(
            worker,
            child,
            ours,
            board,
            (stdout, stderr),
            inbox,
            (Arc::clone(&reactor), self.key()),
        );
        let link = Arc::new(link);
        link.greet(hello);
        match reactor.add(&link, exit).trying("the new process cannot be listened to") {
            Ok(()) => {
                link.flush();
                Ok(link)
            }
            Err(error) => {
                link.discard();
                Err(error)
            }
        }
    }

    fn set_alarm(&self, at: Instant, inbox: Arc<dyn Inbox>) {
        // Without a thread, no worker can be started either, and its error says why.
        if let Ok(reactor) = self.reactor() {
            reactor.set_alarm(at, &inbox);
        }
    }

    fn defer(&self, code: Box<dyn FnOnce() + Send>) {
        let key = self.key();
        self.callbacks.run(code, move || BELONGS_TO.set(key));
    }

    fn print(&self, stream: Output, lines: &str) {
        self.printer.print(stream, lines);
    }

    fn is_own_thread(&self) -> bool {
        BELONGS_TO.get() == self.key()
    }

    fn join(&self) {
        let reactor = lock(&self.reactor).take();
        if let Some((reactor, thread)) = reactor {
            reactor.close();
            // It catches the panics of whatever is not its own.
            let _ = thread.join();
        }
        self.callbacks.join();
        self.printer.join();
    }

    /// It respects the affinity of the process and, on Linux, the limits of its control group.
    fn processors() -> usize {
        thread::available_parallelism().map_or(1, NonZeroUsize::get)
    }

    fn image() -> Range<usize> {
        image::image()
    }
}

impl Drop for Subprocesses {
    fn drop(&mut self) {
        // Where nobody could wait for it, the thread ends by itself.
        if let Some((reactor, _)) = lock(&self.reactor).take() {
            reactor.close();
        }
    }
}

/// The running program itself, also if its file has been replaced meanwhile.
#[cfg(target_os = "linux")]
fn executable() -> std::io::Result<std::path::PathBuf> {
    Ok("/proc/self/exe".into())
}

#[cfg(not(target_os = "linux"))]
fn executable() -> std::io::Result<std::path::PathBuf> {
    std::env::current_exe()
}

/// Two ends of a connection, neither of which another child inherits.
#[cfg(target_os = "linux")]
fn pair() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
}

/// Elsewhere that takes a second step, between which a child of another thread may inherit them.
#[cfg(not(target_os = "linux"))]
fn pair() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    use rustix::io::{FdFlags, fcntl_setfd};
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?;
    fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
    fcntl_setfd(&theirs, FdFlags::CLOEXEC)?;
    // Where no flag of a call asks for it, an option of the socket keeps the signal `SIGPIPE` away.
    #[cfg(target_vendor = "apple")]
    for end in [&ours, &theirs] {
        rustix::net::sockopt::set_socket_nosigpipe(end, true)?;
    }
    Ok((ours, theirs))
}

/// A descriptor that becomes readable when the process is gone.
#[cfg(target_os = "linux")]
fn exit_of(child: &Child) -> rustix::io::Result<Option<OwnedFd>> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    pidfd_open(Pid::from_child(child), PidfdFlags::empty()).map(Some)
}

/// Elsewhere the end of the connection tells.
#[cfg(not(target_os = "linux"))]
fn exit_of(_: &Child) -> rustix::io::Result<Option<OwnedFd>> {
    Ok(None)
}

fn no_pipe() -> StartWorkerError {
    StartWorkerError::new("its output cannot be read")
}
