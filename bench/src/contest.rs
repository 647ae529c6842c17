//! Contestants that do the same work, in turns.

use std::mem;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

/// Does one turn's work and says what it took, in seconds or in bytes. It owns what it works with, so dropping it ends
/// its processes and threads.
pub(crate) type Turn = Box<dyn FnMut() -> Result<f64>>;

/// One piece of work, and those who do it.
pub(crate) struct Contest {
    /// The work in words.
    pub(crate) work: String,
    /// What one of the units is that the work consists of: "task", "item", "payload".
    pub(crate) unit: &'static str,
    /// How many turns each contestant has in a round, one after the other's. Two threads or processes that wake each
    /// other are several times as fast on one processor as on two, and the scheduler moves them now and then: a round
    /// of many short turns sees both.
    pub(crate) turns: usize,
    /// What is counted.
    pub(crate) measure: Measure,
    /// What a unit is to take this project at most.
    pub(crate) limit: Option<f64>,
    /// The first is this project's own, with whom all others are compared.
    pub(crate) contestants: Vec<Contestant>,
}

/// What is counted. Less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Measure {
    Seconds,
    Bytes,
}

/// One who does the work.
pub(crate) struct Contestant {
    pub(crate) name: String,
    /// Whether it is this project's own; the first always is.
    pub(crate) is_ours: bool,
    /// The units that it does in one turn. Whoever is far slower may do less than others.
    pub(crate) units: usize,
    /// What "first : this" is to be at most.
    pub(crate) target: Option<f64>,
    /// Starts its workers and waits until they are there.
    pub(crate) open: Box<dyn FnOnce() -> Result<Turn>>,
}

/// The figures of one contestant: seconds or bytes for a unit, one for each round; or why there are none.
pub(crate) type Figures = Result<Vec<f64>, String>;

impl Contestant {
    pub(crate) fn new(
        name: impl Into<String>,
        units: usize,
        open: impl FnOnce() -> Result<Turn> + 'static,
    ) -> Self {
        Self { name: name.into(), is_ours: false, units, target: None, open: Box::new(open) }
    }

    /// Marks it as this project's own.
    pub(crate) fn ours(mut self) -> Self {
        self.is_ours = true;
        self
    }

    /// Gives it another name.
    pub(crate) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Has it do its work so many times in a turn, where once would be over too soon to be timed.
    pub(crate) fn repeated(mut self, times: usize) -> Self {
        self.units *= times;
        let open = self.open;
        self.open = Box::new(move || {
            let mut turn = open()?;
            Ok(Box::new(move || (0..times).map(|_| turn()).sum()))
        });
        self
    }

    /// Sets how many units it does in one turn.
    pub(crate) fn units(mut self, units: usize) -> Self {
        self.units = units;
        self
    }

    /// Sets what "first : this" is to be at most.
    pub(crate) fn target(mut self, ratio: f64) -> Self {
        self.target = Some(ratio);
        self
    }
}

/// Makes a turn of something that says how long it took.
pub(crate) fn timed(mut turn: impl FnMut() -> Result<Duration> + 'static) -> Result<Turn> {
    Ok(Box::new(move || Ok(turn()?.as_secs_f64())))
}

impl Contest {
    /// A contest about time, whose rounds are of one turn.
    pub(crate) fn new(work: impl Into<String>, unit: &'static str, contestants: Vec<Contestant>) -> Self {
        let (turns, measure) = (1, Measure::Seconds);
        Self { work: work.into(), unit, turns, measure, limit: None, contestants }
    }

    pub(crate) fn turns(self, turns: usize) -> Self {
        Self { turns, ..self }
    }

    pub(crate) fn limit(self, limit: f64) -> Self {
        Self { limit: Some(limit), ..self }
    }

    pub(crate) fn measure(self, measure: Measure) -> Self {
        Self { measure, ..self }
    }

    /// Takes back what only the full amount of work can be judged by.
    pub(crate) fn without_targets(mut self) -> Self {
        self.limit = None;
        self.contestants.iter_mut().for_each(|contestant| contestant.target = None);
        self
    }

