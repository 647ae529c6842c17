//! This project's contestants.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use concurrent_futures::{Executor, MapOptions, ProcessPoolExecutor, SharedBytes};
use serde_bytes::ByteBuf;

use super::{CHUNK, Contestant, echo, sample, turn};

const NAME: &str = "concurrent-futures";

/// A page of memory, or a part of one.
const PAGE: usize = 4096;

/// Submits all, then reads all.
pub(super) fn pipelined(workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, move || {
        let pool = ProcessPoolExecutor::new(workers)?;
        turn(move || {
            let start = Instant::now();
            let futures = (0..count as u64).map(|n| pool.submit(echo::<u64>, n));
            let futures = futures.collect::<Result<Vec<_>, _>>()?;
            for (n, future) in (0..).zip(&futures) {
                ensure!(*future.result()? == n, "a wrong result");
            }
            Ok(start.elapsed())
        })
    })
}

/// Submits one and reads it before the next.
pub(super) fn one_at_a_time(workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, move || {
        let pool = ProcessPoolExecutor::new(workers)?;
        turn(move || {
            let start = Instant::now();
            for n in 0..count as u64 {
                ensure!(*pool.submit(echo::<u64>, n)?.result()? == n, "a wrong result");
            }
            Ok(start.elapsed())
        })
    })
}

/// Sums the squares of all numbers below `count`.
pub(super) fn squares(workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, move || {
        let pool = ProcessPoolExecutor::new(workers)?;
        let count = count as u64;
        turn(move || {
            let start = Instant::now();
            let options = MapOptions::default().chunksize(CHUNK);
            let mut sum = 0;
            for square in pool.map_with(options, |x: u64| x * x, 0..count)? {
                sum += square?;
            }
            let time = start.elapsed();
            ensure!(sum == (count - 1) * count * (2 * count - 1) / 6, "a wrong sum");
            Ok(time)
        })
    })
}

/// Sends bytes and gets them back. Making them, comparing them and giving them up is not timed.
pub(super) fn payload(length: usize) -> Contestant {
    Contestant::new(NAME, move || {
        let pool = ProcessPoolExecutor::new(1)?;
        let sent = sample(length);
        turn(move || {
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

/// Hands bytes over in memory that processes share, and gets them back. Making them is not timed, as it is not for the others;
/// both sides look at each page.
pub(super) fn handed_over(length: usize) -> Contestant {
    fn look(bytes: SharedBytes) -> SharedBytes {
        black_box(bytes.iter().step_by(PAGE).fold(0, |seen, byte| seen ^ byte));
        bytes
    }
    Contestant::new(NAME, move || {
        let pool = ProcessPoolExecutor::new(1)?;
        let plain = sample(length);
        turn(move || {
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
    Contestant::new(NAME, move || {
        let pool = ProcessPoolExecutor::new(1)?;
        let sent = sample(length);
        turn(move || {
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
