//! The table `process`: what a task costs that runs in another process.

mod bare;
mod ours;
mod procspawn;

use bench::Work;

use crate::command_line::Options;
use crate::contest::{Contest, Contestant};
use crate::cpython;
use crate::report::Report;
use crate::table::{self, grouped};

pub(crate) use self::bare::Peer;

/// How much each contestant does in a round.
struct Amount {
    pipelined: usize,
    one_at_a_time: usize,
    squares: usize,
    payload: usize,
}

/// Enough for every round to last far longer than a slice of the scheduler's.
const FULL: Amount =
    Amount { pipelined: 20_000, one_at_a_time: 5_000, squares: 1_000_000, payload: 64 << 20 };
const QUICK: Amount = Amount { pipelined: 500, one_at_a_time: 200, squares: 20_000, payload: 1 << 20 };

/// The turns of a round where two processes wake each other; see [`Contest::turns`].
const SHORT_TURNS: usize = 20;

/// CPython's side.
const SCRIPT: &str = "process.py";

/// Measures everything; who cannot take part is in the report with the reason.
pub(crate) fn measure(options: &Options) -> Report {
    let amount = if options.quick { QUICK } else { FULL };
    let report = Report::new("ProcessPoolExecutor", options);
    table::measure(report, contests(&amount).into(), options)
}

/// The rows with the targets of the design.
fn contests(amount: &Amount) -> [Contest; 6] {
    let &Amount { pipelined, one_at_a_time, squares, payload } = amount;
    let size = payload >> 20;
    let payloads = |how: &str, ours: Contestant| {
        let contestants = vec![
            ours,
            bare::pipes(payload).target(1.0 / 3.0),
            // Its count is of bytes.
            cpython::contestant(SCRIPT, "payload", 1, payload).units(1),
        ];
        Contest::new(format!("{size} MiB {how}"), "payload", contestants)
    };
    [
        Contest::new(
            format!("{} tiny tasks pipelined, 2 workers", grouped(pipelined)),
            "task",
            vec![
                ours::perform(Work::SubmitAndCollect, 2, pipelined),
                procspawn::pipelined(2, pipelined).target(1.0 / 20.0),
                cpython::contestant(SCRIPT, "pipelined", 2, pipelined),
            ],
        ),
        Contest::new(
            format!("{} tiny tasks one at a time, 1 worker", grouped(one_at_a_time)),
            "task",
            vec![
                ours::perform(Work::OneAtATime, 1, one_at_a_time / SHORT_TURNS),
                bare::socket_pair(one_at_a_time / SHORT_TURNS).target(1.5),
                procspawn::one_at_a_time(1, one_at_a_time / SHORT_TURNS),
                cpython::contestant(SCRIPT, "one-at-a-time", 1, one_at_a_time / SHORT_TURNS),
            ],
        )
        .turns(SHORT_TURNS),
        Contest::new(
            format!("`map` of {} `x*x`, chunksize 1,000, 2 workers", grouped(squares)),
            "item",
            vec![
                ours::perform(Work::Squares, 2, squares),
                cpython::contestant(SCRIPT, "squares", 2, squares).target(1.0 / 10.0),
            ],
        ),
        payloads("there and back as bytes of serde's", ours::payload(payload)),
        payloads("there and back as `SharedBytes`", ours::handed_over(payload)),
        payloads("as `SharedBytes`, copied on both sides", ours::shared_and_copied(payload)),
    ]
}

/// What tiny tasks do.
fn echo<T>(value: T) -> T {
    value
}

/// Bytes that are not all the same.
fn sample(length: usize) -> Vec<u8> {
    (0..=u8::MAX).cycle().take(length).collect()
}
