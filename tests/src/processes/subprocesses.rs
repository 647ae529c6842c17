//! What needs processes of an operating system: tasks that are heard of from inside, signals, limits and outputs.

use super::{loss, pool, square, until};
use crate::door::Door;
use crate::observing::Log;
use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{Executor, Future, LossCause, MapOptions, Output, ProcessPoolExecutor, Shutdown};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::SIGTERM;
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{process, thread};

/// A task that says that it is there, and waits until it may go on.
fn pass(door: String) -> u32 {
    Door::pass(&door);
    process::id()
}

/// PPE-08, IPE-16: tasks that block start as many processes as there may be.
pub fn blocked_tasks_fill_the_pool() {
    let pool = pool(3);
    let door = Door::new();
    let tasks: Vec<_> = (0..45).map(|_| pool.submit(pass, door.name()).unwrap()).collect();
    door.wait_for(3);
    let ids: HashSet<_> = pool.process_ids().into_iter().collect();
    assert_eq!((pool.workers(), ids.len()), (3, 3));
    door.open();
    let seen: HashSet<_> = tasks.iter().map(|task| *task.result().unwrap()).collect();
    assert!(seen.is_subset(&ids), "{seen:?} {ids:?}");
}

/// PPE-23: its start is seen, its end never.
pub fn running_task_is_seen_and_never_ends() {
    for stop in [ProcessPoolExecutor::terminate_workers, ProcessPoolExecutor::kill_workers] {
        let pool = pool(1);
        let (start, end) = (Door::new(), Door::new());
        let doors = (start.name(), end.name());
        let between = pool
            .submit(
                |(start, end): (String, String)| {
                    Door::pass(&start);
                    Door::pass(&end);
                },
                doors,
            )
            .unwrap();
        start.wait_for(1);
        stop(&pool);
        pool.shutdown(Shutdown::default()).unwrap();
        start.open();
        assert_eq!(loss(&between).cause(), &LossCause::Terminated);
        assert_eq!(end.arrived(), 0);
    }
}

/// PPE-20, PPE-21: a task can notice that it is to be terminated, and cannot that it is killed.
pub fn terminate_can_be_noticed() {
    let notice = |(ready, noticed): (String, String)| {
        let asked = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGTERM, Arc::clone(&asked)).unwrap();
        Door::pass(&ready);
        while !asked.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        Door::pass(&noticed);
        process::exit(0)
    };
    let ways: [fn(&ProcessPoolExecutor); 2] =
        [ProcessPoolExecutor::terminate_workers, ProcessPoolExecutor::kill_workers];
    for (stop, notices) in ways.into_iter().zip([1, 0]) {
        let (pool, ready, noticed) = (pool(1), Door::new(), Door::new());
        let task = pool.submit::<_, _, ()>(notice, (ready.name(), noticed.name())).unwrap();
        ready.wait_for(1);
        stop(&pool);
        ready.open();
        noticed.wait_for(notices);
        noticed.open();
        assert_eq!(loss(&task).cause(), &LossCause::Terminated);
        assert_eq!(noticed.arrived(), notices);
    }
}

/// PPE-01: there is no limit of 61 workers.
pub fn more_than_61_workers() {
    let pool = pool(70);
    let door = Door::new();
    let tasks: Vec<_> = (0..70).map(|_| pool.submit(pass, door.name()).unwrap()).collect();
    door.wait_for(70);
    assert_eq!(pool.workers(), 70);
    door.open();
    let ids: HashSet<_> = tasks.iter().map(|task| *task.result().unwrap()).collect();
    assert_eq!(ids.len(), 70);
}

/// PPE-09, PPE-11, SHUT-15: workers are processes of their own, used again, replaced after their share, and gone at the end.
pub fn each_worker_is_a_process() {
    let builder = ProcessPoolExecutor::builder().max_workers(1).max_tasks_per_child(3);
    let pool = builder.build().unwrap();
    let ids: Vec<_> =
        (0..4).map(|_| *pool.submit(|()| process::id(), ()).unwrap().result().unwrap()).collect();
    assert!(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3], "{ids:?}");
    assert!(!ids.contains(&process::id()));
    assert_eq!(pool.process_ids(), [ids[3]]);
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(ids.iter().all(|id| !Path::new(&format!("/proc/{id}")).exists()));
}

/// Takes what workers write.
#[derive(Default)]
struct Written(Mutex<Vec<(Output, Option<u64>, String)>>);

impl Observer for Written {
    fn observe(&self, event: &Event<'_>) {
        if let EventKind::WorkerWrote { stream, task, lines, .. } = &event.kind {
            self.0.lock().unwrap().push((*stream, *task, (*lines).to_owned()));
        }
    }

    fn takes_output(&self) -> bool {
        true
    }
}

