//! What a program does at its start, so that it can be its own worker.

use super::segment::Segment;
use super::{image, worker};
use concurrent_futures_core::process_pool::set_make_region;
use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};

/// The one argument of a worker process.
pub(super) const ARGUMENT: &str = "--concurrent-futures-worker";

static CALLED: AtomicBool = AtomicBool::new(false);

/// Lets this program have worker processes; to be called first thing in `main`.
///
/// A worker of a [`ProcessPoolExecutor`](crate::ProcessPoolExecutor) is this same executable, started again. In such a process
/// this function runs tasks and never returns. Anywhere else it returns at once. Without it, the first task that is
/// submitted to a pool of processes is refused, with an error that says so.
///
/// What `main` does before it, each worker does too. Test programs, whose `main` is not yours, have
/// [`init_tests!`](crate::init_tests).
///
/// # Example
///
/// ```standalone_crate
/// use concurrent_futures::{Executor, ProcessPoolExecutor};
///
/// fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_futures::init();
///
///     let pool = ProcessPoolExecutor::new(2)?;
///     assert_eq!(pool.submit(square, 7)?.result()?, &49);
///     Ok(())
/// }
/// ```
pub fn init() {
    // ORDERING: a flag that is set once, before the program has a second thread.
    CALLED.store(true, Ordering::Relaxed);
    // Before anything maps the executable's file once more, as the backtrace of a panic does.
    image::image();
    set_make_region(Segment::make);
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() == Some(OsStr::new(ARGUMENT)) && arguments.next().is_none() {
        worker::run();
    }
}

/// Whether [`init`] was called.
pub(super) fn is_called() -> bool {
    // ORDERING: see `init`.
    CALLED.load(Ordering::Relaxed)
}

/// Lets a test program have worker processes: [`init`](crate::init) for programs whose `main` is the test harness's.
///
/// To be written once, at the top of the test program's file. It has [`init`](crate::init) run before `main`; on Linux
/// with glibc and on macOS only.
///
/// ```
/// concurrent_futures::init_tests!();
/// ```
#[macro_export]
macro_rules! init_tests {
    () => {
        const _: () = {
            extern "C" fn start() {
                $crate::init();
            }

            // SAFETY: the section is a list of functions without arguments that are called before `main`, and this is one.
            // All that it uses of the standard library, arguments and threads, works there.
            #[used]
            #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
            #[cfg_attr(not(target_os = "macos"), unsafe(link_section = ".init_array"))]
            static START: extern "C" fn() = start;
        };
    };
}
