//! Workers that are stopped, and so do not even notice that they are asked to end.

use crate::case::Case;
use crate::task::{endless, is_well, lost, pool, square, until};
use concurrent_futures::{Executor, LossCause, ProcessPoolExecutor, Shutdown};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

pub(crate) const CASES: &[Case] = &[
    Case::new("stopped::others_go_on", others_go_on),
    Case::new("stopped::task_times_out", task_times_out),
    Case::new("stopped::pool_is_forced", pool_is_forced),
    Case::new("stopped::idle_worker", idle_worker),
    Case::new("stopped::shutdown_has_a_limit", shutdown_has_a_limit),
    Case::new("stopped::large_payload_waits", large_payload_waits),
];

fn signal(process: u32, signal: Signal) {
    kill_process(Pid::from_raw(process.cast_signed()).unwrap(), signal).unwrap();
}

/// A task that stops its worker.
fn stop_here((): ()) -> u64 {
    kill_process(rustix::process::getpid(), Signal::STOP).unwrap();
    1
}

fn others_go_on() {
    let pool = pool(2);
    let stopped = pool.submit(stop_here, ()).unwrap();
    for _ in 0..20 {
        is_well(&pool);
    }
    assert!(stopped.running());
    assert!(stopped.kill());
    assert_eq!(lost(&stopped).cause(), &LossCause::Killed);
    is_well(&pool);
}

fn task_times_out() {
    let limit = Duration::from_millis(200);
    let pool = ProcessPoolExecutor::builder().max_workers(1).run_timeout(limit).build().unwrap();
    let stopped = pool.submit(stop_here, ()).unwrap();
    assert_eq!(lost(&stopped).cause(), &LossCause::RunTimeout(limit));
    is_well(&pool);
}

fn pool_is_forced() {
    for stop in [ProcessPoolExecutor::terminate_workers, ProcessPoolExecutor::kill_workers] {
        let pool = pool(2);
        let running = [pool.submit(stop_here, ()).unwrap(), endless(&pool)];
        let processes = pool.process_ids();
        stop(&pool);
        assert!(running.iter().all(|future| lost(future).cause() == &LossCause::Terminated));
        pool.shutdown(Shutdown::default()).unwrap();
        assert!(processes.iter().all(|&process| !crate::left::is_alive(process)));
    }
}

/// A worker that is stopped while it has nothing to do delays the one task that it is sent, until it is continued.
fn idle_worker() {
    let pool = pool(2);
    let two = [endless(&pool), pool.submit(square, 1).unwrap()];
    two[1].result().unwrap();
    let processes = pool.process_ids();
    // The second was started for the second task.
    let idle = processes[1];
    signal(idle, Signal::STOP);
    assert!(two[0].kill());
    lost(&two[0]);
    let futures: Vec<_> = (0..50).map(|n| pool.submit(square, n).unwrap()).collect();
    until(|| futures.iter().filter(|future| future.done()).count() >= 49);
    signal(idle, Signal::CONT);
    assert!(futures.iter().all(|future| future.result().is_ok()));
}

/// A worker that does not end when it is told to is killed after five seconds.
fn shutdown_has_a_limit() {
    let pool = pool(1);
    is_well(&pool);
    signal(pool.process_ids()[0], Signal::STOP);
    let start = Instant::now();
    drop(pool);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

/// More than any buffer holds for a worker that does not read: submitting does not wait for it, and neither do others.
fn large_payload_waits() {
    let pool = pool(2);
    let stopped = pool.submit(stop_here, ()).unwrap();
    until(|| stopped.running());
    let length = |bytes: Vec<u8>| bytes.len();
    let futures: Vec<_> = (0..40)
        .map(|n| pool.submit(length, vec![1; if n % 8 == 0 { 8 << 20 } else { 100_000 }]).unwrap())
        .collect();
    assert!(futures.iter().all(|future| *future.result().unwrap() >= 100_000));
    assert!(stopped.kill());
}
