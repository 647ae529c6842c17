//! `wait`.

use crate::{Gate, pool};
use concurrent_futures::{Executor, ReturnWhen, wait};
use std::time::Duration;

/// Long enough for any machine, short enough to notice a hang.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// No future is no reason to wait.
pub fn empty() {
    for return_when in [ReturnWhen::FirstCompleted, ReturnWhen::FirstException, ReturnWhen::AllCompleted] {
        let waited = wait(Vec::<concurrent_futures::AnyFuture>::new(), None, return_when).unwrap();
        assert!(waited.done.is_empty() && waited.not_done.is_empty());
    }
}

/// Futures of different types and of different executors.
pub fn mixed_types_and_executors() {
    let (numbers, texts) = (pool(1), pool(1));
    let number = numbers.submit(|n: u32| n, 1).unwrap();
    let text = texts.submit(|text: &str| text.len().to_string(), "four").unwrap();
    let waited = wait([number.erase(), text.erase()], None, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done, [number.erase(), text.erase()]);
    assert_eq!((number.result().unwrap(), text.result().unwrap().as_str()), (&1, "4"));
}

/// WAIT-09: 100 tasks released together; no completion is lost.
pub fn no_completion_lost() {
    let pool = pool(8);
    for _ in 0..10 {
        let gate = Gate::new();
        let futures: Vec<_> = (0..100)
            .map(|n: u32| {
                let gate = gate.clone();
                pool.spawn(move || {
                    gate.pass();
                    n
                })
                .unwrap()
            })
            .collect();
        gate.open();
        let waited = wait(&futures, LONG, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done.len(), 100);
    }
}
