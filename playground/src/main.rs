//! The program `playground`; in a browser the library is all there is.

#![forbid(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
mod command_line;
#[cfg(all(feature = "python", not(target_arch = "wasm32")))]
mod python_file;
#[cfg(all(not(feature = "python"), not(target_arch = "wasm32")))]
#[path = "no_python_file.rs"]
mod python_file;
#[cfg(not(target_arch = "wasm32"))]
mod server;
#[cfg(not(target_arch = "wasm32"))]
mod supervised;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> anyhow::Result<()> {
    command_line::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
