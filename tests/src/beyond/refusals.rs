//! Every way to be refused, with the sentence that says why.

use super::held::hold;
use crate::pool;
use concurrent_futures::{
    BrokenExecutor, Error, Executor, MapOptions, ProcessPoolExecutor, Promise, Shutdown, SubmitError,
    TaskOptions, ThreadPoolExecutor, WhenFull, WorkStealingExecutor,
};

/// The sentence of a refusal.
fn sentence<T, E: std::error::Error>(refused: Result<T, E>) -> String {
    match refused {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.to_string(),
    }
}

/// No executor is without workers.
pub fn zero_workers() {
    const SENTENCE: &str = "max_workers must be at least 1";
    assert_eq!(sentence(ThreadPoolExecutor::new(0)), SENTENCE);
    assert_eq!(sentence(ThreadPoolExecutor::builder().max_workers(0).build()), SENTENCE);
    assert_eq!(sentence(WorkStealingExecutor::new(0)), SENTENCE);
    assert!(matches!(WorkStealingExecutor::new(0), Err(SubmitError::Value(_))));
    assert_eq!(sentence(ProcessPoolExecutor::new(0)), SENTENCE);
}

/// A queue that never keeps a task would only refuse.
pub fn zero_queue_limit() {
    for when_full in [WhenFull::Block, WhenFull::Refuse, WhenFull::CallerRuns] {
        let refused = ThreadPoolExecutor::builder().queue_limit(0, when_full).build();
        assert_eq!(sentence(refused), "queue_limit must be at least 1");
    }
}

/// A map that sends nothing, or keeps nothing, would never end.
pub fn zero_map_options() {
    let pool = pool(1);
    for (options, sentence) in [
        (MapOptions::default().chunksize(0), "chunksize must be at least 1"),
        (MapOptions::default().buffersize(0), "buffersize must be at least 1"),
        (MapOptions::default().adaptive_chunks().buffersize(0), "buffersize must be at least 1"),
    ] {
        let refused = pool.map_with(options, |n: u32| n, 0..3).unwrap_err();
        assert!(matches!(refused, SubmitError::Value(_)));
        assert_eq!(refused.to_string(), sentence);
        assert_eq!(pool.map_unordered_with(options, |n: u32| n, 0..3).unwrap_err().to_string(), sentence);
    }
}

/// No thread's name has a NUL byte.
pub fn impossible_name() {
    let refused = ThreadPoolExecutor::builder().thread_name_prefix("a\0b").build();
    assert_eq!(sentence(refused), "thread_name_prefix must not contain a NUL byte");
}

/// After its shutdown an executor takes nothing, in whatever way it is asked.
pub fn after_shutdown() {
    const SENTENCE: &str = "cannot submit a task after shutdown";
    let (threads, stealing) = (pool(1), WorkStealingExecutor::new(1).unwrap());
    threads.shutdown(Shutdown::default()).unwrap();
    stealing.shutdown(Shutdown::default()).unwrap();
    let options = TaskOptions::new;
    let refused = [
        threads.spawn(|| ()).map(drop),
        threads.spawn_with(options().priority(1), || ()).map(drop),
        threads.submit(|n: u32| n, 1).map(drop),
        threads.submit_with(options().token(Default::default()), |n: u32| n, 1).map(drop),
        threads.try_submit(str::parse::<u32>, "1").map(drop),
        threads.try_submit_with(options(), str::parse::<u32>, "1").map(drop),
        threads.map(|n: u32| n, 0..3).map(drop),
        threads.map_unordered(|n: u32| n, 0..3).map(drop),
        stealing.spawn(|| ()).map(drop),
        stealing.submit(|n: u32| n, 1).map(drop),
        stealing.try_submit(str::parse::<u32>, "1").map(drop),
        stealing.map(|n: u32| n, 0..3).map(drop),
    ];
    for refused in refused {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, SubmitError::Shutdown(_)));
        assert_eq!(refused.to_string(), SENTENCE);
    }
}

/// A map that is being read when its executor is shut down gives what was submitted, and then the refusal.
pub fn shutdown_during_a_map() {
    let pool = pool(1);
    let mut results = pool.map_with(MapOptions::default().buffersize(3), |n: u32| n, 0..10).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    for n in 0..3 {
        assert_eq!(results.next().unwrap().unwrap(), n);
    }
    let refused = results.next().unwrap().unwrap_err();
    assert!(matches!(refused, Error::Submit(SubmitError::Shutdown(_))));
    assert_eq!(refused.to_string(), "cannot submit a task after shutdown");
    assert!(results.next().is_none());
}

/// What was queued when the initializer failed, and what is submitted later, hear why.
pub fn broken_pool() {
    const SENTENCE: &str = "the pool is broken, because its initializer failed: no database";
    let builder = ThreadPoolExecutor::builder().max_workers(1);
    let pool = builder.initializer(|| panic!("no database")).build().unwrap();
    let queued = pool.submit(|n: u32| n, 1);
    if let Ok(queued) = queued {
        assert!(matches!(queued.result(), Err(Error::Broken(BrokenExecutor::ThreadPool(_)))));
        assert_eq!(sentence(queued.result()), SENTENCE);
    }
    let refused = pool.submit(|n: u32| n, 1).unwrap_err();
    let SubmitError::Broken(broken) = &refused else { panic!("{refused}") };
    assert_eq!(broken.cause().panic().unwrap().message(), "no database");
    assert_eq!(refused.to_string(), SENTENCE);
    assert_eq!(sentence(pool.map(|n: u32| n, 0..3)), SENTENCE);
    // It stays so, also after its shutdown.
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(sentence(pool.spawn(|| ())), SENTENCE);
}

/// A full queue says how many it has.
pub fn full_queue() {
    for (limit, sentence) in [
        (1, "the executor's queue is full: 1 task waits already"),
        (2, "the executor's queue is full: 2 tasks wait already"),
    ] {
        let builder = ThreadPoolExecutor::builder().max_workers(1).queue_limit(limit, WhenFull::Refuse);
        let pool = builder.build().unwrap();
        let held = hold(&pool, 1);
        for _ in 0..limit {
            drop(pool.spawn(|| ()).unwrap());
        }
        let refused = pool.spawn(|| ()).unwrap_err();
        assert!(matches!(refused, SubmitError::Full(full) if full.limit() == limit));
        assert_eq!(refused.to_string(), sentence);
        held.release();
    }
}

/// A promise is kept once.
pub fn second_outcome() {
    let promise = Promise::new();
    promise.set_result(1).unwrap();
    assert_eq!(sentence(promise.set_result(2)), "the future is already finished");
    assert_eq!(sentence(promise.set_exception("late")), "the future is already finished");
    let cancelled = Promise::<u32>::new();
    assert!(cancelled.future().cancel());
    assert_eq!(sentence(cancelled.set_result(1)), "the future is already cancelled");
}
