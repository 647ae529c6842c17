//! How workers end, and what they leave.

use super::{cause, none_left, pool, started};
use crate::tests::memory_size;
use crate::{
    Error, Executor, Future, LossCause, MapOptions, ProcessPoolExecutor, Shutdown, StartOptions,
    process_count,
};
use std::hint::black_box;
use std::thread::sleep;
use std::time::Duration;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_time::Instant;

/// Chromium lets the worker spin for two more seconds.
fn endless((): ()) {
    while black_box(true) {}
}

fn until_running<T>(task: &Future<T>) {
    while !task.running() {
        sleep(Duration::from_millis(5));
    }
}

/// What is sent to nobody must not be taken as sent.
fn plus_one(pool: &ProcessPoolExecutor) {
    assert_eq!(pool.submit(|n: u32| n + 1, 1).expect("it is open").result().expect("it does not fail"), &2);
}

#[wasm_bindgen_test]
async fn process_kill_ends_an_endless_loop() {
    started().await;
    let pool = pool(1);
    let task = pool.submit(endless, ()).expect("it is open");
    until_running(&task);
    let begun = Instant::now();
    assert!(task.kill());
    assert_eq!(cause(task.result()), LossCause::Killed);
    console_log!("killed in {:?}", begun.elapsed());
    plus_one(&pool);
    drop(pool);
    none_left();
}

#[wasm_bindgen_test]
async fn process_run_timeout() {
    started().await;
    let limit = Duration::from_millis(300);
    let builder = ProcessPoolExecutor::builder().max_workers(1).run_timeout(limit);
    let pool = builder.build().expect("there is nothing to refuse");
    let task = pool.submit(endless, ()).expect("it is open");
    assert_eq!(cause(task.result()), LossCause::RunTimeout(limit));
    plus_one(&pool);
    drop(pool);
    none_left();
}

/// Items that are finished within the same millisecond are not sent one by one, and yet none is blamed for the endless one.
#[wasm_bindgen_test]
async fn process_timeout_keeps_finished_items() {
    started().await;
    let limit = Duration::from_millis(300);
    let builder = ProcessPoolExecutor::builder().max_workers(1).run_timeout(limit);
    let pool = builder.build().expect("there is nothing to refuse");
    let task = |n: u32| {
        if n == 150 {
            endless(());
        }
        n * 10
    };
    let results = pool.map_with(MapOptions::default().chunksize(200), task, 0..200).expect("it is open");
    let late: Vec<(u32, _)> =
        (0..).zip(results).filter(|(n, result)| !result.as_ref().is_ok_and(|m| *m == n * 10)).collect();
    assert!(late.len() == 1 && late[0].0 == 150, "{late:?}");
}

#[wasm_bindgen_test]
async fn process_terminate_workers() {
    started().await;
    let pool = pool(2);
    let busy: Vec<_> = (0..2).map(|_| pool.submit(endless, ()).expect("it is open")).collect();
    let queued = pool.submit(|n: u32| n, 1).expect("it is open");
    busy.iter().for_each(until_running);
    pool.terminate_workers();
    assert!(queued.cancelled());
    for task in busy {
        assert_eq!(cause(task.result()), LossCause::Terminated);
    }
    assert!(pool.submit(|n: u32| n, 1).is_err());
    drop(pool);
    none_left();
}

#[wasm_bindgen_test]
async fn process_memory_is_given_back() {
    started().await;
    let build = |tasks| {
        let builder = ProcessPoolExecutor::builder().max_workers(1).max_tasks_per_child(tasks);
        builder.build().expect("there is nothing to refuse")
    };
    // Touches 50 MB, and leaks them.
    let leak = |()| {
        let bytes = vec![1_u8; 50 << 20].leak();
        (bytes.len() as u64, memory_size() as u64)
    };
    let pool = build(1);
    let size = memory_size();
    let begun = Instant::now();
    for _ in 0..25 {
        let future = pool.submit(leak, ()).expect("it is open");
        let (length, memory) = future.into_result().expect("it fits every time");
        assert_eq!(length, 50 << 20);
        assert!(memory < 100 << 20, "the worker had {memory} bytes before");
    }
    console_log!("25 workers one after the other took {:?}", begun.elapsed());
    drop(pool);
    none_left();
    assert!(memory_size() - size < 1 << 20, "the program's own memory grew");
    // With two tasks for each worker the second one finds what the first one left.
    let pool = build(2);
    let sizes: Vec<_> = (0..4)
        .map(|_| pool.submit(leak, ()).expect("it is open").into_result().expect("it fits").1 >> 20)
        .collect();
    assert!(sizes[0] < 100 && sizes[1] >= 100 && sizes[2] < 100 && sizes[3] >= 100, "{sizes:?}");
}

