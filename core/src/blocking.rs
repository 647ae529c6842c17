//! Whether the calling thread may block.

use crate::error::WouldBlockError;
use std::sync::OnceLock;

/// Set by the back end that knows threads that must not block; unset, every thread may.
static MAY_BLOCK: OnceLock<fn() -> bool> = OnceLock::new();

/// Installs the question "may this thread block?", once per process; later calls change nothing.
///
/// For back ends. The web back end answers "no" on the page's main thread.
pub fn set_may_block(may_block: fn() -> bool) {
    MAY_BLOCK.get_or_init(|| may_block);
}

/// Whether this thread may block. Asked only by a thread that would have to, so it costs nothing elsewhere.
pub(crate) fn may_block() -> bool {
    MAY_BLOCK.get().is_none_or(|may_block| may_block())
}

/// Refuses a thread that is about to block and must not.
pub(crate) fn check_may_block() -> Result<(), WouldBlockError> {
    if may_block() { Ok(()) } else { Err(WouldBlockError) }
}
