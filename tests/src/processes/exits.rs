//! Workers that leave in the middle of something: a process that exits, an isolated worker that closes itself.

use super::codec::{Fault, faulty, make, take};
use super::{is_broken, loss, pool, square};
use concurrent_futures::{Executor, Future, LossCause, OnLoss, ProcessPoolExecutor};

/// Ends the worker that this runs on, as a program in it would.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn exit() {
    std::process::exit(99)
}

/// The same: what follows is still executed, and goes nowhere.
#[cfg(target_arch = "wasm32")]
pub(super) fn exit() {
    let close = js_sys::Function::new_no_args("self.close()");
    close.call0(&wasm_bindgen::JsValue::UNDEFINED).unwrap();
}

/// Web Workers have no exit codes.
const CODE: i32 = if cfg!(target_arch = "wasm32") { 0 } else { 99 };

/// The task fails with its worker, and the error tells which that was and why; the pool goes on.
fn is_lost<T>(pool: &ProcessPoolExecutor, future: &Future<T>) {
    let lost = loss(future);
    assert_eq!((lost.cause(), lost.task()), (&LossCause::Exited(CODE), Some(future.id())));
    let process = lost.process_id().map(|id| format!("(process {id}) ")).unwrap_or_default();
    let text = lost.to_string();
    assert!(text.starts_with(&format!("worker 0 {process}was lost while it ran `")), "{text}");
    assert!(text.ends_with(&format!("it exited with code {CODE}")), "{text}");
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
}

/// PPE-06, DEAD-06: unlike in CPython, a request to exit is no error of the task: the worker exits.
pub fn in_a_task() {
    let pool = pool(1);
    is_lost(&pool, &pool.submit(|()| exit(), ()).unwrap());
}

/// DEAD-02
pub fn while_decoding() {
    let pool = pool(1);
    is_lost(&pool, &pool.submit(take, faulty(Fault::Nothing, Fault::Exit)).unwrap());
}

/// DEAD-09
pub fn while_encoding() {
    let pool = pool(1);
    is_lost(&pool, &pool.submit(make, (Fault::Exit, Fault::Nothing)).unwrap());
}

/// PPE-06, DEAD-02, by the policy that is CPython's: the pool is broken, and tells the code.
pub fn break_the_pool() {
    let leave: [fn(&ProcessPoolExecutor) -> Future<()>; 2] = [
        |pool| pool.submit(|()| exit(), ()).unwrap(),
        |pool| pool.submit(|_| (), faulty(Fault::Nothing, Fault::Exit)).unwrap(),
    ];
    for leave in leave {
        let pool = ProcessPoolExecutor::builder().max_workers(1).on_loss(OnLoss::Break).build().unwrap();
        let future = leave(&pool);
        assert!(is_broken(&future));
        let text = future.result().unwrap_err().to_string();
        assert!(text.ends_with(&format!("it exited with code {CODE}")), "{text}");
        assert!(pool.submit(square, 1).is_err());
    }
}
