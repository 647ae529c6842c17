//! The table `process`: what a task costs that runs in another process.

mod bare;
mod cpython;
mod ours;
mod procspawn;

use crate::command_line::Options;
use crate::contest::{Contest, Contestant};
use crate::report::{Report, Row};

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

const QUICK_ROUNDS: usize = 2;

/// The turns of a round where two processes wake each other; see [`Contest::turns`].
const SHORT_TURNS: usize = 20;

/// Python's `chunksize`.
const CHUNK: usize = 1_000;

/// Measures everything; who cannot take part is in the report with the reason.
pub(crate) fn measure(options: &Options) -> Report {
    let (amount, rounds) =
        if options.quick { (QUICK, QUICK_ROUNDS) } else { (FULL, options.rounds as usize) };
    let mut report = Report::new("ProcessPoolExecutor", rounds, options.quick, cpython::version());
    for mut contest in contests(&amount) {
        if options.only.as_ref().is_some_and(|only| !contest.work.contains(only)) {
            continue;
        }
        if options.quick {
            // The targets are for the full amounts.
            contest.contestants.iter_mut().for_each(|contestant| contestant.target = None);
        }
        eprintln!("==> {}", contest.work);
        report.rows.push(Row::of(contest, rounds));
    }
    report
}

/// The rows with the targets of the design.
fn contests(amount: &Amount) -> [Contest; 6] {
    let &Amount { pipelined, one_at_a_time, squares, payload } = amount;
    [
        Contest {
            work: format!("{} tiny tasks pipelined, 2 workers", grouped(pipelined)),
            unit: "task",
            units: pipelined,
            turns: 1,
            contestants: vec![
                ours::pipelined(2, pipelined),
                procspawn::pipelined(2, pipelined).target(1.0 / 20.0),
                cpython::contestant("pipelined", 2, pipelined),
            ],
        },
        Contest {
            work: format!("{} tiny tasks one at a time, 1 worker", grouped(one_at_a_time)),
            unit: "task",
            units: one_at_a_time,
            turns: SHORT_TURNS,
            contestants: vec![
                ours::one_at_a_time(1, one_at_a_time / SHORT_TURNS),
                bare::socket_pair(one_at_a_time / SHORT_TURNS).target(1.5),
                procspawn::one_at_a_time(1, one_at_a_time / SHORT_TURNS),
                cpython::contestant("one-at-a-time", 1, one_at_a_time / SHORT_TURNS),
            ],
        },
        Contest {
            work: format!("`map` of {} `x*x`, chunksize {}, 2 workers", grouped(squares), grouped(CHUNK)),
            unit: "item",
            units: squares,
            turns: 1,
            contestants: vec![
                ours::squares(2, squares),
                cpython::contestant("squares", 2, squares).target(1.0 / 10.0),
            ],
        },
        Contest {
            work: format!("{} MiB there and back as bytes of serde's", payload >> 20),
            unit: "payload",
            units: 1,
            turns: 1,
            contestants: vec![
                ours::payload(payload),
                bare::pipes(payload).target(1.0 / 3.0),
                cpython::contestant("payload", 1, payload),
            ],
        },
        Contest {
            work: format!("{} MiB there and back as `SharedBytes`", payload >> 20),
            unit: "payload",
            units: 1,
            turns: 1,
            contestants: vec![
                ours::handed_over(payload),
                bare::pipes(payload).target(1.0 / 3.0),
                cpython::contestant("payload", 1, payload),
            ],
        },
        Contest {
            work: format!("{} MiB as `SharedBytes`, copied on both sides", payload >> 20),
            unit: "payload",
            units: 1,
            turns: 1,
            contestants: vec![
                ours::shared_and_copied(payload),
                bare::pipes(payload).target(1.0 / 3.0),
                cpython::contestant("payload", 1, payload),
            ],
        },
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

/// Boxes a turn; the closure's own type would have to be named everywhere.
fn turn(
    turn: impl FnMut() -> anyhow::Result<std::time::Duration> + 'static,
) -> anyhow::Result<crate::contest::Turn> {
    Ok(Box::new(turn))
}

/// A count with a comma before every three digits.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [7, 500, 5_000, 20_000, 1_000_000].map(grouped),
            ["7", "500", "5,000", "20,000", "1,000,000"]
        );
    }
}
