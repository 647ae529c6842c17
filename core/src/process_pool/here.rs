//! Answers of a task that its submitter runs itself. It goes the same way as in a worker, encoded there and back, so that the
//! same comes out.

use super::call::Call;
use super::runner::Runner;
use super::shared_bytes::{Region, unpacking};
use super::stop_sign::run_with;
use super::worker::Outlet;
use crate::cancel_token::CancelToken;
use std::io;
use std::mem;
use std::sync::Arc;

/// Frames one after the other, and those that regions go with by themselves.
pub(super) enum Answers {
    Plain(Vec<u8>),
    Marked(Vec<u8>, Vec<Arc<dyn Region>>),
}

#[derive(Default)]
struct Kept(Vec<Answers>);

impl Outlet for Kept {
    fn claim(&mut self, _: u32) -> bool {
        true
    }

    fn put(&mut self, frame: &[u8]) {
        match self.0.last_mut() {
            Some(Answers::Plain(frames)) => frames.extend_from_slice(frame),
            _ => self.0.push(Answers::Plain(frame.to_vec())),
        }
    }

    fn put_with(&mut self, frame: &[u8], regions: Vec<Arc<dyn Region>>) -> io::Result<()> {
        self.0.push(Answers::Marked(frame.to_vec(), regions));
        Ok(())
    }

    fn flush(&mut self) {}

    fn linger(&mut self) {}
}

/// Runs a call on this thread, with that token; `arguments` are those of a task, or the items of a chunk.
pub(super) fn run(
    call: &Call,
    is_chunk: bool,
    arguments: &[u8],
    regions: Vec<Arc<dyn Region>>,
    token: CancelToken,
) -> Vec<Answers> {
    let (mut runner, mut kept) = (Runner::default(), Kept::default());
    run_with(token, || {
        unpacking(regions, || {
            if is_chunk {
                // It was made in this memory, so it is whole.
                let _ = runner.chunk(call, 0, arguments, &mut kept);
            } else {
                runner.task(call, 0, arguments, &mut kept);
            }
        });
    });
    mem::take(&mut kept.0)
}
