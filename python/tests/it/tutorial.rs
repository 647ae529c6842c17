//! The tutorial's programs, as they stand there, with what CPython writes.

use crate::running::{program, told};
use crate::trial;
use libtest_mimic::Trial;
use std::path::Path;

/// A program's output: its lines, in which `*` stands for any text.
struct Tutorial {
    name: &'static str,
    lines: &'static [&'static str],
    /// Whether the lines come in this order each time.
    in_order: bool,
    /// What the last line of the traceback says, if it ends with one.
    error: Option<&'static str>,
}

const fn in_order(name: &'static str, lines: &'static [&'static str]) -> Tutorial {
    Tutorial { name, lines, in_order: true, error: None }
}

const TUTORIALS: [Tutorial; 12] = [
    in_order("thread_pool_basics", &["Sequential: *s", "Concurrent: *s"]),
    in_order("process_pool_basics", &["Sequential: *s", "Parallel: *s"]),
    in_order(
        "submit_and_futures",
        &["Task A done: False", "Task B completed in 1s", "Task A completed in 2s", "Task C completed in 3s"],
    ),
    Tutorial {
        name: "as_completed",
        lines: &[
            "Source 0: Data from source 0 (took *s)",
            "Source 1: Data from source 1 (took *s)",
            "Source 2: Data from source 2 (took *s)",
            "Source 3: Data from source 3 (took *s)",
            "Source 4: Data from source 4 (took *s)",
        ],
        in_order: false,
        error: None,
    },
    Tutorial {
        name: "wait",
        lines: &[
            "Completed: Task 1 done",
            "Completed: Task 3 done",
            "First completed: Task 2 done",
            "Still running: 2",
        ],
        in_order: false,
        error: None,
    },
    Tutorial {
        name: "callbacks",
        lines: &[
            "Callback: result is 0",
            "Callback: result is 1",
            "Callback: result is 16",
            "Callback: result is 4",
            "Callback: result is 9",
            "Main thread: done waiting",
            "Main thread: tasks submitted",
        ],
        in_order: false,
        error: None,
    },
    Tutorial {
        name: "exceptions",
        lines: &["Task 0: 0", "Task 1: 2", "Task 2: 4", "Task 3 failed: Bad value: 3", "Task 4: 8"],
        in_order: false,
        error: Some("ValueError: Bad value: 3"),
    },
    in_order("timeouts", &["Task timed out!", "Completed after 1s", "Some tasks didn't complete in time"]),
    in_order(
        "cancelling",
        &["Future 2 cancelled: True", "Future 3 cancelled: True", "Future 1 cancelled: False"],
    ),
    in_order("context_manager", &["All tasks completed"]),
    in_order("map_chunking", &["No chunking: *s", "With chunking: *s"]),
    // Without a network the program's own errors tell of that.
    Tutorial {
        name: "parallel_downloads",
        lines: &[
            "FAILED: https://httpbin.org/delay/5 - <urlopen error *>",
            "FAILED: https://www.github.com - <urlopen error *>",
            "FAILED: https://www.google.com - <urlopen error *>",
            "FAILED: https://www.python.org - <urlopen error *>",
            "Starting downloads...",
            "Total time: *s",
        ],
        in_order: false,
        error: None,
    },
];

pub(crate) fn trials() -> impl Iterator<Item = Trial> {
    TUTORIALS
        .into_iter()
        .map(|tutorial| trial(format!("tutorial::{}", tutorial.name), move || check(&tutorial)))
}

fn check(tutorial: &Tutorial) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/python");
    let output = program(&folder.join(tutorial.name).with_extension("py"), None);
    assert_eq!(output.status.success(), tutorial.error.is_none(), "{}", told(&output));
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut lines: Vec<&str> = stdout.lines().collect();
    if !tutorial.in_order {
        lines.sort_unstable();
    }
    assert_eq!(lines.len(), tutorial.lines.len(), "{lines:#?}");
    for (line, pattern) in lines.iter().zip(tutorial.lines) {
        let (start, end) = pattern.split_once('*').unwrap_or((pattern, ""));
        let fits = if pattern.contains('*') {
            line.starts_with(start) && line.ends_with(end)
        } else {
            line == pattern
        };
        assert!(fits, "`{line}` is not `{pattern}`");
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.lines().last(), tutorial.error, "{stderr}");
}