#[wasm_bindgen_test]
async fn process_initializer() {
    started().await;
    let build = |text: &str| {
        let check = |text: String| assert!(text == "good", "bad: {text}");
        let builder = ProcessPoolExecutor::builder().max_workers(1).initializer(check, text.to_owned());
        builder.build().expect("it can be named")
    };
    plus_one(&build("good"));
    let pool = build("evil");
    let task = pool.submit(|n: u32| n, 1).expect("it is open");
    let error = task.result().expect_err("no worker comes up");
    assert!(matches!(error, Error::Broken(_)) && error.to_string().contains("bad: evil"), "{error}");
    drop(pool);
    none_left();
}

#[wasm_bindgen_test]
async fn process_shutdown_in_all_forms() {
    started().await;
    let slow = |n: u64| {
        sleep(Duration::from_millis(n));
        n
    };
    for (wait, cancel_futures) in [(true, false), (true, true), (false, false), (false, true)] {
        let pool = pool(1);
        let running = pool.submit(slow, 100).expect("it is open");
        let queued = pool.submit(slow, 1).expect("it is open");
        until_running(&running);
        pool.shutdown(Shutdown { wait, cancel_futures }).expect("it may block");
        assert_eq!(running.done(), wait);
        assert!(pool.submit(slow, 1).is_err());
        assert_eq!(running.result().expect("it had begun"), &100);
        assert_eq!(queued.result().is_ok(), !cancel_futures);
        if wait {
            assert_eq!(process_count(), 0);
        }
        none_left();
    }
    // One that was never used.
    drop(pool(3));
}

#[wasm_bindgen_test]
async fn process_too_many() {
    started().await;
    let most = StartOptions::new().max_processes;
    let held: Vec<_> = (0..super::super::MAX_PROCESSES)
        .map(|_| {
            let pool = pool(1);
            plus_one(&pool);
            pool
        })
        .collect();
    assert!(held.len() < most);
    let error = pool(1).submit(|n: u32| n, 1).expect_err("there are too many").to_string();
    assert!(error.contains("max_processes"), "{error}");
    drop(held);
    none_left();
    plus_one(&pool(1));
}

#[wasm_bindgen_test]
async fn process_start_that_takes_too_long() {
    started().await;
    let limit = crate::processes::set_start_limit(Duration::ZERO);
    let pool = pool(1);
    let task = pool.submit(|n: u32| n, 1).expect("it is open");
    let error = task.result().expect_err("nothing starts in no time").to_string();
    crate::processes::set_start_limit(limit);
    assert!(error.contains("did not start within 0 ms"), "{error}");
    plus_one(&pool);
    drop(pool);
    none_left();
}

#[wasm_bindgen_test]
async fn process_memory_that_cannot_be_had() {
    started().await;
    let before = crate::processes::set_maximum(1);
    let pool = pool(1);
    let task = pool.submit(|n: u32| n, 1).expect("it is open");
    let error = task.result().expect_err("its data alone takes more").to_string();
    crate::processes::set_maximum(before);
    assert!(error.contains("Memory"), "{error}");
}

#[wasm_bindgen_test]
async fn process_pools_leave_nothing() {
    started().await;
    let round = || {
        let pool = pool(2);
        let tasks: Vec<_> = (0..4).map(|n| pool.submit(|n: u32| n, n).expect("it is open")).collect();
        tasks.into_iter().map(|task| task.into_result().expect("it does not fail")).sum::<u32>()
    };
    // The first rounds show how many workers may be around at a time.
    (0..20).for_each(|_| assert_eq!(round(), 6));
    let size = memory_size();
    let begun = Instant::now();
    (0..60).for_each(|_| assert_eq!(round(), 6));
    console_log!("60 pools took {:?}, {} bytes more", begun.elapsed(), memory_size() - size);
    assert_eq!(memory_size(), size);
    none_left();
}

/// Kills at every moment that a task may be in, while other tasks go on.
#[wasm_bindgen_test]
async fn process_kills_at_any_moment() {
    started().await;
    let pool = pool(3);
    let wait = |microseconds: u64| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(microseconds) {}
        microseconds
    };
    let (mut killed, mut finished) = (0, 0);
    for round in 0..60_u64 {
        let tasks: Vec<_> = (0..3).map(|n| pool.submit(wait, n * 700).expect("it is open")).collect();
        while !tasks[2].running() && !tasks[2].done() {}
        wait(round * 30);
        let asked: Vec<_> = tasks.iter().map(Future::kill).collect();
        for (n, (task, asked)) in (0..).zip(tasks.into_iter().zip(asked)) {
            match task.into_result() {
                Ok(value) => {
                    assert_eq!(value, n * 700);
                    finished += 1;
                }
                // It had not begun.
                Err(Error::Cancelled(_)) => assert!(asked),
                outcome => {
                    assert!(asked);
                    assert_eq!(cause(outcome), LossCause::Killed);
                    killed += 1;
                }
            }
        }
    }
    console_log!("{killed} killed, {finished} finished");
    assert!(killed > 0 && finished > 0);
    drop(pool);
    none_left();
}
