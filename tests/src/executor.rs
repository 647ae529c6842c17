//! `submit` and its relatives.

use crate::pool;
use concurrent_futures::Executor;
use std::sync::Arc;

/// Several arguments are a tuple, of whatever types.
pub fn tuple_of_arguments() {
    let pool = pool(1);
    let future = pool.submit(
        |(text, times, end): (&str, usize, char)| format!("{}{end}", text.repeat(times)),
        ("ab", 2, '!'),
    );
    assert_eq!(future.unwrap().result().unwrap(), "abab!");
}

/// A closure takes along what it captures.
pub fn closures_capture() {
    let pool = pool(1);
    let words = ["one".to_owned(), "two".to_owned()];
    let future = pool.spawn(move || words.join(" and ")).unwrap();
    assert_eq!(future.result().unwrap(), "one and two");
}

/// EXE-04: when a task has run, nothing of the call is kept.
pub fn no_stale_references() {
    let pool = pool(1);
    let (captured, argument) = (Arc::new(()), Arc::new(()));
    let copy = Arc::clone(&captured);
    let future = pool
        .submit(
            move |argument: Arc<()>| {
                drop(argument);
                let _ = &copy;
            },
            Arc::clone(&argument),
        )
        .unwrap();
    future.result().unwrap();
    assert_eq!(Arc::strong_count(&captured), 1);
    assert_eq!(Arc::strong_count(&argument), 1);
    // Also when nobody has kept the future.
    let copy = Arc::clone(&captured);
    drop(pool.spawn(move || drop(copy)).unwrap());
    // The one worker is done with the task before it begins the next.
    pool.spawn(|| ()).unwrap().result().unwrap();
    assert_eq!(Arc::strong_count(&captured), 1);
}
