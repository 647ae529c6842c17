//! From what was kept to the events of the format.

use super::format::{Arguments, Lane, OtherData, Phase, Trace, TraceEvent, Value};
use super::record::{Mark, Outcome, Records, Run, Submitter, Task, What};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// The process of the program's own threads; those of executors follow.
const PROGRAM: usize = 1;
/// The thread of what concerns an executor as a whole; those of its workers follow.
const EXECUTOR: usize = 1;
/// The length of a slice that stands for the act of submitting, in nanoseconds. An arrow needs a slice to leave from.
const SUBMIT: u64 = 1_000;

/// Makes the trace of what was kept.
pub(super) fn trace(records: &Records) -> Trace<'_> {
    let mut export = Export { records, events: Vec::new() };
    for task in records.done.iter().chain(records.open.values()) {
        export.task(task);
    }
    for mark in &records.marks {
        export.mark(mark);
    }
    export.submits();
    // Viewers take what encloses from the order where times are equal: the longer slice first, and arrows after slices.
    export.events.sort_by_key(|event| (event.at, event.ph, Reverse(event.duration)));
    let lanes = export.lanes();
    let mut events = export.names(&lanes);
    events.append(&mut export.events);
    // Viewers look threads up by their numbers alone.
    let numbers: HashMap<Lane, usize> = lanes.into_keys().zip(1..).collect();
    for event in &mut events {
        event.lane.thread = numbers[&event.lane];
    }
    let other_data = OtherData { producer: "concurrent-futures", dropped: records.dropped };
    Trace { trace_events: events, display_time_unit: "ms", other_data }
}

struct Export<'a> {
    records: &'a Records,
    events: Vec<TraceEvent<'a>>,
}

impl<'a> Export<'a> {
    fn push(&mut self, event: TraceEvent<'a>) {
        self.events.push(event);
    }

    fn task(&mut self, task: &'a Task) {
        for run in &task.earlier {
            let args = Arguments::default().with("task", task.id);
            let args = args.with("outcome", "went on elsewhere");
            self.slice(task, run.started, run.worker, Some(run.ended), "task", args);
        }
        let category =
            if matches!(task.ended, Some((_, Outcome::Failed(_)))) { "task,failed" } else { "task" };
        match (&task.run, &task.ended) {
            (Some(run), ended) => {
                let end = ended.as_ref().map(|(at, _)| *at);
                self.slice(task, run.started, run.worker, end, category, arguments(task));
                self.arrow(task, task.earlier.first().unwrap_or(run));
            }
            (None, Some((at, outcome))) => {
                let name = format!("{} {}", task.name, outcome.word());
                let lane = executor(task.pool);
                let event = instant(name, *at, lane);
                self.push(TraceEvent { cat: Some(category), args: arguments(task), ..event });
            }
            // It is queued.
            (None, None) => {}
        }
    }

    fn slice(
        &mut self,
        task: &'a Task,
        started: u64,
        worker: usize,
        ended: Option<u64>,
        category: &'static str,
        args: Arguments<'a>,
    ) {
        let phase = if ended.is_some() { Phase::Complete } else { Phase::Begin };
        self.push(TraceEvent {
            cat: Some(category),
            duration: ended.map(|ended| ended.saturating_sub(started)),
            colour: (category != "task").then_some("terrible"),
            args,
            ..event(&*task.name, phase, started, lane(task.pool, worker))
        });
    }

    /// From where the task was submitted to where it began.
    fn arrow(&mut self, task: &'a Task, first: &Run) {
        let (id, cat) = (Some(task.id), Some("submit"));
        let start = event("submit", Phase::FlowStart, task.submitted, submitter(task.submitter));
        self.push(TraceEvent { id, cat, ..start });
        let finish = event("submit", Phase::FlowFinish, first.started, lane(task.pool, first.worker));
        self.push(TraceEvent { id, cat, binding: Some("e"), ..finish });
    }

    fn mark(&mut self, mark: &'a Mark) {
        let none = Arguments::default();
        let (name, lane, args) = match &mark.what {
            What::PoolStarted { max_workers } => {
                ("executor started", executor(mark.pool), none.with("max_workers", *max_workers))
            }
            What::PoolShutdown => ("executor shut down", executor(mark.pool), none),
            What::WorkerStarted { worker, replaces: None, .. } => {
                ("worker started", lane(mark.pool, *worker), none)
            }
            What::WorkerStarted { worker, replaces: Some(lost), .. } => {
                ("replacement started", lane(mark.pool, *worker), none.with("replaces", *lost))
            }
            What::WorkerEnded { worker } => ("worker ended", lane(mark.pool, *worker), none),
            What::WorkerLost { worker, cause } => {
                ("worker lost", lane(mark.pool, *worker), none.with("cause", &**cause))
            }
        };
        self.push(TraceEvent { args, ..instant(name, mark.at, lane) });
    }

