//! Errors that come from another memory, as text.

use std::error::Error as StdError;
use std::fmt;

/// An error that a task returned in another process or isolated worker: all of it that travels.
///
/// The first line of its [`Display`](fmt::Display) is the error's own text, and its [`source`](StdError::source) chain has the
/// texts of the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteError {
    type_name: String,
    message: String,
    source: Option<Box<RemoteSource>>,
}

impl RemoteError {
    pub(crate) fn new(type_name: String, message: String, sources: Vec<String>) -> Self {
        let chain = sources.into_iter().rev();
        let source = chain.fold(None, |source, message| Some(Box::new(RemoteSource { message, source })));
        Self { type_name, message, source }
    }

    /// The full name of the error's type, as `core::num::error::ParseIntError`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The error's own text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RemoteError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What lies behind a [`RemoteError`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct RemoteSource {
    message: String,
    source: Option<Box<RemoteSource>>,
}

impl fmt::Display for RemoteSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RemoteSource {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Arguments or a result that could not be turned into bytes, or back. It concerns one task; the worker goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodecError {
    pub(crate) step: CodecStep,
    pub(crate) type_name: String,
    pub(crate) message: String,
}

/// At which of its four steps a value on its way was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum CodecStep {
    /// The arguments, by whoever submits.
    EncodeArguments,
    /// The arguments, by the worker.
    DecodeArguments,
    /// The result, by the worker.
    EncodeResult,
    /// The result, by whoever submitted.
    DecodeResult,
}

impl CodecError {
    /// At which step.
    #[must_use]
    pub fn step(&self) -> CodecStep {
        self.step
    }

    /// The type of the value.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.step {
            CodecStep::EncodeArguments => "the arguments could not be encoded for a worker",
            CodecStep::DecodeArguments => "the worker could not decode the arguments",
            CodecStep::EncodeResult => "the worker could not encode the result",
            CodecStep::DecodeResult => "the result could not be decoded",
        };
        write!(f, "{what}, of type `{}`: {}", self.type_name, self.message)
    }
}

impl StdError for CodecError {}
