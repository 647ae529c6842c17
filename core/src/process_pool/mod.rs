//! `ProcessPoolExecutor`, for whatever a platform calls a process. For back ends, but for the executor itself.
//!
//! A back end implements [`Isolation`], runs a [`Worker`] in each worker, and carries frames between the two.

mod builder;
mod call;
mod failure;
mod here;
mod isolation;
mod pool;
mod queue;
mod receive;
mod remote;
mod runner;
mod shared_bytes;
mod state;
mod stop_sign;
mod times;
pub mod wire;
mod worker;
mod workers;

pub use self::builder::{OnLoss, ProcessPoolBuilder};
pub use self::call::Image;
pub use self::isolation::{End, Inbox, Isolation, Link, Output};
pub use self::shared_bytes::{Contents, MOST_REGIONS, MakeRegion, Region, SharedBytes, set_make_region};
pub use self::stop_sign::StopSign;
pub(crate) use self::stop_sign::{TaskSign, token as current_token};
pub use self::worker::{Outlet, Unintelligible, Worker, undelivered};

use self::builder::{check_length, unencoded};
use self::call::{Call, encode};
use self::failure::Failure;
use self::pool::Pool;
use self::receive::{Receive, Several, Single};
use self::remote::{EncodedCall, RemoteJob, RemoteTask};
use self::shared_bytes::take_packed;
use crate::Future;
use crate::cancel_token::Heeds;
use crate::capture;
use crate::error::{
    CodecStep, NameError, StillRunningError, SubmitError, TaskError, ValueError, WouldBlockError,
};
use crate::executor::{Accept, Executor, Shutdown, TryAccept};
use crate::map::{Items, Part};
use crate::task::name;
use crate::task_options::TaskOptions;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error as StdError;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

/// Runs calls on a pool of workers with a memory of their own (Python's `ProcessPoolExecutor`).
///
/// A worker is started when a task is submitted while none is free, up to `max_workers`; workers are used again. For work
/// that computes, that leaks, or that may crash: whatever a task does to its worker, the program and the other tasks go on.
///
/// A task is a plain function, or a closure that captures nothing; its arguments and its result travel as bytes, so they
/// are owned types with serde's traits.
///
/// Dropping the executor shuts it down and blocks until everything that was submitted is done; on a thread that must not
/// block, it shuts down without waiting. Callbacks of its futures run on a thread of their own, one after the other; those of
/// a future that is cancelled, where it is cancelled.
///
/// A closure that captures does not compile, and the error says why.
pub struct ProcessPoolExecutor<P: Isolation> {
    pool: Arc<Pool<P>>,
}

impl<P: Isolation> ProcessPoolExecutor<P> {
    /// Makes an executor of at most `max_workers` workers. None is started before the first task.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when `max_workers` is 0.
    pub fn new(max_workers: usize) -> Result<Self, ValueError> {
        match Self::builder().max_workers(max_workers).build() {
            Ok(executor) => Ok(executor),
            // Without an initializer there is nothing else to refuse.
            Err(_) => Err(ValueError::too_small("max_workers", 1)),
        }
    }

    /// Returns a builder with the defaults: as many workers as processors that the program may use.
    pub fn builder() -> ProcessPoolBuilder<P> {
        ProcessPoolBuilder::new()
    }

    /// Returns the largest number of workers that the executor has at a time.
    #[must_use]
    pub fn max_workers(&self) -> usize {
        self.pool.max_workers()
    }

    /// Returns the number of workers that it has started and that have not ended.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.pool.workers()
    }

    /// Returns the operating system's numbers of the workers, where there are any.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        self.pool.process_ids()
    }

    /// Asks every worker to end, by the signal `SIGTERM` where there are signals, and takes no more tasks (Python's
    /// `terminate_workers`).
    ///
    /// What has not begun is cancelled; what is running fails when its worker is gone. It does not wait for that:
    /// [`shutdown`](Executor::shutdown) does.
    pub fn terminate_workers(&self) {
        self.pool.force(End::Terminate);
    }

    /// Ends every worker, by the signal `SIGKILL` where there are signals, and takes no more tasks (Python's
    /// `kill_workers`). Otherwise as [`terminate_workers`](Self::terminate_workers).
    pub fn kill_workers(&self) {
        self.pool.force(End::Kill);
    }

    /// Schedules a call whose arguments are `args`.
    fn schedule<F, A, T, V>(
        &self,
        options: TaskOptions,
        call: &'static Call,
        args: &A,
        value: V,
    ) -> Result<Future<T>, SubmitError>
    where
        A: Serialize,
        T: Send + Sync + 'static,
        V: Receive<T> + 'static,
    {
        self.pool.check()?;
        let mut body = self.begin::<F>(call)?;
        let regions = append(|body| encode(args, body, CodecStep::EncodeArguments), &mut body)?;
        check_length::<A>(&body)?;
        let encoded = EncodedCall { body: Arc::new(body), regions };
        self.send(options, (name::<F>, call), encoded, None, value)
    }

    /// Begins the body of a frame with the function's name.
    fn begin<F>(&self, call: &'static Call) -> Result<Vec<u8>, SubmitError> {
        let position = call.position(self.pool.image());
        let position = position.ok_or(SubmitError::Name(NameError { function: name::<F>() }))?;
        let mut body = Vec::with_capacity(64);
        body.extend_from_slice(&position.to_le_bytes());
        Ok(body)
    }

    /// Schedules a call of a function, which comes with what returns its name.
    fn send<T, V>(
        &self,
        options: TaskOptions,
        function: (fn() -> &'static str, &'static Call),
        encoded: EncodedCall,
        items: Option<usize>,
        value: V,
    ) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        V: Receive<T> + 'static,
    {
        let token = options.token.clone();
        let pool = (self.pool.host(), self.pool.reporter().clone());
        let task = Arc::new(RemoteTask::new(function, options, encoded, items, value, pool));
        let future = task.future();
        self.pool.submit(Arc::clone(&task) as Arc<dyn RemoteJob>)?;
        if let Some(token) = token {
            token.tell(&(task as Arc<dyn Heeds>));
        }
        Ok(future)
    }
}

