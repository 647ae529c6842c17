//! Workers that cannot be started, or that do not come up.

use crate::case::{Case, output};
use crate::left::children;
use crate::task::{endless, is_well, lost, pool, square};
use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{
    BrokenExecutor, Error, Executor, LossCause, ProcessPoolExecutor, SubmitError, init,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::process::{Command, abort, exit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, fs, thread};

pub(crate) const CASES: &[Case] = &[
    Case::new("starting::init_is_forgotten", init_is_forgotten).starting_by(|| ()),
    Case::new("starting::init_is_late", init_is_late).starting_by(late_init),
    Case::new("starting::init_is_not_for_workers", workers_never_come).starting_by(init_unless_worker),
    Case::new("starting::workers_die_at_once", workers_never_come).starting_by(abort_if_worker),
    Case::new("starting::no_descriptors", no_descriptors),
    Case::new("starting::no_descriptors_for_a_successor", no_descriptors_for_a_successor),
    Case::new("starting::no_memory", no_memory),
    Case::new("starting::initializer_panics", initializer_panics),
    Case::new("starting::initializer_exits", initializer_exits),
    Case::new("starting::hundreds_of_pools", hundreds_of_pools),
    Case::new("starting::pool_is_never_used", || drop(pool(4))),
    Case::new("starting::program_file_is_gone", deletes_its_file).seen_by(without_its_file),
];

fn is_worker() -> bool {
    env::args().nth(1).is_some_and(|argument| argument == "--concurrent-futures-worker")
}

/// The first task is refused with what is to be done, and no process is started.
fn init_is_forgotten() {
    let pool = pool(2);
    let Err(SubmitError::Start(error)) = pool.submit(square, 1) else { panic!("`init` was not called") };
    let text = error.to_string();
    assert!(text.contains("call it first thing in `main`"), "{text}");
    assert!(text.contains("concurrent_futures::init_tests!();"), "{text}");
    assert!(pool.map(square, 0..10).is_err());
    assert!(children().is_empty());
}

/// What a program does before `init`, its workers do as well; they come up all the same.
fn late_init() {
    println!("a line of every process");
    thread::spawn(|| thread::sleep(Duration::from_millis(10))).join().unwrap();
    thread::sleep(Duration::from_millis(200));
    init();
}

fn init_is_late() {
    is_well(&pool(2));
}

fn init_unless_worker() {
    if !is_worker() {
        init();
    }
}

fn abort_if_worker() {
    if is_worker() {
        abort();
    }
    init();
}

/// Counts the workers that are started.
#[derive(Default)]
struct Started(AtomicUsize);

impl Observer for Started {
    fn observe(&self, event: &Event<'_>) {
        if matches!(event.kind, EventKind::WorkerStarted { .. }) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// No worker ever takes a task: after a few tries the pool is broken, and tells why.
fn workers_never_come() {
    // One of these programs, started as a worker, does not know it and comes here.
    if is_worker() {
        assert!(matches!(pool(2).submit(square, 1), Err(SubmitError::Start(_))));
        exit(42);
    }
    let started = Arc::new(Started::default());
    let observer = Arc::clone(&started) as Arc<dyn Observer>;
    let pool = ProcessPoolExecutor::builder().max_workers(2).observer(observer).build().unwrap();
    let futures: Vec<_> = (0..10).filter_map(|n| pool.submit(square, n).ok()).collect();
    assert!(!futures.is_empty());
    for future in &futures {
        let error = future.result().unwrap_err();
        let Error::Broken(BrokenExecutor::ProcessPool(broken)) = &error else { panic!("{error}") };
        let lost = broken.cause().worker_lost().unwrap();
        let known = [LossCause::Exited(42), LossCause::Signal { number: 6, name: "SIGABRT" }];
        assert!(known.contains(lost.cause()), "{lost}");
        let text = error.to_string();
        assert!(
            text.contains("one worker after the other died before it could take a task: worker "),
            "{text}"
        );
    }
    assert!(matches!(pool.submit(square, 1), Err(SubmitError::Broken(_))));
    drop(pool);
    let started = started.0.load(Ordering::SeqCst);
    assert!((5..=8).contains(&started), "{started}");
}

/// Leaves so many descriptors to be opened while `body` runs.
fn with_descriptors(count: usize, body: impl FnOnce()) {
    let before = getrlimit(Resource::Nofile);
    let is_free = |number: &u64| !fs::exists(format!("/proc/self/fd/{number}")).unwrap();
    let limit = (0..).filter(is_free).nth(count);
    setrlimit(Resource::Nofile, Rlimit { current: limit, ..before }).unwrap();
    body();
    setrlimit(Resource::Nofile, before).unwrap();
}

/// However many descriptors are left, a worker can be started or there is an error that says what failed.
fn no_descriptors() {
    let mut refused = 0;
    for count in 0..24 {
        let pool = pool(1);
        with_descriptors(count, || match pool.submit(square, 3) {
            Ok(future) => assert_eq!(future.result().unwrap(), &9),
            Err(SubmitError::Start(error)) => {
                refused += 1;
                assert!(error.to_string().starts_with("cannot start a worker: "), "{error}");
                assert!(error.to_string().contains("(os error 24)"), "{error}");
                assert_eq!(pool.workers(), 0);
            }
            Err(error) => panic!("{error}"),
        });
        // As soon as there are descriptors again, all is well.
        is_well(&pool);
    }
    assert!((3..24).contains(&refused), "{refused}");
}

/// PPE-17: while another worker lives, the queue is served; when none is left, it fails with the reason.
fn no_descriptors_for_a_successor() {
    let two = pool(2);
    let running = endless(&two);
    with_descriptors(0, || {
        let queued = two.submit(square, 3).unwrap();
        assert!(running.kill());
        lost(&running);
        // Its worker's descriptors may be free again by then, or not.
        match queued.result() {
            Ok(value) => assert_eq!(value, &9),
            Err(error) => assert!(error.to_string().starts_with("cannot start a worker: "), "{error}"),
        }
    });
    is_well(&two);
    let one = pool(1);
    let running = endless(&one);
    let queued: Vec<_> = (0..5).map(|n| one.submit(square, n).unwrap()).collect();
    // The descriptors of the old worker are closed with its last task, so this one keeps them.
    let keeping = running.clone();
    with_descriptors(0, || {
        assert!(running.kill());
        lost(&keeping);
        for future in &queued {
            let error = future.result().unwrap_err();
            assert!(matches!(error, Error::Submit(SubmitError::Start(_))), "{error}");
        }
    });
    is_well(&one);
}

/// PPE-19: without memory for a thread, or for what is shared with a worker, there is an error that says so.
fn no_memory() {
    let before = getrlimit(Resource::As);
    let mut refused = 0;
    for megabytes in [0, 1, 2, 4, 8, 64] {
        let limited = pool(1);
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.split_whitespace().next());
        let kilobytes = size.unwrap().parse::<u64>().unwrap() + megabytes * 1024;
        setrlimit(Resource::As, Rlimit { current: Some(kilobytes * 1024), ..before }).unwrap();
        match limited.submit(square, 3) {
            // The worker has as little, and may die of it at any time.
            Ok(future) => drop(future.result().map(|value| assert_eq!(value, &9))),
            Err(SubmitError::Start(error)) => {
                refused += 1;
                assert!(error.to_string().contains("(os error 1"), "{error}");
            }
            Err(error) => panic!("{error}"),
        }
        setrlimit(Resource::As, before).unwrap();
        drop(limited);
        is_well(&pool(1));
    }
    assert!(refused > 0);
}

/// INIT-03: nothing is left of a pool whose initializer fails.
fn initializer_panics() {
    for _ in 0..5 {
        let builder = ProcessPoolExecutor::builder().max_workers(2);
        let pool =
            builder.initializer(|text: String| panic!("{text}"), "no licence".to_owned()).build().unwrap();
        let error = pool.submit(square, 1).unwrap().result().unwrap_err();
        assert!(error.to_string().ends_with("its initializer failed: no licence"), "{error}");
        assert!(matches!(pool.submit(square, 1), Err(SubmitError::Broken(_))));
    }
}

fn initializer_exits() {
    let builder = ProcessPoolExecutor::builder().max_workers(2).initializer(|code: i32| exit(code), 99);
    let pool = builder.build().unwrap();
    let error = pool.submit(square, 1).unwrap().result().unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the pool is broken, because its initializer failed: worker "), "{text}");
    assert!(text.ends_with(" was lost: it exited with code 99"), "{text}");
}

fn hundreds_of_pools() {
    for n in 0..300 {
        let pool = pool(1 + n as usize % 2);
        assert_eq!(pool.submit(square, n).unwrap().result().unwrap(), &(n * n));
    }
}

/// The program deletes its file itself, since only it knows when it has begun.
fn deletes_its_file() {
    fs::remove_file(env::current_exe().unwrap()).unwrap();
    is_well(&pool(1));
}

/// A program whose file was deleted while it ran still starts its own workers.
fn without_its_file(command: Command) {
    let copy = env::temp_dir().join(format!("cf-copy-{}", std::process::id()));
    fs::copy(command.get_program(), &copy).unwrap();
    let mut program = Command::new(&copy);
    for (name, value) in command.get_envs() {
        program.env(name, value.unwrap());
    }
    output(program);
    assert!(!copy.exists());
}
