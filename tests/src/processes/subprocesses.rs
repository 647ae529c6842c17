//! What needs processes of an operating system: a channel to a task, exit codes, and outputs.

mod doorway;

use self::doorway::Doorway;
use super::codec::{Fault, faulty, make, take};
use super::{is_broken, loss, pool, square, until};
use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{
    Executor, Future, LossCause, MapOptions, OnLoss, Output, ProcessPoolExecutor, Shutdown, WorkerLost,
};
use std::collections::HashSet;
use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Mutex};

/// A task that says that it is there, and waits until it may go on.
fn pass(door: PathBuf) -> u32 {
    doorway::pass(&door);
    process::id()
}

/// PPE-08, IPE-16: tasks that block start as many processes as there may be.
pub fn blocked_tasks_fill_the_pool() {
    let pool = pool(3);
    let door = Doorway::new();
    let tasks: Vec<_> = (0..45).map(|_| pool.submit(pass, door.path()).unwrap()).collect();
    door.wait_for(3);
    let ids: HashSet<_> = pool.process_ids().into_iter().collect();
    assert_eq!((pool.workers(), ids.len()), (3, 3));
    door.open();
    let seen: HashSet<_> = tasks.iter().map(|task| *task.result().unwrap()).collect();
    assert!(seen.is_subset(&ids), "{seen:?} {ids:?}");
}

/// IPE-17, IPE-18: more tasks that block than workers are done as each is let go.
pub fn blocked_tasks_drain() {
    let pool = pool(4);
    let doors: Vec<_> = (0..10).map(|_| Doorway::new()).collect();
    let tasks: Vec<_> = doors.iter().map(|door| pool.submit(pass, door.path()).unwrap()).collect();
    for (door, task) in doors.iter().zip(&tasks) {
        door.wait_for(1);
        assert!(task.running());
        door.open();
        task.result().unwrap();
    }
}

/// PPE-23: its start is seen, its end never.
pub fn running_task_is_seen_and_never_ends() {
    for stop in [ProcessPoolExecutor::terminate_workers, ProcessPoolExecutor::kill_workers] {
        let pool = pool(1);
        let (start, end) = (Doorway::new(), Doorway::new());
        let doors = (start.path(), end.path());
        let between = pool
            .submit(
                |(start, end): (PathBuf, PathBuf)| {
                    doorway::pass(&start);
                    doorway::pass(&end);
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

/// PPE-01: there is no limit of 61 workers.
pub fn more_than_61_workers() {
    let pool = pool(70);
    let door = Doorway::new();
    let tasks: Vec<_> = (0..70).map(|_| pool.submit(pass, door.path()).unwrap()).collect();
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
    assert!(ids.iter().all(|id| !PathBuf::from(format!("/proc/{id}")).exists()));
}

/// The loss of a worker that exited with code 99.
fn exited<T>(future: &Future<T>) -> WorkerLost {
    let lost = loss(future);
    assert_eq!(lost.cause(), &LossCause::Exited(99));
    assert!(lost.to_string().ends_with("it exited with code 99"), "{lost}");
    lost
}

/// PPE-06, DEAD-06: a task that exits takes its worker along, and the error names the code.
pub fn exit_fails_the_task() {
    let pool = pool(1);
    let future = pool.submit(|()| -> u64 { process::exit(99) }, ()).unwrap();
    let lost = exited(&future);
    let process = lost.process_id().unwrap();
    assert!(
        lost.to_string().starts_with(&format!("worker 0 (process {process}) was lost while it ran `")),
        "{lost}"
    );
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
}

/// DEAD-02
pub fn exit_while_decoding() {
    let pool = pool(1);
    exited(&pool.submit(take, faulty(Fault::Nothing, Fault::Exit)).unwrap());
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
}

/// DEAD-09
pub fn exit_while_encoding() {
    let pool = pool(1);
    exited(&pool.submit(make, (Fault::Exit, Fault::Nothing)).unwrap());
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
}

/// PPE-06, DEAD-02, by the policy that is CPython's.
pub fn exit_breaks_the_pool() {
    let pool = ProcessPoolExecutor::builder().max_workers(1).on_loss(OnLoss::Break).build().unwrap();
    let future = pool.submit(take, faulty(Fault::Nothing, Fault::Exit)).unwrap();
    assert!(is_broken(&future));
    let text = future.result().unwrap_err().to_string();
    assert!(text.ends_with("it exited with code 99"), "{text}");
    assert!(pool.submit(square, 1).is_err());
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
    let (busy, ran) = (Doorway::new(), Doorway::new());
    let running = pool.submit(pass, busy.path()).unwrap();
    let queued: Vec<_> = (0..10).map(|_| pool.submit(pass, ran.path()).unwrap()).collect();
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
        let (busy, ran) = (Doorway::new(), Doorway::new());
        let running = pool.submit(pass, busy.path()).unwrap();
        busy.wait_for(1);
        let options = MapOptions::default().chunksize(chunksize);
        drop(pool.map_with(options, pass, vec![ran.path(); 9]).unwrap());
        busy.open();
        running.result().unwrap();
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(ran.arrived(), 0);
    }
}

/// TPE-05: a task may have a pool of its own.
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

/// TPE-04: workers are started while other threads submit, allocate and print; none inherits a held lock.
pub fn busy_submitters() {
    let threads = crate::pool(3);
    let sums: Vec<_> = (0..3)
        .map(|_| {
            threads
                .spawn(|| -> u64 {
                    let mut sum = 0;
                    for n in 0..6 {
                        let pool = pool(2);
                        let squares = pool.map(square, 0..20).unwrap();
                        sum += squares.map(Result::unwrap).sum::<u64>() + n;
                    }
                    sum
                })
                .unwrap()
        })
        .collect();
    assert!(sums.iter().all(|sum| sum.result().unwrap() == &(2470 * 6 + 15)));
}