/// Encodes arguments, by code that is the user's; returns the regions that they name.
fn append(
    encode: impl FnOnce(&mut Vec<u8>) -> Result<(), Failure>,
    body: &mut Vec<u8>,
) -> Result<Vec<Arc<dyn Region>>, SubmitError> {
    let encoded = capture::task(|| encode(body));
    let regions = take_packed();
    encoded.unwrap_or_else(|panic| Err(Failure::panicked(&panic))).map_err(unencoded)?;
    Ok(regions)
}

/// Appends an item of a chunk, behind its length.
fn push_item<A: Serialize>(body: &mut Vec<u8>, item: &A) -> Result<(), Failure> {
    let start = body.len();
    body.extend_from_slice(&[0; 4]);
    encode(item, body, CodecStep::EncodeArguments)?;
    let Ok(length) = u32::try_from(body.len() - start - 4) else {
        return Err(Failure::codec::<A>(CodecStep::EncodeArguments, "it takes 4 GiB or more"));
    };
    body[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// A panic cannot leave a pool half-way: its state moves under a lock, and no code of the user's runs under it.
impl<P: Isolation> UnwindSafe for ProcessPoolExecutor<P> {}
impl<P: Isolation> RefUnwindSafe for ProcessPoolExecutor<P> {}

impl<P: Isolation> Executor for ProcessPoolExecutor<P> {
    fn chunk_workers(&self) -> Option<usize> {
        Some(self.max_workers())
    }

    fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        self.pool.shutdown(options)
    }

    fn shutdown_within(&self, timeout: Duration, cancel_futures: bool) -> Result<(), StillRunningError> {
        self.pool.shutdown_within(timeout, cancel_futures)
    }
}

impl<P, F, A, R> Accept<F, A, R> for ProcessPoolExecutor<P>
where
    P: Isolation,
    F: Fn(A) -> R + Copy + 'static,
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned + 'static,
{
    fn accept<T: Send + Sync + 'static>(
        &self,
        options: TaskOptions,
        call: F,
        args: A,
        finish: impl FnOnce(R) -> Result<T, TaskError> + Send + 'static,
    ) -> Result<Future<T>, SubmitError> {
        // Its type is all there is of the function.
        let _ = call;
        let call = Call::plain::<F, A, R>();
        self.schedule::<F, A, T, _>(options, call, &args, Single::<R, _>::new(finish))
    }

    fn accept_items(&self, call: F, items: Vec<A>) -> Result<Part<R>, SubmitError>
    where
        R: Send + 'static,
    {
        // Its type is all there is of the function.
        let _ = call;
        self.pool.check()?;
        let function = Call::plain::<F, A, R>();
        let mut body = self.begin::<F>(function)?;
        let regions = append(|body| items.iter().try_for_each(|item| push_item(body, item)), &mut body)?;
        check_length::<A>(&body)?;
        let call = EncodedCall { body: Arc::new(body), regions };
        let results = Arc::new(Items::new(items.len()));
        let value = Several(Arc::clone(&results));
        let future = self.send(TaskOptions::new(), (name::<F>, function), call, Some(items.len()), value)?;
        Ok(Part::together(future, results, items.len()))
    }
}

impl<P, F, A, R, E> TryAccept<F, A, R, E> for ProcessPoolExecutor<P>
where
    P: Isolation,
    F: Fn(A) -> Result<R, E> + Copy + 'static,
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned + Send + Sync + 'static,
    E: Into<Box<dyn StdError + Send + Sync>> + 'static,
{
    fn try_accept(&self, options: TaskOptions, call: F, args: A) -> Result<Future<R>, SubmitError> {
        let _ = call;
        let call = Call::fallible::<F, A, R, E>();
        self.schedule::<F, A, R, _>(options, call, &args, Single::<R, _>::new(Ok))
    }
}

impl<P: Isolation> Drop for ProcessPoolExecutor<P> {
    fn drop(&mut self) {
        // Where waiting is refused, the workers finish what was submitted and end by themselves.
        let _ = self.pool.shutdown(Shutdown::default());
    }
}

impl<P: Isolation> fmt::Debug for ProcessPoolExecutor<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolExecutor")
            .field("max_workers", &self.max_workers())
            .field("workers", &self.workers())
            .finish_non_exhaustive()
    }
}