    /// Gives each contestant a turn that does not count, for caches, allocators and workers that start on demand; and
    /// then its turns of each round. Who starts changes, so that nobody always comes after the same neighbour.
    ///
    /// Returns the figures in the order of the contestants. Who fails once is out.
    pub(crate) fn run(self, rounds: usize) -> Vec<Figures> {
        let turns = self.turns;
        let mut field: Vec<Lane> = self.contestants.into_iter().map(Lane::open).collect();
        for round in 0..rounds {
            let start = Instant::now();
            for turn in 0..turns {
                for place in 0..field.len() {
                    let index = (round + turn + place) % field.len();
                    field[index].take_turn();
                }
            }
            field.iter_mut().for_each(|lane| lane.end_round(turns));
            eprintln!("    round {} of {rounds}: {:.1} s", round + 1, start.elapsed().as_secs_f64());
        }
        field.into_iter().map(|lane| lane.turn.map(|_| lane.figures)).collect()
    }
}

/// A contestant while the contest is on.
struct Lane {
    turn: Result<Turn, String>,
    /// Of one turn.
    units: usize,
    /// What the turns of this round have taken.
    taken: f64,
    figures: Vec<f64>,
}

impl Lane {
    fn open(contestant: Contestant) -> Self {
        let turn = (contestant.open)().map_err(reason);
        let mut lane = Self { turn, units: contestant.units, taken: 0.0, figures: Vec::new() };
        lane.take_turn();
        lane.taken = 0.0;
        lane
    }

    fn take_turn(&mut self) {
        let Ok(turn) = &mut self.turn else { return };
        match turn() {
            Ok(taken) => self.taken += taken,
            Err(error) => self.turn = Err(reason(error)),
        }
    }

    fn end_round(&mut self, turns: usize) {
        self.figures.push(mem::take(&mut self.taken) / (turns * self.units) as f64);
    }
}

/// An error with its causes in one line.
fn reason(error: anyhow::Error) -> String {
    format!("{error:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    fn contest(contestants: Vec<Contestant>, turns: usize) -> Contest {
        Contest::new("nothing", "task", contestants).turns(turns)
    }

    #[test]
    fn turns_rotate_and_failures_stay_out() {
        let order = Rc::new(RefCell::new(String::new()));
        let contestant = |name: &'static str, turns: usize| {
            let order = Rc::clone(&order);
            Contestant::new(name, 2, move || {
                let mut left = turns;
                Ok(Box::new(move || {
                    order.borrow_mut().push_str(name);
                    left = left.checked_sub(1).ok_or_else(|| anyhow::anyhow!("tired"))?;
                    Ok(4.0)
                }))
            })
        };
        let field = vec![contestant("a", 9), contestant("b", 2), contestant("c", 9)];
        let figures = contest(field, 1).run(3);
        assert_eq!(*order.borrow(), "abc abc bca ca".replace(' ', ""));
        assert_eq!(figures[0], Ok(vec![2.0; 3]));
        assert_eq!(figures[1], Err("tired".to_owned()));
    }

    #[test]
    fn missing_contestant_is_told() {
        let missing = Contestant::new("python", 1, || anyhow::bail!("there is no python3"));
        assert_eq!(contest(vec![missing], 1).run(2), [Err("there is no python3".to_owned())]);
    }

    #[test]
    fn turns_of_a_round_add_up() {
        let slower_each_time = || {
            Contestant::new("a", 2, || {
                let mut seconds = 0..;
                timed(move || Ok(Duration::from_secs(seconds.next().unwrap())))
            })
        };
        // The first turn is for warming up; then 1 + 2 + 3 + 4 seconds are for 4 times 2 units.
        let figures = contest(vec![slower_each_time()], 4).run(2);
        assert_eq!(figures, [Ok(vec![10.0 / 8.0, 26.0 / 8.0])]);
        let figures = contest(vec![slower_each_time().repeated(4)], 1).run(1);
        assert_eq!(figures, [Ok(vec![(4.0 + 5.0 + 6.0 + 7.0) / 8.0])]);
    }
}
