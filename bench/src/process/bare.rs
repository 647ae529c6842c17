//! What the system itself can do: a child process at the other end of a socket pair, or of two pipes.

use std::env;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Subcommand;

use super::sample;
use crate::contest::{Contestant, timed};

/// The bytes of a tiny message.
const TINY: usize = 8;

/// What this program does when it is the other end.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Peer {
    /// Answers every tiny message with the same.
    Echo,
    /// Reads so many bytes and then writes them back, again and again.
    Copy { length: usize },
}

impl Peer {
    /// Serves until the other side closes.
    pub(crate) fn run(self) -> Result<()> {
        // Past std's buffers, which would cost a copy. The echo's standard input is a socket, and so goes both ways.
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = match self {
            Self::Echo => input.try_clone()?,
            Self::Copy { .. } => io::stdout().as_fd().try_clone_to_owned()?,
        };
        let length = match self {
            Self::Echo => TINY,
            Self::Copy { length } => length,
        };
        let (mut input, mut output) = (File::from(input), File::from(output));
        let mut buffer = vec![0; length];
        loop {
            match input.read_exact(&mut buffer) {
                Ok(()) => output.write_all(&buffer)?,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Starts this program as the other end.
    fn start(self, stdin: Stdio, stdout: Stdio) -> Result<Child> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("peer").stdin(stdin).stdout(stdout);
        match self {
            Self::Echo => command.arg("echo"),
            Self::Copy { length } => command.arg("copy").arg(length.to_string()),
        };
        command.spawn().context("cannot start this program again")
    }
}

/// Sends a tiny message and blocks until the answer is there, `count` times.
pub(super) fn socket_pair(count: usize) -> Contestant {
    Contestant::new("a bare socket pair", count, move || {
        let (here, there) = UnixStream::pair()?;
        let peer = Peer::Echo.start(OwnedFd::from(there).into(), Stdio::null())?;
        let mut pair = Connected { stream: Some(here), peer };
        timed(move || {
            let stream = pair.stream.as_mut().context("the socket is closed")?;
            let start = Instant::now();
            for n in 0..count as u64 {
                let (message, mut answer) = (n.to_le_bytes(), [0; TINY]);
                stream.write_all(&message)?;
                stream.read_exact(&mut answer)?;
                ensure!(answer == message, "a wrong answer");
            }
            Ok(start.elapsed())
        })
    })
}

/// Writes the payload to one pipe and then reads it from another. Both sides use their buffers again, so that neither
/// the allocator nor fresh pages count: nothing but the copies through the system.
pub(super) fn pipes(length: usize) -> Contestant {
    Contestant::new("bare pipes", 1, move || {
        let peer = Peer::Copy { length }.start(Stdio::piped(), Stdio::piped())?;
        let mut pair = Connected { stream: None, peer };
        let sent = sample(length);
        let mut received = vec![0; length];
        timed(move || {
            let Child { stdin: Some(stdin), stdout: Some(stdout), .. } = &mut pair.peer else {
                anyhow::bail!("the pipes are closed");
            };
            let start = Instant::now();
            stdin.write_all(&sent)?;
            stdout.read_exact(&mut received)?;
            let time = start.elapsed();
            ensure!(received == sent, "other bytes came back");
            Ok(time)
        })
    })
}

/// A peer that ends when this side of its connection does.
struct Connected {
    stream: Option<UnixStream>,
    peer: Child,
}

impl Drop for Connected {
    fn drop(&mut self) {
        // The peer sees the end of its input; `wait` closes a pipe first.
        self.stream = None;
        let _ = self.peer.wait();
    }
}
