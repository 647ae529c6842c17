//! Tasks that break the connection between their worker and the pool.
#![expect(unsafe_code, reason = "descriptors are closed that belong to others, which is the fault")]

use crate::case::Case;
use crate::task::{is_well, lost, pool};
use concurrent_futures::{Executor, LossCause};
use std::thread;

pub(crate) const CASES: &[Case] = &[
    Case::new("connection::is_closed", is_closed),
    Case::new("connection::is_closed_before_the_result", is_closed_before_the_result),
    Case::new("connection::is_written_to", is_written_to),
    Case::new("connection::outputs_are_closed", outputs_are_closed),
];

/// Closes descriptors of this process, whoever they belong to.
fn close(numbers: std::ops::Range<i32>) {
    let is_open = |number: &i32| std::fs::exists(format!("/proc/self/fd/{number}")).unwrap();
    for number in numbers.filter(is_open) {
        // SAFETY: no memory depends on these descriptors: what is mapped stays mapped, and whoever uses one of them
        // later is told that it is closed. The process opens no other in its place and ends soon.
        unsafe { rustix::io::close(number) };
    }
}

/// While its task runs nobody misses the connection, and the worker can be killed as any other.
fn is_closed() {
    let pool = pool(2);
    let endless = |()| -> u64 {
        close(3..100);
        loop {
            thread::park();
        }
    };
    let future = pool.submit(endless, ()).unwrap();
    is_well(&pool);
    assert!(future.kill());
    assert_eq!(lost(&future).cause(), &LossCause::Killed);
    is_well(&pool);
}

/// The result may still be seen; either way the future has an outcome.
fn is_closed_before_the_result() {
    let pool = pool(1);
    for _ in 0..3 {
        let future = pool.submit(|()| close(3..100), ()).unwrap();
        match future.result() {
            Ok(()) => {}
            Err(error) => assert!(error.to_string().contains(" was lost "), "{error}"),
        }
        is_well(&pool);
    }
}

/// Bytes on the socket that no worker sends: they only say "look", so nothing happens.
fn is_written_to() {
    let pool = pool(1);
    let future = pool.submit(
        |()| {
            for number in 3..20 {
                // SAFETY: the descriptor is borrowed for one call, which fails if it is not open.
                let descriptor = unsafe { rustix::fd::BorrowedFd::borrow_raw(number) };
                let _ = rustix::net::send(descriptor, &[0xff; 5000], rustix::net::SendFlags::DONTWAIT);
            }
        },
        (),
    );
    future.unwrap().result().unwrap();
    is_well(&pool);
    assert_eq!(pool.workers(), 1);
}

/// A worker without standard input, output and error works on.
fn outputs_are_closed() {
    let pool = pool(1);
    pool.submit(|()| close(0..3), ()).unwrap().result().unwrap();
    is_well(&pool);
    assert_eq!(pool.workers(), 1);
}
