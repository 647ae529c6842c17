//! Programs of their own, with an end to be seen from outside.

use crate::door::{Door, pass};
use crate::every::square;
use crate::pool::{Kind, Pool};
use crate::until;
use concurrent_futures::{ProcessPoolExecutor, Shutdown, ThreadPoolExecutor};
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// Names the door that the program's task waits at.
const DOOR: &str = "SCENARIO_DOOR";

/// A program.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name, with the kind of its executor.
    pub name: String,
    /// What it does.
    pub main: fn(),
    /// Runs the command that starts it, and panics if what is to be seen is not as told.
    pub outside: fn(Command),
}

/// Every program, for each kind of executor.
#[must_use]
pub fn all() -> Vec<Program> {
    [of_kind::<ThreadPoolExecutor>(), of_kind::<ProcessPoolExecutor>()].concat()
}

fn of_kind<P: Pool>() -> Vec<Program> {
    let kind = match P::KIND {
        Kind::Threads => "on_threads",
        Kind::Processes => "on_processes",
    };
    let program = |name, main, outside| Program { name: format!("{kind}::{name}"), main, outside };
    vec![
        program("leaving_main_waits", leaving_main_waits::<P>, is_left_while_working),
        program(
            "leaving_main_waits_after_shutdown",
            leaving_main_waits_after_shutdown::<P>,
            is_left_while_working,
        ),
        program("leaving_main_after_cancelling", leaving_main_after_cancelling::<P>, prints_done_or_nothing),
        program("hook_after_main", hook_after_main::<P>, prints_the_refusal),
        program("panicking_callback", panicking_callback::<P>, reports_the_panics),
    ]
}

/// Says so when the door is open.
fn say_done(door: String) {
    Door::pass(&door);
    println!("done");
}

/// Submits a task that waits at the door of this program, and waits until a worker has it.
fn working<P: Pool>() -> P {
    let pool = P::of(1);
    let future = pool.call(say_done, env::var(DOOR).unwrap()).unwrap();
    until(|| future.running());
    pool
}

/// SHUT-02: a program that leaves `main` waits for its tasks.
fn leaving_main_waits<P: Pool>() {
    let _pool = working::<P>();
    println!("leaving");
}

/// SHUT-06: also if it has shut the executor down without waiting.
fn leaving_main_waits_after_shutdown<P: Pool>() {
    let pool = working::<P>();
    pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
    println!("leaving");
}

/// The task is let go when the program has said that it leaves.
fn is_left_while_working(command: Command) {
    let (rest, errors) = let_go_after("leaving\n", command);
    assert_eq!((rest.as_str(), errors.as_str()), ("done\n", ""));
}

/// Lets the program's task go when the program has written that line; returns what else it writes, and its errors.
fn let_go_after(line: &str, command: Command) -> (String, String) {
    let door = Door::new();
    let mut child = start(command, &door);
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    assert_eq!(first, line);
    assert!(child.try_wait().unwrap().is_none());
    door.open();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    (rest, errors(child))
}

/// SHUT-14: whether the one task has begun by then or not, the program ends well.
fn leaving_main_after_cancelling<P: Pool>() {
    let pool = P::of(1);
    drop(pool.call(say_done, env::var(DOOR).unwrap()).unwrap());
    pool.shutdown(Shutdown { wait: false, cancel_futures: true }).unwrap();
}

fn prints_done_or_nothing(command: Command) {
    let door = Door::new();
    door.open();
    let mut child = start(command, &door);
    let text = output(&mut child);
    assert!(["", "done\n"].contains(&text.as_str()), "{text}");
    assert_eq!(errors(child), "");
}

/// Submits when it is dropped.
struct Hook<P: Pool>(Arc<P>);

impl<P: Pool> Drop for Hook<P> {
    fn drop(&mut self) {
        println!("{}", self.0.call(square, 3).unwrap_err());
    }
}

/// SHUT-03: what runs after the end of the executor is refused by it, and told so.
fn hook_after_main<P: Pool>() {
    let pool = Arc::new(P::of(1));
    let _hook = Hook(Arc::clone(&pool));
    assert_eq!(pool.call(pass, (String::new(), 7)).unwrap().result().unwrap(), &7);
    pool.shutdown(Shutdown::default()).unwrap();
}

fn prints_the_refusal(command: Command) {
    let mut child = start(command, &Door::new());
    assert_eq!(output(&mut child), "cannot submit a task after shutdown\n");
    assert_eq!(errors(child), "");
}

/// FUT-04, FUT-08: panics of callbacks are told on the standard error, and nothing else comes of them.
fn panicking_callback<P: Pool>() {
    let pool = working::<P>();
    let queued = pool.call(square, 3).unwrap();
    queued.add_done_callback(|_| panic!("a callback panics"));
    let (sender, called) = std::sync::mpsc::channel();
    queued.add_done_callback(move |future| sender.send(*future.result().unwrap()).unwrap());
    println!("waiting");
    println!("{}", called.recv().unwrap());
    queued.add_done_callback(|_| panic!("a late callback panics"));
    println!("{}", queued.result().unwrap());
}

fn reports_the_panics(command: Command) {
    let (rest, errors) = let_go_after("waiting\n", command);
    assert_eq!(rest, "done\n9\n9\n");
    for text in ["a callback panics", "a late callback panics"] {
        assert_eq!(errors.matches(text).count(), 1, "{errors}");
    }
}

fn start(mut command: Command, door: &Door) -> Child {
    command.env(DOOR, door.name()).env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn output(child: &mut Child) -> String {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What the program has written to its standard error; it must end, and well.
fn errors(mut child: Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success(), "{text}");
    text
}
