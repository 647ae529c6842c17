//! What the progress bar draws, on a terminal in memory.

#![cfg(not(target_arch = "wasm32"))]

use concurrent_futures::{
    Executor, MapOptions, ProgressBarExt, Promise, ThreadPoolExecutor, WithProgress, WithProgressBar,
    as_completed,
};
use indicatif::{InMemoryTerm, ProgressBar, ProgressDrawTarget};
use std::io::IsTerminal;
use std::time::Duration;

/// Has the bar draw on a terminal of this size in characters.
fn drawn<P: WithProgress>(shown: &WithProgressBar<P>) -> InMemoryTerm {
    let terminal = InMemoryTerm::new(5, 60);
    shown.bar().set_draw_target(ProgressDrawTarget::term_like(Box::new(terminal.clone())));
    terminal
}

fn numbers() -> impl Iterator<Item = u32> {
    let mut numbers = 0..3;
    std::iter::from_fn(move || numbers.next())
}

#[test]
fn map_of_known_length() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let squares = pool.map(|n: u64| n * n, 0..1_200).unwrap().with_progress_bar("squares");
    let terminal = drawn(&squares);
    assert_eq!(squares.map(Result::unwrap).sum::<u64>(), 575_280_200);
    let text = terminal.contents();
    assert!(text.starts_with("squares █"), "{text}");
    assert!(text.contains("█ 1,200/1,200 "), "{text}");
}

#[test]
fn map_of_unknown_length() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let options = MapOptions::default().buffersize(2);
    let mut results = pool.map_with(options, |n: u32| n, numbers()).unwrap().with_progress_bar("numbers");
    let terminal = drawn(&results);
    assert_eq!((results.bar().position(), results.bar().length()), (0, None));
    results.bar().tick();
    let text = terminal.contents();
    assert!(text.starts_with("numbers") && !text.contains('█'), "{text}");
    // The input ends while the second result is waited for.
    assert_eq!(results.by_ref().take(2).map(Result::unwrap).sum::<u32>(), 1);
    assert_eq!(results.bar().length(), Some(3));
    assert_eq!(results.by_ref().count(), 1);
    assert!(terminal.contents().contains("█ 3/3 "), "{}", terminal.contents());
}

#[test]
fn completions() {
    let promises = [(); 4].map(|()| Promise::new());
    let mut futures = as_completed(promises.each_ref().map(Promise::future)).with_progress_bar("futures");
    let terminal = drawn(&futures);
    promises[2].set_result(()).unwrap();
    assert!(futures.next().is_some());
    assert_eq!((futures.len(), futures.bar().position()), (3, 1));
    assert_eq!(futures.progress().to_string(), "1 of 4");
    // Whoever breaks off leaves the bar where it was.
    drop(futures);
    assert!(terminal.contents().contains(" 1/4 "), "{}", terminal.contents());
}

#[test]
fn time_running_out() {
    let (kept, open) = (Promise::new(), Promise::<u32>::new());
    kept.set_result(1).unwrap();
    let futures = as_completed([kept.future(), open.future()]).timeout(Duration::from_millis(20));
    let futures = futures.with_progress_bar("futures");
    let terminal = drawn(&futures);
    assert_eq!(futures.filter(Result::is_err).count(), 1);
    assert!(terminal.contents().contains(" 1/2 "), "{}", terminal.contents());
}

#[test]
fn bar_of_the_callers() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let bar = ProgressBar::hidden().with_message("mine");
    let results = pool.map_unordered(|n: u32| n, 0..10).unwrap().with_bar(bar.clone());
    assert_eq!(results.map(|(_, n)| n.unwrap()).sum::<u32>(), 45);
    assert!(bar.is_finished());
    assert_eq!((bar.position(), bar.length(), bar.message().as_str()), (10, Some(10), "mine"));
}

#[test]
fn nothing_without_a_terminal() {
    let futures = as_completed([Promise::<u32>::new().future()]).with_progress_bar("futures");
    assert_eq!(futures.bar().is_hidden(), !std::io::stderr().is_terminal());
    assert_eq!(futures.count(), 1);
}
