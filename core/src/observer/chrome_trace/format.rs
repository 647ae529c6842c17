//! The Trace Event Format, as far as it is written here.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A whole trace, in the format's object form.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Trace<'a> {
    pub(super) trace_events: Vec<TraceEvent<'a>>,
    /// Of the viewer; times in the file are in microseconds whatever it says.
    pub(super) display_time_unit: &'static str,
    pub(super) other_data: OtherData,
}

/// What the viewers show as properties of the trace.
#[derive(Debug, Serialize)]
pub(super) struct OtherData {
    pub(super) producer: &'static str,
    /// Tasks and instants that are missing.
    pub(super) dropped: u64,
}

/// One line of the trace. Which members are there depends on the phase.
#[derive(Debug, Serialize)]
pub(super) struct TraceEvent<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) ph: Phase,
    /// Categories, parted by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cat: Option<&'static str>,
    #[serde(flatten)]
    pub(super) lane: Lane,
    /// When it happened or began.
    #[serde(rename = "ts", serialize_with = "microseconds")]
    pub(super) at: u64,
    /// How long it took, for [`Phase::Complete`].
    #[serde(rename = "dur", serialize_with = "maybe_microseconds", skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<u64>,
    /// What the two ends of an arrow have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u64>,
    /// `e` where an arrow ends at the slice around it rather than at the next one.
    #[serde(rename = "bp", skip_serializing_if = "Option::is_none")]
    pub(super) binding: Option<&'static str>,
    /// Where an instant is drawn: `t` on its lane.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'static str>,
    /// A name of a colour that the viewers know.
    #[serde(rename = "cname", skip_serializing_if = "Option::is_none")]
    pub(super) colour: Option<&'static str>,
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    pub(super) args: Arguments<'a>,
}

/// A row of the viewers: a thread within a process. They take 0 for the idle process, so numbers begin at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub(super) struct Lane {
    #[serde(rename = "pid")]
    pub(super) process: usize,
    #[serde(rename = "tid")]
    pub(super) thread: usize,
}

/// What kind of event it is, in the order in which events of one time are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) enum Phase {
    /// Names a process or a thread.
    #[serde(rename = "M")]
    Metadata,
    /// A slice that has not ended.
    #[serde(rename = "B")]
    Begin,
    /// A slice with a beginning and a length.
    #[serde(rename = "X")]
    Complete,
    /// An arrow leaves the slice around it.
    #[serde(rename = "s")]
    FlowStart,
    /// An arrow arrives.
    #[serde(rename = "f")]
    FlowFinish,
    #[serde(rename = "i")]
    Instant,
}

/// Named values that the viewers show of an event.
#[derive(Debug, Default)]
pub(super) struct Arguments<'a>(Vec<(&'static str, Value<'a>)>);

/// The value of an argument.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Value<'a> {
    Number(u64),
    #[serde(serialize_with = "microseconds")]
    Microseconds(u64),
    Text(Cow<'a, str>),
}

impl<'a> Arguments<'a> {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value<'a>>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Times are kept as nanoseconds, and the format's unit is the microsecond. Nothing is lost for the first hundred days.
fn microseconds<S: Serializer>(nanoseconds: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(*nanoseconds as f64 / 1e3)
}

fn maybe_microseconds<S: Serializer>(nanoseconds: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    match nanoseconds {
        Some(nanoseconds) => microseconds(nanoseconds, serializer),
        None => serializer.serialize_none(),
    }
}
