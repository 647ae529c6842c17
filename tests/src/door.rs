//! Holds tasks back until the scenario says go, wherever they run.

#[cfg_attr(target_arch = "wasm32", path = "door/address.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "door/socket.rs")]
mod platform;

pub(crate) use self::platform::Door;
use crate::pool::Pool;
use crate::until;
use concurrent_futures::Future;

/// A task: blocks until the door of that name is open, and returns the number.
pub(crate) fn pass((door, number): (String, u64)) -> u64 {
    Door::pass(&door);
    number
}

/// A task that a worker has begun, and that returns once its door is open. Dropped, it opens the door, so that a scenario that
/// fails does not wait for it.
pub(crate) struct Busy {
    door: Door,
    pub(crate) future: Future<u64>,
}

impl Busy {
    /// Submits a task that returns `number`, and waits until a worker has begun it.
    pub(crate) fn returning(pool: &impl Pool, number: u64) -> Self {
        let door = Door::new();
        let future = pool.call(pass, (door.name(), number)).unwrap();
        until(|| future.running());
        Self { door, future }
    }

    /// Keeps one worker busy.
    pub(crate) fn on(pool: &impl Pool) -> Self {
        Self::returning(pool, 0)
    }

    /// Lets the task go on.
    pub(crate) fn release(&self) {
        self.door.open();
    }
}
