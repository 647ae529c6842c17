//! Turns what executors tell their observer into the events of a run.

use crate::event::{Event, FailureCause, Stream};
use crate::run::Emit;
use concurrent_futures::observer::{self, EventKind, Observer};
use concurrent_futures::{LossCause, TaskError, WorkerLost, current_task};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use web_time::Instant;

/// Tasks that are done and may still be called back; a callback that was added much later has no place in the events.
const RECENT: usize = 1_024;

/// Numbers, times and passes on.
pub(crate) struct Recorder {
    started: Instant,
    emit: Emit,
    numbers: Mutex<Numbers>,
}

/// The run's own numbers; those of the core count everything in the process.
struct Numbers {
    pools: HashMap<u64, u32>,
    /// Of tasks that are not done; a run may have millions.
    tasks: HashMap<u64, u32>,
    /// The latest that are done.
    recent: VecDeque<(u64, u32)>,
    /// The number of the latest wait.
    waits: u32,
    /// The number of the latest task.
    submitted: u32,
    /// The latest time that was reported.
    latest: f64,
}

impl Recorder {
    pub(crate) fn new(emit: Emit) -> Self {
        let numbers = Numbers {
            pools: HashMap::new(),
            tasks: HashMap::new(),
            recent: VecDeque::new(),
            waits: 0,
            submitted: 0,
            latest: 0.0,
        };
        Self { started: Instant::now(), emit, numbers: Mutex::new(numbers) }
    }

    /// Reports a text that the calling thread has written.
    pub(crate) fn text(&self, stream: Stream, text: &str) {
        let writer = current_task();
        self.record(Instant::now(), |at, numbers| {
            // A pool that was not made in this run is no part of it.
            let writer = writer.and_then(|writer| Some((writer, *numbers.pools.get(&writer.pool)?)));
            let task = writer.and_then(|(writer, _)| numbers.task(writer.task));
            let worker = writer.map(|(writer, _)| small(writer.worker));
            let pool = writer.map(|(_, pool)| pool);
            Some(Event::Text { at, stream, text: text.to_owned(), task, pool, worker })
        });
    }

    /// Reports the event that `make` makes now.
    pub(crate) fn event(&self, make: impl FnOnce(f64) -> Event) {
        self.record(Instant::now(), |at, _| Some(make(at)));
    }

    /// Passes events on one at a time, so that the order of the stream is the order of the times.
    fn record(&self, at: Instant, make: impl FnOnce(f64, &mut Numbers) -> Option<Event>) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let at = at.saturating_duration_since(self.started).as_secs_f64() * 1e3;
        // Clocks of different threads may differ by a tick, and a thread may wait for the lock.
        numbers.latest = numbers.latest.max(at);
        let at = numbers.latest;
        if let Some(event) = make(at, &mut numbers) {
            (self.emit)(event);
        }
    }
}

impl Numbers {
    fn task(&self, id: u64) -> Option<u32> {
        self.tasks.get(&id).copied()
    }

    /// The number of a task that is done.
    fn end(&mut self, id: u64) -> Option<u32> {
        let number = self.tasks.remove(&id)?;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((id, number));
        Some(number)
    }

    /// The number of a task that may be done.
    fn task_or_recent(&self, id: u64) -> Option<u32> {
        let recent = || self.recent.iter().rev().find(|(known, _)| *known == id).map(|(_, number)| *number);
        self.task(id).or_else(recent)
    }

    /// What belongs to no pool.
    fn of_thread(&mut self, at: f64, kind: &EventKind<'_>) -> Option<Event> {
        Some(match *kind {
            EventKind::CallbackCalled { task } => {
                Event::CallbackCalled { at, task: self.task_or_recent(task)? }
            }
            EventKind::WaitStarted { call, task, .. } => {
                self.waits += 1;
                let task = task.and_then(|id| self.task_or_recent(id));
                Event::WaitStarted { at, wait: self.waits, call: call.to_owned(), task }
            }
            // There is one such thread, which waits for one thing at a time.
            EventKind::WaitEnded { timed_out, .. } => Event::WaitEnded { at, wait: self.waits, timed_out },
            _ => return None,
        })
    }

