//! What tasks do, and what comes back.

use super::{none_left, pool, started};
use crate::{
    Executor, MapOptions, ProcessPoolExecutor, RemoteError, ReturnWhen, SubmitError, as_completed, wait,
};
use concurrent_futures_core::observer::{EventKind, Observer};
use concurrent_futures_core::process_pool::Output;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_time::Instant;

#[wasm_bindgen_test]
async fn process_results_come_back() {
    started().await;
    let begun = Instant::now();
    let pool = pool(2);
    let squares: Vec<_> = (0..20_u64).map(|n| pool.submit(|n: u64| n * n, n).expect("it is open")).collect();
    for (n, square) in (0..).zip(&squares) {
        assert_eq!(square.result().expect("it does not fail"), &(n * n));
        if n == 0 {
            console_log!("first result after {:?}", begun.elapsed());
        }
    }
    drop(pool);
    none_left();
}

#[wasm_bindgen_test]
async fn process_errors_come_back() {
    started().await;
    let pool = pool(1);
    let parse = pool.try_submit(|text: String| text.parse::<u32>(), "twelve".into()).expect("it is open");
    let error = parse.result().expect_err("that is no number");
    let remote = error.downcast_ref::<RemoteError>().expect("it comes from another memory");
    assert!(remote.type_name().ends_with("ParseIntError"), "{}", remote.type_name());
    assert_eq!(remote.message(), "invalid digit found in string");
}

#[wasm_bindgen_test]
async fn process_panics_come_back() {
    started().await;
    let pool = pool(1);
    let task = pool.submit(|n: u32| assert!(n > 3, "{n} is too little"), 3).expect("it is open");
    let error = task.exception().expect("it is done").expect("it panicked");
    let panic = error.panic().expect("it panicked");
    assert_eq!(panic.message(), "3 is too little");
    assert!(panic.location().is_some_and(|place| place.contains("tasks.rs:")), "{:?}", panic.location());
}

/// How often it was called in this memory.
pub(super) fn count((): ()) -> u32 {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    CALLS.fetch_add(1, Ordering::Relaxed) + 1
}

#[wasm_bindgen_test]
async fn process_statics_are_its_own() {
    started().await;
    count(());
    let here = count(());
    let pool = pool(1);
    for call in 1..=3 {
        assert_eq!(pool.submit(count, ()).expect("it is open").result().expect("it counts"), &call);
    }
    assert_eq!(count(()), here + 1);
}

#[wasm_bindgen_test]
async fn process_payloads_of_all_sizes() {
    started().await;
    let pool = pool(1);
    let add = |mut text: String| {
        text.push('!');
        text
    };
    for length in [0, 1, 1_000, 65_535, 65_536, 100_000, 16 << 20] {
        let begun = Instant::now();
        let text = "x".repeat(length);
        let longer = pool.submit(add, text).expect("it is open").into_result().expect("it does not fail");
        assert!(longer.len() == length + 1 && longer.ends_with('!'));
        console_log!("{length} bytes there and back in {:?}", begun.elapsed());
    }
}

#[wasm_bindgen_test]
async fn process_map_in_chunks() {
    started().await;
    let pool = pool(2);
    let options = MapOptions::default().chunksize(1000);
    let begun = Instant::now();
    let squares = pool.map_with(options, |n: u64| n * n, 0..20_000).expect("it is open");
    let sum: u64 = squares.map(|square| square.expect("it does not fail")).sum();
    assert_eq!(sum, (0..20_000_u64).map(|n| n * n).sum::<u64>());
    console_log!("20,000 items in chunks of 1,000 took {:?}", begun.elapsed());
}

#[wasm_bindgen_test]
async fn process_many_small_tasks() {
    started().await;
    let pool = pool(2);
    // The workers are up.
    pool.map(|n: u32| n, 0..4).expect("it is open").for_each(drop);
    let begun = Instant::now();
    let futures: Vec<_> = (0..1_000_u32).map(|n| pool.submit(|n: u32| n, n).expect("it is open")).collect();
    let all = wait(&futures, None, ReturnWhen::AllCompleted).expect("it may block");
    assert_eq!(all.done.len(), 1_000);
    console_log!("1,000 tasks took {:?}", begun.elapsed());
    let begun = Instant::now();
    for n in 0..300_u32 {
        pool.submit(|n: u32| n, n).expect("it is open").result().expect("it does not fail");
    }
    console_log!("300 tasks, one at a time, took {:?}", begun.elapsed());
    assert_eq!(as_completed(&futures).count(), 1_000);
}

#[wasm_bindgen_test]
async fn process_futures_are_awaited() {
    started().await;
    let pool = pool(2);
    let futures: Vec<_> = (0..10_u32).map(|n| pool.submit(|n: u32| n + 1, n).expect("it is open")).collect();
    let mut sum = 0;
    for future in futures {
        sum += future.await.expect("it does not fail");
    }
    assert_eq!(sum, 55);
}

