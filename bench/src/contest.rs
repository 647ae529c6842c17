//! Contestants that do the same work, in turns.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Does the work once and says how long it took. It owns what it works with, so dropping it ends its processes.
pub(crate) type Turn = Box<dyn FnMut() -> Result<Duration>>;

/// One piece of work, and those who do it.
pub(crate) struct Contest {
    /// The work in words.
    pub(crate) work: String,
    /// What one of the units is that the work consists of: "task", "item", "payload".
    pub(crate) unit: &'static str,
    /// The units of one turn.
    pub(crate) units: usize,
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
    /// one in each round. Who starts a round changes, so that nobody always comes after the same neighbour.
    ///
    /// Returns the figures in the order of the contestants. Who fails once is out.
    pub(crate) fn run(contestants: Vec<Contestant>, rounds: usize, units: usize) -> Vec<Figures> {
        let warm = |contestant: Contestant| {
            let mut turn = (contestant.open)()?;
            turn()?;
            Ok(turn)
        };
        let mut field: Vec<Result<(Turn, Vec<f64>), String>> = contestants
            .into_iter()
            .map(|contestant| warm(contestant).map(|turn| (turn, Vec::new())).map_err(reason))
            .collect();
        for round in 0..rounds {
            let start = Instant::now();
            for place in 0..field.len() {
                let index = (round + place) % field.len();
                let Ok((turn, figures)) = &mut field[index] else { continue };
                match turn() {
                    Ok(time) => figures.push(time.as_secs_f64() / units as f64),
                    Err(error) => field[index] = Err(reason(error)),
                }
            }
            eprintln!("    round {} of {rounds}: {:.1} s", round + 1, start.elapsed().as_secs_f64());
        }
        field.into_iter().map(|outcome| outcome.map(|(_, figures)| figures)).collect()
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
        let figures = Contest::run(field, 3, 2);
        assert_eq!(*order.borrow(), "abc abc bca ca".replace(' ', ""));
        assert_eq!(figures[0], Ok(vec![2.0; 3]));
        assert_eq!(figures[1], Err("tired".to_owned()));
    }

    #[test]
    fn missing_contestant_is_told() {
        let missing = Contestant::new("python", || anyhow::bail!("there is no python3"));
        assert_eq!(Contest::run(vec![missing], 2, 1), [Err("there is no python3".to_owned())]);
    }
}
