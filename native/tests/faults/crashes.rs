//! Workers that end by themselves, or by a signal.

use crate::case::{Case, output};
use crate::task::{dies, endless, is_well, lost, pool, square};
use concurrent_futures::{
    BrokenExecutor, Error, Executor, LossCause, OnLoss, ProcessPoolExecutor, SubmitError,
};
use rustix::process::{Pid, Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use std::hint::black_box;
use std::process::{abort, exit};

pub(crate) const CASES: &[Case] = &[
    Case::new("crashes::signals", signals),
    Case::new("crashes::exits", exits),
    Case::new("crashes::stack_overflow", stack_overflow),
    Case::new("crashes::memory_limit", memory_limit),
    Case::new("crashes::killed_from_outside", killed_from_outside),
    Case::new("crashes::idle_worker_is_killed", idle_worker_is_killed),
    Case::new("crashes::all_at_once", all_at_once),
    Case::new("crashes::broken_pool", broken_pool),
    Case::new("crashes::remote_backtrace", remote_backtrace).seen_by(|mut command| {
        command.env("RUST_BACKTRACE", "1");
        output(command);
    }),
];

/// Sends a signal to this process, until it has an effect: std's own handlers expect that a fault comes again.
fn raise(signal: Signal) -> u64 {
    loop {
        kill_process(getpid(), signal).unwrap();
    }
}

fn signals() {
    let pool = pool(2);
    dies(&pool, |()| abort(), "it was ended by signal 6 (SIGABRT)");
    dies(&pool, |()| raise(Signal::SEGV), "it was ended by signal 11 (SIGSEGV)");
    dies(&pool, |()| raise(Signal::KILL), "it was ended by signal 9 (SIGKILL)");
    dies(&pool, |()| raise(Signal::TERM), "it was ended by signal 15 (SIGTERM)");
    let last = dies(&pool, |()| raise(Signal::BUS), "it was ended by signal 7 (SIGBUS)");
    assert_eq!(last.cause(), &LossCause::Signal { number: 7, name: "SIGBUS" });
}

fn exits() {
    let pool = pool(2);
    let lost = dies(&pool, |()| exit(99), "it exited with code 99");
    assert_eq!(lost.cause(), &LossCause::Exited(99));
    // Also when the worker thinks that all is well.
    dies(&pool, |()| exit(0), "it exited with code 0");
    let last_words = |()| {
        eprintln!("one\nthe licence has expired");
        exit(3)
    };
    let lost = dies(&pool, last_words, "it exited with code 3; it last wrote: one | the licence has expired");
    assert_eq!(lost.last_words(), "one\nthe licence has expired\n");
}

fn stack_overflow() {
    #[expect(unconditional_recursion, reason = "that is the point")]
    fn dig(depth: u64) -> u64 {
        dig(black_box(depth) + 1) + black_box(1)
    }
    let lost = dies(&pool(1), |()| dig(0), "it was ended by signal 6 (SIGABRT)");
    assert!(lost.last_words().contains("has overflowed its stack"), "{lost}");
}

/// Limits the memory of this process.
fn limit_memory(megabytes: u64) {
    let limit = Some(megabytes << 20);
    setrlimit(Resource::As, Rlimit { current: limit, maximum: limit }).unwrap();
}

fn memory_limit() {
    // One second's worth of allocations in steps, as programs run out of memory.
    let eat = |()| {
        let mut eaten = Vec::new();
        loop {
            eaten.push(vec![1_u8; 10 << 20]);
            black_box(&eaten);
        }
    };
    let builder = ProcessPoolExecutor::builder().max_workers(1).initializer(limit_memory, 400);
    let limited = builder.build().unwrap();
    let lost = dies(&limited, eat, "it was ended by signal 6 (SIGABRT)");
    assert!(lost.last_words().contains("memory allocation of 10485760 bytes failed"), "{lost}");
    // A result for which there is no room.
    let future = limited.submit(|()| -> Vec<u8> { vec![1; 250 << 20] }, ()).unwrap();
    assert!(future.result().is_err());
    is_well(&limited);
}

fn killed_from_outside() {
    let pool = pool(2);
    let (victim, other) = (endless(&pool), endless(&pool));
    let queued: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
    let processes = pool.process_ids();
    kill_process(Pid::from_raw(processes[0].cast_signed()).unwrap(), Signal::KILL).unwrap();
    let (victim, other) = if lost_first(&victim, &other) { (victim, other) } else { (other, victim) };
    let lost = lost(&victim);
    assert_eq!(lost.process_id(), Some(processes[0]));
    assert_eq!(lost.cause(), &LossCause::Signal { number: 9, name: "SIGKILL" });
    assert!(queued.iter().all(|future| future.result().is_ok()));
    assert!(other.running());
    assert!(other.kill());
}

/// Whether the first of two was lost, once one was.
fn lost_first<T>(first: &concurrent_futures::Future<T>, second: &concurrent_futures::Future<T>) -> bool {
    crate::task::until(|| first.done() || second.done());
    first.done()
}

/// A worker that dies while it has nothing to do is nobody's loss.
fn idle_worker_is_killed() {
    let pool = pool(1);
    for _ in 0..20 {
        is_well(&pool);
        let process = pool.process_ids()[0];
        kill_process(Pid::from_raw(process.cast_signed()).unwrap(), Signal::KILL).unwrap();
        // Whether it is known by now that it is dead, or not.
        is_well(&pool);
    }
}

fn all_at_once() {
    let pool = pool(4);
    for _ in 0..5 {
        let futures: Vec<_> =
            (0..40).map(|n| pool.submit(|n| if n % 4 == 1 { abort() } else { n }, n)).collect();
        for (n, future) in (0_u64..).zip(futures) {
            let future = future.unwrap();
            match n % 4 {
                1 => drop(lost(&future)),
                _ => assert_eq!(future.result().unwrap(), &n),
            }
        }
    }
}

fn broken_pool() {
    let pool = ProcessPoolExecutor::builder().max_workers(2).on_loss(OnLoss::Break).build().unwrap();
    let other = endless(&pool);
    let doomed = pool.submit(|()| -> u64 { exit(99) }, ()).unwrap();
    let error = doomed.result().unwrap_err();
    assert!(matches!(&error, Error::Broken(BrokenExecutor::ProcessPool(_))), "{error}");
    let text = error.to_string();
    assert!(text.starts_with("the pool is broken, because a worker was lost: worker 1 (process "), "{text}");
    assert!(text.ends_with("it exited with code 99"), "{text}");
    assert!(matches!(other.result(), Err(Error::Broken(_))));
    assert!(matches!(pool.submit(square, 1), Err(SubmitError::Broken(_))));
}

/// PPE-05: a panic brings the worker's backtrace along, if the environment asks for one.
fn remote_backtrace() {
    fn a_name_to_be_found() -> u64 {
        panic!("on purpose")
    }
    let pool = pool(1);
    let error = pool.submit(|()| a_name_to_be_found(), ()).unwrap().exception().unwrap().unwrap();
    let backtrace = error.panic().unwrap().backtrace().unwrap().to_string();
    assert!(backtrace.contains("a_name_to_be_found"), "{backtrace}");
    // A panic in this process maps the program once more, which must not confuse pools that come later.
    let _ = std::panic::catch_unwind(a_name_to_be_found);
    is_well(&crate::task::pool(1));
}
