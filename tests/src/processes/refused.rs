//! Calls that a worker with a memory of its own could not know: the compiler refuses them, where CPython's future fails.
//!
//! What is refused stands in the documentation, as a test that must not compile; what takes its place is the scenario.

use super::pool;
use concurrent_futures::{Executor, ProcessPoolExecutor};
use std::cell::Cell;

thread_local! {
    static STATUS: Cell<u64> = const { Cell::new(0) };
}

/// IPE-10: a closure that captures. What it captures travels as an argument.
///
/// ```compile_fail,E0080
/// use concurrent_futures::{Executor, ProcessPoolExecutor};
///
/// let by = 1;
/// let pool = ProcessPoolExecutor::new(1).unwrap();
/// drop(pool.submit(move |n: u64| n + by, 1).unwrap());
/// ```
pub fn closure_as_task() {
    let by = 1;
    let sum = pool(1).submit(|(n, by): (u64, u64)| n + by, (1, by)).unwrap();
    assert_eq!(sum.result().unwrap(), &2);
}

/// Something with a method.
#[derive(serde::Serialize, serde::Deserialize)]
struct Adder {
    by: u64,
}

impl Adder {
    fn add(self, n: u64) -> u64 {
        n + self.by
    }

    fn remember(self) {
        STATUS.set(self.by);
    }
}

/// IPE-11: an instance of a type that is known here only, as something to call. One that serde can encode travels.
///
/// ```compile_fail,E0277
/// use concurrent_futures::{Executor, ProcessPoolExecutor};
///
/// struct Adder { by: u64 }
///
/// let adder = Adder { by: 1 };
/// let pool = ProcessPoolExecutor::new(1).unwrap();
/// drop(pool.submit(|_: Adder| 1_u64, adder).unwrap());
/// ```
pub fn local_instance() {
    let task = |adder: Adder| adder.by;
    assert_eq!(pool(1).submit(task, Adder { by: 1 }).unwrap().result().unwrap(), &1);
}

/// IPE-12: a method, bound to its object. The object travels as the method's first argument.
///
/// ```compile_fail,E0080
/// use concurrent_futures::{Executor, ProcessPoolExecutor};
///
/// #[derive(Clone, Copy)]
/// struct Adder { by: u64 }
///
/// impl Adder {
///     fn add(&self, n: u64) -> u64 { n + self.by }
/// }
///
/// let adder = Adder { by: 1 };
/// let pool = ProcessPoolExecutor::new(1).unwrap();
/// drop(pool.submit(move |n: u64| adder.add(n), 1).unwrap());
/// ```
pub fn method_as_task() {
    let task = |(adder, n): (Adder, u64)| adder.add(n);
    assert_eq!(pool(1).submit(task, (Adder { by: 1 }, 1)).unwrap().result().unwrap(), &2);
}

/// The status that the initializer has left in the worker.
fn status(builder: concurrent_futures::ProcessPoolBuilder) -> u64 {
    let pool = builder.max_workers(1).build().unwrap();
    pool.submit(|()| STATUS.get(), ()).unwrap().into_result().unwrap()
}

/// IPE-05: a closure that captures, as initializer.
///
/// ```compile_fail,E0080
/// use concurrent_futures::ProcessPoolExecutor;
///
/// let status = 1;
/// let builder = ProcessPoolExecutor::builder().initializer(move |()| drop::<u64>(status), ());
/// builder.build().unwrap();
/// ```
pub fn closure_as_initializer() {
    assert_eq!(status(ProcessPoolExecutor::builder().initializer(|status| STATUS.set(status), 7)), 7);
}

/// IPE-06: a method, bound to its object, as initializer.
///
/// ```compile_fail,E0080
/// use concurrent_futures::ProcessPoolExecutor;
///
/// struct Adder { by: u64 }
///
/// impl Adder {
///     fn remember(&self) { println!("{}", self.by) }
/// }
///
/// let adder: &'static Adder = &Adder { by: 1 };
/// let builder = ProcessPoolExecutor::builder().initializer(move |()| adder.remember(), ());
/// builder.build().unwrap();
/// ```
pub fn method_as_initializer() {
    assert_eq!(status(ProcessPoolExecutor::builder().initializer(Adder::remember, Adder { by: 8 })), 8);
}
