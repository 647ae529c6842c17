//! The program, used as a reader would use it, and as an attacker would.

#![cfg(not(target_arch = "wasm32"))]

mod command_line;
#[cfg(feature = "python")]
mod python;
mod server;
