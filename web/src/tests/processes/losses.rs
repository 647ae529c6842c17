//! Workers that are lost in the middle of a task, while the test blocks on it.

use super::{cause, none_left, pool, started};
use crate::exports::read_outside;
use crate::tests::losses::{decode, recurse};
use crate::{Executor, LossCause, MapOptions, ProcessPoolExecutor};
use core::arch::wasm32::unreachable;
use std::hint::black_box;
use wasm_bindgen_test::wasm_bindgen_test;

/// The reason that a loss comes with, after which the pool must go on.
fn lose<F: Fn(()) -> R + Copy + 'static, R>(task: F) -> String
where
    R: serde::Serialize + serde::de::DeserializeOwned + std::fmt::Debug + Send + Sync + 'static,
{
    let pool = pool(1);
    let lost = pool.submit(task, ()).expect("it is open");
    let next = pool.submit(|n: u32| n + 1, 1).expect("it is open");
    let cause = cause(lost.result());
    assert_eq!(next.result().expect("another worker runs it"), &2);
    drop(pool);
    none_left();
    match cause {
        LossCause::Other(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn process_unreachable_is_told() {
    started().await;
    assert_eq!(lose(|()| -> u32 { unreachable() }), "trap: `unreachable` executed");
}

#[wasm_bindgen_test]
async fn process_out_of_bounds_is_told() {
    started().await;
    let reason = lose(|()| read_outside());
    assert!(reason.contains("out of bounds"), "{reason}");
}

#[wasm_bindgen_test]
async fn process_stack_overflow_is_told() {
    started().await;
    let reason = lose(|()| recurse(1 << 40));
    assert!(reason.contains("stack overflow"), "{reason}");
}

/// Overflows the stack in memory, which the engine does not know, before that of the engine.
fn recurse_with_much(depth: u64) -> u64 {
    let much = black_box([depth; 4096]);
    if black_box(depth) == 0 { 0 } else { much[7] + recurse_with_much(depth - 1) }
}

#[wasm_bindgen_test]
async fn process_stack_overflow_in_memory_is_told() {
    started().await;
    assert_eq!(lose(|()| recurse_with_much(1 << 40)), "stack overflow");
}

#[wasm_bindgen_test]
async fn process_javascript_exception_is_told() {
    started().await;
    let reason = lose(|()| decode("%"));
    assert!(reason.contains("uncaught JavaScript exception: URIError: "), "{reason}");
}

#[wasm_bindgen_test]
async fn process_arguments_that_do_not_fit() {
    started().await;
    let before = crate::processes::set_maximum(512);
    let pool = pool(1);
    let (large, small) = (vec![1_u8; 40 << 20], vec![1_u8; 1 << 20]);
    let lost = pool.submit(|bytes: Vec<u8>| bytes.len(), large).expect("it is open");
    let next = pool.submit(|bytes: Vec<u8>| bytes.len(), small).expect("it is open");
    let LossCause::Other(reason) = cause(lost.result()) else { panic!("another cause") };
    assert!(reason.contains("no memory is left for a message of 419430"), "{reason}");
    assert_eq!(next.result().expect("it fits"), &(1 << 20));
    crate::processes::set_maximum(before);
}

#[wasm_bindgen_test]
async fn process_that_closes_itself() {
    started().await;
    let pool = pool(1);
    let close = |()| {
        let close = js_sys::Function::new_no_args("self.close()");
        close.call0(&wasm_bindgen::JsValue::UNDEFINED).is_ok()
    };
    let closed = pool.submit(close, ()).expect("it is open");
    assert_eq!(cause(closed.result()), LossCause::Exited(0));
}

/// Traps where it is decoded in the program, as one that is nested too deeply would.
#[derive(Debug, serde::Serialize)]
struct Indigestible(Vec<u8>);

impl<'de> serde::Deserialize<'de> for Indigestible {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        unreachable()
    }
}

/// The warden is lost with it, and everybody else goes on.
#[wasm_bindgen_test]
async fn process_result_that_traps() {
    started().await;
    for length in [10, 1 << 20] {
        let (fatal, other) = (pool(1), pool(1));
        assert_eq!(
            other.submit(|n: u32| n + 1, 1).expect("it is open").result().expect("it does not fail"),
            &2
        );
        let make = |length: usize| Indigestible(vec![1; length]);
        let lost = fatal.submit(make, length).expect("it is open");
        let next = fatal.submit(|n: u32| n + 1, 1).expect("it is open");
        assert_eq!(next.result().expect("another worker runs it"), &2);
        let error = lost.result().map(|_| ()).expect_err("nobody could decode it").to_string();
        assert!(error.contains("decoded") || error.contains("answer was lost"), "{error}");
        assert_eq!(
            other.submit(|n: u32| n + 1, 2).expect("it is open").result().expect("it does not fail"),
            &3
        );
        drop((fatal, other));
        none_left();
    }
}

#[wasm_bindgen_test]
async fn process_trap_keeps_finished_items() {
    started().await;
    let pool = pool(1);
    let task = |n: u32| if n == 3 { unreachable() } else { n * 10 };
    let options = MapOptions::default().chunksize(6);
    let results: Vec<_> = pool.map_with(options, task, 0..6).expect("it is open").collect();
    for (n, result) in (0..).zip(results) {
        match result {
            Ok(tenfold) => assert_eq!(tenfold, n * 10),
            Err(error) => {
                assert_eq!(n, 3, "{error}");
                cause::<u32>(Err(error));
            }
        }
    }
}

#[wasm_bindgen_test]
async fn process_exhausted_memory_is_a_panic() {
    started().await;
    let pool = pool(1);
    let exhaust = |()| {
        let mut held = Vec::new();
        loop {
            held.push(black_box(vec![1_u8; 64 << 20]));
        }
    };
    let number = |()| super::tasks::count(());
    assert_eq!(pool.submit(number, ()).expect("it is open").result().expect("it counts"), &1);
    for _ in 0..2 {
        let task = pool.submit::<_, (), ()>(exhaust, ()).expect("it is open");
        let error = task.result().expect_err("no memory is so large").to_string();
        assert!(error.contains("out of memory"), "{error}");
    }
    // It is the same worker as before, and the memory was given back to its allocator.
    assert_eq!(pool.submit(number, ()).expect("it is open").result().expect("it counts"), &2);
}

#[wasm_bindgen_test]
async fn process_crash_loop_breaks_the_pool() {
    started().await;
    let builder = ProcessPoolExecutor::builder().max_workers(1);
    let pool = builder.initializer(|()| unreachable(), ()).build().expect("it can be named");
    let task = pool.submit(|n: u32| n, 1).expect("it is open");
    let error = task.result().expect_err("no worker comes up").to_string();
    assert!(error.contains("unreachable"), "{error}");
    assert!(pool.submit(|n: u32| n, 1).is_err());
    drop(pool);
    none_left();
}
