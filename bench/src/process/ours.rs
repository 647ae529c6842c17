//! This project's contestants.

use std::hint::black_box;
use std::time::Instant;

use anyhow::ensure;
use bench::Work;
use concurrent_futures::{Executor, ProcessPoolExecutor, SharedBytes};
use serde_bytes::ByteBuf;

use super::{echo, sample};
use crate::contest::{Contestant, timed};

const NAME: &str = "concurrent-futures";

/// A page of memory, or a part of one.
const PAGE: usize = 4096;

/// Does what executors on threads do as well.
pub(super) fn perform(work: Work, workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, count, move || {
        let pool = ProcessPoolExecutor::new(workers)?;
        timed(move || work.perform(&pool, count))
    })
}

/// Sends bytes and gets them back. Making them, comparing them and giving them up is not timed.
pub(super) fn payload(length: usize) -> Contestant {
    Contestant::new(NAME, 1, move || {
        let pool = ProcessPoolExecutor::new(1)?;
        let sent = sample(length);
        timed(move || {
            let arguments = ByteBuf::from(sent.clone());
            let start = Instant::now();
            let future = pool.submit(echo::<ByteBuf>, arguments)?;
            let received = future.result()?;
            let time = start.elapsed();
            ensure!(*received == sent, "other bytes came back");
            Ok(time)
        })
    })
}

/// Hands bytes over in memory that processes share, and gets them back. Making them is not timed, as it is not for the
/// others; both sides look at each page.
pub(super) fn handed_over(length: usize) -> Contestant {
    fn look(bytes: SharedBytes) -> SharedBytes {
        black_box(bytes.iter().step_by(PAGE).fold(0, |seen, byte| seen ^ byte));
        bytes
    }
    Contestant::new(NAME, 1, move || {
        let pool = ProcessPoolExecutor::new(1)?;
        let plain = sample(length);
        timed(move || {
            let sent = SharedBytes::from(&plain[..]);
            let start = Instant::now();
            let future = pool.submit(look, sent)?;
            let received = look(future.result()?.clone());
            let time = start.elapsed();
            ensure!(received[..] == plain, "other bytes came back");
            Ok(time)
        })
    })
}

/// The same with the copies that it saves: one into shared memory here, another by the task into memory of its own.
pub(super) fn shared_and_copied(length: usize) -> Contestant {
    Contestant::new(NAME, 1, move || {
        let pool = ProcessPoolExecutor::new(1)?;
        let sent = sample(length);
        timed(move || {
            let start = Instant::now();
            let future = pool
                .submit(|bytes: SharedBytes| SharedBytes::from(&bytes[..]), SharedBytes::from(&sent[..]))?;
            let received = future.result()?;
            black_box(received.iter().step_by(PAGE).fold(0, |seen, byte| seen ^ byte));
            let time = start.elapsed();
            ensure!(received[..] == sent, "other bytes came back");
            Ok(time)
        })
    })
}