    /// A slice for each task that was submitted, within that of the task that did so.
    fn submits(&mut self) {
        let tasks = self.records.done.iter().chain(self.records.open.values());
        let submits: Vec<(&Task, Lane)> = tasks.map(|task| (task, submitter(task.submitter))).collect();
        // What begins or ends next on the same lane ends such a slice, since slices must not overlap.
        let mut bounds: HashMap<Lane, Vec<u64>> = HashMap::new();
        for (task, lane) in &submits {
            bounds.entry(*lane).or_default().push(task.submitted);
        }
        for event in &self.events {
            if matches!(event.ph, Phase::Complete | Phase::Begin)
                && let Some(bounds) = bounds.get_mut(&event.lane)
            {
                bounds.push(event.at);
                bounds.extend(event.duration.map(|duration| event.at + duration));
            }
        }
        bounds.values_mut().for_each(|bounds| bounds.sort_unstable());
        for (task, lane) in submits {
            let bounds = &bounds[&lane];
            let next = bounds.get(bounds.partition_point(|bound| *bound <= task.submitted));
            let length = next.map_or(SUBMIT, |next| SUBMIT.min(next - task.submitted));
            let args = Arguments::default().with("task", task.id).with("name", &*task.name);
            let submit = event("submit", Phase::Complete, task.submitted, lane);
            self.push(TraceEvent { cat: Some("submit"), duration: Some(length), args, ..submit });
        }
    }

    /// All lanes, with their names.
    fn lanes(&self) -> BTreeMap<Lane, Cow<'a, str>> {
        let mut lanes: BTreeMap<Lane, Cow<'a, str>> = BTreeMap::new();
        for (number, name) in self.records.thread_names.iter().enumerate() {
            lanes.insert(Lane { process: PROGRAM, thread: number + 1 }, name.into());
        }
        for (pool, known) in self.records.pools.iter().enumerate() {
            lanes.insert(executor(pool), "executor".into());
            lanes
                .extend(known.workers.iter().map(|(worker, name)| (lane(pool, *worker), Cow::from(&**name))));
        }
        for mark in &self.records.marks {
            if let What::WorkerStarted { worker, name, .. } = &mark.what {
                lanes.insert(lane(mark.pool, *worker), Cow::from(&**name));
            }
        }
        // The start of a worker that has ended may have been let go.
        for event in &self.events {
            lanes.entry(event.lane).or_insert_with(|| format!("worker {}", event.lane.thread - 2).into());
        }
        lanes
    }

    /// The names of processes and threads, which come first.
    fn names(&self, lanes: &BTreeMap<Lane, Cow<'a, str>>) -> Vec<TraceEvent<'a>> {
        let mut names = Vec::new();
        let mut named = 0;
        for (lane, name) in lanes {
            if lane.process != named {
                named = lane.process;
                names.push(metadata("process_name", *lane, Value::Text(self.process(lane.process))));
                names.push(metadata("process_sort_index", *lane, lane.process));
            }
            names.push(metadata("thread_name", *lane, Value::Text(name.clone())));
            names.push(metadata("thread_sort_index", *lane, lane.thread));
        }
        names
    }

    fn process(&self, process: usize) -> Cow<'a, str> {
        match process.checked_sub(PROGRAM + 1).and_then(|pool| Some((pool, self.records.pools.get(pool)?))) {
            Some((pool, known)) => format!("{} {}", known.kind, pool + 1).into(),
            None => "program".into(),
        }
    }
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// What the viewers show of a task.
fn arguments(task: &Task) -> Arguments<'_> {
    let outcome = task.ended.as_ref().map_or("running", |(_, outcome)| outcome.word());
    let mut args = Arguments::default().with("task", task.id).with("outcome", outcome);
    if let Some(first) = task.earlier.first().or(task.run.as_ref()) {
        args = args.with("queued_us", Value::Microseconds(first.started.saturating_sub(task.submitted)));
    }
    match &task.ended {
        Some((_, Outcome::Failed(error))) => args.with("error", &**error),
        _ => args,
    }
}

fn lane(pool: usize, worker: usize) -> Lane {
    Lane { process: PROGRAM + 1 + pool, thread: EXECUTOR + 1 + worker }
}

fn executor(pool: usize) -> Lane {
    Lane { process: PROGRAM + 1 + pool, thread: EXECUTOR }
}

fn submitter(submitter: Submitter) -> Lane {
    match submitter {
        Submitter::Thread(number) => Lane { process: PROGRAM, thread: number + 1 },
        Submitter::Worker { pool, worker } => lane(pool, worker),
    }
}

fn event<'a>(name: impl Into<Cow<'a, str>>, ph: Phase, at: u64, lane: Lane) -> TraceEvent<'a> {
    TraceEvent {
        name: name.into(),
        ph,
        cat: None,
        lane,
        at,
        duration: None,
        id: None,
        binding: None,
        scope: None,
        colour: None,
        args: Arguments::default(),
    }
}

fn instant<'a>(name: impl Into<Cow<'a, str>>, at: u64, lane: Lane) -> TraceEvent<'a> {
    TraceEvent { scope: Some("t"), ..event(name, Phase::Instant, at, lane) }
}

fn metadata<'a>(what: &'static str, lane: Lane, value: impl Into<Value<'a>>) -> TraceEvent<'a> {
    let argument = if what.ends_with("name") { "name" } else { "sort_index" };
    let args = Arguments::default().with(argument, value);
    TraceEvent { args, ..event(what, Phase::Metadata, 0, lane) }
}