#[wasm_bindgen_test]
async fn process_callbacks_may_block() {
    started().await;
    let pool = pool(1);
    let (release, released) = channel::<()>();
    let (sender, receiver) = channel();
    let first = pool.submit(|n: u32| n, 1).expect("it is open");
    let done = sender.clone();
    first.add_done_callback(move |future| {
        released.recv().expect("the test goes on");
        done.send(*future.result().expect("it is done")).expect("the test waits");
    });
    let second = pool.submit(|n: u32| n, 2).expect("it is open");
    second.add_done_callback(move |future| {
        sender.send(*future.result().expect("it is done")).expect("the test waits");
    });
    // The first callback blocks, and results come all the same.
    assert_eq!(second.result().expect("it does not fail"), &2);
    assert_eq!(pool.submit(|n: u32| n, 3).expect("it is open").result().expect("it does not fail"), &3);
    assert!(receiver.try_recv().is_err());
    release.send(()).expect("the callback waits");
    // Those of futures that were done before they were added run right there, the others in their order.
    assert_eq!(receiver.iter().sum::<u32>(), 3);
}

#[wasm_bindgen_test]
async fn process_callback_that_traps() {
    started().await;
    let pool = pool(1);
    let gate = |milliseconds: u64| std::thread::sleep(Duration::from_millis(milliseconds));
    let first = pool.submit(gate, 100).expect("it is open");
    first.add_done_callback(|_| core::arch::wasm32::unreachable());
    let second = pool.submit(gate, 1).expect("it is open");
    let (sender, receiver) = channel();
    second.add_done_callback(move |_| sender.send(7).expect("the test waits"));
    assert_eq!(receiver.recv(), Ok(7));
}

/// Collects what workers write.
#[derive(Debug, Default)]
struct Listener(Mutex<Vec<(Output, String)>>);

impl Observer for Listener {
    fn observe(&self, event: &concurrent_futures_core::observer::Event<'_>) {
        if let EventKind::WorkerWrote { stream, lines, task, .. } = event.kind {
            assert!(task.is_some());
            self.0.lock().expect("nobody panics").push((stream, lines.to_owned()));
        }
    }

    fn takes_output(&self) -> bool {
        true
    }
}

/// Panics outside of any task's outcome: in a destructor of a thread-local value's replacement.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("in a destructor");
        }
    }
}

#[wasm_bindgen_test]
async fn process_text_arrives() {
    started().await;
    let listener = Arc::new(Listener::default());
    let builder = ProcessPoolExecutor::builder().max_workers(1).observer(Arc::clone(&listener) as _);
    let pool = builder.build().expect("there is nothing to refuse");
    let talk = |n: u32| {
        crate::print(Output::Stdout, &format!("task {n}\n"));
        crate::print(Output::Stderr, "two\nlines\n");
    };
    pool.submit(talk, 7).expect("it is open").result().expect("it does not fail");
    let written = listener.0.lock().expect("nobody panics").clone();
    let expected = [(Output::Stdout, "task 7\n"), (Output::Stderr, "two\nlines\n")];
    assert_eq!(written, expected.map(|(stream, lines)| (stream, lines.to_owned())));
    // Without an observer that takes it, it goes to the console.
    super::pool(1).submit(talk, 8).expect("it is open").result().expect("it does not fail");
}

#[wasm_bindgen_test]
async fn process_last_words() {
    started().await;
    let pool = pool(1);
    let task = pool.submit(
        |()| {
            crate::print(Output::Stderr, "about to trap\n");
            core::arch::wasm32::unreachable()
        },
        (),
    );
    let error = task.expect("it is open").result().map(|(): &()| ()).expect_err("it traps").to_string();
    assert!(error.contains("it last wrote: about to trap"), "{error}");
}

#[wasm_bindgen_test]
async fn process_panic_elsewhere_is_text() {
    started().await;
    thread_local! {
        static HELD: Cell<Option<Bomb>> = const { Cell::new(None) };
    }
    let pool = pool(1);
    // A promise's callback runs after the task, in the worker's event loop.
    let later = |()| {
        let panic = wasm_bindgen::closure::Closure::once_into_js(|| {
            HELD.set(Some(Bomb));
            drop(HELD.take());
        });
        let soon = js_sys::Function::new_with_args("panic", "setTimeout(panic, 0)");
        soon.call1(&wasm_bindgen::JsValue::UNDEFINED, &panic).is_ok()
    };
    let task = pool.submit(later, ()).expect("it is open");
    assert!(task.result().expect("it only sets a timer"));
    // The worker goes down with it, sooner or later, and the next one does the work.
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        pool.submit(|n: u32| n, 2).expect("it is open").result().expect("there is another worker"),
        &2
    );
}

#[wasm_bindgen_test]
async fn process_tasks_start_nothing() {
    started().await;
    let pool = pool(1);
    let nested = |()| {
        let processes = super::pool(1).submit(|n: u32| n, 1).map(drop);
        let threads = crate::ThreadPoolExecutor::new(1).expect("1 is at least 1").spawn(|| ()).map(drop);
        let text = |refused: Result<(), SubmitError>| refused.expect_err("it is in a task").to_string();
        (text(processes), text(threads))
    };
    let future = pool.submit(nested, ()).expect("it is open");
    let (processes, threads) = future.into_result().expect("it does not fail");
    assert!(processes.contains("isolated worker"), "{processes}");
    assert!(threads.contains("isolated worker"), "{threads}");
}
