//! The page's side: what its runner worker calls, and the thread that carries events to the page.
//!
//! The runner blocks while an example runs, so it cannot carry events; nor should tasks, whose time is what the page
//! draws. One thread of its own, the *carrier*, takes events from a queue and posts them, many at a time.
//!
//! Where no memory can be shared, all threads are fibers and take turns in the runner worker. Then the example runs as a fiber
//! too, and the runner's own code only waits for it.
//!
//! A module holds either the examples or the interpreter of Python, and both have the same exports: `run` and `run_as_fiber`. So
//! whoever reads only the one does not load the other.

#[cfg(not(feature = "python"))]
mod examples;
#[cfg(feature = "python")]
mod python;

#[cfg(not(feature = "python"))]
pub use self::examples::{run, run_as_fiber, set_site};
#[cfg(feature = "python")]
pub use self::python::{begin, mailbox, run, run_as_fiber, warm, warm_further};

use crate::event::{Batch, Event};
use crate::run::Emit;
use concurrent_futures::{StartOptions, ThreadPoolExecutor, sleep};
use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use web_sys::MessagePort;

/// Between two batches: short to the eye, long enough to gather what many tasks do.
const PAUSE: Duration = Duration::from_millis(8);

/// Events of a batch at most: the page takes a message as a whole, and should draw in between.
const LARGEST: usize = 2_000;

/// While a run goes on, the page hears at least so often from the carrier, be it an empty batch. Silence tells it that the
/// memory is stuck: a thread that traps may hold a lock that everybody needs, as the allocator's.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How often the carrier, when nothing happens, looks at what the page asks.
const LOOK: Duration = Duration::from_millis(50);

/// Bytes of a thread's stack. The interpreter takes much of it for each call of a Python function, its compiler even more.
const STACK: u32 = if cfg!(feature = "python") { 4 << 20 } else { 1 << 20 };

/// The run that goes on, 0 for none.
static RUNNING: AtomicU32 = AtomicU32::new(0);
/// Events that wait for the carrier.
static QUEUE: Mutex<Vec<(u32, Event)>> = Mutex::new(Vec::new());
/// Notified when there are some.
static ARRIVED: Condvar = Condvar::new();
/// Keeps the thread of the carrier, and one for the example where that is a fiber.
static OWN: OnceLock<ThreadPoolExecutor> = OnceLock::new();

/// Prepares the memory: a hub, `threads` warm threads, and the carrier, which posts each [`Batch`] to `port` as JSON. With
/// `fibers` the threads take turns, and examples are to be run by [`run_as_fiber`].
///
/// # Errors
///
/// A sentence for the reader when the threads cannot be started.
#[wasm_bindgen]
pub async fn start(port: MessagePort, threads: usize, fibers: bool) -> Result<(), JsError> {
    let options = StartOptions::default().threads(threads).port(port).stack_size(STACK);
    concurrent_futures::start(if fibers { options.fibers() } else { options }).await?;
    let own = ThreadPoolExecutor::builder().max_workers(2).thread_name_prefix("playground").build()?;
    drop(own.spawn(move || carry(fibers))?);
    // A second `start` finds the carrier of the first, whose executor then ends unused.
    OWN.get_or_init(|| own);
    Ok(())
}

/// Has the carrier take what `play` emits.
fn carried<R>(run: u32, play: impl FnOnce(Emit) -> R) -> R {
    let emit = move |event| {
        queue().push((run, event));
        ARRIVED.notify_one();
    };
    // ORDERING: a heartbeat too many or too few at the ends of a run does no harm.
    RUNNING.store(run, Ordering::Relaxed);
    let played = play(Box::new(emit));
    RUNNING.store(0, Ordering::Relaxed);
    played
}

fn queue() -> MutexGuard<'static, Vec<(u32, Event)>> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The carrier's life, which ends with the page's worker.
fn carry(takes_turns: bool) {
    loop {
        let batches = batches(take_events(takes_turns));
        for batch in batches {
            // The types of a batch have nothing that JSON could not say.
            if let Ok(json) = serde_json::to_string(&batch) {
                concurrent_futures::post(&json.into());
            }
        }
        sleep(PAUSE);
    }
}

/// Waits for events, for the time of a heartbeat at most. Who takes turns must not wait for what others cannot do meanwhile, and
/// looks again.
fn take_events(takes_turns: bool) -> Vec<(u32, Event)> {
    let mut waited = Duration::ZERO;
    while waited < HEARTBEAT {
        #[cfg(feature = "python")]
        python::hear();
        let waiting = queue();
        if !waiting.is_empty() {
            break;
        }
        if takes_turns {
            drop(waiting);
            sleep(PAUSE);
            waited += PAUSE;
        } else {
            drop(ARRIVED.wait_timeout(waiting, LOOK));
            waited += LOOK;
        }
    }
    mem::take(&mut *queue())
}

/// Parts events by their run, runs follow one another, and into portions. No events are an empty batch of the run that goes on.
fn batches(events: Vec<(u32, Event)>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    // ORDERING: see `run`.
    let running = RUNNING.load(Ordering::Relaxed);
    if events.is_empty() && running != 0 {
        batches.push(Batch { run: running, events: Vec::new() });
    }
    for (run, event) in events {
        match batches.last_mut() {
            Some(batch) if batch.run == run && batch.events.len() < LARGEST => batch.events.push(event),
            _ => batches.push(Batch { run, events: vec![event] }),
        }
    }
    batches
}
