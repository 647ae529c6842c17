//! What programs use, whatever their threads are: back ends re-export it beside the executors that they make.

pub use crate::any::{AnyFuture, Waitable};
pub use crate::as_completed::{AsCompleted, Timeout, as_completed};
pub use crate::awaiting::{Give, Lend};
pub use crate::error::{
    BrokenThreadPool, CancelledError, Error, InvalidStateError, Panic, ShutdownError, StartThreadError,
    SubmitError, TaskError, TimeoutError, ValueError, WouldBlockError,
};
pub use crate::executor::{Accept, Executor, Shutdown};
pub use crate::future::Future;
pub use crate::map::{Map, MapOptions};
pub use crate::observer;
pub use crate::promise::Promise;
pub use crate::seat::{CurrentTask, current_task};
pub use crate::spawn::{NewThread, Spawn};
pub use crate::state::State;
pub use crate::wait::{DoneAndNotDone, ReturnWhen, wait};
