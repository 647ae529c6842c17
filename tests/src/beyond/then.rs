//! Continuations.

use crate::bomb::Bomb;
use crate::{Gate, pool};
use concurrent_futures::{
    BrokenExecutor, Error, Executor, Future, Promise, ReturnWhen, State, ThreadPoolExecutor, as_completed,
    wait,
};
use std::num::ParseIntError;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// More links than any stack has room for.
const LINKS: usize = 100_000;

/// A promise that was kept, one that was broken, and one whose future was cancelled.
fn outcomes() -> [Promise<u32>; 3] {
    let promises = [Promise::new(), Promise::new(), Promise::new()];
    promises[0].set_result(7).unwrap();
    promises[1].set_exception("no").unwrap();
    assert!(promises[2].future().cancel());
    promises
}

/// `then` is called with the future, whatever became of it.
pub fn runs_whatever_happens() {
    let seen: Vec<String> = outcomes()
        .map(|promise| {
            promise.future().then(|done| format!("{:?}", done.result().map_err(|e| e.to_string())))
        })
        .map(|told| told.result().unwrap().clone())
        .into();
    assert_eq!(seen, ["Ok(7)", "Err(\"no\")", "Err(\"the future was cancelled\")"]);
}

/// The functions of `map`, `try_map` and `and_then` are not called for an error, which comes out as it went in.
pub fn error_passes_through() {
    let pool = pool(1);
    let failed = pool.submit(|n: u32| 12 / n, 0).unwrap();
    let untouched = || -> u32 { panic!("this must not run") };
    let derived = [
        failed.map(move |_| untouched()),
        failed.try_map(move |_| Ok::<_, Error>(untouched())),
        failed.and_then(move |_| Promise::new().future().map(move |(): &()| untouched())),
        failed.map(|n| n + 1).map(|n| n + 1),
    ];
    let source = failed.exception().unwrap().unwrap();
    for derived in derived {
        let error = derived.exception().unwrap().unwrap();
        assert_eq!(error.to_string(), "attempt to divide by zero");
        assert_eq!(error.panic().unwrap().location(), source.panic().unwrap().location());
        assert_eq!(derived.state(), State::Finished);
    }
}

/// What comes from a cancelled future is cancelled, not failed.
pub fn cancellation_passes_through() {
    let promise = Promise::<u32>::new();
    let source = promise.future();
    let derived = [
        source.map(|n| *n),
        source.try_map(|n| Ok::<_, Error>(*n)),
        source.and_then(|_| Promise::new().future()),
    ];
    let last = derived[2].map(|n| *n).map(|n| *n);
    assert!(source.cancel());
    for derived in derived.iter().chain([&last]) {
        assert!(derived.cancelled());
        assert!(matches!(derived.result(), Err(Error::Cancelled(_))));
    }
    let waited = wait(derived, None, ReturnWhen::FirstException).unwrap();
    assert_eq!(waited.done.len(), 3);
}

/// A returned error keeps its type, and `?` on the source's result passes its error on unchanged.
pub fn errors_are_typed() {
    let parse = |text: &&'static str| text.parse::<u32>();
    let promise = Promise::new();
    let (once, twice) = (promise.future().try_map(parse), promise.future().try_map(parse).map(|n| n + 1));
    let asked = twice.try_then(|done| Ok::<u32, Error>(*done.result()?));
    let boxed = promise.future().try_then(|done| {
        let text = done.result()?;
        Ok::<u32, Box<dyn std::error::Error + Send + Sync>>(text.parse()?)
    });
    promise.set_result("twelve").unwrap();
    for future in [&once, &twice, &asked, &boxed] {
        assert!(future.result().unwrap_err().downcast_ref::<ParseIntError>().is_some(), "{future:?}");
    }
    let [kept, _, cancelled] = outcomes();
    let added = kept.future().try_then(|done| Ok::<u32, Error>(done.result()? + 1));
    assert_eq!(added.result().unwrap(), &8);
    // That its source was cancelled is what the function failed with.
    let wrapped = cancelled.future().try_then(|done| Ok::<u32, Error>(*done.result()?));
    assert_eq!(wrapped.state(), State::Finished);
    assert!(matches!(wrapped.result().unwrap_err().downcast_ref(), Some(Error::Cancelled(_))));
}

