//! How a program ended.

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a program's failure is nowhere else"]
pub enum Outcome {
    /// It came to its end.
    Finished,
    /// It raised `SystemExit`, as by `sys.exit(3)`; 0 is a success.
    Exited(i32),
    /// An exception was not caught; its traceback has been written to `sys.stderr`.
    Failed(Failure),
    /// `KeyboardInterrupt` was not caught.
    Interrupted(Failure),
}

/// An exception that nothing caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The name of its class, as `ValueError`.
    pub exception: String,
    /// Its text.
    pub message: String,
    /// All of it as CPython writes it, line ends included.
    pub traceback: String,
    /// The line of the program that it came from, counted from 1: that of the innermost call that is the program's own, or where
    /// it is no Python at all.
    pub line: Option<u32>,
}

impl Outcome {
    /// The code that CPython's process would end with.
    #[must_use]
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Finished => 0,
            Self::Exited(code) => *code,
            Self::Failed(_) => 1,
            Self::Interrupted(_) => 130,
        }
    }
}
