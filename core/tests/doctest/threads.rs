// Stands in the crate's examples for the crate that programs use, which would depend on this one in a circle.

pub use concurrent_futures_core::program::*;

/// Starts threads of the operating system.
#[derive(Default)]
pub struct Threads;

impl Spawn for Threads {
    const CAN_LOSE_THREADS: bool = false;

    type Handle = std::thread::JoinHandle<()>;

    fn spawn(&self, thread: NewThread) -> Result<Self::Handle, StartWorkerError> {
        std::thread::Builder::new().name(thread.name).spawn(thread.body).map_err(StartWorkerError::new)
    }

    fn join(handle: Self::Handle) {
        // A thread that has panicked has told so.
        let _ = handle.join();
    }

    fn processors() -> usize {
        1
    }
}

/// What the examples run on.
pub type ThreadPoolExecutor = concurrent_futures_core::ThreadPoolExecutor<Threads>;
