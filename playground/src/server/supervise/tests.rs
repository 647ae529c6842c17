//! Runs whose programs misbehave, each as a real process.

use super::supervise;
use crate::server::launch::{Launch, Order};
use crate::server::limits::RunLimits;
use playground::{Event, FromServer, Outcome, Stream};
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::sleep;

/// The first line of a well-behaved run.
const STARTED: &str = r#"{"type":"run_started","example":"wait","backend":"native"}"#;
/// The last one.
const ENDED: &str = r#"{"type":"run_ended","at":5.5,"outcome":{"kind":"finished"}}"#;

/// A run that goes on.
struct Run {
    heard: mpsc::Receiver<FromServer>,
    /// What came along with a line that was waited for.
    told: Vec<Event>,
    interrupts: Option<mpsc::Sender<()>>,
    runs: Arc<Semaphore>,
}

/// Starts a shell's script as a run.
fn shell(script: &str, limits: RunLimits) -> Run {
    start(Launch::of("sh", &["-c", script]), limits)
}

/// Starts a Python program as a run.
fn python(program: &str, limits: RunLimits) -> Run {
    start(Launch::of("python3", &["-u", "-c", program]), limits)
}

fn start(launch: Launch, limits: RunLimits) -> Run {
    let (sender, heard) = mpsc::channel(16);
    let (interrupts, interrupted) = mpsc::channel(1);
    let runs = Arc::new(Semaphore::new(1));
    let place = Arc::clone(&runs).try_acquire_owned().unwrap();
    let order = Order { run: 7, example: "wait".to_owned(), parameters: BTreeMap::new(), source: None };
    let (_, said) = mpsc::channel(1);
    tokio::spawn(supervise(launch, limits, order, sender, interrupted, said, place));
    Run { heard, told: Vec::new(), interrupts: Some(interrupts), runs }
}

impl Run {
    /// Waits for the end, and returns everything that was told; it is whole whatever the program does.
    async fn all(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(message) = self.heard.recv().await {
            let FromServer::Batch(batch) = message else { panic!("{message:?}") };
            assert!(batch.run == 7 && batch.events.len() <= 2_000);
            events.extend(batch.events);
        }
        assert!(matches!(events[0], Event::RunStarted { .. }), "{:?}", events[0]);
        assert!(events.iter().filter_map(Event::at).is_sorted());
        let ends = events.iter().filter(|event| matches!(event, Event::RunEnded { .. })).count();
        assert!(ends == 1 && matches!(events.last(), Some(Event::RunEnded { .. })));
        // The next run has a place.
        assert_eq!(self.runs.available_permits(), 1);
        events
    }

    /// The rest of a run whose beginning was heard before.
    async fn all_but_start(mut self) -> Vec<Event> {
        let mut events = mem::take(&mut self.told);
        while let Some(message) = self.heard.recv().await {
            let FromServer::Batch(batch) = message else { panic!("{message:?}") };
            events.extend(batch.events);
        }
        assert_eq!(self.runs.available_permits(), 1);
        events
    }

    /// Waits for a line of the program's standard error.
    async fn line(&mut self) -> String {
        while let Some(message) = self.heard.recv().await {
            let FromServer::Batch(batch) = message else { panic!("{message:?}") };
            let text = texts(&batch.events).next().map(|text| text.trim().to_owned());
            // What came along with it may be the run's end already.
            self.told.extend(batch.events);
            if let Some(text) = text {
                return text;
            }
        }
        panic!("the run ended without a word")
    }

    fn stop(&mut self) {
        self.interrupts = None;
    }
}

fn texts(events: &[Event]) -> impl Iterator<Item = &str> {
    events.iter().filter_map(|event| match event {
        Event::Text { text, .. } => Some(text.as_str()),
        _ => None,
    })
}

fn outcome(events: &[Event]) -> &Outcome {
    let Some(Event::RunEnded { outcome, .. }) = events.last() else { panic!("no end") };
    outcome
}

/// Asserts that a run has failed with these words.
fn failed(events: &[Event], words: &str) {
    let Outcome::Failed { error, .. } = outcome(events) else { panic!("{:?}", outcome(events)) };
    assert!(error.contains(words), "{error}");
}

/// Waits until a process is gone; where nobody waits for orphans, a dead one stays in the list.
async fn gone(process: &str) {
    let since = Instant::now();
    while runs(process) {
        assert!(since.elapsed() < Duration::from_secs(5), "process {process} is left");
        sleep(Duration::from_millis(5)).await;
    }
}

fn runs(process: &str) -> bool {
    let sent =
        std::process::Command::new("sh").args(["-c", &format!("kill -0 {process} 2>/dev/null")]).status();
    let is_zombie =
        std::fs::read_to_string(format!("/proc/{process}/status")).is_ok_and(|s| s.contains("State:\tZ"));
    sent.unwrap().success() && !is_zombie
}

