//! Spans of the crate `tracing` around tasks.

use super::collected::{Collected, Fields};
use crate::pool;
use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{
    Accept, Executor, ProcessPoolExecutor, Promise, ThreadPoolExecutor, WorkStealingExecutor,
};
use std::panic::panic_any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use tracing::dispatcher::{get_default, with_default};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Level, Metadata, Subscriber, info, info_span, span};
use tracing_subscriber::filter::filter_fn;

/// Logs, within a span of its own and outside.
///
/// Never without a subscriber: `tracing` would take it that nobody wants these, if it hears of them on such a thread first.
fn work(n: u32) -> u32 {
    info_span!("inner").in_scope(|| info!("deep"));
    info!("shallow");
    n + 1
}

fn below_its_submitter<E: Accept<fn(u32) -> u32, u32, u32>>(executor: &E, kind: &str) {
    let collected = Collected::default();
    let id = with_default(&collected.subscriber(), || {
        info_span!("request").in_scope(|| {
            let future = executor.submit(work as fn(u32) -> u32, 1).unwrap();
            assert_eq!(future.result().unwrap(), &2);
            future.id()
        })
    });
    let task = collected.span("task");
    assert_eq!((task.above.as_slice(), task.target.as_str()), (["request"].as_slice(), "concurrent_futures"));
    assert_eq!(task.fields["task"], id.to_string());
    assert_eq!(task.fields["executor"], kind);
    assert_eq!(task.fields["outcome"], "finished");
    assert!(task.fields["worker"].parse::<usize>().is_ok() && task.fields["pool"].parse::<u64>().is_ok());
    // Whoever has seen the result finds the span closed; it was entered once, on the worker.
    assert!(task.closed && task.entered.len() == 1 && task.entered[0] != thread::current().id());
    assert_eq!(collected.span("inner").above, ["request", "task"]);
    assert_eq!(collected.event("deep").within, ["request", "task", "inner"]);
    assert_eq!(collected.event("shallow").within, ["request", "task"]);
    assert_eq!(collected.event("task finished").within, ["request", "task"]);
}

/// A task runs in a span below the one that was current where it was submitted, and its own lie below that.
pub fn task_below_its_submitter() {
    below_its_submitter(&pool(1), "ThreadPoolExecutor");
    below_its_submitter(&WorkStealingExecutor::new(1).unwrap(), "WorkStealingExecutor");
}

/// The span has the function's name, and without a span around `submit` it is a root, whatever the worker is in.
pub fn names_and_roots() {
    let collected = Collected::default();
    with_default(&collected.subscriber(), || {
        let pool = pool(1);
        pool.submit(work, 1).unwrap().result().unwrap();
        let (first, second) = (collected.span("task"), pool.submit(work, 2).unwrap());
        second.result().unwrap();
        assert_eq!((first.fields["name"].as_str(), first.above.as_slice()), ("work", [].as_slice()));
    });
    let pools: Vec<_> = collected.spans("task").iter().map(|task| task.fields["pool"].clone()).collect();
    assert!(pools.len() == 2 && pools[0] == pools[1]);
}

/// The subscriber goes along with the task and stays with it: the next one on that worker has its own, or none.
pub fn subscriber_goes_along() {
    let (first, second) = (Collected::default(), Collected::default());
    let pool = pool(1);
    for collected in [&first, &second, &first] {
        with_default(&collected.subscriber(), || pool.submit(work, 1).unwrap().result().unwrap().to_owned());
    }
    let none = pool.spawn(|| get_default(Dispatch::is::<NoSubscriber>)).unwrap();
    assert!(none.result().unwrap(), "a subscriber has stayed on the worker");
    assert_eq!((first.spans("task").len(), second.spans("task").len()), (2, 1));
    let shallow =
        |collected: &Collected| collected.events().iter().filter(|e| e.message() == "shallow").count();
    assert_eq!((shallow(&first), shallow(&second)), (2, 1));
}

