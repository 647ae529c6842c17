//! The worker's side: it takes frames and answers them, one task after the other, in the order in which they come.

use super::call::{Call, Image, encode};
use super::failure::Failure;
use super::runner::{Broken, Runner};
use super::shared_bytes::{Region, unpacking};
use super::stop_sign::{self, StopSign, run_as};
use super::wire::{Frame, Kind};
use crate::capture;
use crate::error::CodecStep;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// The first frame to a worker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// The position of a call, and its arguments.
    pub(crate) initializer: Option<(u64, Vec<u8>)>,
    /// Whether the time of each task is limited, so that the pool must hear of each item of a chunk soon.
    pub(crate) is_timed: bool,
}

/// Where a worker's answers go. For platforms.
pub trait Outlet {
    /// Claims a task before it is begun; false if it has been withdrawn.
    fn claim(&mut self, seq: u32) -> bool;

    /// Stores a whole frame, header and body, where it survives whatever the next task does; it need not be sent at once.
    fn put(&mut self, frame: &[u8]);

    /// The longest frame that [`put`](Self::put) takes.
    fn longest(&self) -> usize {
        usize::MAX
    }

    /// As [`put`](Self::put), for a longer frame, or for one whose body names regions. Only a platform that has a limit, or
    /// makes regions, is given any.
    ///
    /// # Errors
    ///
    /// Whatever keeps the frame from being put; nothing of it has been.
    fn put_with(&mut self, frame: &[u8], regions: Vec<Arc<dyn Region>>) -> io::Result<()> {
        drop(regions);
        self.put(frame);
        Ok(())
    }

    /// Sends what was put; the next task may take long.
    fn flush(&mut self);

    /// From here on, [`linger`](Self::linger) must not let pass a moment at which to send.
    fn be_prompt(&mut self) {}

    /// Sends what was put if that was long ago: another item of the same chunk is about to begin.
    fn linger(&mut self);
}

/// The worker's state between two frames. For platforms, which bring each frame to [`handle`](Self::handle).
pub struct Worker {
    image: Image,
    runner: Runner,
}

/// The pool sent what no pool sends. There is nothing that a worker could do about it but end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unintelligible {
    what: &'static str,
}

impl fmt::Display for Unintelligible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a worker was sent {}; is it the same program as the one that started it?", self.what)
    }
}

impl std::error::Error for Unintelligible {}

/// What tells this build from others, as far as a worker can be asked: where its constants lie.
pub(crate) fn mark(image: &Range<usize>) -> [u8; 16] {
    fn call_of<F: Fn(()) + Copy + 'static>(_: F) -> &'static Call {
        Call::plain::<F, (), ()>()
    }
    let position = call_of(|()| ()).position(image).unwrap_or(u64::MAX);
    let mut mark = [0; 16];
    mark[..8].copy_from_slice(&(image.len() as u64).to_le_bytes());
    mark[8..].copy_from_slice(&position.to_le_bytes());
    mark
}

impl Worker {
    /// Makes a worker that finds functions in `image`.
    #[must_use]
    pub fn new(image: Image) -> Self {
        Self { image, runner: Runner::default() }
    }

    /// Has its tasks see there that they are asked to end; otherwise they never are. To be called on the thread that the worker
    /// runs on.
    #[must_use]
    pub fn heeding(self, sign: Arc<dyn StopSign>) -> Self {
        stop_sign::heed(sign);
        self
    }

    /// Does what a frame asks for; [`ControlFlow::Break`] when that was to end.
    ///
    /// # Errors
    ///
    /// [`Unintelligible`] when the frame makes no sense.
    pub fn handle(
        &mut self,
        frame: Frame<'_>,
        outlet: &mut impl Outlet,
    ) -> Result<ControlFlow<()>, Unintelligible> {
        match frame.kind {
            Kind::Hello => self.greet(frame.body, outlet)?,
            Kind::Task => self.task(frame, outlet)?,
            Kind::Chunk => self.chunk(frame, outlet)?,
            Kind::Undelivered => self.undelivered(frame, outlet)?,
            Kind::Stop => return Ok(ControlFlow::Break(())),
            Kind::Ready | Kind::Unfit | Kind::Value | Kind::Failed | Kind::Skipped => {
                return Err(Unintelligible { what: "an answer" });
            }
        }
        outlet.flush();
        Ok(ControlFlow::Continue(()))
    }