/// As of a task: with message and place, and to nobody's harm.
pub fn panic_fails_the_derived_future() {
    let promise = Promise::new();
    let source = promise.future();
    let first = source.map(|n: &u32| assert_eq!(*n, 1, "odd"));
    let second = source.then(|_| -> u32 { std::panic::panic_any(Bomb) });
    let third =
        source.and_then(|n| if *n > 1 { panic!("no future") } else { Promise::<u32>::new().future() });
    let fourth = source.map(|n| *n);
    promise.set_result(2).unwrap();
    let error = first.exception().unwrap().unwrap();
    assert!(error.to_string().contains("odd"), "{error}");
    assert!(error.panic().unwrap().location().unwrap().contains("then.rs"), "{error:?}");
    assert!(second.exception().unwrap().unwrap().panic().is_some());
    assert_eq!(third.exception().unwrap().unwrap().to_string(), "no future");
    assert_eq!(fourth.result().unwrap(), &2);
    std::mem::forget(second);
}

/// `and_then` stands for the future that its function returns, done or not.
pub fn flattens() {
    let pool = Arc::new(pool(2));
    let inner = Arc::clone(&pool);
    let square = move |n: &u64| inner.submit(|n: u64| n * n, *n).unwrap();
    let future =
        pool.submit(|n: u64| n + 1, 2).unwrap().and_then(square.clone()).and_then(square).map(|n| n + 1);
    assert_eq!(future.result().unwrap(), &82);
    let (outer, later) = (Promise::new(), Promise::new());
    let promised = later.future();
    let flat = outer.future().and_then(move |(): &()| promised);
    outer.set_result(()).unwrap();
    assert_eq!(flat.state(), State::Pending);
    later.set_result("late").unwrap();
    assert_eq!(flat.result().unwrap(), &"late");
}

/// The inner future's failure, cancellation, and panicking clone become the flattened one's.
pub fn failures_of_both_futures_pass_through() {
    #[derive(Debug)]
    struct Unclonable;
    impl Clone for Unclonable {
        fn clone(&self) -> Self {
            panic!("no clone")
        }
    }
    let [kept, failed, cancelled] = outcomes();
    let flat = |inner: &Promise<u32>| {
        let inner = inner.future();
        kept.future().and_then(move |_| inner)
    };
    assert_eq!(flat(&kept).result().unwrap(), &7);
    assert_eq!(flat(&failed).result().unwrap_err().to_string(), "no");
    assert!(flat(&cancelled).cancelled());
    let clones = kept.future().and_then(|_| {
        let promise = Promise::new();
        promise.set_result(Unclonable).unwrap();
        promise.future()
    });
    assert_eq!(clones.result().unwrap_err().to_string(), "no clone");
}

/// A function is called by whoever completes the future, or here and now if that is done.
pub fn runs_at_once_when_done() {
    let [kept, ..] = outcomes();
    let here = kept.future().map(|_| thread::current().id());
    assert!(here.done());
    assert_eq!(here.result().unwrap(), &thread::current().id());
    let gate = Gate::new();
    let (pool, task_gate) = (pool(1), gate.clone());
    let worker = pool.spawn(move || (task_gate.pass(), thread::current().id()).1).unwrap();
    let seen = worker.map(|worker| (*worker, thread::current().id()));
    gate.open();
    let (worker, completer) = seen.result().unwrap();
    assert_eq!(worker, completer);
}

/// In the order of registration.
pub fn runs_among_the_callbacks() {
    let promise = Promise::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let calls = Arc::clone(&calls);
        move || calls.lock().unwrap().push(name)
    };
    let (first, second, third) = (note("callback"), note("map"), note("callback"));
    promise.future().add_done_callback(move |_| first());
    let derived = promise.future().map(move |(): &()| second());
    promise.future().add_done_callback(move |_| third());
    promise.set_result(()).unwrap();
    assert!(derived.done());
    assert_eq!(*calls.lock().unwrap(), ["callback", "map", "callback"]);
}