#[tokio::test]
async fn order_is_passed_on() {
    let events =
        shell(&format!("echo '{STARTED}'; echo '{ENDED}'; exit 0"), RunLimits::default()).all().await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1], Event::RunEnded { at: 5.5, outcome: Outcome::Finished });
}

#[tokio::test]
async fn garbage_is_shown() {
    let script = format!(
        "echo '{STARTED}'; echo nonsense; printf '{{\"type\":\\n\\377\\n'; echo oops >&2; echo '{ENDED}'"
    );
    let events = shell(&script, RunLimits::default()).all().await;
    let mut shown: Vec<_> = texts(&events).collect();
    shown.sort_unstable();
    assert_eq!(shown, ["nonsense\n", "oops\n", "{\"type\":\n", "\u{fffd}\n"]);
    let is_error =
        |event: &Event| matches!(event, Event::Text { stream: Stream::Stderr, text, .. } if text == "oops\n");
    assert!(events.iter().any(is_error));
    assert_eq!(outcome(&events), &Outcome::Finished);
}

#[tokio::test]
async fn silence_has_heartbeats() {
    let mut run = shell("sleep 60", RunLimits::default());
    for _ in 0..2 {
        let before = Instant::now();
        let Some(FromServer::Batch(batch)) = run.heard.recv().await else { panic!("no heartbeat") };
        assert!(batch.events.is_empty() && before.elapsed() < Duration::from_millis(1_500));
    }
    run.stop();
    let events = run.all().await;
    assert_eq!(outcome(&events), &Outcome::Stopped);
}

#[tokio::test]
async fn stopping_kills_everything() {
    let mut run = shell("trap '' TERM INT; sleep 61 & echo $$ $! >&2; sleep 62", RunLimits::default());
    let line = run.line().await;
    let processes: Vec<_> = line.split(' ').map(str::to_owned).collect();
    let before = Instant::now();
    run.stop();
    run.all_but_start().await;
    assert!(before.elapsed() < Duration::from_secs(2));
    for process in &processes {
        gone(process).await;
    }
}

#[tokio::test]
async fn interrupts_leave_the_last_word_to_the_program() {
    let ask = |run: &Run| run.interrupts.as_ref().unwrap().try_send(()).unwrap();
    // One that cleans up, and tells its end. Whoever runs the tests in the background has its programs ignore the signal, if they do not say otherwise.
    let program = format!(
        "
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print('ready', file=sys.stderr)
    time.sleep(60)
except KeyboardInterrupt:
    print('cleaned', file=sys.stderr)
    print('{ENDED}')
"
    );
    let mut run = python(&program, RunLimits::default());
    assert_eq!(run.line().await, "ready");
    ask(&run);
    let events = run.all_but_start().await;
    assert_eq!(texts(&events).last(), Some("cleaned\n"));
    assert_eq!(outcome(&events), &Outcome::Finished);
    // One that the signal kills.
    let program = "
import signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
print('ready', file=sys.stderr)
time.sleep(64)
";
    let mut run = python(program, RunLimits::default());
    assert_eq!(run.line().await, "ready");
    ask(&run);
    assert_eq!(outcome(&run.all_but_start().await), &Outcome::Stopped);
}

#[tokio::test]
async fn lost_listeners_end_runs() {
    let mut run = shell("echo $$ >&2; sleep 63", RunLimits::default());
    let process = run.line().await;
    run.stop();
    let events = run.all_but_start().await;
    assert_eq!(outcome(&events), &Outcome::Stopped);
    gone(&process).await;

    let mut run = shell("echo $$ >&2; while :; do echo x; done", RunLimits::default());
    let process = run.line().await;
    let Run { heard, interrupts, .. } = run;
    // The stop is not sent: the channel alone is closed, as when a client is gone.
    drop(heard);
    gone(&process).await;
    drop(interrupts);
}

#[tokio::test]
async fn endless_run_is_ended() {
    let limits = RunLimits { time: Duration::from_millis(400), ..RunLimits::default() };
    let events = shell("while :; do :; done", limits).all().await;
    failed(&events, "after 0.4 seconds");
}

#[tokio::test]
async fn stuck_client_hides_no_run() {
    // Nobody reads: the channel is full soon, and the process waits at its pipe.
    let limits = RunLimits { time: Duration::from_millis(800), ..RunLimits::default() };
    let run = shell(&format!("echo '{STARTED}'; while :; do echo x; done"), limits);
    let since = Instant::now();
    while run.runs.available_permits() == 0 {
        assert!(since.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(10)).await;
    }
    failed(&run.all().await, "after 0.8 seconds");
}

#[tokio::test]
async fn flood_of_text_is_ended() {
    let limits = RunLimits { text: 1_000_000, ..RunLimits::default() };
    let events = shell("yes 'the same words again and again'", limits).all().await;
    failed(&events, "printed more than 1 MB");
    let told: usize = texts(&events).map(str::len).sum();
    assert!(told <= 1_000_000, "{told}");
    let errors = shell("yes 'and again' >&2", limits).all().await;
    failed(&errors, "printed more than 1 MB");
}