/// A task that submits is the parent of what it submits; a waiting worker that runs it itself is back in its own span after it.
pub fn helped_tasks_nest() {
    let collected = Collected::default();
    with_default(&collected.subscriber(), || {
        let pool = Arc::new(pool(1));
        let inner = Arc::clone(&pool);
        let outer = move || {
            let step = info_span!("step").in_scope(|| inner.submit(work, 1).unwrap());
            step.result().unwrap();
            info!("after");
        };
        info_span!("request").in_scope(|| pool.spawn(outer).unwrap()).result().unwrap();
    });
    let tasks = collected.spans("task");
    assert_eq!(tasks[0].above, ["request"]);
    assert_eq!(tasks[1].above, ["request", "task", "step"]);
    assert_eq!(tasks[0].entered, tasks[1].entered);
    assert_eq!(collected.event("shallow").within, ["request", "task", "step", "task"]);
    assert_eq!(collected.event("after").within, ["request", "task"]);
}

/// A failure is a warning within the task's span, with the error.
pub fn failure_is_told() {
    let collected = Collected::default();
    with_default(&collected.subscriber(), || {
        let pool = pool(1);
        assert!(pool.spawn(|| panic_any("a bad day")).unwrap().result().is_err());
        assert!(pool.try_submit(str::parse::<u32>, "twelve").unwrap().result().is_err());
    });
    let told: Vec<_> = collected.events();
    let errors: Vec<_> = told.iter().map(|event| event.fields["error"].as_str()).collect();
    assert_eq!(errors, ["a bad day", "invalid digit found in string"]);
    for (event, task) in told.iter().zip(collected.spans("task")) {
        assert_eq!((event.level, event.message()), (Level::WARN, "task failed"));
        assert_eq!(
            (event.within.as_slice(), &event.fields["task"]),
            (["task"].as_slice(), &task.fields["task"])
        );
        assert!(task.closed && task.fields["outcome"] == "failed");
    }
}

/// A task that does not begin has no span; what became of it is told where it was submitted from.
pub fn cancellation_is_told() {
    let collected = Collected::default();
    with_default(&collected.subscriber(), || {
        let (pool, promise) = (pool(1), Promise::new());
        let open = promise.future();
        let blocking = pool.spawn(move || open.result().copied().unwrap()).unwrap();
        let queued = info_span!("request").in_scope(|| pool.submit(work, 1).unwrap());
        assert!(queued.cancel());
        promise.set_result(1).unwrap();
        blocking.result().unwrap();
    });
    let told = collected.event("task cancelled");
    assert_eq!((told.level, told.within.as_slice()), (Level::DEBUG, ["request"].as_slice()));
    assert_eq!(told.fields["name"], "work");
    assert_eq!(collected.spans("task").len(), 1);
    assert!(collected.span("request").closed);
}

/// A filter that drops the spans of tasks leaves what they log below whoever submitted them.
pub fn filtered_spans_are_skipped() {
    let collected = Collected::default();
    let filter = |metadata: &Metadata<'_>| metadata.target() != "concurrent_futures";
    with_default(&collected.filtered(filter_fn(filter)), || {
        let pool = pool(1);
        info_span!("request", outcome = "mine").in_scope(|| pool.submit(work, 1).unwrap()).result().unwrap();
    });
    assert_eq!(collected.event("shallow").within, ["request"]);
    assert!(collected.spans("task").is_empty());
    let request = collected.span("request");
    assert_eq!(request.fields, Fields::from([("outcome", "mine".to_owned())]));
    assert!(request.closed);
}

/// A subscriber that panics at whatever it is told harms neither tasks nor workers.
pub fn panicking_subscriber_harms_nobody() {
    /// Panics as soon as it is told to.
    struct Faulty(Arc<AtomicBool>);
    impl Faulty {
        fn fail(&self) {
            assert!(!self.0.load(Ordering::SeqCst), "a subscriber may panic");
        }
    }
    impl Subscriber for Faulty {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {
            self.fail();
        }
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, _: &tracing::Event<'_>) {
            self.fail();
        }
        fn enter(&self, _: &span::Id) {
            self.fail();
        }
        fn exit(&self, _: &span::Id) {
            self.fail();
        }
        fn try_close(&self, _: span::Id) -> bool {
            self.fail();
            false
        }
    }
    let faulty = Arc::new(AtomicBool::new(true));
    let pool = pool(1);
    with_default(&Dispatch::new(Faulty(Arc::clone(&faulty))), || {
        let futures: Vec<_> = (0..10).map(|n| pool.submit(|n: u32| n, n).unwrap()).collect();
        for (n, future) in (0..).zip(&futures) {
            assert_eq!(future.result().unwrap(), &n);
        }
        faulty.store(false, Ordering::SeqCst);
    });
    assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
}

