//! A file of the Trace Event Format, read as a viewer reads it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A process and a thread of the viewer.
pub(crate) type Lane = (u64, u64);

/// A file that keeps what viewers rely on.
#[derive(Debug)]
pub(crate) struct TraceFile {
    pub(crate) slices: Vec<Slice>,
    pub(crate) instants: Vec<Instant>,
    pub(crate) arrows: Vec<Arrow>,
    /// The names of processes.
    pub(crate) processes: BTreeMap<u64, String>,
    /// The names of threads.
    pub(crate) threads: BTreeMap<Lane, String>,
    /// Tasks and instants that the file tells to be missing.
    pub(crate) dropped: u64,
}

/// Something that took a while, in nanoseconds; what has not ended lasts for ever.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) lane: Lane,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) args: Value,
}

#[derive(Debug, Clone)]
pub(crate) struct Instant {
    pub(crate) name: String,
    pub(crate) lane: Lane,
    pub(crate) at: u64,
    pub(crate) args: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) id: u64,
    pub(crate) from: (Lane, u64),
    pub(crate) to: (Lane, u64),
}

impl TraceFile {
    /// Reads a file and checks it: arrows are pairs that go from a slice `submit` to one that begins there, slices of a lane lie
    /// one within the other or one after the other, every lane has a name and a number of its own, and times do not go back.
    pub(crate) fn read(json: &str) -> Self {
        let file: Value = serde_json::from_str(json).unwrap();
        let mut read = Self {
            slices: Vec::new(),
            instants: Vec::new(),
            arrows: Vec::new(),
            processes: BTreeMap::new(),
            threads: BTreeMap::new(),
            dropped: file["otherData"]["dropped"].as_u64().unwrap(),
        };
        let mut starts = BTreeMap::new();
        let mut finishes = BTreeMap::new();
        let mut latest = 0;
        for event in file["traceEvents"].as_array().unwrap() {
            let lane = (event["pid"].as_u64().unwrap(), event["tid"].as_u64().unwrap());
            assert!(lane.0 > 0 && lane.1 > 0, "viewers take 0 for the idle process: {event}");
            let name = event["name"].as_str().unwrap().to_owned();
            let (at, args) = (nanoseconds(&event["ts"]), event["args"].clone());
            assert!(at >= latest, "{event} is late");
            latest = at;
            match event["ph"].as_str().unwrap() {
                "M" if name == "process_name" => read.name_process(lane.0, &args),
                "M" if name == "thread_name" => {
                    let name = args["name"].as_str().unwrap().to_owned();
                    assert!(read.threads.keys().all(|known| known.1 != lane.1), "{lane:?} is not unique");
                    read.threads.insert(lane, name);
                }
                "M" => assert!(args["sort_index"].is_u64(), "{event}"),
                phase @ ("X" | "B") => {
                    let end = if phase == "X" { at + nanoseconds(&event["dur"]) } else { u64::MAX };
                    let category = event["cat"].as_str().unwrap().to_owned();
                    read.slices.push(Slice { name, category, lane, start: at, end, args });
                }
                "s" => assert_eq!(starts.insert(event["id"].as_u64().unwrap(), (lane, at)), None),
                "f" => {
                    assert_eq!(event["bp"], "e");
                    assert_eq!(finishes.insert(event["id"].as_u64().unwrap(), (lane, at)), None);
                }
                "i" => {
                    assert_eq!(event["s"], "t", "{event}");
                    read.instants.push(Instant { name, lane, at, args });
                }
                other => panic!("{other} is no phase that is written"),
            }
        }
        assert!(starts.keys().eq(finishes.keys()), "{starts:?} {finishes:?}");
        read.arrows =
            starts.iter().map(|(id, from)| Arrow { id: *id, from: *from, to: finishes[id] }).collect();
        read.check();
        read
    }

    fn name_process(&mut self, process: u64, args: &Value) {
        let name = args["name"].as_str().unwrap().to_owned();
        assert_eq!(self.processes.insert(process, name), None);
    }

