//! What a task must end with.

use crate::harm::Harmed;
use anyhow::{Result, bail, ensure};
use concurrent_futures::{
    AnyFuture, CodecError, Error, Future, LossCause, RemoteError, TaskError, WorkerLost,
};
use std::fmt::Debug;

/// The failure that a hostile task asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Failure {
    Panic,
    Returned,
    Codec,
    Exit(i32),
    Crash,
    Overtime,
    /// It is killed by request, unless its time is up before.
    Killed,
}

/// How a task ended, in a word for the tally.
pub(crate) type Word = &'static str;

/// Waits for a good task and checks its value.
pub(crate) fn value<T: PartialEq + Debug>(future: &Future<T>, right: &T, harmed: &Harmed) -> Result<Word> {
    match future.result() {
        Ok(value) => {
            ensure!(value == right, "a wrong value: {value:?} instead of {right:?}");
            Ok("values")
        }
        Err(error) => excuse(&error, harmed),
    }
}

/// Waits for a hostile task and checks its failure.
pub(crate) fn failure<T: Debug>(future: &Future<T>, right: Failure, harmed: &Harmed) -> Result<Word> {
    match future.result() {
        Ok(value) => bail!("{value:?} from a task that was to fail: {right:?}"),
        Err(Error::Failed(error)) if is(&error, right) => Ok("failures as asked for"),
        Err(error) => excuse(&error, harmed),
    }
}

pub(crate) fn is(error: &TaskError, right: Failure) -> bool {
    let lost = error.worker_lost().map(WorkerLost::cause);
    match right {
        Failure::Panic => error.panic().is_some_and(|panic| panic.location().is_some()),
        Failure::Returned => error
            .downcast_ref::<RemoteError>()
            .is_some_and(|error| error.type_name().ends_with("ParseIntError")),
        Failure::Codec => error.downcast_ref::<CodecError>().is_some(),
        Failure::Exit(code) => lost == Some(&LossCause::Exited(code)),
        Failure::Crash => matches!(lost, Some(LossCause::Signal { name: "SIGABRT" | "SIGSEGV", .. })),
        Failure::Overtime => matches!(lost, Some(LossCause::RunTimeout(_))),
        Failure::Killed => matches!(lost, Some(LossCause::Killed | LossCause::RunTimeout(_))),
    }
}

/// An outcome is excused if the task was cancelled, or if its worker was harmed, or ended with all others.
pub(crate) fn excuse(error: &Error, harmed: &Harmed) -> Result<Word> {
    match error {
        Error::Cancelled(_) => return Ok("cancelled"),
        Error::Failed(error) => {
            if let Some(lost) = error.worker_lost() {
                if *lost.cause() == LossCause::Terminated {
                    return Ok("ended with their pool");
                }
                if lost.process_id().is_some_and(|process| harmed.contains(process)) {
                    return Ok("lost with a harmed worker");
                }
            }
        }
        _ => {}
    }
    bail!("an outcome that nothing explains: {error} ({error:?})")
}

/// Every future is done by now.
pub(crate) fn all_done(futures: &[AnyFuture]) -> Result<()> {
    let open = futures.iter().filter(|future| !future.done()).count();
    ensure!(open == 0, "{open} of {} futures are open after the shutdown", futures.len());
    Ok(())
}
