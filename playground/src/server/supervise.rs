//! The life of one run: its process is started, listened to, watched, and ended.

use super::ending;
use super::group::{Excess, Group};
use super::launch::{Launch, Order};
use super::limits::RunLimits;
use super::lines::{self, Portion};
use super::story::{Flood, Story};
use playground::{FromServer, Notice, Outcome, Stream};
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::Child;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep_until, timeout};

/// Between two batches: short to the eye, long enough to gather what many tasks do.
const PAUSE: Duration = Duration::from_millis(8);
/// While a run goes on, the page hears at least so often of it.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Events that may wait for a slow client; with more, the process waits, too.
const ROOM: usize = 20_000;
/// How long a process may go on after it has told the end of its run.
const GRACE: Duration = Duration::from_secs(2);
/// How long the outputs of a process that is gone are read: a process that has left the group may hold them open.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// Why a process is listened to no longer.
enum End {
    /// It has ended by itself.
    Exited(ExitStatus),
    /// It has ended after it was asked to.
    Interrupted,
    /// It has told the end of its run, and goes on.
    Lingers,
    /// The page has stopped the run, or is gone.
    Stopped,
    /// It took too long.
    TooLong,
    /// It wrote too much.
    Flooded(Flood),
    /// It took too much of the machine.
    Exceeded(Excess),
}

/// Runs what is ordered, and sends what is to be told of it. When it returns, no process of the run is left.
///
/// Each word of `interrupts` asks the run to end, as Ctrl-C does; when nobody is left to say one, the run ends at once. A client that reads slowly makes the process wait, and no limit.
pub(super) async fn supervise(
    launch: Launch,
    limits: RunLimits,
    order: Order,
    to: mpsc::Sender<FromServer>,
    interrupts: mpsc::Receiver<()>,
    said: mpsc::Receiver<String>,
    place: OwnedSemaphorePermit,
) {
    let mut child = match launch.start(&order) {
        Ok(child) => child,
        Err(error) => {
            let reason = format!("its process cannot be started: {error}");
            // A client that is gone needs no answer.
            let _ = to.send(FromServer::Notice(Notice::Refused { run: order.run, reason })).await;
            return;
        }
    };
    if let (Some(input), Some(source)) = (child.stdin.take(), order.source) {
        // Beside the run: the process may take its time, or end, before it has read all.
        tokio::spawn(Launch::feed(input, source, said));
    }
    let mut story = Story::new(order.run, &order.example);
    let group = Group::new(child.id().unwrap_or_default(), &limits);
    let mut portions = listen(&mut child, limits);
    let end = attend(&mut child, &group, &mut portions, &mut story, &limits, &to, interrupts).await;
    // From here on nothing of the run goes on; what it has written is still in its pipes.
    drop(group);
    let _ = child.start_kill();
    let status = child.wait().await;
    drop(place);
    if matches!(end, End::Exited(_) | End::Interrupted | End::Lingers) {
        // What exceeds a limit is left out.
        let rest = async {
            while let Some(portion) = portions.recv().await {
                let _ = story.hear(portion, &limits);
            }
        };
        let _ = timeout(LEFTOVERS, rest).await;
    }
    let status = match end {
        End::Exited(status) => Some(status),
        _ => status.ok(),
    };
    let outcome = outcome(end, story.take_outcome(), status, &limits);
    story.end(outcome);
    while story.waiting() > 0 {
        if to.send(FromServer::Batch(story.batch())).await.is_err() {
            return;
        }
    }
}

/// Has both outputs read.
fn listen(child: &mut Child, limits: RunLimits) -> mpsc::Receiver<Portion> {
    // Few portions: they are large, and the pipes hold more.
    let (sender, portions) = mpsc::channel(4);
    if let Some(stdout) = child.stdout.take() {
        tokio::spawn(lines::read(stdout, Stream::Stdout, limits, sender.clone()));
    }
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(lines::read(stderr, Stream::Stderr, limits, sender));
    }
    portions
}