    fn check(&self) {
        let begins = |at: (Lane, u64), is_submit: bool| {
            let found =
                |slice: &&Slice| (slice.lane, slice.start) == at && (slice.name == "submit") == is_submit;
            self.slices.iter().find(found).is_some()
        };
        for arrow in &self.arrows {
            assert!(arrow.from.1 <= arrow.to.1, "{arrow:?} goes back");
            assert!(begins(arrow.from, true) && begins(arrow.to, false), "{arrow:?} has a loose end");
        }
        let mut lanes: BTreeMap<Lane, Vec<Extent>> = BTreeMap::new();
        for slice in &self.slices {
            lanes.entry(slice.lane).or_default().push((slice.start, slice.end));
        }
        for (lane, slices) in &lanes {
            nested(slices).unwrap_or_else(|pair| panic!("{pair:?} overlap on {lane:?}"));
        }
        let used: BTreeSet<Lane> =
            lanes.into_keys().chain(self.instants.iter().map(|instant| instant.lane)).collect();
        for lane in used {
            assert!(self.threads.contains_key(&lane) && self.processes.contains_key(&lane.0), "{lane:?}");
        }
    }

    /// The slices of that name, in the order of their starts.
    pub(crate) fn named(&self, name: &str) -> Vec<&Slice> {
        self.slices.iter().filter(|slice| slice.name == name).collect()
    }

    /// The one slice of that name.
    pub(crate) fn one(&self, name: &str) -> &Slice {
        let [slice] = self.named(name)[..] else { panic!("{name} is not there once: {self:?}") };
        slice
    }

    /// The one instant of that name.
    pub(crate) fn instant(&self, name: &str) -> &Instant {
        let mut found = self.instants.iter().filter(|instant| instant.name == name);
        let (Some(instant), None) = (found.next(), found.next()) else {
            panic!("{name} is not there once: {:?}", self.instants)
        };
        instant
    }

    /// The arrow to that slice.
    pub(crate) fn arrow_to(&self, slice: &Slice) -> Arrow {
        let to = (slice.lane, slice.start);
        *self.arrows.iter().find(|arrow| arrow.to == to).unwrap_or_else(|| panic!("none to {slice:?}"))
    }
}

impl Slice {
    /// Whether another one lies within this one.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.lane == other.lane && self.start <= other.start && other.end <= self.end
    }
}

/// The start and the end of a slice.
type Extent = (u64, u64);

/// Looks for two slices that overlap and do not nest. Slices come in the order of their starts, the longer first.
fn nested(slices: &[Extent]) -> Result<(), (Extent, Extent)> {
    let mut open: Vec<Extent> = Vec::new();
    for &slice in slices {
        while open.pop_if(|outer| outer.1 <= slice.0).is_some() {}
        if let Some(outer) = open.last()
            && slice.1 > outer.1
        {
            return Err((*outer, slice));
        }
        open.push(slice);
    }
    Ok(())
}

/// The format's times are microseconds.
fn nanoseconds(value: &Value) -> u64 {
    (value.as_f64().unwrap() * 1e3).round() as u64
}

#[cfg(test)]
mod tests {
    use super::{TraceFile, nested};
    use std::panic::catch_unwind;

    #[test]
    fn overlap_is_found() {
        assert_eq!(nested(&[(0, 10), (0, 4), (4, 6), (6, 10), (10, 12)]), Ok(()));
        assert!(nested(&[(0, 10), (5, 11)]).is_err());
        assert!(nested(&[(0, 10), (1, 5), (4, 6)]).is_err());
    }

    #[test]
    fn half_an_arrow_is_found() {
        let slice = |name: &str, at: u32| {
            format!(r#"{{"name":"{name}","cat":"c","ph":"X","pid":1,"tid":1,"ts":{at},"dur":2}}"#)
        };
        let names = r#"{"name":"process_name","ph":"M","pid":1,"tid":1,"ts":0,"args":{"name":"p"}},
            {"name":"thread_name","ph":"M","pid":1,"tid":1,"ts":0,"args":{"name":"t"}}"#;
        let start = r#"{"name":"a","ph":"s","id":1,"pid":1,"tid":1,"ts":1}"#;
        let finish = r#"{"name":"a","ph":"f","bp":"e","id":1,"pid":1,"tid":1,"ts":4}"#;
        let read = |events: &[&str]| {
            let events = [&[names], events].concat().join(",");
            TraceFile::read(&format!(r#"{{"otherData":{{"dropped":0}},"traceEvents":[{events}]}}"#))
        };
        let (submit, task) = (slice("submit", 1), slice("x", 4));
        assert_eq!(read(&[&submit, start, &task, finish]).arrows.len(), 1);
        for faulty in [
            [&submit, start, &task, &*slice("x", 5)],
            [&submit, start, &*slice("x", 3), finish],
            [&*slice("x", 1), start, &task, finish],
        ] {
            assert!(catch_unwind(|| read(&faulty)).is_err(), "{faulty:?}");
        }
    }
}
