//! Keeps the interpreter on its thread's own stack in a browser.
//!
//! The interpreter's parser asks the crate `stacker` for room, which in a browser goes to another stack at once, since it cannot tell how much is
//! left of this one. But there each use of a stack is checked against the bounds of the thread's own, and another one would be
//! taken for its overflow. These functions stand in for those of the crate `psm` by which `stacker` goes; a stack has room for what the parser
//! does, and if it has not, the check ends the thread.
#![expect(unsafe_code, reason = "functions that stand in for others bear their names")]

use std::hint::black_box;

/// Stacks grow downwards.
const DESCENDING: u8 = 2;

// SAFETY: here and below, nobody else defines a function of this name: the library that does is asked only for what is missing.
#[unsafe(no_mangle)]
extern "C" fn rust_psm_stack_direction() -> u8 {
    DESCENDING
}

/// Returns nearly where the stack is.
// SAFETY: see above.
#[unsafe(no_mangle)]
extern "C" fn rust_psm_stack_pointer() -> *mut u8 {
    let mut here = 0_u8;
    black_box(&raw mut here)
}

/// Calls back, without going to the stack at `_stack`.
// SAFETY: see above.
#[unsafe(no_mangle)]
extern "C-unwind" fn rust_psm_on_stack(
    data: usize,
    returned: usize,
    callback: extern "C-unwind" fn(usize, usize),
    _stack: *mut u8,
) {
    callback(data, returned);
}

/// Nobody here replaces a stack for good.
// SAFETY: see above.
#[unsafe(no_mangle)]
extern "C" fn rust_psm_replace_stack(_data: usize, _callback: extern "C" fn(usize), _stack: *mut u8) {
    std::process::abort();
}
