//! The command line, run as a reader would run it.

use playground::{Event, Outcome};
use std::collections::HashSet;
use std::process::{Command, Output};
#[cfg(target_os = "linux")]
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

fn playground(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_playground")).args(arguments).output().expect("the program starts")
}

/// What a run prints, line by line.
fn printed(arguments: &[&str]) -> Vec<String> {
    let output = playground(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text").lines().map(str::to_owned).collect()
}

fn events(arguments: &[&str]) -> Vec<Event> {
    printed(arguments).iter().map(|line| serde_json::from_str(line).expect("each line is an event")).collect()
}

/// The number in a line such as `Sequential: 3.00s`.
fn seconds(line: &str, label: &str) -> f64 {
    let number = line.strip_prefix(label).and_then(|rest| rest.strip_suffix('s'));
    number.unwrap_or_else(|| panic!("{line}")).parse().expect("it is a number")
}

#[test]
fn basics_overlap() {
    let lines = printed(&["run", "thread-pool-basics"]);
    let (sequential, concurrent) = (seconds(&lines[0], "Sequential: "), seconds(&lines[1], "Concurrent: "));
    assert!(sequential >= 3.0 && concurrent >= 1.0, "{lines:?}");
    // Three times as long if nothing else ran; on a busy machine at least clearly longer.
    assert!(sequential > concurrent * 1.5, "{lines:?}");
}

#[test]
fn processes_compute_the_same() {
    let lines = printed(&["run", "process-pool-basics", "--set", "millions=1"]);
    assert!(seconds(&lines[0], "Sequential: ") >= 0.0 && seconds(&lines[1], "Parallel: ") >= 0.0);
    assert_eq!(lines.len(), 2);
}

#[test]
fn submit_waits_for_each() {
    let lines = printed(&[
        "run",
        "submit-and-futures",
        "--set",
        "task_a=0.2",
        "--set",
        "task_b=0.1",
        "--set",
        "task_c=0.3",
    ]);
    let expected = [
        "Task A done: False",
        "Task B completed in 0.1s",
        "Task A completed in 0.2s",
        "Task C completed in 0.3s",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn completed_names_every_source() {
    let lines = printed(&["run", "as-completed", "--set", "shortest=0.01", "--set", "longest=0.05"]);
    let sources: HashSet<_> = lines.iter().map(|line| line.split(':').next().expect("a source")).collect();
    assert_eq!(sources.len(), 5);
    assert!(lines.iter().all(|line| line.contains("(took 0.0")), "{lines:?}");
}

#[test]
fn wait_takes_the_first() {
    let lines =
        printed(&["run", "wait", "--set", "task_1=1.5", "--set", "task_2=0.1", "--set", "task_3=1.0"]);
    assert_eq!(lines[..2], ["First completed: Task 2 done", "Still running: 2"]);
    assert_eq!(
        HashSet::from(["Completed: Task 1 done", "Completed: Task 3 done"]),
        lines[2..].iter().map(String::as_str).collect()
    );
}

#[test]
fn callbacks_print_squares() {
    let lines = printed(&["run", "callbacks", "--set", "duration=0.2", "--set", "main_works=1.5"]);
    // When which task ends is up to the machine; the main thread's own lines keep their order.
    let (callbacks, main): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.starts_with("Callback"));
    assert_eq!(main, ["Main thread: tasks submitted", "Main thread: done waiting"]);
    assert_eq!(callbacks.len(), 5);
    let squares: HashSet<_> =
        callbacks.iter().map(|line| line.trim_start_matches("Callback: result is ")).collect();
    assert_eq!(squares, HashSet::from(["0", "1", "4", "9", "16"]));
}

#[test]
fn exceptions_are_told_apart() {
    let lines = printed(&["run", "exceptions"]);
    let tasks: HashSet<_> = lines[..5].iter().map(String::as_str).collect();
    assert_eq!(
        tasks,
        HashSet::from(["Task 0: 0", "Task 1: 2", "Task 2: 4", "Task 3 failed: Bad value: 3", "Task 4: 8"])
    );
    assert_eq!(lines[5], "Exception occurred: Bad value: 3");
}

#[test]
fn timeouts_end_the_wait() {
    let shorter = ["timeout=0.8", "first_task=2.4", "task_1=0.2", "task_2=1.9", "task_3=1.9"];
    let mut arguments = vec!["run", "timeouts"];
    arguments.extend(shorter.iter().flat_map(|value| ["--set", value]));
    assert_eq!(
        printed(&arguments),
        ["Task timed out!", "Completed after 0.2s", "Some tasks didn't complete in time"]
    );
}

#[test]
fn cancelling_prints_like_python() {
    let expected = ["Future 2 cancelled: True", "Future 3 cancelled: True", "Future 1 cancelled: False"];
    assert_eq!(printed(&["run", "cancelling"]), expected);
}

#[test]
fn context_manager_waits() {
    assert_eq!(printed(&["run", "context-manager", "--set", "duration=0.1"]), ["All tasks completed"]);
}

#[test]
fn chunks_are_faster() {
    let lines = printed(&["run", "map-chunking", "--set", "items=50000"]);
    let (one_by_one, together) = (seconds(&lines[0], "No chunking: "), seconds(&lines[1], "With chunking: "));
    assert!(one_by_one > together, "{lines:?}");
}

/// What was downloaded, without the site.
fn downloads(arguments: &[&str]) -> Vec<String> {
    let mut lines = printed(arguments);
    assert_eq!(lines.remove(0), "Starting downloads...");
    assert!(seconds(&lines.pop().expect("a last line"), "Total time: ") < 15.0);
    let relative = |line: &String| {
        let (label, rest) = line.split_once("http://127.0.0.1:").unwrap_or_else(|| panic!("{line}"));
        let (_, path) = rest.split_once('/').expect("a path");
        format!("{label}{path}")
    };
    lines.iter().map(relative).collect()
}

/// Over real sockets: quick ones, a failing one, and a slow one, which comes last.
#[test]
fn downloads_come_as_they_complete() {
    let lines = downloads(&["run", "parallel-downloads", "--set", "slow_endpoint=1.5"]);
    assert_eq!(lines[3], "OK: delay/1.5 - 14 bytes");
    let quick: HashSet<_> = lines[..3].iter().map(String::as_str).collect();
    let expected = [
        "OK: bytes/100000 - 100000 bytes",
        "OK: bytes/500000 - 500000 bytes",
        "FAILED: status/503 - HTTP Error 503: Service Unavailable",
    ];
    assert_eq!(quick, HashSet::from(expected));
}

#[test]
fn slow_downloads_time_out() {
    let lines = downloads(&["run", "parallel-downloads", "--set", "slow_endpoint=5", "--set", "timeout=0.8"]);
    assert_eq!(lines[3], "FAILED: delay/5 - timed out");
    assert_eq!(lines.iter().filter(|line| line.starts_with("OK: ")).count(), 2);
}

#[test]
fn crashes_stay_in_their_process() {
    let lines = printed(&["run", "crashing-process", "--set", "limit=1.5", "--set", "duration=0"]);
    let has = |start: &str, end: &str| {
        assert!(
            lines.iter().any(|line| line.starts_with(start) && line.ends_with(end)),
            "{start}: {lines:?}"
        );
    };
    has("These are the last words", "process.");
    has("panic failed: ", "nobody can square 13");
    has("abort failed: worker ", "it was ended by signal 6 (SIGABRT)");
    has("spin failed: worker ", "the task ran longer than its limit of 1.5s");
    for n in 0..6 {
        has(&format!("square of {n}: "), &(n * n).to_string());
    }
    assert_eq!(lines.len(), 10);
}

#[test]
fn killing_ends_one_task() {
    let lines = printed(&["run", "kill", "--set", "patience=0"]);
    assert_eq!(lines[..2], ["Cancelled: False", "Killed: True"]);
    assert!(lines[2].starts_with("Endless task failed: worker 0 ("), "{lines:?}");
    assert_eq!(lines[3], "Next task: 49");
}

/// What a process writes is an event like any other, and no line of the stream is anything but an event.
#[test]
fn text_of_processes_names_its_worker() {
    let events = events(&["run", "crashing-process", "--json", "--set", "limit=1.5", "--set", "duration=0"]);
    let mut writers = events.iter().filter_map(|event| match event {
        Event::Text { text, pool, worker, .. } if text.starts_with("These are") => Some((*pool, *worker)),
        _ => None,
    });
    let (pool, Some(worker)) = writers.next().expect("the dying process writes") else { panic!("no worker") };
    assert_eq!((pool, writers.next()), (Some(1), None));
    let is_writer =
        |event: &&Event| matches!(event, Event::WorkerLost { worker: lost, .. } if *lost == worker);
    assert_eq!(events.iter().filter(is_writer).count(), 1);
    let lost = events.iter().filter(|event| matches!(event, Event::WorkerLost { .. })).count();
    assert_eq!(lost, 2);
}

/// However the program ends, its workers end with it, even one that never looks up from its task.
#[cfg(target_os = "linux")]
#[test]
fn no_worker_is_left_over() {
    for signal in ["INT", "TERM", "KILL"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_playground"))
            .args(["run", "kill", "--json", "--set", "patience=10"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(program.stdout.take().expect("it is piped")).lines();
        let mut worker = None;
        loop {
            let line = lines.next().expect("the task begins").expect("it prints text");
            match serde_json::from_str(&line).expect("each line is an event") {
                Event::WorkerStarted { name, .. } => {
                    worker = name.strip_prefix("process ").map(str::to_owned)
                }
                Event::TaskStarted { .. } => break,
                _ => {}
            }
        }
        let worker = worker.expect("a worker is named for its process");
        assert!(runs(&worker));
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", program.id())]).status();
        assert!(sent.expect("a shell starts").success());
        program.wait().expect("it is ours to wait for");
        let since = Instant::now();
        while runs(&worker) {
            assert!(since.elapsed() < Duration::from_secs(10), "process {worker} survives SIG{signal}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whether a process of that number runs. Where nobody waits for orphans, a dead one stays in the list.
#[cfg(target_os = "linux")]
pub(crate) fn runs(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    status.is_ok_and(|status| !status.contains("State:\tZ"))
}

#[test]
fn stream_tells_the_whole_run() {
    let events = events(&["run", "thread-pool-basics", "--json", "--set", "delay=0.2"]);
    assert!(
        matches!(&events[0], Event::RunStarted { example, backend } if example == "thread-pool-basics" && backend == "native")
    );
    assert!(matches!(events.last(), Some(Event::RunEnded { outcome: Outcome::Finished, .. })));
    let times: Vec<_> = events.iter().filter_map(at).collect();
    assert!(times.is_sorted());
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, Event::TaskSubmitted { name, .. } if name == "fetch_url")), 3);
    assert_eq!(count(|event| matches!(event, Event::TaskFinished { .. })), 3);
    // How many workers three tasks need depends on how soon they end, but each one that starts ends.
    let workers = count(|event| matches!(event, Event::WorkerStarted { .. }));
    assert!((1..=3).contains(&workers), "{workers}");
    assert_eq!(count(|event| matches!(event, Event::WorkerEnded { .. })), workers);
    // Each task is submitted, begins and ends, in this order.
    for number in 1..=3 {
        let steps: Vec<_> = events.iter().filter_map(|event| step(event, number)).collect();
        assert_eq!(steps, ["submitted", "started", "finished"]);
    }
}

/// What an event tells about the task of that number, if it is about that task.
fn step(event: &Event, number: u32) -> Option<&'static str> {
    match event {
        Event::TaskSubmitted { task, .. } if *task == number => Some("submitted"),
        Event::TaskStarted { task, .. } if *task == number => Some("started"),
        Event::TaskFinished { task, .. } if *task == number => Some("finished"),
        _ => None,
    }
}

/// The time of an event, if it has one.
fn at(event: &Event) -> Option<f64> {
    serde_json::to_value(event).ok()?.get("at")?.as_f64()
}

/// Callbacks and the main thread print outside tasks.
#[test]
fn text_outside_tasks() {
    let events = events(&["run", "callbacks", "--json", "--set", "duration=0.05", "--set", "main_works=0.4"]);
    let texts: Vec<_> = events.iter().filter(|event| matches!(event, Event::Text { .. })).collect();
    assert_eq!(texts.len(), 7);
    for event in texts {
        assert!(matches!(event, Event::Text { task: None, pool: None, worker: None, .. }), "{event:?}");
    }
}

/// Asserts that a command fails with a sentence that has these words.
fn refuses(arguments: &[&str], words: &str) {
    let output = playground(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains(words), "{arguments:?}: {error}");
    assert!(!error.contains("panicked"), "{error}");
}

#[test]
fn bad_input_is_refused() {
    refuses(&["run", "no-such-example"], "there is no example `no-such-example`");
    refuses(&["run", "trap"], "would end this process");
    refuses(&["run", "wait", "--set", "task_1"], "NAME=VALUE");
    refuses(&["run", "wait", "--set", "task_1=soon"], "`soon` is not a number");
    refuses(
        &["run", "wait", "--set", "task_9=1"],
        "there is no parameter `task_9`; the example takes max_workers, task_1",
    );
    refuses(&["run", "wait", "--set", "task_1=-1"], "`task_1` must be a number of seconds from 0 to 10");
    refuses(&["run", "wait", "--set", "task_1=NaN"], "`task_1` must be a number of seconds");
    refuses(
        &["run", "wait", "--set", "max_workers=1.5"],
        "`max_workers` must be a whole number from 1 to 16",
    );
    refuses(&["run", "wait", "--set", "max_workers=0"], "`max_workers` must be a whole number");
}

#[test]
fn list_names_everything() {
    let lines = printed(&["list"]);
    assert!(lines.iter().any(|line| line.starts_with("thread-pool-basics")));
    assert!(lines.iter().any(|line| line.trim_start().starts_with("max_workers=3")));
}

#[test]
fn catalog_has_text_and_sources() {
    let catalog = playground::catalog();
    assert_eq!(catalog.iter().filter(|entry| entry.section == "tutorial").count(), 12);
    for entry in &catalog {
        assert!(entry.text.len() > 100 && !entry.text.contains("//!"), "{}: {}", entry.id, entry.text);
        assert!(entry.python.starts_with("from concurrent.futures import"), "{}", entry.id);
        assert!(entry.rust.starts_with("use ") && !entry.rust.contains("//!"), "{}", entry.id);
        assert!(!entry.parameters.is_empty(), "{}", entry.id);
    }
}
