//! What the workers are asked to do.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hint::black_box;
use std::thread;
use std::time::Duration;

pub(crate) fn square(n: u64) -> u64 {
    n * n
}

pub(crate) fn repeat((text, times): (String, usize)) -> String {
    text.repeat(times)
}

pub(crate) fn nap(milliseconds: u64) -> u64 {
    thread::sleep(Duration::from_millis(milliseconds));
    milliseconds
}

pub(crate) fn chatter(n: u64) -> u64 {
    print!("half a line, ");
    println!("and the rest of line {n}");
    eprintln!("a complaint about {n}");
    n
}

pub(crate) fn parse(text: String) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

pub(crate) fn panic(n: u64) -> u64 {
    panic!("chaos {n}")
}

pub(crate) fn abort(_: u64) -> u64 {
    std::process::abort()
}

pub(crate) fn exit(code: i32) -> u64 {
    std::process::exit(code)
}

pub(crate) fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { frame[7].wrapping_add(overflow(depth + 1)) }
}

pub(crate) fn forever(_: u64) -> u64 {
    loop {
        thread::sleep(Duration::from_millis(1));
    }
}

/// An item of a chunk: most are squared, some panic, and a few take their worker along.
pub(crate) fn item(n: u64) -> u64 {
    match kind_of_item(n) {
        Item::Good => n * n,
        Item::Panic => panic!("item {n}"),
        Item::Abort => std::process::abort(),
    }
}

pub(crate) enum Item {
    Good,
    Panic,
    Abort,
}

pub(crate) fn kind_of_item(n: u64) -> Item {
    match n {
        n if n % 97 == 13 => Item::Abort,
        n if n % 31 == 5 => Item::Panic,
        _ => Item::Good,
    }
}

/// A value that cannot be encoded.
#[derive(Debug, Deserialize)]
pub(crate) struct Mute;

impl Serialize for Mute {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("mute"))
    }
}

/// A value that cannot be decoded.
#[derive(Debug, Serialize)]
pub(crate) struct Deaf;

impl<'de> Deserialize<'de> for Deaf {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("deaf"))
    }
}

pub(crate) fn fall_mute(_: u64) -> Mute {
    Mute
}

pub(crate) fn fall_deaf(_: u64) -> Deaf {
    Deaf
}
