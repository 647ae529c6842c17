//! The worker's side: it takes frames and answers them, one task after the other, in the order in which they come.

use super::call::{Call, encode};
use super::failure::Failure;
use super::wire::{Frame, Kind};
use crate::error::CodecStep;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::mem;
use std::ops::{ControlFlow, Range};

/// Answers longer than this are not kept for the next.
const KEEP: usize = 64 * 1024;

/// The first frame to a worker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// The position of a call, and its arguments.
    pub(crate) initializer: Option<(u64, Vec<u8>)>,
}

/// Where a worker's answers go. For platforms.
pub trait Outlet {
    /// Claims a task before it is begun; false if it has been withdrawn.
    fn claim(&mut self, seq: u32) -> bool;

    /// Stores a frame where it survives whatever the next task does; it need not be sent at once.
    fn put(&mut self, kind: Kind, seq: u32, body: &[u8]);

    /// Sends what was put; the next task may take long.
    fn flush(&mut self);

    /// Sends what was put if that was long ago: another item of the same chunk is about to begin.
    fn linger(&mut self);
}

/// The worker's state between two frames. For platforms, which bring each frame to [`handle`](Self::handle).
pub struct Worker {
    image: Range<usize>,
    reply: Vec<u8>,
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
    /// Makes a worker whose program has its constants at `image`.
    #[must_use]
    pub fn new(image: Range<usize>) -> Self {
        Self { image, reply: Vec::new() }
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
            Kind::Stop => return Ok(ControlFlow::Break(())),
            Kind::Ready | Kind::Unfit | Kind::Value | Kind::Failed | Kind::Skipped => {
                return Err(Unintelligible { what: "an answer" });
            }
        }
        outlet.flush();
        Ok(ControlFlow::Continue(()))
    }

    fn greet(&mut self, body: &[u8], outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let hello: Hello = postcard::from_bytes(body).map_err(|_| Unintelligible { what: "no greeting" })?;
        if let Some((position, arguments)) = hello.initializer {
            let call = self.find(position)?;
            if let Err(failure) = call.run(&arguments, &mut self.reply) {
                self.put_failure(Kind::Unfit, 0, &failure, outlet);
                return Ok(());
            }
            self.reply.clear();
        }
        outlet.put(Kind::Ready, 0, &mark(&self.image));
        Ok(())
    }

    fn task(&mut self, frame: Frame<'_>, outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let (call, arguments) = self.call(frame.body)?;
        if outlet.claim(frame.seq) {
            self.answer(call, frame.seq, arguments, outlet);
        } else {
            outlet.put(Kind::Skipped, frame.seq, &[]);
        }
        Ok(())
    }

    fn chunk(&mut self, frame: Frame<'_>, outlet: &mut impl Outlet) -> Result<(), Unintelligible> {
        let (call, mut items) = self.call(frame.body)?;
        if !outlet.claim(frame.seq) {
            outlet.put(Kind::Skipped, frame.seq, &[]);
            return Ok(());
        }
        while !items.is_empty() {
            let item = next_item(&mut items).ok_or(Unintelligible { what: "a broken chunk" })?;
            self.answer(call, frame.seq, item, outlet);
            outlet.linger();
        }
        Ok(())
    }

    fn call<'a>(&self, body: &'a [u8]) -> Result<(&'static Call, &'a [u8]), Unintelligible> {
        let (position, arguments) =
            body.split_first_chunk::<8>().ok_or(Unintelligible { what: "a task without a function" })?;
        Ok((self.find(u64::from_le_bytes(*position))?, arguments))
    }

    fn find(&self, position: u64) -> Result<&'static Call, Unintelligible> {
        Call::at(position, &self.image).ok_or(Unintelligible { what: "a function that it does not have" })
    }

    fn answer(&mut self, call: &Call, seq: u32, arguments: &[u8], outlet: &mut impl Outlet) {
        match call.run(arguments, &mut self.reply) {
            Ok(()) if u32::try_from(self.reply.len()).is_ok() => outlet.put(Kind::Value, seq, &self.reply),
            Ok(()) => {
                let too_long = Failure::codec::<()>(CodecStep::EncodeResult, "it takes 4 GiB or more");
                self.put_failure(Kind::Failed, seq, &too_long, outlet);
            }
            Err(failure) => self.put_failure(Kind::Failed, seq, &failure, outlet),
        }
        self.reply.clear();
        if self.reply.capacity() > KEEP {
            drop(mem::take(&mut self.reply));
        }
    }

    fn put_failure(&mut self, kind: Kind, seq: u32, failure: &Failure, outlet: &mut impl Outlet) {
        self.reply.clear();
        // The texts of a failure always encode.
        let _ = encode(failure, &mut self.reply, CodecStep::EncodeResult);
        outlet.put(kind, seq, &self.reply);
        self.reply.clear();
    }
}

/// Splits the first item off a chunk.
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
