//! What programs use, whatever their threads are: back ends re-export it beside the executors that they make.

pub use crate::any::{AnyFuture, Waitable};
pub use crate::as_completed::{AsCompleted, Timeout, as_completed};
pub use crate::awaiting::{Give, Lend};
pub use crate::cancel_token::{CancelToken, Cancelled};
pub use crate::error::{
    BrokenExecutor, BrokenProcessPool, BrokenThreadPool, CancelledError, CodecError, CodecStep, Error,
    FullError, InvalidStateError, LossCause, NameError, Panic, QueueTimeoutError, RemoteError, RunningTask,
    ShutdownError, StartWorkerError, StillRunningError, SubmitError, TaskError, TimeoutError, ValueError,
    WorkerLost, WouldBlockError,
};
pub use crate::executor::{Accept, Executor, Shutdown, TryAccept};
pub use crate::fibers::sleep;
pub use crate::future::{Future, Stopped};
pub use crate::map::{Map, MapOptions, MapUnordered, Part};
pub use crate::observer;
pub use crate::process_pool::{OnLoss, Output, SharedBytes};
pub use crate::progress::{Progress, WithProgress};
pub use crate::promise::Promise;
pub use crate::scope::Scope;
pub use crate::seat::{CurrentTask, current_task};
pub use crate::spawn::{NewThread, Spawn};
pub use crate::state::State;
pub use crate::stream::{Awaitable, Streamed};
pub use crate::task_options::TaskOptions;
pub use crate::thread_pool::WhenFull;
pub use crate::wait::{DoneAndNotDone, ReturnWhen, wait};