    fn new_task(&mut self, id: u64) -> u32 {
        self.submitted += 1;
        self.tasks.insert(id, self.submitted);
        self.submitted
    }

    fn new_pool(&mut self, id: u64) -> u32 {
        let number = small(self.pools.len() + 1);
        self.pools.insert(id, number);
        number
    }
}

impl Observer for Recorder {
    fn observe(&self, event: &observer::Event<'_>) {
        self.record(event.at, |at, numbers| {
            if let EventKind::PoolStarted { kind, max_workers } = event.kind {
                let (pool, max_workers) = (numbers.new_pool(event.pool), small(max_workers));
                return Some(Event::PoolStarted { at, pool, kind: kind.to_owned(), max_workers });
            }
            let Some(&pool) = numbers.pools.get(&event.pool) else {
                return numbers.of_thread(at, &event.kind);
            };
            Some(match event.kind {
                EventKind::PoolShutdown => Event::PoolShutdown { at, pool },
                EventKind::WorkerStarted { worker, name } => {
                    Event::WorkerStarted { at, pool, worker: small(worker), name: name.to_owned() }
                }
                EventKind::WorkerIdle { worker } => Event::WorkerIdle { at, pool, worker: small(worker) },
                EventKind::WorkerEnded { worker } => Event::WorkerEnded { at, pool, worker: small(worker) },
                EventKind::WorkerLost { worker, cause } => {
                    Event::WorkerLost { at, pool, worker: small(worker), cause: cause.to_owned() }
                }
                EventKind::WorkerWrote { worker, task, stream, lines } => {
                    let (stream, text) = (stream.into(), lines.to_owned());
                    let task = task.and_then(|id| numbers.task(id));
                    Event::Text { at, stream, text, task, pool: Some(pool), worker: Some(small(worker)) }
                }
                EventKind::TaskSubmitted { task, name } => {
                    let by = current_task().and_then(|writer| numbers.task(writer.task));
                    Event::TaskSubmitted { at, pool, task: numbers.new_task(task), name: name.to_owned(), by }
                }
                EventKind::TaskStarted { task, worker } => {
                    Event::TaskStarted { at, task: numbers.task(task)?, worker: small(worker) }
                }
                EventKind::TaskFinished { task } => Event::TaskFinished { at, task: numbers.end(task)? },
                EventKind::TaskFailed { task, error } => {
                    let (task, cause) = (numbers.end(task)?, cause_of(error));
                    Event::TaskFailed { at, task, error: error.to_string(), cause }
                }
                EventKind::TaskExpired { task } => {
                    let (task, error) = (numbers.end(task)?, "no worker began it in time".to_owned());
                    Event::TaskFailed { at, task, error, cause: FailureCause::Timeout }
                }
                EventKind::TaskCancelled { task } => Event::TaskCancelled { at, task: numbers.end(task)? },
                // The core may learn to tell more than this stream has words for.
                _ => return None,
            })
        });
    }

    /// The stream has a place for it, and twice would be once too often.
    fn takes_output(&self) -> bool {
        true
    }
}