    /// As [`handle`](Self::handle), for a frame with which regions came.
    ///
    /// # Errors
    ///
    /// As [`handle`](Self::handle).
    pub fn handle_with(
        &mut self,
        frame: Frame<'_>,
        regions: Vec<Arc<dyn Region>>,
        outlet: &mut impl Outlet,
    ) -> Result<ControlFlow<()>, Unintelligible> {
        unpacking(regions, || self.handle(frame, outlet))
    }

    fn greet(&mut self, body: &[u8], outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let hello: Hello = postcard::from_bytes(body).map_err(|_| Unintelligible { what: "no greeting" })?;
        if hello.is_timed {
            outlet.be_prompt();
        }
        if let Some((position, arguments)) = hello.initializer {
            let call = self.find(position)?;
            self.runner.begin();
            let ran = capture::task(|| call.run(&arguments, &mut self.runner.reply));
            if let Err(failure) = ran.unwrap_or_else(|panic| Err(Failure::panicked(&panic))) {
                self.runner.fail(Kind::Unfit, 0, &failure, outlet);
                return Ok(());
            }
        }
        self.runner.begin();
        self.runner.reply.extend_from_slice(&mark(self.image.addresses()));
        self.runner.put(Kind::Ready, 0, outlet);
        Ok(())
    }

    fn task(&mut self, frame: Frame<'_>, outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let (call, arguments) = self.call(frame.body)?;
        if self.claim(frame.seq, outlet) {
            run_as(frame.seq, || self.runner.task(call, frame.seq, arguments, outlet));
        }
        Ok(())
    }

    fn chunk(&mut self, frame: Frame<'_>, outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let (call, items) = self.call(frame.body)?;
        if !self.claim(frame.seq, outlet) {
            return Ok(());
        }
        run_as(frame.seq, || self.runner.chunk(call, frame.seq, items, outlet))
            .map_err(|Broken| Unintelligible { what: "a broken chunk" })
    }

    /// Passes the failure of a task that did not get here back, once for each of its answers.
    fn undelivered(&mut self, frame: Frame<'_>, outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let (answers, failure) =
            frame.body.split_first_chunk::<4>().ok_or(Unintelligible { what: "half a failure" })?;
        if self.claim(frame.seq, outlet) {
            for _ in 0..u32::from_le_bytes(*answers) {
                self.runner.begin();
                self.runner.reply.extend_from_slice(failure);
                self.runner.put(Kind::Failed, frame.seq, outlet);
            }
        }
        Ok(())
    }

    /// Takes a task, or says that it was left out.
    fn claim(&mut self, seq: u32, outlet: &mut impl Outlet) -> bool {
        let is_mine = outlet.claim(seq);
        if !is_mine {
            self.runner.begin();
            self.runner.put(Kind::Skipped, seq, outlet);
        }
        is_mine
    }

    fn call<'a>(&self, body: &'a [u8]) -> Result<(&'static Call, &'a [u8]), Unintelligible> {
        let (position, arguments) =
            body.split_first_chunk::<8>().ok_or(Unintelligible { what: "a task without a function" })?;
        Ok((self.find(u64::from_le_bytes(*position))?, arguments))
    }

    fn find(&self, position: u64) -> Result<&'static Call, Unintelligible> {
        Call::at(position, &self.image).ok_or(Unintelligible { what: "a function that it does not have" })
    }
}

/// The body of a [`Kind::Undelivered`] frame for a task whose frame could not be sent, for a reason that concerns only it.
#[must_use]
pub fn undelivered(kind: Kind, body: &[u8], reason: &io::Error) -> Vec<u8> {
    let mut answers: u32 = 1;
    if kind == Kind::Chunk {
        let mut items = body.get(8..).unwrap_or_default();
        answers = std::iter::from_fn(|| next_item(&mut items)).fold(0, |count, _| count + 1);
    }
    let mut bytes = answers.to_le_bytes().to_vec();
    // The texts of a failure always encode.
    let _ =
        encode(&Failure::unsent(CodecStep::EncodeArguments, reason), &mut bytes, CodecStep::EncodeArguments);
    bytes
}

/// Splits the first item off a chunk.
#[inline]
pub(crate) fn next_item<'a>(items: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = items.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let item = rest.get(..length)?;
    *items = &rest[length..];
    Some(item)
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("image", &self.image).finish_non_exhaustive()
    }
}