/// Observers are told as ever, and on the thread of the task outside its span.
pub fn observers_beside_spans() {
    /// How many tasks were told of as submitted, started and finished.
    #[derive(Default)]
    struct Counts(Mutex<[usize; 3]>);
    impl Observer for Counts {
        fn observe(&self, event: &Event<'_>) {
            let at = match event.kind {
                EventKind::TaskSubmitted { .. } => 0,
                EventKind::TaskStarted { .. } => 1,
                EventKind::TaskFinished { .. } => 2,
                _ => return,
            };
            self.0.lock().unwrap()[at] += 1;
        }
    }
    let (collected, counts) = (Collected::default(), Arc::new(Counts::default()));
    let pool = ThreadPoolExecutor::builder().max_workers(2).observer(counts.clone()).build().unwrap();
    with_default(&collected.subscriber(), || assert_eq!(pool.map(work, 0..20).unwrap().count(), 20));
    drop(pool);
    assert_eq!(*counts.0.lock().unwrap(), [20, 20, 20]);
    assert_eq!(collected.spans("task").len(), 20);
}

fn square(n: u64) -> u64 {
    assert!(n < 100, "too large");
    n * n
}

fn die((): ()) -> u64 {
    std::process::abort()
}

/// A task in another memory has its span in the program: it begins and ends as the pool hears of it, and nothing is entered.
pub fn processes_have_spans() {
    let collected = Collected::default();
    with_default(&collected.subscriber(), || {
        let pool = ProcessPoolExecutor::new(1).unwrap();
        info_span!("request").in_scope(|| {
            assert_eq!(pool.submit(square, 7).unwrap().result().unwrap(), &49);
            assert!(pool.submit(square, 100).unwrap().result().is_err());
        });
    });
    let tasks = collected.spans("task");
    let outcomes: Vec<_> = tasks.iter().map(|task| task.fields["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["finished", "failed"]);
    for task in &tasks {
        assert_eq!((task.fields["name"].as_str(), task.fields["worker"].as_str()), ("square", "0"));
        assert_eq!(task.fields["executor"], "ProcessPoolExecutor");
        assert!(task.closed && task.entered.is_empty() && task.above == ["request"]);
    }
    let failed = collected.event("task failed");
    assert_eq!((failed.fields["error"].as_str(), failed.level), ("too large", Level::WARN));
    assert_eq!(failed.within, ["request", "task"]);
}

/// A lost worker is an error, told to the subscriber of whoever made the executor.
pub fn lost_worker_is_an_error() {
    let (maker, submitter) = (Collected::default(), Collected::default());
    let pool = with_default(&maker.subscriber(), || ProcessPoolExecutor::new(1).unwrap());
    with_default(&submitter.subscriber(), || assert!(pool.submit(die, ()).unwrap().result().is_err()));
    let lost = maker.event("worker lost");
    assert_eq!((lost.level, lost.within.as_slice()), (Level::ERROR, [].as_slice()));
    assert_eq!(
        (lost.fields["worker"].as_str(), lost.fields["executor"].as_str()),
        ("0", "ProcessPoolExecutor")
    );
    assert!(!lost.fields["cause"].is_empty());
    let failed = submitter.event("task failed");
    assert!(
        failed.within == ["task"] && failed.fields["error"].contains(&lost.fields["cause"]),
        "{failed:?}"
    );
    assert!(maker.spans("task").is_empty() && submitter.span("task").closed);
}
