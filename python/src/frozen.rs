//! The Python files that are part of the binary.

use rustpython_vm::frozen::{FrozenLib, FrozenModule};

/// What `build.rs` has compiled.
static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.frozen"));

/// Returns every frozen module with its name.
pub(crate) fn modules() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    FrozenLib::from_ref(LIBRARY).decode()
}
