//! What tasks write to their standard output and error, and read from their standard input.

use crate::case::{Case, output};
use crate::task::pool;
use concurrent_futures::{Executor, Future};
use std::io::{Read, Write};
use std::process::Command;

pub(crate) const CASES: &[Case] = &[
    Case::new("output::comes_before_the_result", comes_before_the_result).seen_by(lines_come_first),
    Case::new("output::half_lines", half_lines).seen_by(halves_are_joined),
    Case::new("output::much_at_a_time", much_at_a_time).seen_by(nothing_is_lost),
    Case::new("output::standard_error", standard_error).seen_by(errors_go_to_the_error),
    Case::new("output::input_is_empty", input_is_empty),
    Case::new("output::end_of_main_waits", end_of_main_waits).seen_by(work_is_done),
    Case::new("output::closed_by_the_reader", much_at_a_time).seen_by(reader_goes_away),
];

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn comes_before_the_result() {
    let pool = pool(2);
    for n in 0..100 {
        let lines = |n: u32| (0..n).for_each(|line| println!("task {n} line {line}"));
        pool.submit(lines, n).unwrap().result().unwrap();
        println!("result {n}");
    }
}

fn lines_come_first(command: Command) {
    let mut expected = String::new();
    for n in 0..100 {
        (0..n).for_each(|line| expected += &format!("task {n} line {line}\n"));
        expected += &format!("result {n}\n");
    }
    assert_eq!(text(output(command).stdout), expected);
}

/// Two workers write parts of lines at the same time; a line is passed on when it is whole.
fn half_lines() {
    let pool = pool(2);
    let halves: Vec<Future<()>> = (0..50)
        .map(|n| {
            let task = |n: u32| {
                print!("{n} ");
                std::io::stdout().flush().unwrap();
                std::thread::yield_now();
                println!("{n}");
            };
            pool.submit(task, n).unwrap()
        })
        .collect();
    assert!(halves.iter().all(|half| half.result().is_ok()));
    // What never gets a line end gets one when its worker ends.
    pool.submit(|()| print!("the end"), ()).unwrap().result().unwrap();
}

fn halves_are_joined(command: Command) {
    let stdout = text(output(command).stdout);
    let mut lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.pop(), Some("the end"));
    assert_eq!(lines.len(), 50);
    for line in lines {
        let (one, other) = line.split_once(' ').unwrap();
        assert_eq!(one, other);
    }
}

const MUCH: usize = 20_000;

fn much_at_a_time() {
    let pool = pool(1);
    let write = |()| {
        for n in 0..MUCH {
            println!("{n} {}", "x".repeat(n % 300));
        }
        // One line that is longer than anybody keeps.
        println!("{}", "y".repeat(1_000_000));
    };
    pool.submit(write, ()).unwrap().result().unwrap();
}

fn nothing_is_lost(command: Command) {
    let stdout = text(output(command).stdout);
    let mut lines = stdout.lines();
    for n in 0..MUCH {
        assert_eq!(lines.next().unwrap(), format!("{n} {}", "x".repeat(n % 300)));
    }
    assert_eq!(lines.next().unwrap(), "y".repeat(1_000_000));
    assert_eq!(lines.next(), None);
}

fn standard_error() {
    let pool = pool(1);
    pool.submit(|()| eprintln!("to the error"), ()).unwrap().result().unwrap();
    pool.submit(|()| println!("to the output"), ()).unwrap().result().unwrap();
}

fn errors_go_to_the_error(command: Command) {
    let output = output(command);
    assert_eq!(text(output.stdout), "to the output\n");
    assert_eq!(text(output.stderr), "to the error\n");
}

/// A task that reads finds the end, and not the protocol.
fn input_is_empty() {
    let read = |()| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).unwrap();
        bytes.len()
    };
    let pool = pool(1);
    assert_eq!(pool.submit(read, ()).unwrap().result().unwrap(), &0);
    crate::task::is_well(&pool);
}

/// SHUT-02, SHUT-06: the end of the scope that owns the pool waits for what was submitted.
fn end_of_main_waits() {
    let pool = pool(1);
    let work = |()| {
        std::thread::sleep(std::time::Duration::from_millis(300));
        println!("done");
    };
    drop(pool.submit(work, ()).unwrap());
    println!("leaving");
}

fn work_is_done(command: Command) {
    let output = output(command);
    assert_eq!((text(output.stdout).as_str(), text(output.stderr).as_str()), ("leaving\ndone\n", ""));
}

/// Nobody reads what the program writes; it goes on without.
fn reader_goes_away(mut command: Command) {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut child = command.stdout(writer).spawn().unwrap();
    drop((reader, command));
    assert!(child.wait().unwrap().success());
}
