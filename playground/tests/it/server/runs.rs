//! Runs, as a page orders them.

use super::client::{PATIENCE, Server};
use playground::{Event, FromServer, Notice, Outcome, Stream};
use std::time::Instant;

fn is_end(event: &Event) -> bool {
    matches!(event, Event::RunEnded { .. })
}

fn is_task(event: &Event) -> bool {
    matches!(event, Event::TaskStarted { .. })
}

#[test]
fn hello_comes_first() {
    let server = Server::start(&[]);
    let Some(FromServer::Notice(Notice::Hello { processors, system, version })) = server.page().hear() else {
        panic!("no hello")
    };
    assert!(processors > 0 && system.contains(std::env::consts::ARCH) && version.contains('.'));
}

#[test]
fn run_is_told_as_in_a_browser() {
    let server = Server::start(&[]);
    let mut page = server.page();
    assert!(page.hear().is_some());
    page.say(r#"{"type":"run","run":3,"example":"wait","parameters":{"task_1":2,"task_2":0.1,"task_3":2}}"#);
    let events = page.events(3, is_end);
    assert!(
        matches!(&events[0], Event::RunStarted { example, backend } if example == "wait" && backend == "native")
    );
    assert!(matches!(events.last(), Some(Event::RunEnded { outcome: Outcome::Finished, .. })));
    assert!(events.iter().filter_map(Event::at).is_sorted());
    assert_eq!(events.iter().filter(|event| matches!(event, Event::TaskFinished { .. })).count(), 3);
    let first = events
        .iter()
        .any(|event| matches!(event, Event::Text { text, .. } if text == "First completed: Task 2 done\n"));
    assert!(first, "{events:?}");
}

/// The server is the site of the example that downloads.
#[test]
fn downloads_come_from_the_server() {
    let server = Server::start(&[]);
    let mut page = server.page();
    assert!(page.hear().is_some());
    page.say(r#"{"type":"run","run":1,"example":"parallel-downloads","parameters":{"slow_endpoint":0.5}}"#);
    let events = page.events(1, is_end);
    for path in [
        "OK: http://127.0.0.1:{}/bytes/100000 - 100000 bytes\n",
        "OK: http://127.0.0.1:{}/delay/0.5 - 14 bytes\n",
    ] {
        let line = path.replace("{}", &server.port.to_string());
        let is_line = |event: &Event| matches!(event, Event::Text { text, task: None, .. } if *text == line);
        assert!(events.iter().any(is_line), "{line}: {events:?}");
    }
}

#[test]
fn refusals_have_reasons() {
    let server = Server::start(&[]);
    let mut page = server.page();
    assert!(page.hear().is_some());
    let mut refused = |order: &str, words: &str| {
        page.say(order);
        let Some(FromServer::Notice(Notice::Refused { run: 9, reason })) = page.hear() else {
            panic!("{order}")
        };
        assert!(reason.contains(words), "{reason}");
    };
    refused(r#"{"type":"run","run":9,"example":"no-such"}"#, "there is no example `no-such`");
    refused(r#"{"type":"run","run":9,"example":"--help"}"#, "there is no example");
    refused(r#"{"type":"run","run":9,"example":"wait","parameters":{"a=1 --json":1}}"#, "has no parameter");
    page.say(r#"{"type":"run","run":10,"example":"wait","parameters":{"task_1":-1}}"#);
    let events = page.events(10, is_end);
    let Some(Event::RunEnded { outcome: Outcome::Failed { error, .. }, .. }) = events.last() else {
        panic!("{events:?}")
    };
    assert!(error.contains("`task_1` must be a number of seconds"), "{error}");
}

#[test]
fn stop_ends_a_run() {
    let server = Server::start(&[]);
    let mut page = server.page();
    assert!(page.hear().is_some());
    page.say(r#"{"type":"run","run":1,"example":"endless-loop"}"#);
    page.events(1, is_task);
    page.say(r#"{"type":"run","run":1,"example":"wait"}"#);
    loop {
        match page.hear() {
            Some(FromServer::Notice(Notice::Refused { run: 1, reason })) => {
                break assert!(reason.contains("goes on"));
            }
            Some(FromServer::Batch(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    let before = Instant::now();
    page.say(r#"{"type":"stop","run":1}"#);
    let events = page.events(1, is_end);
    assert!(matches!(events.last(), Some(Event::RunEnded { outcome: Outcome::Stopped, .. })));
    assert!(before.elapsed().as_secs() < 3);
    // Over is over.
    page.say(r#"{"type":"stop","run":1}"#);
    page.say(r#"{"type":"run","run":1,"example":"context-manager","parameters":{"duration":0}}"#);
    assert!(matches!(
        page.events(1, is_end).last(),
        Some(Event::RunEnded { outcome: Outcome::Finished, .. })
    ));
}

/// What ends the whole process natively is told by its parent, with all that happened before.
#[cfg(target_os = "linux")]
#[test]
fn fatal_faults_are_told() {
    let server = Server::start(&[]);
    let mut page = server.page();
    assert!(page.hear().is_some());
    for (run, example, last) in [(1, "stack-overflow", "overflowed its stack"), (2, "trap", "")] {
        page.say(&format!(r#"{{"type":"run","run":{run},"example":"{example}"}}"#));
        let events = page.events(run, is_end);
        let Some(Event::RunEnded { outcome: Outcome::Failed { error, .. }, .. }) = events.last() else {
            panic!("{events:?}")
        };
        assert!(error.contains("SIGABRT") || error.contains("SIGSEGV"), "{error}");
        assert!(events.iter().any(is_task));
        let said = |event: &Event| matches!(event, Event::Text { stream: Stream::Stderr, text, .. } if text.contains(last));
        assert!(last.is_empty() || events.iter().any(said), "{events:?}");
    }
}

#[test]
fn runs_are_counted() {
    let server = Server::start(&[]);
    let (mut page, mut other) = (server.page(), server.page());
    assert!(page.hear().is_some() && other.hear().is_some());
    for run in 1..=4 {
        page.say(&format!(r#"{{"type":"run","run":{run},"example":"endless-loop"}}"#));
    }
    page.events(4, |event| matches!(event, Event::RunStarted { .. }));
    other.say(r#"{"type":"run","run":1,"example":"wait"}"#);
    let Some(FromServer::Notice(Notice::Refused { run: 1, reason })) = other.hear() else {
        panic!("no refusal")
    };
    assert!(reason.contains("4 runs go on"), "{reason}");
    // The page goes, and its runs with it.
    drop(page);
    let since = Instant::now();
    loop {
        other.say(r#"{"type":"run","run":2,"example":"context-manager","parameters":{"duration":0}}"#);
        match other.hear() {
            Some(FromServer::Batch(_)) => break,
            _ => assert!(since.elapsed() < PATIENCE, "no place becomes free"),
        }
    }
}

/// However the server ends, no process of its runs is left.
#[cfg(target_os = "linux")]
#[test]
fn runs_end_with_the_server() {
    for signal in ["TERM", "INT", "KILL"] {
        let mut server = Server::start(&[]);
        let mut page = server.page();
        assert!(page.hear().is_some());
        page.say(r#"{"type":"run","run":1,"example":"kill","parameters":{"patience":10}}"#);
        let events = page.events(1, is_task);
        let name = events.iter().find_map(|event| match event {
            Event::WorkerStarted { name, .. } => name.strip_prefix("process "),
            _ => None,
        });
        let worker = name.expect("a worker is named for its process");
        assert!(crate::command_line::runs(worker));
        server.signal(signal);
        server.wait();
        let since = Instant::now();
        while crate::command_line::runs(worker) {
            assert!(since.elapsed() < PATIENCE, "a worker survives SIG{signal}");
        }
    }
}
