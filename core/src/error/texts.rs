//! What every error says, and what every chain of sources looks like.

use super::*;
use crate::State;
use crate::sync::Mutex;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Every future has room for one, also the million that wait for their values.
#[test]
fn errors_are_small() {
    assert!(size_of::<Error>() <= 32, "{}", size_of::<Error>());
}

/// An error of the user's, with what lies behind it.
#[derive(Debug)]
struct Nested(&'static str, Option<Box<Nested>>);

impl fmt::Display for Nested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Nested {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

fn nested() -> Nested {
    Nested("no page", Some(Box::new(Nested("no network", Some(Box::new(Nested("no cable", None)))))))
}

fn panicked() -> TaskError {
    let payload = Mutex::new(None);
    TaskError::panicked(Panic { message: "on purpose".into(), location: None, backtrace: None, payload })
}

fn remote() -> RemoteError {
    RemoteError::new("program::NoPage".into(), "no page".into(), vec!["no network".into(), "no cable".into()])
}

fn codec(step: CodecStep) -> CodecError {
    CodecError { step, type_name: "Page".into(), message: "it has no end".into() }
}

fn lost(cause: LossCause) -> WorkerLost {
    let task = Some((7, "fetch"));
    WorkerLost { worker: Some(2), process_id: Some(34), task, cause, last_words: String::new() }
}

fn running(tasks: usize, queued: usize, waited: Duration) -> StillRunningError {
    let named = |n| RunningTask { task: 10 + n as u64, name: "fetch".into(), worker: n };
    StillRunningError { waited, tasks: (0..tasks).map(named).collect(), queued }
}

/// A way to fail, and what it says.
type Row = (Box<dyn StdError>, &'static str);

/// Every way to fail.
fn rows() -> Vec<Row> {
    let second = Duration::from_secs(1);
    let start = || StartWorkerError::new("no more threads");
    let mut rows = Vec::new();
    let mut row = |error: Box<dyn StdError>, text: &'static str| rows.push((error, text));
    // What the wait for a future comes to.
    row(Box::new(Error::from(panicked())), "on purpose");
    row(Box::new(Error::from(CancelledError)), "the future was cancelled");
    row(Box::new(Error::from(TimeoutError::new(1, 1))), "the future did not finish in time");
    row(Box::new(Error::from(TimeoutError::new(2, 5))), "2 (of 5) futures unfinished");
    let expired = QueueTimeoutError { limit: second };
    row(Box::new(Error::from(expired)), "no worker began the task within 1s");
    row(
        Box::new(Error::from(BrokenExecutor::from(BrokenThreadPool::initializer(panicked())))),
        "the pool is broken, because its initializer failed: on purpose",
    );
    row(Box::new(Error::from(SubmitError::from(ShutdownError))), "cannot submit a task after shutdown");
    row(
        Box::new(Error::from(WouldBlockError)),
        "this thread must not block: await the future instead, or move the call into a worker",
    );
    // What a task fails with.
    row(Box::new(TaskError::returned(nested())), "no page");
    row(Box::new(TaskError::remote(remote())), "no page");
    row(
        Box::new(TaskError::codec(codec(CodecStep::DecodeArguments))),
        "the worker could not decode the arguments, of type `Page`: it has no end",
    );
    row(
        Box::new(TaskError::codec(codec(CodecStep::EncodeResult))),
        "the worker could not encode the result, of type `Page`: it has no end",
    );
    row(
        Box::new(TaskError::codec(codec(CodecStep::DecodeResult))),
        "the result could not be decoded, of type `Page`: it has no end",
    );
    row(
        Box::new(TaskError::lost(WorkerLost::thread("unreachable".into()))),
        "the worker was lost while it ran the task: unreachable",
    );
    row(Box::new(TaskError::abandoned()), "the promise was dropped without a result");
    // Why an executor does not take a task.
    row(
        Box::new(SubmitError::from(BrokenExecutor::from(BrokenProcessPool::crash_loop(panicked())))),
        "the pool is broken, because one worker after the other died before it could take a task: on purpose",
    );
    row(
        Box::new(SubmitError::from(FullError { limit: 1 })),
        "the executor's queue is full: 1 task waits already",
    );
    row(
        Box::new(SubmitError::from(FullError { limit: 8 })),
        "the executor's queue is full: 8 tasks wait already",
    );
    row(
        Box::new(SubmitError::from(WouldBlockError)),
        "this thread must not block: await the future instead, or move the call into a worker",
    );
    row(Box::new(SubmitError::from(start())), "cannot start a worker: no more threads");
    row(Box::new(SubmitError::from(ValueError::too_small("chunksize", 1))), "chunksize must be at least 1");
    row(
        Box::new(SubmitError::from(ValueError::without_nul("thread_name_prefix", "\0").unwrap_err())),
        "thread_name_prefix must not contain a NUL byte",
    );
    row(
        Box::new(SubmitError::from(codec(CodecStep::EncodeArguments))),
        "the arguments could not be encoded for a worker, of type `Page`: it has no end",
    );
    row(
        Box::new(SubmitError::from(NameError { function: "fetch" })),
        "`fetch` cannot be named to another process: it is not part of the program's own executable, but of a dynamic \
         library; call it through a function of the program",
    );
    // Why a pool is broken.
    row(
        Box::new(BrokenExecutor::from(BrokenThreadPool::initializer(panicked()))),
        "the pool is broken, because its initializer failed: on purpose",
    );
    row(
        Box::new(BrokenExecutor::from(BrokenProcessPool::initializer(TaskError::returned(nested())))),
        "the pool is broken, because its initializer failed: no page",
    );
    row(
        Box::new(BrokenProcessPool::loss(panicked())),
        "the pool is broken, because a worker was lost: on purpose",
    );
    #[cfg(feature = "rayon")]
    row(
        Box::new(BrokenThreadPool::worker(panicked())),
        "the pool is broken, because it cannot replace a worker: on purpose",
    );
    // What ended a worker.
    let mut loss = |cause, text: &'static str| row(Box::new(lost(cause)), text);
    const LOST: &str = "worker 2 (process 34) was lost while it ran `fetch` (task 7): ";
    let causes: [(LossCause, &str); 9] = [
        (LossCause::Exited(3), "it exited with code 3"),
        (LossCause::Signal { number: 9, name: "SIGKILL" }, "it was ended by signal 9 (SIGKILL)"),
        (LossCause::Killed, "it was killed on request"),
        (LossCause::Terminated, "all workers of the pool were ended on request"),
        (LossCause::RunTimeout(second), "the task ran longer than its limit of 1s"),
        (
            LossCause::StartTimeout(second),
            "it did not come up within 1s; is `init()` the first thing that `main` does?",
        ),
        (
            LossCause::Nonsense("a frame of length 0".into()),
            "it sent what no worker sends: a frame of length 0",
        ),
        (LossCause::Unstarted("no more processes".into()), "it could not be started: no more processes"),
        (LossCause::Other("out of memory".into()), "out of memory"),
    ];
    for (cause, text) in causes {
        loss(cause, String::leak(format!("{LOST}{text}")));
    }
    let wrote = WorkerLost { last_words: "one\ntwo\n".into(), ..lost(LossCause::Exited(1)) };
    row(
        Box::new(wrote),
        "worker 2 (process 34) was lost while it ran `fetch` (task 7): it exited with code 1; it last wrote: one | two",
    );
    let idle = WorkerLost { task: None, process_id: None, ..lost(LossCause::Killed) };
    row(Box::new(idle), "worker 2 was lost: it was killed on request");
    // What is asked at the wrong moment.
    row(Box::new(InvalidStateError::new(State::Running)), "the future is already running");
    row(Box::new(InvalidStateError::new(State::Cancelled)), "the future is already cancelled");
    // What an executor still does.
    row(
        Box::new(running(1, 0, second)),
        "the executor has not ended after 1s: it is still running `fetch` (task 10, worker 0)",
    );
    row(
        Box::new(running(2, 1, second)),
        "the executor has not ended after 1s: it is still running `fetch` (task 10, worker 0), `fetch` (task 11, worker \
         1), and 1 more task waits",
    );
    row(
        Box::new(running(8, 5, Duration::ZERO)),
        "the executor has not ended: it is still running `fetch` (task 10, worker 0), `fetch` (task 11, worker 1), \
         `fetch` (task 12, worker 2), `fetch` (task 13, worker 3), `fetch` (task 14, worker 4) and 3 more, and 5 more tasks wait",
    );
    row(Box::new(running(0, 1, second)), "the executor has not ended after 1s: 1 task waits");
    row(Box::new(running(0, 2, second)), "the executor has not ended after 1s: 2 tasks wait");
    row(Box::new(running(0, 0, second)), "the executor has not ended after 1s: its workers are about to");
    rows
}

#[test]
fn every_text() {
    for (error, text) in rows() {
        assert_eq!(error.to_string(), text, "{error:?}");
    }
}

/// One sentence without a full stop, in one line, and nothing that only a debugger wants to see.
#[test]
fn texts_read_well() {
    for (error, text) in rows() {
        let first = text.chars().next().unwrap();
        assert!(first == '`' || first.is_lowercase() || first.is_numeric(), "{text}");
        assert!(!text.ends_with(['.', '!', ' ', ':', ';']), "{text}");
        assert!(!text.contains(['\n', '{', '}', '"', '\\']), "{text}");
        assert!(!text.contains("Error") && !text.contains("Some("), "{text}");
        assert_ne!(text, format!("{error:?}"));
    }
}

/// The texts of an error and of all that lies behind it.
fn chain(error: &dyn StdError) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts
}

/// What a text tells already does not come again as its source.
#[test]
fn sources_tell_something_new() {
    for (error, _) in rows() {
        for pair in chain(&*error).windows(2) {
            assert!(!pair[0].contains(&pair[1]), "{pair:?}");
        }
    }
}

#[test]
fn sources_of_what_a_task_returned() {
    const CHAIN: [&str; 3] = ["no page", "no network", "no cable"];
    assert_eq!(chain(&TaskError::returned(nested())), CHAIN);
    assert_eq!(chain(&TaskError::remote(remote())), CHAIN);
    assert_eq!(chain(&Error::from(TaskError::returned(nested()))), CHAIN);
    let broken = BrokenThreadPool::initializer(TaskError::returned(nested()));
    let broken = [
        chain(&broken),
        chain(&BrokenExecutor::from(broken.clone())),
        chain(&SubmitError::from(BrokenExecutor::from(broken.clone()))),
        chain(&Error::from(SubmitError::from(BrokenExecutor::from(broken)))),
    ];
    for texts in broken {
        assert_eq!(texts[0], "the pool is broken, because its initializer failed: no page");
        assert_eq!(texts[1..], CHAIN[1..]);
    }
    let unstarted = Error::from(SubmitError::from(StartWorkerError::new(nested())));
    assert_eq!(chain(&unstarted), ["cannot start a worker: no page", "no network", "no cable"]);
    // An error without content is an error all the same.
    assert_eq!(chain(&TaskError::returned("")), [""]);
}

/// An `Error` that a task passed on by `?` is found in the one that comes out, and so is what lies in that.
#[test]
fn error_in_an_error() {
    let inner = Error::from(TaskError::returned(nested()));
    let outer = Error::from(TaskError::returned(inner));
    let found: &Error = outer.downcast_ref().unwrap();
    assert_eq!(found.downcast_ref::<Nested>().unwrap().0, "no page");
    assert_eq!(chain(&outer), ["no page", "no network", "no cable"]);
}

/// Names the variants of an enum once, for a match that does not compile without all of them, and for what is to be found.
macro_rules! variants {
    ($found:expr, $common:ident: $($variant:ident),* $(,)?) => {
        let name = |error: &$common| match error {
            $($common::$variant { .. } => stringify!($variant),)*
        };
        let found: Vec<_> = $found.map(name).collect();
        for variant in [$(stringify!($variant)),*] {
            assert!(found.contains(&variant), "{variant} has no row");
        }
    };
}

#[test]
fn every_variant_has_a_row() {
    fn of<E: StdError + 'static>(rows: &[Row]) -> impl Iterator<Item = &E> {
        rows.iter().filter_map(|(error, _)| error.downcast_ref())
    }
    let rows = rows();
    variants!(of(&rows), Error: Failed, Cancelled, Timeout, QueueTimeout, Broken, Submit, WouldBlock);
    let refused = of(&rows).filter_map(|error| match error {
        Error::Submit(error) => Some(error),
        _ => None,
    });
    let refused = refused.chain(of(&rows));
    variants!(refused, SubmitError: Shutdown, Broken, Full, WouldBlock, Start, Value, Encode, Name);
    variants!(of(&rows), BrokenExecutor: ThreadPool, ProcessPool);
    let causes = of(&rows).map(WorkerLost::cause);
    variants!(
        causes,
        LossCause: Exited, Signal, Killed, Terminated, RunTimeout, StartTimeout, Nonsense, Unstarted, Other
    );
    let steps = of(&rows).filter_map(TaskError::downcast_ref).map(|error: &CodecError| &error.step);
    // The arguments are refused before there is a task.
    let submitted = of(&rows).filter_map(|error| match error {
        SubmitError::Encode(error) => Some(&error.step),
        _ => None,
    });
    variants!(steps.chain(submitted), CodecStep: EncodeArguments, DecodeArguments, EncodeResult, DecodeResult);
}