/// SHUT-02: what a task writes arrives as whole lines, with its task, and before its result.
pub fn output_goes_to_the_observer() {
    let output = Arc::new(Written::default());
    let observer = Arc::clone(&output) as Arc<dyn Observer>;
    let pool = ProcessPoolExecutor::builder().max_workers(1).observer(observer).build().unwrap();
    for n in 0..20 {
        let future = pool.submit(|n: u32| println!("line {n}\nand one more"), n).unwrap();
        future.result().unwrap();
        let written = std::mem::take(&mut *output.0.lock().unwrap());
        assert!(
            written.iter().all(|(stream, task, _)| (*stream, *task) == (Output::Stdout, Some(future.id())))
        );
        let text: String = written.into_iter().map(|(_, _, lines)| lines).collect();
        assert_eq!(text, format!("line {n}\nand one more\n"));
    }
    pool.submit(|()| eprintln!("oh"), ()).unwrap().result().unwrap();
    until(|| {
        output
            .0
            .lock()
            .unwrap()
            .iter()
            .any(|(stream, _, text)| (*stream, &**text) == (Output::Stderr, "oh\n"))
    });
}

/// FUT-11: what was cancelled never runs, though the worker had been sent it.
pub fn cancelled_task_never_runs() {
    let pool = pool(1);
    let (busy, ran) = (Door::new(), Door::new());
    let running = pool.submit(pass, busy.name()).unwrap();
    let queued: Vec<_> = (0..10).map(|_| pool.submit(pass, ran.name()).unwrap()).collect();
    busy.wait_for(1);
    assert!(queued.iter().all(Future::cancel));
    busy.open();
    running.result().unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(ran.arrived(), 0);
}

/// MAP-05, MAP-16: the same for the items of a map, in chunks or not.
pub fn cancelled_items_never_run() {
    for chunksize in [1, 3] {
        let pool = pool(1);
        let (busy, ran) = (Door::new(), Door::new());
        let running = pool.submit(pass, busy.name()).unwrap();
        busy.wait_for(1);
        let options = MapOptions::default().chunksize(chunksize);
        drop(pool.map_with(options, pass, vec![ran.name(); 9]).unwrap());
        busy.open();
        running.result().unwrap();
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(ran.arrived(), 0);
    }
}

/// A task may have a pool of its own.
pub fn pool_within_a_task() {
    let outer = pool(1);
    let sum = outer.submit(
        |()| -> u64 {
            let inner = pool(2);
            inner.map(square, 0..10).unwrap().map(Result::unwrap).sum()
        },
        (),
    );
    assert_eq!(sum.unwrap().result().unwrap(), &285);
}

/// TPE-05: a process that is started on a pool's thread ends in order.
pub fn pool_within_a_thread() {
    let inner = || {
        let log = Log::new();
        let builder = ProcessPoolExecutor::builder().max_workers(1).observer(log.observer());
        let pool = builder.build().unwrap();
        let seven = *pool.submit(square, 7).unwrap().result().unwrap();
        drop(pool);
        (seven, log.workers("started"), log.workers("ended"))
    };
    assert_eq!(crate::pool(1).spawn(inner).unwrap().result().unwrap(), &(49, 1, 1));
}

/// TPE-04: 50 pools are started while a thread submits, allocates and prints; no worker inherits a lock that it holds.
pub fn busy_submitters() {
    let (submitters, over) = (crate::pool(1), Arc::new(AtomicBool::new(false)));
    let until_over = Arc::clone(&over);
    let submitter = submitters.spawn(move || {
        let (pool, mut submitted) = (crate::pool(2), 0);
        while !until_over.load(Ordering::SeqCst) {
            let batch: Vec<_> = (0..50).map(|n| pool.submit(square, n).unwrap()).collect();
            println!("{}", batch.iter().map(|future| future.result().unwrap()).sum::<u64>());
            submitted += batch.len();
        }
        submitted
    });
    for n in 0..50 {
        let pool = pool(1);
        assert_eq!(pool.submit(|n: u64| n.to_string(), n).unwrap().result().unwrap(), &n.to_string());
    }
    over.store(true, Ordering::SeqCst);
    assert!(*submitter.unwrap().result().unwrap() > 0);
}

/// PPE-02: whatever a pool asks the system about when it is made may be refused; here no file can be opened. Such a limit would
/// concern the other scenarios too, so it is a worker that has it.
pub fn probes_may_fail() {
    let without_files = |()| -> (usize, u64) {
        let before = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(0), ..before }).unwrap();
        let made = ProcessPoolExecutor::builder().build();
        setrlimit(Resource::Nofile, before).unwrap();
        let pool = made.unwrap();
        (pool.max_workers(), *pool.submit(square, 3).unwrap().result().unwrap())
    };
    let outer = pool(1).submit(without_files, ()).unwrap();
    let (max_workers, nine) = *outer.result().unwrap();
    assert!(max_workers >= 1);
    assert_eq!(nine, 9);
}