fn cause_of(error: &TaskError) -> FailureCause {
    match error.worker_lost().map(WorkerLost::cause) {
        None => FailureCause::Error,
        Some(LossCause::RunTimeout(_)) => FailureCause::Timeout,
        Some(LossCause::Killed | LossCause::Terminated) => FailureCause::Killed,
        Some(_) => FailureCause::Lost,
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Recorder;
    use crate::event::{Event, Stream};
    use concurrent_futures::observer::with_observer;
    use concurrent_futures::{Executor, ThreadPoolExecutor};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    /// A recorder, and what it has passed on so far.
    fn recorder() -> (Arc<Recorder>, Arc<Mutex<Vec<Event>>>) {
        let events = Arc::new(Mutex::new(Vec::new()));
        let emitted = Arc::clone(&events);
        (Arc::new(Recorder::new(Box::new(move |event| emitted.lock().unwrap().push(event)))), events)
    }

    /// A text, and the task, the pool and the worker that it came from.
    type Written<'a> = (&'a str, Option<u32>, Option<u32>, Option<u32>);

    /// What was written, and by whom.
    fn writers(events: &[Event]) -> Vec<Written<'_>> {
        let writer = |event| match event {
            &Event::Text { ref text, task, pool, worker, .. } => Some((text.as_str(), task, pool, worker)),
            _ => None,
        };
        events.iter().filter_map(writer).collect()
    }

    #[test]
    fn text_names_its_task() {
        let (recorder, events) = recorder();
        with_observer(Arc::clone(&recorder) as _, || {
            let (idle, pool) = (ThreadPoolExecutor::new(1).unwrap(), ThreadPoolExecutor::new(1).unwrap());
            let print =
                |recorder: Arc<Recorder>, text: &'static str| move || recorder.text(Stream::Stdout, text);
            recorder.text(Stream::Stdout, "main");
            pool.spawn(print(Arc::clone(&recorder), "first")).unwrap().result().unwrap();
            let second = pool.spawn(print(Arc::clone(&recorder), "second")).unwrap();
            let late = print(Arc::clone(&recorder), "callback");
            second.result().unwrap();
            second.add_done_callback(move |_| late());
            drop(idle);
        });
        let expected = [
            ("main", None, None, None),
            ("first", Some(1), Some(2), Some(0)),
            ("second", Some(2), Some(2), Some(0)),
            ("callback", None, None, None),
        ];
        assert_eq!(writers(&events.lock().unwrap()), expected);
    }

    #[test]
    fn waits_and_callbacks_are_told() {
        let (recorder, events) = recorder();
        with_observer(recorder as _, || {
            let pool = ThreadPoolExecutor::new(1).unwrap();
            let barrier = Arc::new(std::sync::Barrier::new(2));
            let waits = Arc::clone(&barrier);
            let slow = pool
                .spawn(move || {
                    waits.wait();
                })
                .unwrap();
            slow.add_done_callback(|_| ());
            assert!(slow.result_timeout(Duration::from_millis(1)).is_err());
            barrier.wait();
        });
        let events = events.lock().unwrap();
        let waits = events.iter().filter_map(|event| match event {
            Event::WaitStarted { wait, call, task, .. } => Some((*wait, call.as_str(), *task)),
            _ => None,
        });
        assert_eq!(waits.collect::<Vec<_>>(), [(1, "result", Some(1)), (2, "shutdown", None)]);
        let ends = events.iter().filter_map(|event| match event {
            Event::WaitEnded { wait, timed_out, .. } => Some((*wait, *timed_out)),
            _ => None,
        });
        assert_eq!(ends.collect::<Vec<_>>(), [(1, true), (2, false)]);
        assert!(events.iter().any(|event| matches!(event, Event::CallbackCalled { task: 1, .. })));
    }

    #[test]
    fn submitters_are_told() {
        let (recorder, events) = recorder();
        with_observer(recorder as _, || {
            let pool = Arc::new(ThreadPoolExecutor::new(2).unwrap());
            let inner = Arc::clone(&pool);
            let outer = pool.spawn(move || inner.spawn(|| 1).unwrap().result().copied()).unwrap();
            assert!(matches!(outer.result(), Ok(Ok(1))));
        });
        let by = events
            .lock()
            .unwrap()
            .iter()
            .filter_map(|event| match event {
                Event::TaskSubmitted { task, by, .. } => Some((*task, *by)),
                _ => None,
            })
            .collect::<Vec<_>>();
        assert_eq!(by, [(1, None), (2, Some(1))]);
    }

    #[test]
    fn times_never_go_back() {
        let (recorder, events) = recorder();
        with_observer(Arc::clone(&recorder) as _, || {
            let pool = ThreadPoolExecutor::new(4).unwrap();
            assert_eq!(pool.map(|n: u32| n, 0..200).unwrap().count(), 200);
        });
        let events = events.lock().unwrap();
        let times: Vec<_> =
            events.iter().map(|event| serde_json::to_value(event).unwrap()["at"].as_f64()).collect();
        assert!(times.len() > 600 && times.is_sorted());
    }
}
