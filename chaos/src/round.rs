//! A round: two pools, several submitters, one that does harm, and an end of some kind.

use crate::expect::{self, Failure, Word};
use crate::harm::{self, Harmed};
use crate::listen::Listener;
use crate::tally::Tally;
use crate::tasks::{self, Item};
use anyhow::{Context, Result, ensure};
use concurrent_futures::{
    AnyFuture, Error, Executor, Future, MapOptions, ProcessPoolExecutor, Shutdown, SubmitError,
};
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Tasks that run for longer are ended. Good ones take a fiftieth of it on a quiet machine, and a stopped worker's tasks
/// must not hold the round up.
const RUN_TIMEOUT: Duration = Duration::from_millis(1500);
/// What each submitter submits.
const TASKS: usize = 80;
const SUBMITTERS: u64 = 3;

/// Checks one task.
type Check = Box<dyn FnOnce(&Harmed) -> Result<Word> + Send>;

/// Plays a round.
pub(crate) fn play(seed: u64) -> Result<Tally> {
    let mut random = fastrand::Rng::with_seed(seed);
    let listener = Arc::new(Listener::default());
    let pools = [pool(None, &listener)?, pool(Some(random.usize(1..20)), &listener)?];
    let both = [&pools[0], &pools[1]];
    let (harmed, is_over) = (Harmed::default(), AtomicBool::new(false));
    let seeds: Vec<u64> = (0..SUBMITTERS).map(|_| random.u64(..)).collect();
    let (harm_seed, ending) = (random.u64(..), random.u8(0..5));
    let mut tally = thread::scope(|scope| {
        let harm = scope.spawn(|| harm::go_on(harm_seed, &both, &harmed, &is_over));
        let submitters: Vec<_> =
            seeds.iter().map(|seed| scope.spawn(|| submit_all(*seed, &both, &harmed))).collect();
        let mut tally = Ok(Tally::default());
        for submitter in submitters {
            let one = submitter.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a submitter panicked")));
            tally = match (tally, one) {
                (Ok(mut all), Ok(one)) => {
                    all.add(one);
                    Ok(all)
                }
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        is_over.store(true, Ordering::SeqCst);
        let harmed = harm.join();
        ensure!(harmed.is_ok(), "the one that does harm panicked");
        tally
    })
    .with_context(|| format!("in the round of seed {seed}"))?;
    for _ in 0..harmed.len() {
        tally.count("workers harmed");
    }
    let last =
        finish(&pools, ending, &harmed).with_context(|| format!("at the end of the round of seed {seed}"))?;
    tally.add(last);
    listener.check()?;
    Ok(tally)
}

fn pool(max_tasks: Option<usize>, listener: &Arc<Listener>) -> Result<ProcessPoolExecutor> {
    let builder = ProcessPoolExecutor::builder().max_workers(3).run_timeout(RUN_TIMEOUT);
    let builder = builder.observer(Arc::clone(listener) as _);
    let builder = builder.initializer(|threads: usize| assert!(threads > 0), 1);
    Ok(match max_tasks {
        Some(tasks) => builder.max_tasks_per_child(tasks).build()?,
        None => builder.build()?,
    })
}

/// Submits a mixture, waits for it, and checks it.
fn submit_all(seed: u64, pools: &[&ProcessPoolExecutor], harmed: &Harmed) -> Result<Tally> {
    let mut random = fastrand::Rng::with_seed(seed);
    let called_back = Arc::new(AtomicUsize::new(0));
    let mut callbacks = 0;
    let mut checks: Vec<Check> = Vec::new();
    let mut tally = Tally::default();
    for _ in 0..TASKS {
        let pool = pools[random.usize(0..pools.len())];
        let n = random.u64(0..10_000);
        match random.u8(0..40) {
            0..10 => good(pool, tasks::square, n, n * n, &mut checks)?,
            10..12 => good(pool, tasks::repeat, ("ab".to_owned(), 5), "ab".repeat(5), &mut checks)?,
            12 => good(pool, tasks::repeat, ("x".to_owned(), 3_000_000), "x".repeat(3_000_000), &mut checks)?,
            13..17 => good(pool, tasks::nap, n % 20, n % 20, &mut checks)?,
            17..19 => good(pool, tasks::chatter, n, n, &mut checks)?,
            19..21 => bad(pool, tasks::panic, n, Failure::Panic, &mut checks)?,
            21 => bad(pool, tasks::abort, n, Failure::Crash, &mut checks)?,
            22 => bad(
                pool,
                tasks::exit,
                1 + (n % 100) as i32,
                Failure::Exit(1 + (n % 100) as i32),
                &mut checks,
            )?,
            23 => bad(pool, tasks::overflow, 0, Failure::Crash, &mut checks)?,
            24 if n.is_multiple_of(4) => bad(pool, tasks::forever, n, Failure::Overtime, &mut checks)?,
            25 => bad(pool, tasks::fall_mute, n, Failure::Codec, &mut checks)?,
            26 => bad(pool, tasks::fall_deaf, n, Failure::Codec, &mut checks)?,
            27 => {
                let refused = pool.submit(|_: tasks::Mute| (), tasks::Mute);
                ensure!(matches!(refused, Err(SubmitError::Encode(_))), "a mute argument: {refused:?}");
                tally.count("refused as they should be");
            }
            28..30 => {
                let future = pool.try_submit(tasks::parse, n.to_string())?;
                checks.push(Box::new(move |harmed| expect::value(&future, &(n as u32), harmed)));
                let future = pool.try_submit(tasks::parse, "none".to_owned())?;
                checks.push(Box::new(move |harmed| expect::failure(&future, Failure::Returned, harmed)));
            }
            30..33 => {
                let future = pool.submit(tasks::square, n)?;
                future.cancel();
                checks.push(Box::new(move |harmed| expect::value(&future, &(n * n), harmed)));
            }
            33 => {
                let future = pool.submit(tasks::forever, n)?;
                let at = future.clone();
                checks.push(Box::new(move |harmed| {
                    at.kill();
                    expect::failure(&future, Failure::Killed, harmed)
                }));
            }
            34..37 => {
                let future = pool.submit(tasks::square, n)?;
                let count = Arc::clone(&called_back);
                callbacks += 1;
                // What may block may do so.
                future.add_done_callback(move |future| {
                    drop(future.result().copied());
                    count.fetch_add(1, Ordering::SeqCst);
                });
                checks.push(Box::new(move |harmed| expect::value(&future, &(n * n), harmed)));
            }
            37..39 => tally.add(map(pool, n, harmed)?),
            _ => thread::sleep(Duration::from_millis(n % 10)),
        }
    }
    for check in checks {
        tally.count(check(harmed)?);
    }
    // A callback may come a moment after the outcome has been read.
    while called_back.load(Ordering::SeqCst) < callbacks {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(tally)
}

fn good<A, R>(
    pool: &ProcessPoolExecutor,
    task: impl Fn(A) -> R + Copy + 'static,
    args: A,
    right: R,
    checks: &mut Vec<Check>,
) -> Result<()>
where
    A: serde::Serialize + serde::de::DeserializeOwned,
    R: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug + Send + Sync + 'static,
{
    let future = pool.submit(task, args)?;
    checks.push(Box::new(move |harmed| expect::value(&future, &right, harmed)));
    Ok(())
}

fn bad<A, R>(
    pool: &ProcessPoolExecutor,
    task: impl Fn(A) -> R + Copy + 'static,
    args: A,
    failure: Failure,
    checks: &mut Vec<Check>,
) -> Result<()>
where
    A: serde::Serialize + serde::de::DeserializeOwned,
    R: serde::Serialize + serde::de::DeserializeOwned + Debug + Send + Sync + 'static,
{
    let future = pool.submit(task, args)?;
    checks.push(Box::new(move |harmed| expect::failure(&future, failure, harmed)));
    Ok(())
}

/// A chunked map: every item has its own outcome, in its place.
fn map(pool: &ProcessPoolExecutor, first: u64, harmed: &Harmed) -> Result<Tally> {
    let items = first..first + 120;
    let results: Vec<_> =
        pool.map_with(MapOptions::default().chunksize(16), tasks::item, items.clone())?.collect();
    ensure!(results.len() == 120, "{} results of 120 items", results.len());
    let mut tally = Tally::default();
    for (n, result) in items.zip(results) {
        let word = match (tasks::kind_of_item(n), result) {
            (Item::Good, Ok(value)) if value == n * n => "items",
            (Item::Panic, Err(Error::Failed(error))) if expect::is(&error, Failure::Panic) => {
                "items that failed"
            }
            (Item::Abort, Err(Error::Failed(error))) if expect::is(&error, Failure::Crash) => {
                "items that failed"
            }
            (_, Err(error)) => expect::excuse(&error, harmed)?,
            (_, Ok(value)) => anyhow::bail!("item {n} gave {value}"),
        };
        tally.count(word);
    }
    Ok(tally)
}

/// Submits a last lot and ends the pools in one of the ways that there are.
fn finish(pools: &[ProcessPoolExecutor; 2], ending: u8, harmed: &Harmed) -> Result<Tally> {
    let mut tally = Tally::default();
    for pool in pools {
        let futures: Vec<Future<u64>> =
            (0..40).map(|n| pool.submit(tasks::nap, n % 3)).collect::<Result<_, _>>()?;
        let cancel = Shutdown { cancel_futures: true, ..Shutdown::default() };
        match ending {
            0 => pool.shutdown(Shutdown::default())?,
            1 => pool.shutdown(cancel)?,
            2 => pool.kill_workers(),
            3 => pool.terminate_workers(),
            _ => pool.shutdown(Shutdown { wait: false, ..cancel })?,
        }
        pool.shutdown(Shutdown::default())?;
        let all: Vec<AnyFuture> = futures.iter().map(Future::erase).collect();
        expect::all_done(&all)?;
        for (n, future) in (0..40).zip(&futures) {
            tally.count(expect::value(future, &(n % 3), harmed)?);
        }
        ensure!(pool.workers() == 0, "{} workers after the shutdown", pool.workers());
    }
    Ok(tally)
}
