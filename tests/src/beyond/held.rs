//! Workers that are busy until the scenario says otherwise.

use crate::Gate;
use concurrent_futures::{Accept, Error, Future, TaskOptions};

/// Tasks that keep the workers of an executor busy, each at the same gate.
///
/// Dropped, it lets them go, so that a scenario that fails does not wait for itself.
pub(crate) struct Held {
    gate: Gate,
    tasks: Vec<Future<()>>,
}

/// What the workers are kept busy with.
fn wait_at(gate: Gate) {
    gate.pass();
}

/// Keeps `workers` workers of `executor` busy. When it returns, each of them has begun its task.
pub(crate) fn hold<E: Accept<fn(Gate), Gate, ()>>(executor: &E, workers: usize) -> Held {
    hold_with(&TaskOptions::new(), executor, workers)
}

/// As [`hold`], by tasks with options.
pub(crate) fn hold_with<E>(options: &TaskOptions, executor: &E, workers: usize) -> Held
where
    E: Accept<fn(Gate), Gate, ()>,
{
    let gate = Gate::new();
    let task = |_| executor.submit_with(options.clone(), wait_at as fn(Gate), gate.clone()).unwrap();
    let tasks = (0..workers).map(task).collect();
    gate.wait_for(workers);
    Held { gate, tasks }
}

impl Held {
    /// The tasks that keep the workers busy.
    pub(crate) fn tasks(&self) -> &[Future<()>] {
        &self.tasks
    }

    /// Lets the workers go, and waits until their tasks are done.
    pub(crate) fn release(&self) {
        self.gate.open();
        let ended: Result<Vec<_>, Error> = self.tasks.iter().map(Future::result).collect();
        ended.unwrap();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gate.open();
    }
}