/// Listens, watches and passes on, until there is a reason to end.
async fn attend(
    child: &mut Child,
    group: &Group,
    portions: &mut mpsc::Receiver<Portion>,
    story: &mut Story,
    limits: &RunLimits,
    to: &mpsc::Sender<FromServer>,
    mut interrupts: mpsc::Receiver<()>,
) -> End {
    let mut excess = watch(group.leader(), *limits);
    let limit = Instant::now() + limits.time;
    let mut deadline = limit;
    let mut sent = Instant::now();
    let mut is_open = true;
    let mut is_asked = false;
    loop {
        let due = sent + if story.waiting() > 0 { PAUSE } else { HEARTBEAT };
        let permit = async {
            sleep_until(due).await;
            to.reserve().await
        };
        tokio::select! {
            // In this order, so that no flood of output keeps a run from being ended or told of.
            biased;
            interrupt = interrupts.recv() => match interrupt {
                Some(()) => {
                    is_asked = true;
                    group.interrupt();
                }
                None => return End::Stopped,
            },
            Some(excess) = excess.recv() => return End::Exceeded(excess),
            () = sleep_until(deadline) => return if story.is_over() { End::Lingers } else { End::TooLong },
            permit = permit => match permit {
                Ok(permit) => {
                    permit.send(FromServer::Batch(story.batch()));
                    sent = Instant::now();
                }
                Err(_) => return End::Stopped,
            },
            portion = portions.recv(), if is_open && story.waiting() < ROOM => match portion {
                Some(portion) => {
                    if let Err(flood) = story.hear(portion, limits) {
                        return End::Flooded(flood);
                    }
                    if story.is_over() {
                        deadline = deadline.min(Instant::now() + GRACE);
                    }
                }
                // It may have closed its outputs long before its end.
                None => is_open = false,
            },
            status = child.wait() => return match status {
                Ok(_) if is_asked => End::Interrupted,
                status => status.map_or(End::Lingers, End::Exited),
            },
        }
    }
}

/// Looks at the processes again and again, on threads that may block, until there is something to tell.
fn watch(leader: u32, limits: RunLimits) -> mpsc::Receiver<Excess> {
    let (sender, excess) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let look = tokio::task::spawn_blocking(move || Group::excess(leader, &limits));
            if let Ok(Some(excess)) = look.await {
                // Whoever listened has had another reason to end.
                let _ = sender.send(excess).await;
                return;
            }
            tokio::select! {
                () = sender.closed() => return,
                () = tokio::time::sleep(limits.look) => {}
            }
        }
    });
    excess
}

/// How the run has ended; what its process said last counts only if nothing else had to end it.
fn outcome(end: End, told: Option<Outcome>, status: Option<ExitStatus>, limits: &RunLimits) -> Outcome {
    let mega = |bytes: u64| bytes.div_ceil(1_000_000);
    let error = match end {
        End::Stopped => return Outcome::Stopped,
        // It may not have come to telling anything.
        End::Interrupted => return told.unwrap_or(Outcome::Stopped),
        End::Exited(_) | End::Lingers => match (told, status) {
            (Some(outcome), _) => return outcome,
            (None, Some(status)) => ending::sentence(status),
            (None, None) => "the program ended before its run did".to_owned(),
        },
        End::TooLong => format!(
            "the run was ended after {} seconds, which is the limit: choose smaller parameters",
            limits.time.as_secs_f64()
        ),
        End::Flooded(Flood::Text) => format!(
            "the run was ended because it printed more than {} MB: choose parameters with which it prints less",
            mega(limits.text)
        ),
        End::Flooded(Flood::Events) => format!(
            "the run was ended because its events were more than {} MB: choose parameters with fewer tasks",
            mega(limits.stream)
        ),
        End::Exceeded(Excess::Memory(bytes)) => format!(
            "the run was ended because its processes held {} MB of memory, and the limit is {} MB: choose smaller parameters, \
             or fewer workers",
            mega(bytes),
            mega(limits.memory)
        ),
        End::Exceeded(Excess::Processes(count)) => format!(
            "the run was ended because it had {count} processes, and the limit is {}: choose fewer workers",
            limits.processes
        ),
    };
    Outcome::Failed { error, line: None }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
