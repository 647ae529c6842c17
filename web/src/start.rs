//! Starting: the hub, its warden and the first threads.

use crate::error::StartError;
use crate::hub::{self, FromHub};
use crate::message::ThreadOptions;
use crate::state::Phase;
use crate::{StartOptions, context, fibers, processes, threads};
use std::future::{pending, poll_fn};
use std::task::{Poll, Waker};

/// Starts the first threads; to be awaited once, before anything blocks.
///
/// Everything else of this crate works from here on, in every worker on the same memory. Calls that come later, or at
/// the same time, wait for the first one and change nothing.
///
/// It must be awaited in a worker (or on the page) whose event loop runs until then: browsers start a worker only with
/// its help. Afterwards the caller may block for ever, also while further threads start.
///
/// In an isolated worker it never returns, since tasks there start nothing. That matters to a program with a function marked
/// `#[wasm_bindgen(start)]`, which runs whenever a memory is new, and so in each of them: it gets no further than here.
///
/// # Errors
///
/// See [`StartError`]. Another attempt may be made.
///
/// # Example
///
/// ```
/// # use concurrent_futures_web::{StartError, StartOptions, start};
/// # async fn example() -> Result<(), StartError> {
/// start(StartOptions::new().threads(4)).await?;
/// # Ok(())
/// # }
/// ```
pub async fn start(options: StartOptions) -> Result<(), StartError> {
    if context::is_isolated_worker() {
        pending::<()>().await;
    }
    if options.fibers && !fibers::can_suspend() {
        return Err(StartError::cannot_suspend());
    }
    if !options.without_threads && !options.fibers && !context::is_isolated() {
        return Err(StartError::not_isolated());
    }
    concurrent_futures_core::set_may_block(context::can_block);
    begin(&options)?;
    poll_fn(|context| match threads::lock().outcome(context.waker()) {
        Some(outcome) => Poll::Ready(outcome),
        None => Poll::Pending,
    })
    .await
}

/// Does what no earlier call has done yet; what fails from here on is the outcome of the start.
fn begin(options: &StartOptions) -> Result<(), StartError> {
    let mut state = threads::lock();
    let is_mine = state.phase == Phase::Absent || hub::is_reachable();
    if state.phase == Phase::Started || state.is_starting() || !is_mine {
        return Ok(());
    }
    let thread = ThreadOptions::of(options);
    if !threads::has_room(thread) {
        return Err(StartError::memory(thread.stack_size));
    }
    state.configure(options);
    processes::configure(options);
    context::set_has_threads(!options.without_threads && !options.fibers);
    if options.fibers {
        fibers::install();
    }
    if state.phase == Phase::Absent {
        state.phase = Phase::Loading;
        drop(state);
        catch_exhausted_memory();
        if let Err(reason) = hub::create(thread, options.port.as_ref(), hear) {
            drop(threads::lock().abandon(StartError::hub(reason)));
            return Ok(());
        }
    } else {
        drop(state);
    }
    if threads::top_up().is_err() {
        // The starter can always reach the hub, so only the memory can be short. Those that are on their way count.
        threads::lock().fail(StartError::memory(thread.stack_size));
    }
    Ok(())
}

/// Makes running out of memory a panic, which can be caught and frees what the task held.
pub(crate) fn catch_exhausted_memory() {
    std::alloc::set_alloc_error_hook(|layout| panic!("out of memory: {} bytes wanted", layout.size()));
}

/// Takes in what the hub says to its creator.
fn hear(message: FromHub) {
    let mut state = threads::lock();
    let starters = match message {
        FromHub::Watching => state.watch(),
        FromHub::Report(report) => {
            drop(state);
            return processes::take_in(report);
        }
        FromHub::Failed(reason) => state.abandon(StartError::hub(reason)),
        // Later errors are the browser's to show: the hub goes on after them.
        FromHub::Error(_) if state.phase != Phase::Loading => Vec::new(),
        FromHub::Error(reason) => {
            hub::forget();
            state.abandon(StartError::hub(reason))
        }
    };
    drop(state);
    starters.into_iter().for_each(Waker::wake);
}
