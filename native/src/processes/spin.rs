//! Whether to look for a moment before going to sleep.
//!
//! While another processor is free, a thread that looks sees the other side's word without being woken, and the way there and back
//! takes a fifth of the time. While all are busy, it keeps the other side from running. Nobody can be asked which of the two it
//! is, so both ways are tried, and the quicker one is kept.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Going to sleep and being woken takes about as long.
const LIMIT: Duration = Duration::from_micros(30);
/// Waits until the other way is tried again.
const PERIOD: u32 = 512;
/// Waits for which it is tried.
const TRIAL: u32 = 8;

/// What one who waits again and again has learned.
#[derive(Debug)]
pub(super) struct Spin {
    /// There is but one processor.
    is_alone: bool,
    /// How long waits take of late, without looking and with it, in seconds; 0 before the first.
    times: [f64; 2],
    waits: u32,
}

impl Spin {
    pub(super) fn new() -> Self {
        let is_alone = available_parallelism().is_ok_and(|processors| processors == NonZeroUsize::MIN);
        Self { is_alone, times: [0.0; 2], waits: 0 }
    }

    /// Whether to look, in the next wait.
    pub(super) fn is_on(&self) -> bool {
        let quicker = self.times[1] <= self.times[0];
        let is_trial = self.waits % PERIOD < TRIAL;
        !self.is_alone && (quicker != is_trial)
    }

    /// A wait has taken so long. One that took much longer than the way there and back was for a task, and teaches nothing.
    pub(super) fn learn(&mut self, was_on: bool, took: Duration) {
        if took < 20 * LIMIT {
            let time = &mut self.times[usize::from(was_on)];
            *time =
                if *time == 0.0 { took.as_secs_f64() } else { *time * 0.875 + took.as_secs_f64() * 0.125 };
            self.waits = self.waits.wrapping_add(1);
        }
    }
}

/// Whether to look once more, in a wait that began at `start`.
pub(super) fn goes_on(start: Instant) -> bool {
    start.elapsed() < LIMIT
}

#[cfg(test)]
mod tests {
    use super::{PERIOD, Spin, TRIAL};
    use std::time::Duration;

    /// So many waits of those that take so long without looking and with it; returns how many did look.
    fn waits(spin: &mut Spin, count: u32, [off, on]: [u64; 2]) -> u32 {
        let wait = |_| {
            let is_on = spin.is_on();
            spin.learn(is_on, Duration::from_micros(if is_on { on } else { off }));
            u32::from(is_on)
        };
        (0..count).map(wait).sum()
    }

    #[test]
    fn keeps_the_quicker_way() {
        let mut spin = Spin { is_alone: false, ..Spin::new() };
        waits(&mut spin, PERIOD, [40, 8]);
        assert_eq!(waits(&mut spin, PERIOD, [40, 8]), PERIOD - TRIAL);
        waits(&mut spin, 2 * PERIOD, [10, 25]);
        assert_eq!(waits(&mut spin, PERIOD, [10, 25]), TRIAL);
        let mut alone = Spin { is_alone: true, ..Spin::new() };
        assert_eq!(waits(&mut alone, PERIOD, [40, 8]), 0);
    }
}