#[tokio::test]
async fn flood_of_events_is_ended() {
    let limits = RunLimits { stream: 3_000_000, ..RunLimits::default() };
    let event = r#"{"type":"task_finished","at":1,"task":1}"#;
    failed(&shell(&format!("echo '{STARTED}'; yes '{event}'"), limits).all().await, "more than 3 MB");
    // A line without an end counts, too.
    failed(&shell("cat /dev/zero", limits).all().await, "more than 3 MB");
}

#[tokio::test]
async fn hundred_thousand_tasks_pass() {
    let program = format!(
        r#"
print('{STARTED}')
import sys
w = sys.stdout.write
for n in range(1, 100001):
    w('{{"type":"task_submitted","at":%f,"pool":1,"task":%d,"name":"square"}}\n' % (n / 10, n))
    w('{{"type":"task_started","at":%f,"task":%d,"worker":3}}\n' % (n / 10, n))
    w('{{"type":"task_finished","at":%f,"task":%d}}\n' % (n / 10, n))
print('{{"type":"run_ended","at":20000,"outcome":{{"kind":"finished"}}}}')
"#
    );
    let launch = Launch::of("python3", &["-c", &program]);
    let events = start(launch, RunLimits::default()).all().await;
    assert_eq!((events.len(), outcome(&events)), (300_002, &Outcome::Finished));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn hungry_run_is_ended() {
    // In many processes that each keep within what one may have.
    let program = "
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(os.urandom(1)) * 50_000_000
        time.sleep(60)
time.sleep(60)
";
    let limits = RunLimits { memory: 120_000_000, ..RunLimits::default() };
    failed(&python(program, limits).all().await, "MB of memory, and the limit is 120 MB");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn greedy_process_is_refused() {
    let limits = RunLimits { memory: 200_000_000, look: Duration::from_secs(60), ..RunLimits::default() };
    // The limit is the system's, and is set a moment after the start.
    let events = python("import time; time.sleep(0.5); bytearray(500_000_000)", limits).all().await;
    failed(&events, "ended with code 1");
    assert!(texts(&events).any(|text| text.contains("MemoryError")));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn forking_run_is_ended() {
    let limits = RunLimits { processes: 20, ..RunLimits::default() };
    let mut run = shell("echo $$ >&2; while :; do sleep 64 & done", limits);
    let process = run.line().await;
    failed(&run.all_but_start().await, "processes, and the limit is 20");
    gone(&process).await;
    // What was killed takes a moment to die.
    let since = Instant::now();
    while !all_dead(&process) {
        assert!(since.elapsed() < Duration::from_secs(5), "some are left");
        sleep(Duration::from_millis(5)).await;
    }
}

/// Whether the members of a group are dead, though nobody has waited for them.
#[cfg(target_os = "linux")]
fn all_dead(group: &str) -> bool {
    let list = std::process::Command::new("sh").args(["-c", "cat /proc/[0-9]*/stat 2>/dev/null"]).output();
    let list = String::from_utf8_lossy(&list.unwrap().stdout).into_owned();
    list.lines().filter_map(|line| line.rsplit_once(") ")).all(|(_, rest)| {
        let fields: Vec<_> = rest.split(' ').collect();
        fields[2] != group || fields[0] == "Z"
    })
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn deserter_is_found() {
    // It leaves the group, but its parent is known.
    let program = "
import os, sys, time
if os.fork() == 0:
    os.setsid()
    print(os.getpid(), file=sys.stderr)
    time.sleep(60)
time.sleep(60)
";
    let mut run = python(program, RunLimits::default());
    let process = run.line().await;
    run.stop();
    run.all_but_start().await;
    gone(&process).await;
}

#[tokio::test]
async fn killed_run_names_the_signal() {
    let killed = shell("kill -KILL $$", RunLimits::default()).all().await;
    failed(&killed, "was ended by SIGKILL: somebody killed it");
    let aborted = shell(&format!("echo '{STARTED}'; kill -ABRT $$"), RunLimits::default()).all().await;
    failed(&aborted, "was ended by SIGABRT");
    failed(&shell("exit 3", RunLimits::default()).all().await, "ended with code 3 before its run did");
}

#[tokio::test]
async fn lingering_process_is_ended() {
    let before = Instant::now();
    let events =
        shell(&format!("echo '{STARTED}'; echo '{ENDED}'; sleep 65"), RunLimits::default()).all().await;
    assert_eq!(outcome(&events), &Outcome::Finished);
    assert!(before.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn missing_program_is_refused() {
    let mut run = start(Launch::of("/no/such/program", &[]), RunLimits::default());
    let Some(FromServer::Notice(notice)) = run.heard.recv().await else { panic!("no word") };
    assert!(format!("{notice:?}").contains("cannot be started"), "{notice:?}");
}
