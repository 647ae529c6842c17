//! The worker's side: whatever a pool sends, a worker answers or says that it cannot.

use crate::allocations;
use concurrent_futures_core::process_pool::wire::{self, Frame, HEADER, Kind};
use concurrent_futures_core::process_pool::{Image, Outlet, Worker};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};

/// Keeps what a worker says.
#[derive(Default)]
struct Said(Vec<u8>);

impl Outlet for Said {
    fn claim(&mut self, seq: u32) -> bool {
        seq.is_multiple_of(2)
    }

    fn put(&mut self, frame: &[u8]) {
        self.0.extend_from_slice(frame);
    }

    fn flush(&mut self) {}

    fn linger(&mut self) {}
}

/// What a worker of this build says first, without its header.
pub(crate) fn greeting() -> Vec<u8> {
    let mut said = Said::default();
    // SAFETY: a greeting without an initializer names no function.
    let image = unsafe { Image::new(0..usize::MAX) };
    // Neither an initializer nor a limit of time: two zeros.
    let hello = Frame { kind: Kind::Hello, seq: 0, body: &[0, 0] };
    let _ = Worker::new(image).handle(hello, &mut said).unwrap();
    said.0[HEADER..].to_vec()
}

const KINDS: [Kind; 6] = [Kind::Hello, Kind::Task, Kind::Chunk, Kind::Undelivered, Kind::Stop, Kind::Value];

/// A program without any function, so that no position leads to one.
static PROGRAM: [u64; 64] = [1; 64];

#[test]
fn survives_what_pools_say() {
    let frame = (0..KINDS.len(), 0_u32..4, vec(any::<u8>(), 0..48));
    let frames = vec(frame.prop_map(|(kind, seq, body)| (KINDS[kind], seq, body)), 0..6);
    let start = PROGRAM.as_ptr().addr();
    // SAFETY: they are the addresses of a static.
    let image = unsafe { Image::new(start..start + size_of_val(&PROGRAM)) };
    let mut runner =
        TestRunner::new(Config { cases: 20_000, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&frames, |frames| {
        allocations::largest();
        let mut worker = Worker::new(image.clone());
        let mut said = Said::default();
        for (kind, seq, mut body) in frames {
            if kind == Kind::Undelivered && body.len() >= 4 {
                // A pool says truly how many answers it wants, and a worker gives as many.
                body[1..4].fill(0);
            }
            // Whether it makes sense does not matter here.
            let _ = worker.handle(Frame { kind, seq, body: &body }, &mut said);
        }
        let mut rest = &said.0[..];
        while let Some(answer) = wire::split(&mut rest).unwrap() {
            assert!(matches!(answer.kind, Kind::Ready | Kind::Unfit | Kind::Failed | Kind::Skipped));
        }
        assert!(rest.is_empty());
        assert!(allocations::largest() <= 2 << 20);
        Ok(())
    });
    ran.unwrap();
}
