//! Python programs on the command line.

use playground::{Event, Outcome};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Output, Stdio};

/// Runs a program that comes by the standard input.
fn run(source: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
    command.args(["run", "-"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    stdin.write_all(source.as_bytes()).expect("it is read");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

#[test]
fn writes_and_exits_as_cpython() {
    let output = run("import sys\nprint(sys.argv)\nsys.exit(3)\n", &["one", "--two"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "['-', 'one', '--two']\n");
    assert_eq!(output.status.code(), Some(3));
    let output = run("print('before')\n1 / 0\n", &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("Traceback (most recent call last):\n  File \"<stdin>\", line 2, in <module>\n"),
        "{stderr}"
    );
    assert!(stderr.ends_with("ZeroDivisionError: division by zero\n"), "{stderr}");
}

#[test]
fn tasks_have_their_functions_names() {
    let source = "from concurrent.futures import *\ndef square(n):\n    print(n)\n    return n * n\n\
                  if __name__ == '__main__':\n    with ThreadPoolExecutor(1) as pool:\n        pool.submit(square, 2)\n    \
                  with ProcessPoolExecutor(1) as pool:\n        list(pool.map(square, [3, 4], chunksize=2))\n";
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
    let file = std::env::temp_dir().join(format!("names-{}.py", std::process::id()));
    std::fs::write(&file, source).expect("there is room for the program");
    let output = command.args(["run", "--json"]).arg(&file).output().expect("the program starts");
    std::fs::remove_file(&file).expect("it is still there");
    let events: Vec<Event> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is an event"))
        .collect();
    let names: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::TaskSubmitted { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["square", "square"]);
    let written = events.iter().filter(|event| matches!(event, Event::Text { worker: Some(0), .. })).count();
    assert!(written >= 2, "{events:#?}");
    assert!(matches!(events.last(), Some(Event::RunEnded { outcome: Outcome::Finished, .. })));
}

#[test]
fn interrupt_that_was_noticed_ends_no_iteration() {
    let source = "import _thread, time\nfrom concurrent.futures import *\nseen = []\nwith ThreadPoolExecutor(2) as pool:\n    \
                  for future in as_completed([pool.submit(pow, 2, n) for n in range(4)]):\n        \
                  seen.append(future.result())\n        if len(seen) == 1:\n            try:\n                \
                  _thread.interrupt_main()\n                time.sleep(600)\n            \
                  except KeyboardInterrupt:\n                print('noticed')\nprint(sorted(seen))\n";
    let output = run(source, &[]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "noticed\n[1, 2, 4, 8]\n");
}

/// What Ctrl-C has to come through, wherever the main thread is.
#[cfg(unix)]
#[test]
fn ctrl_c_interrupts_the_main_thread() {
    let waits = [
        "while True: pass",
        "time.sleep(600)",
        "Future().result()",
        "wait([Future()])",
        "list(as_completed([Future()]))",
        "threading.Event().wait()",
        "input()",
    ];
    for wait in waits {
        let source = format!(
            "import threading, time\nfrom concurrent.futures import *\ntry:\n    print('ready')\n    {wait}\n\
             except KeyboardInterrupt:\n    print('cleaned')\n    raise\n"
        );
        let file = std::env::temp_dir().join(format!("interrupted-{}.py", std::process::id()));
        std::fs::write(&file, source).expect("there is room for the program");
        let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
        command.args(["run", "--json"]).arg(&file);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        let mut events = std::iter::from_fn(|| {
            let line = lines.next()?.expect("it is a text");
            Some(serde_json::from_str::<Event>(&line).expect("each line is an event"))
        });
        let is_ready = |event: &Event| matches!(event, Event::Text { text, .. } if text == "ready\n");
        assert!(events.any(|event| is_ready(&event)), "{wait}");
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(killed.expect("there is such a command").success());
        let events: Vec<_> = events.collect();
        let has_cleaned = |event: &Event| matches!(event, Event::Text { text, .. } if text == "cleaned\n");
        assert!(events.iter().any(has_cleaned), "{wait}: {events:#?}");
        assert!(matches!(events.last(), Some(Event::RunEnded { outcome: Outcome::Stopped, .. })), "{wait}");
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(130), "{wait}");
        std::fs::remove_file(&file).expect("it is still there");
    }
}
