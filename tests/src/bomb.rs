//! A value whose destructor panics.

/// Panics when it is dropped, unless the thread is panicking already.
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a destructor may panic");
    }
}
