//! The pool's side.

use crate::allocations;
use crate::moves::{Move, TOKENS, Wish, end, moves, play};
use crate::puppet::{Stage, live};
use concurrent_futures_core::{
    AnyFuture, CancelToken, Executor, MapOptions, OnLoss, ProcessPoolExecutor, Shutdown, TaskOptions,
    WhenFull,
};
use proptest::test_runner::{Config, TestRunner};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// No request for memory is larger, whatever lengths a worker claims: what a decoder asks for before it has seen that many
/// bytes is at most 1 MiB.
const LARGEST: usize = 2 << 20;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts the panics that the pool contains; there should be none.
fn count_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            previous(info);
        }));
    });
}

/// A few tasks of different kinds of results.
fn submit(
    pool: &ProcessPoolExecutor<Stage>,
    wish: Wish,
    tokens: &[CancelToken],
    futures: &mut Vec<AnyFuture>,
) {
    let mut options = TaskOptions::new().priority(wish.priority);
    if wish.may_not_wait {
        options = options.queue_timeout(Duration::ZERO);
    }
    if wish.may_not_run {
        options = options.run_timeout(Duration::ZERO);
    }
    if let Some(token) = wish.token {
        options = options.token(tokens[token].clone());
    }
    let (number, text, list, failing) = (
        pool.submit_with(options.clone(), |n: u64| n, 1),
        pool.submit(|text: String| text, String::from("a text")),
        pool.submit_with(options.clone(), |list: Vec<u64>| list, vec![1, 2]),
        pool.try_submit_with(options, str_length, String::from("a text")),
    );
    futures.extend(number.map(|future| future.erase()));
    futures.extend(text.map(|future| future.erase()));
    futures.extend(list.map(|future| future.erase()));
    futures.extend(failing.map(|future| future.erase()));
}

fn str_length(text: String) -> Result<(usize, Option<String>), std::num::ParseIntError> {
    Ok((text.parse()?, None))
}

/// What workers of this build say first: a worker is asked.
fn mark() -> Vec<u8> {
    crate::worker::greeting()
}

fn play_all(steps: Vec<Move>, on_loss: OnLoss, mark: &[u8]) {
    let mut builder =
        ProcessPoolExecutor::<Stage>::builder().max_workers(3).max_tasks_per_child(5).on_loss(on_loss);
    // Of several games, some have a pool with limits.
    builder = match steps.len() % 4 {
        0 => builder.queue_limit(6, WhenFull::Refuse).idle_timeout(Duration::ZERO),
        1 => builder.queue_limit(6, WhenFull::CallerRuns).queue_timeout(Duration::ZERO),
        _ => builder,
    };
    let pool = builder.build().unwrap();
    let tokens: Vec<_> = (0..TOKENS).map(|_| CancelToken::new()).collect();
    let mut futures = Vec::new();
    submit(&pool, Wish::default(), &tokens, &mut futures);
    let chunks = pool.map_with(MapOptions::default().chunksize(3), |n: u32| n, 0..7);
    for step in steps {
        match play(step, mark) {
            Some(Move::Cancel(at)) => drop(futures.get(at).map(AnyFuture::cancel)),
            Some(Move::Kill(at)) => drop(futures.get(at).map(AnyFuture::kill)),
            Some(Move::Ask(at)) => tokens[at].cancel(),
            Some(Move::Submit(wish)) => submit(&pool, wish, &tokens, &mut futures),
            _ => {}
        }
    }
    // Every worker ends, and so do their successors, until the pool gives up or has nothing left to do.
    while let Some(puppet) = live(0) {
        end(&puppet);
    }
    assert!(futures.iter().all(AnyFuture::done), "{futures:?}");
    if let Ok(chunks) = chunks {
        assert_eq!(chunks.count(), 7, "each item has a result or an error of its own");
    }
    pool.shutdown(Shutdown::default()).unwrap();
}

/// Plays so many games.
fn play_many(cases: u32, on_loss: OnLoss) {
    count_panics();
    let mark = mark();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let played = runner.run(&moves(), |steps| {
        allocations::largest();
        play_all(steps, on_loss, &mark);
        let largest = allocations::largest();
        assert!(largest <= LARGEST, "{largest} bytes at once");
        Ok(())
    });
    played.unwrap();
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

#[test]
fn survives_what_workers_say() {
    play_many(80_000, OnLoss::Replace);
}

#[test]
fn survives_what_workers_say_and_breaks() {
    play_many(20_000, OnLoss::Break);
}
