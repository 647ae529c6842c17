//! Contestants that do the same work, in turns.

use std::mem;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Does one turn's work and says how long it took. It owns what it works with, so dropping it ends its processes.
pub(crate) type Turn = Box<dyn FnMut() -> Result<Duration>>;

/// One piece of work, and those who do it.
pub(crate) struct Contest {
    /// The work in words.
    pub(crate) work: String,
    /// What one of the units is that the work consists of: "task", "item", "payload".
    pub(crate) unit: &'static str,
    /// The units that each contestant does in one round.
    pub(crate) units: usize,
    /// In how many turns, one after the other's, it does them. Two processes that wake each other are several times as fast
    /// on one processor as on two, and the scheduler moves them now and then: a round of many short turns sees both.
    pub(crate) turns: usize,
    /// The first is this project's own.
    pub(crate) contestants: Vec<Contestant>,
}

/// One who does the work.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// What "ours : theirs" is to be at most.
    pub(crate) target: Option<f64>,
    /// Starts its processes and waits until they are there.
    pub(crate) open: Box<dyn FnOnce() -> Result<Turn>>,
}

/// The figures of one contestant: seconds for a unit, one for each round; or why there are none.
pub(crate) type Figures = Result<Vec<f64>, String>;

impl Contestant {
    pub(crate) fn new(name: &'static str, open: impl FnOnce() -> Result<Turn> + 'static) -> Self {
        Self { name, target: None, open: Box::new(open) }
    }

    /// Sets what "ours : theirs" is to be at most.
    pub(crate) fn target(mut self, ratio: f64) -> Self {
        self.target = Some(ratio);
        self
    }
}

impl Contest {
    /// Gives each contestant a turn that does not count, for caches, allocators and workers that start on demand; and then
    /// its turns of each round. Who starts changes, so that nobody always comes after the same neighbour.
    ///
    /// Returns the figures in the order of the contestants. Who fails once is out.
    pub(crate) fn run(self, rounds: usize) -> Vec<Figures> {
        let (turns, units) = (self.turns, self.units);
        let mut field: Vec<Lane> = self.contestants.into_iter().map(Lane::open).collect();
        for round in 0..rounds {
            let start = Instant::now();
            for turn in 0..turns {
                for place in 0..field.len() {
                    let index = (round + turn + place) % field.len();
                    field[index].take_turn();
                }
            }
            field.iter_mut().for_each(|lane| lane.end_round(units));
            eprintln!("    round {} of {rounds}: {:.1} s", round + 1, start.elapsed().as_secs_f64());
        }
        field.into_iter().map(|lane| lane.turn.map(|_| lane.figures)).collect()
    }
}

/// A contestant while the contest is on.
struct Lane {
    turn: Result<Turn, String>,
    /// What the turns of this round have taken.
    time: Duration,
    figures: Vec<f64>,
}

impl Lane {
    fn open(contestant: Contestant) -> Self {
        let mut lane =
            Self { turn: (contestant.open)().map_err(reason), time: Duration::ZERO, figures: Vec::new() };
        lane.take_turn();
        lane.time = Duration::ZERO;
        lane
    }

    fn take_turn(&mut self) {
        let Ok(turn) = &mut self.turn else { return };
        match turn() {
            Ok(time) => self.time += time,
            Err(error) => self.turn = Err(reason(error)),
        }
    }

    fn end_round(&mut self, units: usize) {
        self.figures.push(mem::take(&mut self.time).as_secs_f64() / units as f64);
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
        Contest { work: "nothing".to_owned(), unit: "task", units: 2, turns, contestants }
    }

    #[test]
    fn turns_rotate_and_failures_stay_out() {
        let order = Rc::new(RefCell::new(String::new()));
        let contestant = |name: &'static str, turns: usize| {
            let order = Rc::clone(&order);
            Contestant::new(name, move || {
                let mut left = turns;
                Ok(Box::new(move || {
                    order.borrow_mut().push_str(name);
                    left = left.checked_sub(1).ok_or_else(|| anyhow::anyhow!("tired"))?;
                    Ok(Duration::from_secs(4))
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
        let missing = Contestant::new("python", || anyhow::bail!("there is no python3"));
        assert_eq!(contest(vec![missing], 1).run(2), [Err("there is no python3".to_owned())]);
    }

    #[test]
    fn turns_of_a_round_add_up() {
        let second = Contestant::new("a", || Ok(Box::new(|| Ok(Duration::from_secs(1)))));
        assert_eq!(contest(vec![second], 5).run(2), [Ok(vec![2.5, 2.5])]);
    }
}
