//! Made-up runs, whose times are known.

use super::{ChromeTrace, Event, Observer};
use crate::error::{TaskError, WorkerLost};
use crate::observer::EventKind;
use std::time::Duration;

#[path = "../../../../tests/src/beyond/trace_file.rs"]
mod trace_file;

use self::trace_file::TraceFile;

/// A run of one executor, number 7, whose events are told one by one.
struct Run(ChromeTrace);

impl Run {
    fn new(limit: usize) -> Self {
        let run = Self(ChromeTrace::limited_to(limit));
        run.at(0, EventKind::PoolStarted { kind: "ThreadPoolExecutor", max_workers: 2 });
        run
    }

    /// Something happens so many microseconds after the start.
    fn at(&self, microseconds: u64, kind: EventKind<'_>) {
        self.0.observe(&Event { at: self.0.started + Duration::from_micros(microseconds), pool: 7, kind });
    }

    fn submitted(&self, at: u64, task: u64, name: &str) {
        self.at(at, EventKind::TaskSubmitted { task, name });
    }

    fn started(&self, at: u64, task: u64, worker: usize) {
        self.at(at, EventKind::TaskStarted { task, worker });
    }

    fn finished(&self, at: u64, task: u64) {
        self.at(at, EventKind::TaskFinished { task });
    }

    fn failed(&self, at: u64, task: u64, error: &TaskError) {
        self.at(at, EventKind::TaskFailed { task, error });
    }

    fn file(&self) -> TraceFile {
        TraceFile::read(&self.0.to_json())
    }
}

#[test]
fn task_is_a_slice() {
    let run = Run::new(10);
    run.at(1, EventKind::WorkerStarted { worker: 0, name: "crew_0" });
    run.submitted(2, 1, "work");
    run.started(5, 1, 0);
    run.finished(9, 1);
    let file = run.file();
    let slice = file.one("work");
    assert_eq!((slice.start, slice.end, &*slice.category), (5_000, 9_000, "task"));
    assert_eq!(slice.args["task"], 1);
    assert_eq!(slice.args["outcome"], "finished");
    assert_eq!(slice.args["queued_us"], 3.0);
    assert_eq!(file.threads[&slice.lane], "crew_0");
    assert_eq!(file.processes[&slice.lane.0], "ThreadPoolExecutor 1");
    assert_eq!(file.arrow_to(slice).from, (file.one("submit").lane, 2_000));
    assert_eq!(file.processes[&file.one("submit").lane.0], "program");
    assert_eq!(file.instant("executor started").args["max_workers"], 2);
    assert_eq!(file.instant("worker started").lane, slice.lane);
}

/// Slices that stand for submitting are cut where the next begins, also where the clock does not tell them apart.
#[test]
fn submits_do_not_overlap() {
    let run = Run::new(10);
    for (task, at) in [(1, 10), (2, 10), (3, 20), (4, 20)] {
        run.submitted(at, task, "work");
    }
    let at = run.0.started + Duration::from_nanos(20_300);
    run.0.observe(&Event { at, pool: 7, kind: EventKind::TaskSubmitted { task: 5, name: "work" } });
    let file = run.file();
    let submits: Vec<_> = file.named("submit").iter().map(|slice| (slice.start, slice.end)).collect();
    let expected = [(10_000, 11_000), (10_000, 11_000), (20_000, 20_300), (20_000, 20_300), (20_300, 21_300)];
    assert_eq!(submits, expected);
    // Nothing has begun, so there are no arrows.
    assert!(file.arrows.is_empty());
}