/// All that follows from a callback is done before the next callback begins, however deep.
pub fn what_follows_comes_first() {
    let promise = Promise::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let calls = Arc::clone(&calls);
        move |(): &()| calls.lock().unwrap().push(name)
    };
    let first = promise.future().map(note("1"));
    let branches = [first.map(note("1.1")), first.map(note("1.2"))];
    let leaves = branches.each_ref().map(|branch| branch.map(note("leaf")));
    let second = promise.future().map(note("2"));
    promise.set_result(()).unwrap();
    assert!(leaves.iter().chain([&second]).all(|future| future.done()));
    assert_eq!(*calls.lock().unwrap(), ["1", "1.1", "leaf", "1.2", "leaf", "2"]);
}

/// Cancelling drops the function and leaves the source alone.
pub fn cancelled_function_never_runs() {
    let promise = Promise::new();
    let token = Arc::new(());
    let derived: [Future<u32>; 3] = [
        promise.future().then({
            let token = Arc::clone(&token);
            move |_| panic!("this must not run {token:?}")
        }),
        promise.future().map({
            let token = Arc::clone(&token);
            move |_| panic!("this must not run {token:?}")
        }),
        promise.future().and_then({
            let token = Arc::clone(&token);
            move |_| panic!("this must not run {token:?}")
        }),
    ];
    assert_eq!(Arc::strong_count(&token), 4);
    let after = derived[0].map(|n| *n);
    for derived in &derived {
        assert!(derived.cancel() && derived.cancel() && derived.kill());
    }
    assert_eq!(Arc::strong_count(&token), 1);
    assert!(after.cancelled());
    assert_eq!(promise.future().state(), State::Pending);
    promise.set_result(1).unwrap();
    assert!(derived.iter().all(Future::cancelled));
    assert_eq!(promise.future().result().unwrap(), &1);
}

/// A function that runs is not interrupted: what it returns is the outcome.
pub fn running_function_refuses() {
    let (pool, gate) = (pool(1), Gate::new());
    let (source_gate, task_gate) = (Gate::new(), gate.clone());
    let held = source_gate.clone();
    let source = pool.spawn(move || held.pass()).unwrap();
    let derived = source.then(move |_| (task_gate.pass(), 5).1);
    source_gate.open();
    gate.wait_for(1);
    assert_eq!(derived.state(), State::Running);
    assert!(!derived.cancel() && !derived.kill());
    gate.open();
    assert_eq!(derived.result().unwrap(), &5);
}

/// While the inner future is not done, the flattened one can be cancelled, and leaves the inner one alone.
pub fn cancelled_while_flattening() {
    let (outer, inner) = (Promise::new(), Promise::<u32>::new());
    let future = inner.future();
    let flat = outer.future().and_then(move |(): &()| future);
    outer.set_result(()).unwrap();
    assert!(flat.cancel());
    assert_eq!(inner.future().state(), State::Pending);
    inner.set_result(1).unwrap();
    assert!(flat.cancelled());
}

/// Waiters are told before the function is dropped, whose destructor may wait for one of them.
pub fn cancelling_tells_before_it_drops() {
    struct Patient(Gate);
    impl Drop for Patient {
        fn drop(&mut self) {
            self.0.pass();
        }
    }
    let promise = Promise::<u32>::new();
    let told = Gate::new();
    let patient = Patient(told.clone());
    let derived = promise.future().map(move |n| (*n, &patient).0);
    let waiting = derived.clone();
    let pool = pool(1);
    let opened = pool.spawn(move || (waiting.result().is_err(), told.open()).0).unwrap();
    // The source's error is passed on, and drops the function too.
    promise.set_exception("no").unwrap();
    assert_eq!(opened.result().unwrap(), &true);
    assert_eq!(derived.result().unwrap_err().to_string(), "no");
}

