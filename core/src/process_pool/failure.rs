//! What a task failed with, on its way between two memories.

use crate::error::{CodecError, CodecStep, Panic, RemoteError, TaskError, Trace};
use crate::sync::Mutex;
use serde::{Deserialize, Serialize};
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::iter;

/// Sources of an error that travel; a longer chain is cut.
const MAX_SOURCES: usize = 32;

/// The text of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failure {
    /// The task returned an error.
    Returned { type_name: String, message: String, sources: Vec<String> },
    /// The task panicked.
    Panicked { message: String, location: Option<String>, backtrace: Option<String> },
    /// Its arguments or its result did not travel.
    Codec { step: CodecStep, type_name: String, message: String },
}

impl Failure {
    pub(crate) fn returned(type_name: &str, error: &(dyn StdError + 'static)) -> Self {
        let sources = iter::successors(error.source(), |&error| error.source());
        Self::Returned {
            type_name: type_name.to_owned(),
            message: error.to_string(),
            sources: sources.take(MAX_SOURCES).map(ToString::to_string).collect(),
        }
    }

    pub(crate) fn panicked(error: &TaskError) -> Self {
        let panic = error.panic();
        Self::Panicked {
            message: error.to_string(),
            location: panic.and_then(|panic| panic.location().map(ToOwned::to_owned)),
            backtrace: panic.and_then(|panic| panic.backtrace().map(ToString::to_string)),
        }
    }

    pub(crate) fn codec<T>(step: CodecStep, message: impl fmt::Display) -> Self {
        let type_name = std::any::type_name::<T>().to_owned();
        Self::Codec { step, type_name, message: message.to_string() }
    }

    /// A value that was encoded and could not be handed over.
    pub(crate) fn unsent(step: CodecStep, reason: &io::Error) -> Self {
        let message = format!("it is too large to be handed over now: {reason}");
        Self::Codec { step, type_name: String::from("a large value"), message }
    }

    /// What the reader of the future sees.
    pub(crate) fn into_error(self) -> TaskError {
        match self {
            Self::Returned { type_name, message, sources } => {
                TaskError::remote(RemoteError::new(type_name, message, sources))
            }
            Self::Panicked { message, location, backtrace } => TaskError::panicked(Panic {
                message,
                location,
                backtrace: backtrace.map(Trace::Text),
                payload: Mutex::new(None),
            }),
            Self::Codec { step, type_name, message } => {
                TaskError::codec(CodecError { step, type_name, message })
            }
        }
    }
}
