//! How a program is run.

use crate::host::{Host, Standard};
use crate::interrupt::Interrupt;
use std::fmt;
use std::sync::Arc;

/// What a program is run with.
#[derive(Clone)]
pub struct Settings {
    /// What the program sees of the world.
    pub host: Arc<dyn Host>,
    /// What interrupts the program's main thread while it blocks, as Ctrl-C does.
    pub interrupt: Option<Interrupt>,
    /// How deep calls may be nested before `RecursionError`. The interpreter cannot tell how large a stack is in a browser, so there it
    /// must be low enough for the smallest one.
    pub recursion_limit: usize,
    /// `sys.argv`, from the program's own name on.
    pub arguments: Vec<String>,
    /// `os.environ`.
    pub environment: Vec<(String, String)>,
}

impl Default for Settings {
    /// The process's own outputs, CPython's recursion limit, no arguments and an empty environment.
    fn default() -> Self {
        Self {
            host: Arc::new(Standard),
            interrupt: None,
            recursion_limit: 1_000,
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("recursion_limit", &self.recursion_limit)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}