/// A derived future that nobody holds runs all the same.
pub fn dropped_handles_change_nothing() {
    let promise = Promise::new();
    let ran = Arc::new(AtomicUsize::new(0));
    let count = || {
        let ran = Arc::clone(&ran);
        move || ran.fetch_add(1, Ordering::SeqCst)
    };
    let (first, second, third) = (count(), count(), count());
    drop(promise.future().then(move |_| first()).map(move |_| second()));
    let inner = Promise::<u32>::new();
    let promised = inner.future();
    drop(promise.future().and_then(move |(): &()| promised).map(move |_| third()));
    promise.set_result(()).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 2);
    inner.set_result(1).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 3);
}

fn chain(source: &Future<usize>) -> (Future<usize>, Future<usize>) {
    let first = source.map(|n| n + 1);
    (first.clone(), (1..LINKS).fold(first, |future, _| future.map(|n| n + 1)))
}

/// Neither completing a long chain nor letting go of it takes stack.
pub fn long_chain_completes() {
    let promise = Promise::new();
    let (_, last) = chain(&promise.future());
    let counted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&counted);
    last.add_done_callback(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    promise.set_result(0).unwrap();
    assert_eq!(last.result().unwrap(), &LINKS);
    assert_eq!(counted.load(Ordering::SeqCst), 1);
    // On a worker, whose stack is a small one.
    let (pool, gate) = (pool(1), Gate::new());
    let held = gate.clone();
    let (_, last) = chain(&pool.spawn(move || (held.pass(), 1).1).unwrap());
    gate.open();
    assert_eq!(last.result().unwrap(), &(LINKS + 1));
}

/// From its first link on.
pub fn long_chain_is_cancelled() {
    let promise = Promise::new();
    let (first, last) = chain(&promise.future());
    assert!(first.cancel());
    assert!(last.cancelled());
    promise.set_result(0).unwrap();
}

/// By a promise that nobody keeps.
pub fn long_chain_fails() {
    let promise = Promise::new();
    let (_, last) = chain(&promise.future());
    drop(promise);
    assert!(matches!(last.result(), Err(Error::Failed(_))));
}

/// Futures that stand for futures that stand for futures.
pub fn long_nest_completes() {
    let promise = Promise::new();
    let mut flat = promise.future();
    for _ in 0..LINKS {
        let (outer, inner) = (Promise::new(), flat);
        flat = outer.future().and_then(move |(): &()| inner);
        outer.set_result(()).unwrap();
    }
    promise.set_result(3).unwrap();
    assert_eq!(flat.result().unwrap(), &3);
}

/// A pool of one worker, and the same for its tasks.
fn shared() -> (Arc<ThreadPoolExecutor>, Arc<ThreadPoolExecutor>) {
    let pool = Arc::new(pool(1));
    (Arc::clone(&pool), pool)
}

/// A worker that waits for a derived future runs the queued task behind it, and the one that a function submits.
pub fn waits_inside_one_worker() {
    let (pool, inner) = shared();
    let outer = pool
        .spawn(move || {
            let next = Arc::clone(&inner);
            let source = inner.submit(|n: u32| n + 1, 1).unwrap();
            let flat = source.map(|n| n * 10).and_then(move |n| next.submit(|n: u32| n + 3, *n).unwrap());
            *flat.map(|n| n * 2).result().unwrap()
        })
        .unwrap();
    assert_eq!(outer.result().unwrap(), &46);
}

/// The same by `wait` and by `as_completed`.
pub fn every_wait_inside_one_worker() {
    let (pool, inner) = shared();
    let outer = pool
        .spawn(move || {
            let derived = || -> Vec<Future<u32>> {
                let next = Arc::clone(&inner);
                let sources = (0..3).map(|n| inner.submit(|n: u32| n, n).unwrap());
                let submit = move |n: &u32| next.submit(|n: u32| n + 1, *n).unwrap();
                sources.map(|source| source.map(|n| n * 2).and_then(submit.clone())).collect()
            };
            let all = wait(derived(), None, ReturnWhen::AllCompleted).unwrap().done.len();
            let first = wait(derived(), None, ReturnWhen::FirstCompleted).unwrap().done.len();
            let sum: u32 = as_completed(derived()).map(|future| *future.result().unwrap()).sum();
            (all, first, sum)
        })
        .unwrap();
    assert_eq!(outer.result().unwrap(), &(3, 1, 9));
}

