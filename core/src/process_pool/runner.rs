//! Runs calls and makes frames of what comes out: in a worker, or on the thread of a submitter.

use super::call::{Call, encode};
use super::failure::Failure;
use super::shared_bytes::take_packed;
use super::wire::{self, HEADER, Kind};
use super::worker::{Outlet, next_item};
use crate::capture;
use crate::error::CodecStep;

/// Answers longer than this are not kept for the next.
const KEEP: usize = 64 * 1024;

#[derive(Default)]
pub(super) struct Runner {
    /// The frame that is being made, used again and again.
    pub(super) reply: Vec<u8>,
}

/// A chunk whose last item is cut off.
pub(super) struct Broken;

impl Runner {
    /// Runs a task and puts its answer.
    pub(super) fn task(&mut self, call: &Call, seq: u32, arguments: &[u8], outlet: &mut impl Outlet) {
        if let Err(panic) = capture::task(|| self.answer(call, seq, arguments, outlet)) {
            self.fail(Kind::Failed, seq, &Failure::panicked(&panic), outlet);
        }
    }

    /// Runs the items of a chunk and puts an answer for each.
    pub(super) fn chunk(
        &mut self,
        call: &Call,
        seq: u32,
        mut items: &[u8],
        outlet: &mut impl Outlet,
    ) -> Result<(), Broken> {
        // An item is taken before it is run, so after a panic the next one follows.
        while !items.is_empty() {
            let rest = &mut items;
            let ran = capture::task(|| {
                while !rest.is_empty() {
                    let Some(item) = next_item(rest) else { return false };
                    self.answer(call, seq, item, outlet);
                    outlet.linger();
                }
                true
            });
            match ran {
                Ok(true) => {}
                Ok(false) => return Err(Broken),
                Err(panic) => self.fail(Kind::Failed, seq, &Failure::panicked(&panic), outlet),
            }
        }
        Ok(())
    }

    fn answer(&mut self, call: &Call, seq: u32, arguments: &[u8], outlet: &mut impl Outlet) {
        self.begin();
        match call.run(arguments, &mut self.reply) {
            Ok(()) if wire::fits(&self.reply) => self.put(Kind::Value, seq, outlet),
            Ok(()) => {
                let too_long = Failure::codec::<()>(CodecStep::EncodeResult, "it takes 4 GiB or more");
                self.fail(Kind::Failed, seq, &too_long, outlet);
            }
            Err(failure) => self.fail(Kind::Failed, seq, &failure, outlet),
        }
    }

    /// Leaves room for a header; the body follows.
    #[inline]
    pub(super) fn begin(&mut self) {
        if self.reply.capacity() > KEEP {
            self.reply = Vec::new();
        }
        self.reply.clear();
        self.reply.extend_from_slice(&[0; HEADER]);
    }

    /// Writes the header before the body, and puts the frame.
    #[inline]
    pub(super) fn put(&mut self, kind: Kind, seq: u32, outlet: &mut impl Outlet) {
        wire::set_header(&mut self.reply, kind, seq);
        let regions = take_packed();
        if regions.is_empty() && self.reply.len() <= outlet.longest() {
            outlet.put(&self.reply);
        } else if let Err(error) = outlet.put_with(&self.reply, regions) {
            let failure = Failure::unsent(CodecStep::EncodeResult, &error);
            self.fail(Kind::Failed, seq, &failure, outlet);
        }
    }

    pub(super) fn fail(&mut self, kind: Kind, seq: u32, failure: &Failure, outlet: &mut impl Outlet) {
        self.begin();
        // Of what was begun nothing goes out.
        drop(take_packed());
        // The texts of a failure always encode.
        let _ = encode(failure, &mut self.reply, CodecStep::EncodeResult);
        self.put(kind, seq, outlet);
    }
}