#[test]
fn failure_is_marked() {
    let run = Run::new(10);
    let error = TaskError::returned("a \"quoted\" \\ text\n\u{1}, and \u{2028}");
    run.submitted(1, 1, "r#\"odd\"#::<Vec<u8>>");
    run.started(2, 1, 0);
    run.failed(3, 1, &error);
    run.submitted(4, 2, "long");
    run.started(5, 2, 0);
    run.failed(6, 2, &TaskError::returned("é".repeat(5_000)));
    run.submitted(7, 3, "unstarted");
    run.failed(8, 3, &error);
    let json = run.0.to_json();
    let file = TraceFile::read(&json);
    let slice = file.one("r#\"odd\"#::<Vec<u8>>");
    assert_eq!((&slice.args["outcome"], &*slice.category), (&"failed".into(), "task,failed"));
    assert_eq!(slice.args["error"], error.to_string());
    assert_eq!(json.matches(r#""cname":"terrible""#).count(), 2);
    assert_eq!(file.one("long").args["error"].as_str().unwrap().chars().count(), 1_001);
    assert_eq!(file.instant("unstarted failed").args["error"], error.to_string());
}

#[test]
fn unbegun_is_an_instant() {
    let run = Run::new(10);
    run.submitted(0, 2, "late");
    run.at(1, EventKind::TaskExpired { task: 2 });
    run.submitted(1, 1, "work");
    run.at(2, EventKind::TaskCancelled { task: 1 });
    run.at(3, EventKind::PoolShutdown);
    let file = run.file();
    let cancelled = file.instant("work cancelled");
    assert_eq!((cancelled.at, &cancelled.args["task"]), (2_000, &1.into()));
    assert_eq!(file.threads[&cancelled.lane], "executor");
    assert_eq!(file.instant("executor shut down").lane, cancelled.lane);
    assert_eq!(file.instant("late expired").at, 1_000);
    assert!(file.named("work").is_empty() && file.named("late").is_empty());
}

/// What has not ended has no end in the file, nor has what lies within it.
#[test]
fn running_is_open() {
    let run = Run::new(10);
    run.submitted(1, 1, "outer");
    run.started(2, 1, 0);
    run.submitted(2, 2, "inner");
    run.started(2, 2, 0);
    run.submitted(3, 3, "queued");
    let file = run.file();
    let (outer, inner) = (file.one("outer"), file.one("inner"));
    assert_eq!((outer.end, &outer.args["outcome"]), (u64::MAX, &"running".into()));
    assert!(outer.holds(inner));
    assert_eq!(file.arrows.len(), 2);
    assert!(file.named("queued").is_empty());
    run.finished(4, 2);
    run.finished(5, 1);
    let file = run.file();
    assert_eq!((file.one("outer").end, file.one("inner").end), (5_000, 4_000));
}

#[test]
fn loss_and_replacement() {
    let run = Run::new(10);
    let lost = TaskError::lost(WorkerLost::thread("it trapped".to_owned()));
    run.at(1, EventKind::WorkerStarted { worker: 0, name: "crew_0" });
    run.submitted(1, 1, "doomed");
    run.started(2, 1, 0);
    run.at(5, EventKind::WorkerLost { worker: 0, cause: "it trapped" });
    run.failed(6, 1, &lost);
    run.at(7, EventKind::WorkerStarted { worker: 1, name: "crew_1" });
    run.at(8, EventKind::WorkerStarted { worker: 2, name: "crew_2" });
    let file = run.file();
    assert_eq!(file.instant("worker lost").args["cause"], "it trapped");
    assert_eq!(file.one("doomed").args["error"], lost.to_string());
    let replacement = file.instant("replacement started");
    assert_eq!(replacement.args["replaces"], 0);
    assert_eq!(file.threads[&replacement.lane], "crew_1");
    // The second has nobody's place.
    let started: Vec<_> = file.instants.iter().filter(|instant| instant.name == "worker started").collect();
    assert_eq!(started.len(), 2);
}

/// What is left of a chunk begins again on another worker; until the loss it had run on the first.
#[test]
fn chunk_goes_on_elsewhere() {
    let run = Run::new(10);
    run.submitted(1, 1, "chunk");
    run.started(2, 1, 0);
    run.at(5, EventKind::WorkerLost { worker: 0, cause: "killed" });
    run.started(9, 1, 1);
    run.finished(12, 1);
    let file = run.file();
    let runs: Vec<_> =
        file.named("chunk").iter().map(|slice| (slice.lane.1, slice.start, slice.end)).collect();
    let [(first, 2_000, 5_000), (second, 9_000, 12_000)] = runs[..] else { panic!("{runs:?}") };
    assert_ne!(first, second);
    assert_eq!(file.named("chunk")[1].args["queued_us"], 1.0);
    assert_eq!(file.arrows[0].to.1, 2_000);
}

/// The oldest goes, with everything of it, and the lanes keep their names.
#[test]
fn memory_is_bounded() {
    let run = Run::new(3);
    run.at(0, EventKind::WorkerStarted { worker: 0, name: "crew_0" });
    for task in 1..=10 {
        run.submitted(task * 10, task, "work");
        run.started(task * 10 + 1, task, 0);
        run.finished(task * 10 + 2, task);
    }
    run.submitted(200, 11, "open");
    run.started(201, 11, 1);
    let file = run.file();
    let kept: Vec<_> = file.named("work").iter().map(|slice| slice.args["task"].clone()).collect();
    assert_eq!(kept, [8, 9, 10]);
    assert_eq!((file.dropped, run.0.dropped(), file.arrows.len()), (7, 7, 4));
    assert_eq!(file.threads[&file.named("work")[0].lane], "crew_0");
    assert_eq!(file.threads[&file.one("open").lane], "worker 1");
    for worker in 1..=5 {
        run.at(300, EventKind::WorkerEnded { worker });
    }
    let file = run.file();
    assert_eq!((file.dropped, file.instants.len()), (7 + 4, 3));
    assert_eq!(file.threads[&file.named("work")[0].lane], "crew_0");
}

/// An executor that was made elsewhere is no part of the run, and neither is a task that was submitted before.
#[test]
fn strangers_are_left_out() {
    let run = Run::new(10);
    run.started(1, 99, 0);
    run.finished(2, 99);
    let kind = EventKind::TaskSubmitted { task: 1, name: "work" };
    run.0.observe(&Event { at: run.0.started, pool: 8, kind });
    let file = run.file();
    assert!(file.slices.is_empty() && file.processes.len() == 1);
}

#[test]
fn writing_fails_with_the_writer() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let run = Run::new(10);
    assert_eq!(run.0.write_to(Full).unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    let mut bytes = Vec::new();
    run.0.write_to(&mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), run.0.to_json());
}

#[test]
fn clocks_that_disagree() {
    let run = Run::new(10);
    run.at(1, EventKind::WorkerStarted { worker: 0, name: "crew_0" });
    run.submitted(12, 1, "work");
    // The worker's clock is behind the submitter's.
    run.started(7, 1, 0);
    run.finished(9, 1);
    run.submitted(13, 2, "next");
    run.started(14, 2, 0);
    run.finished(15, 2);
    let file = run.file();
    let (slice, next) = (file.one("work"), file.one("next"));
    assert_eq!((slice.start, slice.end), (12_000, 12_000));
    assert_eq!((next.start, next.end), (14_000, 15_000));
}