/// A derived future is a future like any other.
pub fn waiters_of_every_kind() {
    let promise = Promise::new();
    let derived = promise.future().map(|n: &u32| n * 2);
    let woken = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&woken);
    derived.add_done_callback(move |derived| flag.store(derived.result().is_ok(), Ordering::SeqCst));
    let mut awaited = pin!(std::future::IntoFuture::into_future(&derived));
    let mut context = Context::from_waker(Waker::noop());
    assert!(std::future::Future::poll(awaited.as_mut(), &mut context).is_pending());
    let (pool, waiting) = (pool(3), derived.clone());
    let blocked = pool.spawn(move || *waiting.result().unwrap()).unwrap();
    let waiting = derived.clone();
    let collected =
        pool.spawn(move || as_completed([waiting]).map(|future| *future.result().unwrap()).sum()).unwrap();
    promise.set_result(4).unwrap();
    assert_eq!((blocked.result().unwrap(), collected.result().unwrap()), (&8, &8));
    assert!(woken.load(Ordering::SeqCst));
    assert!(matches!(std::future::Future::poll(awaited.as_mut(), &mut context), Poll::Ready(Ok(8))));
    assert_eq!(wait([&derived], None, ReturnWhen::AllCompleted).unwrap().done, [&derived]);
    assert_eq!(derived.clone().into_result().unwrap(), 8);
}

/// Neither what a function captured nor the values of a chain are kept longer than a handle.
pub fn lets_go() {
    let (token, captured) = (Arc::new(()), Arc::new(()));
    let promise = Promise::new();
    let held = Arc::clone(&captured);
    let derived =
        promise.future().map(move |value: &Arc<()>| (Arc::strong_count(value), Arc::strong_count(&held)));
    let later = derived.map(|count| *count);
    promise.set_result(Arc::clone(&token)).unwrap();
    drop(promise);
    assert_eq!((Arc::strong_count(&token), Arc::strong_count(&captured)), (1, 1));
    assert_eq!(later.result().unwrap(), &(2, 2));
    // A flattened future has a clone of the value, and nothing of what it came from.
    let promise = Promise::new();
    promise.set_result(Arc::clone(&token)).unwrap();
    let flat = promise.future().and_then({
        let source = promise.future();
        move |_| source
    });
    assert_eq!(Arc::strong_count(&token), 3);
    drop(promise);
    assert_eq!(Arc::strong_count(&token), 2);
    drop(flat);
    assert_eq!(Arc::strong_count(&token), 1);
}

/// A callback may block for what those before it have led to, since that is done.
pub fn callback_waits_for_what_came_before() {
    let promise = Promise::new();
    let first = promise.future().map(|n: &u32| n + 1);
    let second = first.map(|n| n + 1).map(|n| n + 1);
    let seen = first.then(move |_| *second.result().unwrap());
    promise.set_result(1).unwrap();
    assert_eq!(seen.result().unwrap(), &4);
}

/// What a function of one chain completes by itself is done when it goes on, in this chain or another.
pub fn function_may_complete_others() {
    let (one, other) = (Promise::new(), Promise::new());
    let end = other.future().map(|n: &u32| n + 1).map(|n| n + 1);
    let seen = one.future().map(|n: &u32| *n).map(move |n| {
        other.set_result(*n).unwrap();
        *end.result().unwrap()
    });
    one.set_result(5).unwrap();
    assert_eq!(seen.result().unwrap(), &7);
}

/// Whatever fails a future is passed on as it is.
pub fn broken_pool_passes_through() {
    let pool = ThreadPoolExecutor::builder().max_workers(1).initializer(|| panic!("unfit")).build().unwrap();
    let derived = pool.submit(|n: u32| n, 1).unwrap().map(|n| *n).map(|n| *n);
    assert!(matches!(derived.result(), Err(Error::Broken(BrokenExecutor::ThreadPool(_)))));
}

