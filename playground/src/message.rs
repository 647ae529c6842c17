//! The messages between a page and a server that runs examples for it: JSON text, one message each, both directions.

use crate::event::Batch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What a page says to the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToServer {
    /// Starts an example; the answer is batches of events, or [`Notice::Refused`].
    Run {
        /// The number that the page gives to the run; no other run of this connection that still goes on may have it.
        run: u32,
        /// The id of the example.
        example: String,
        /// The values that differ from the defaults, by the parameters' names.
        #[serde(default)]
        parameters: BTreeMap<String, f64>,
        /// The text of a Python program, which then runs in the place of the example.
        #[serde(default)]
        source: Option<String>,
    },
    /// Answers a program that waits for a line of input.
    Input {
        /// The number of the run.
        run: u32,
        /// The line; none if there will be none any more.
        line: Option<String>,
    },
    /// Asks a program to end, as Ctrl-C does; it may clean up, or go on.
    Interrupt {
        /// The number of the run.
        run: u32,
    },
    /// Ends a run at once, with every process that it has started; a run that is over is left alone.
    Stop {
        /// The number of the run.
        run: u32,
    },
}

/// What the server says to a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum FromServer {
    /// Something about the server, or about a run that there is none of.
    Notice(Notice),
    /// Events of a run, as the page's own carrier posts them.
    Batch(Batch),
}

/// What the server says that is no event of a run; it is told from a [`Batch`] by its `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// The first message of a connection.
    Hello {
        /// How many threads the machine runs at once.
        processors: usize,
        /// The operating system and the kind of processor, as `linux x86_64`.
        system: String,
        /// The version of the server.
        version: String,
    },
    /// A run was not started; nothing else will be heard of it.
    Refused {
        /// The number that the page gave to it.
        run: u32,
        /// Why, in one sentence.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::{FromServer, Notice, ToServer};
    use crate::event::Batch;

    #[test]
    fn json_is_as_told() {
        let run = r#"{"type":"run","run":7,"example":"wait","parameters":{"task_1":1.5}}"#;
        let ToServer::Run { run: 7, example, parameters, source: None } = serde_json::from_str(run).unwrap()
        else {
            panic!("no run")
        };
        assert_eq!((example.as_str(), parameters["task_1"]), ("wait", 1.5));
        let refused = FromServer::Notice(Notice::Refused { run: 7, reason: "no".to_owned() });
        let json = serde_json::to_string(&refused).unwrap();
        assert_eq!(json, r#"{"type":"refused","run":7,"reason":"no"}"#);
        assert_eq!(serde_json::from_str::<FromServer>(&json).unwrap(), refused);
        let batch = FromServer::Batch(Batch { run: 7, events: Vec::new() });
        assert_eq!(serde_json::to_string(&batch).unwrap(), r#"{"run":7,"events":[]}"#);
    }
}
