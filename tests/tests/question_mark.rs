//! What `?` makes of each way to fail, in a `main` that returns a `Result`: this executable, started again.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use libtest_mimic::{Arguments, Trial};
    use std::env;
    use std::process::Command;

    /// Says how a process is to fail.
    const VARIABLE: &str = "WAY_TO_FAIL";

    if let Ok(way) = env::var(VARIABLE) {
        return Ok(ways::fail(&way)?);
    }
    let trials = ways::ALL.map(|(way, text)| {
        Trial::test(way, move || {
            let ended = Command::new(env::current_exe()?).env(VARIABLE, way).output()?;
            let said = String::from_utf8(ended.stderr)?;
            assert_eq!(ended.status.code(), Some(1), "{said}");
            assert!(said.starts_with("Error: ") && said.contains(text), "{said}");
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit()
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod ways {
    use concurrent_futures::{Error, Executor, Promise, Shutdown, TaskOptions, ThreadPoolExecutor};
    use std::sync::mpsc;
    use std::time::Duration;

    const SHORT: Duration = Duration::from_millis(1);

    /// The ways, and something that whoever reads the terminal must find.
    pub(crate) const ALL: [(&str, &str); 6] = [
        ("panic", "attempt to divide by zero"),
        ("error", "InvalidDigit"),
        ("zero_workers", "max_workers"),
        ("shut_down", "Shutdown"),
        ("wait_timeout", "Timeout"),
        ("queue_timeout", "QueueTimeout"),
    ];

    /// Every `?` turns what failed into the one type.
    pub(crate) fn fail(way: &str) -> Result<(), Error> {
        let pool = ThreadPoolExecutor::new(1)?;
        match way {
            "panic" => drop(pool.submit(|n: u32| 12 / n, 0)?.result()?),
            "error" => drop(pool.try_submit(str::parse::<u32>, "twelve")?.result()?),
            "zero_workers" => drop(ThreadPoolExecutor::new(0)?),
            "shut_down" => {
                pool.shutdown(Shutdown::default())?;
                drop(pool.submit(|n: u32| n, 1)?);
            }
            "wait_timeout" => drop(Promise::<()>::new().future().result_timeout(SHORT)?),
            _ => {
                let (release, released) = mpsc::channel::<()>();
                let busy = pool.spawn(move || released.recv().is_ok())?;
                let late = pool.submit_with(TaskOptions::new().queue_timeout(SHORT), |n: u32| n, 1)?;
                let outcome = late.result().copied();
                drop(release);
                busy.result()?;
                outcome?;
            }
        }
        Ok(())
    }
}