/// A worker that is blocked in a wait for a derived future runs the task that a function submits then.
pub fn runs_what_comes_while_it_waits() {
    type Chain = fn(Future<u32>, Arc<ThreadPoolExecutor>) -> Future<u32>;
    let submitted: Chain = |source, pool| source.and_then(move |n| pool.submit(|n: u32| n + 1, *n).unwrap());
    let mapped: Chain = |source, pool| {
        let next = source.map(|n| *n).and_then(move |n| pool.submit(|n: u32| n + 1, *n).unwrap());
        next.map(|n| *n).map(|n| *n)
    };
    let nested: Chain = |source, pool| {
        source.and_then(move |n| {
            let later = Arc::clone(&pool);
            let next = pool.submit(|n: u32| n, *n).unwrap();
            next.and_then(move |n| later.submit(|n: u32| n + 1, *n).unwrap())
        })
    };
    for chain in [submitted, mapped, nested] {
        let (pool, inner) = shared();
        let (promise, gate) = (Promise::new(), Gate::new());
        let (derived, arrived) = (chain(promise.future(), inner), gate.clone());
        gate.open();
        let outer = pool.spawn(move || (arrived.pass(), *derived.result().unwrap()).1).unwrap();
        gate.wait_for(1);
        // So that the worker has most likely fallen asleep; it comes to the same if it has not.
        thread::sleep(Duration::from_millis(20));
        promise.set_result(1).unwrap();
        assert_eq!(outer.result().unwrap(), &2);
    }
}

/// The same in a wait for all, where one of them may lead to the next.
pub fn runs_what_comes_while_it_waits_for_all() {
    let (pool, inner) = shared();
    let (first, second, gate) = (Promise::new(), Promise::new(), Gate::new());
    let (later, keep) = (second.future(), move |n: u32| second.set_result(n).is_ok());
    let submit = |pool: &Arc<ThreadPoolExecutor>| {
        let pool = Arc::clone(pool);
        move |n: &u32| pool.submit(|n: u32| n, *n).unwrap().map(|_| ())
    };
    let end = later.and_then(submit(&inner));
    let begin = first.future().and_then(submit(&inner)).map(move |()| assert!(keep(2)));
    let arrived = gate.clone();
    gate.open();
    let outer = pool
        .spawn(move || {
            arrived.pass();
            wait([end, begin], None, ReturnWhen::AllCompleted).unwrap().done.len()
        })
        .unwrap();
    gate.wait_for(1);
    thread::sleep(Duration::from_millis(20));
    first.set_result(1).unwrap();
    drop(inner);
    assert_eq!(outer.result().unwrap(), &2);
}

/// No lock is held while a function that will not run is dropped.
pub fn dropped_function_may_complete_its_source() {
    struct Keeps(Promise<u32>);
    impl Drop for Keeps {
        fn drop(&mut self) {
            self.0.set_result(1).unwrap();
        }
    }
    let promise = Promise::new();
    let source = promise.future();
    let keeps = Keeps(promise);
    let derived = source.map(move |n| (*n, &keeps).0);
    assert!(derived.cancel());
    assert_eq!(source.result().unwrap(), &1);
}

/// A value that nobody holds any more is dropped after its callbacks; if that panics, whatever else is to be called is.
pub fn panicking_value_leaves_the_other_callbacks() {
    struct Unlike(Bomb);
    impl Clone for Unlike {
        fn clone(&self) -> Self {
            Self(Bomb)
        }
    }
    let promise = Promise::new();
    let called = Arc::new(AtomicUsize::new(0));
    let count = || {
        let called = Arc::clone(&called);
        move || {
            called.fetch_add(1, Ordering::SeqCst);
        }
    };
    let (first, second, third) = (count(), count(), count());
    promise.future().map(|()| Bomb).add_done_callback(move |_| first());
    promise.future().and_then(|()| kept(Unlike(Bomb))).add_done_callback(move |_| second());
    promise.future().add_done_callback(move |_| third());
    promise.set_result(()).unwrap();
    assert_eq!(called.load(Ordering::SeqCst), 3);
}

/// The future of a promise that is kept.
fn kept<T: Send + Sync + 'static>(value: T) -> Future<T> {
    let promise = Promise::new();
    let future = promise.future();
    assert!(promise.set_result(value).is_ok());
    future
}
