//! When the server ends.

use std::io::Read as _;
use std::thread;
use tokio::sync::oneshot;

/// Returns when somebody asks the program to end: by Ctrl-C or, on Unix, by SIGTERM or by closing its terminal.
#[cfg(unix)]
pub(super) async fn of_program() {
    use tokio::signal::unix::{SignalKind, signal};

    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        // Without handlers the signals end the program at once, and the runs notice that their parent is gone.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
}

/// Returns when somebody asks the program to end, by Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn of_program() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// Returns when nobody can write to the standard input any more.
pub(super) async fn of_stdin() {
    let (over, is_over) = oneshot::channel();
    // A thread of its own: a read of the standard input cannot be given up, and the runtime would wait for it at its end.
    thread::spawn(move || {
        let mut ignored = [0; 256];
        while std::io::stdin().read(&mut ignored).is_ok_and(|read| read > 0) {}
        let _ = over.send(());
    });
    let _ = is_over.await;
}
