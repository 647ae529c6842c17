//! Bytes that worker processes share.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test's panics are its findings")]

use concurrent_futures::{Executor, MapOptions, ProcessPoolExecutor, SharedBytes};
use std::fs;

concurrent_futures::init_tests!();

const LARGE: usize = 4 << 20;

fn inverted(bytes: SharedBytes) -> SharedBytes {
    SharedBytes::with(bytes.len(), |target| {
        for (target, byte) in target.iter_mut().zip(bytes.iter()) {
            *target = !byte;
        }
    })
    .unwrap()
}

#[test]
fn travel_both_ways() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    for length in [0, 1, 100_000, LARGE] {
        let bytes = SharedBytes::from((0..length).map(|n| n as u8).collect::<Vec<_>>());
        let future = pool.submit(inverted, bytes.clone()).unwrap();
        let back = future.result().unwrap();
        assert!(back.iter().zip(bytes.iter()).all(|(a, b)| *a == !*b), "{length}");
        assert_eq!(back.len(), length);
    }
}

/// Where the bytes lie, as the kernel tells it: the file's number is the same in every process that maps it.
fn file_of(bytes: &SharedBytes) -> String {
    let address = bytes.as_ptr().addr();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let holds = |line: &&str| {
        let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let parse = |text| usize::from_str_radix(text, 16).unwrap();
        (parse(start)..parse(end)).contains(&address)
    };
    let line = maps.lines().find(holds).unwrap();
    line.split_whitespace().nth(4).unwrap().to_owned()
}

#[test]
fn are_not_copied() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let bytes = SharedBytes::from(vec![7; LARGE]);
    let there = pool.submit(|bytes: SharedBytes| (file_of(&bytes), bytes), bytes.clone()).unwrap();
    let (file, back) = there.into_result().unwrap();
    assert_eq!(file, file_of(&bytes));
    assert_eq!(file, file_of(&back));
}

#[test]
fn several_in_one_value() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let parts: Vec<_> = (0..5).map(|n| SharedBytes::from(vec![n; LARGE])).collect();
    let sizes =
        pool.submit(|parts: Vec<SharedBytes>| parts.into_iter().rev().collect::<Vec<_>>(), parts.clone());
    let back = sizes.unwrap().into_result().unwrap();
    assert!(back.iter().rev().eq(&parts));
}

#[test]
fn as_many_as_you_like() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let one = SharedBytes::from(vec![1; 100_000]);
    let sum = pool.submit(
        |parts: Vec<SharedBytes>| parts.iter().map(|bytes| bytes.len()).sum::<usize>(),
        vec![one; 250],
    );
    assert_eq!(sum.unwrap().result().unwrap(), &25_000_000);
}

#[test]
fn in_chunks() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let items: Vec<_> = (0..12).map(|n| SharedBytes::from(vec![n; 100_000])).collect();
    let options = MapOptions::default().chunksize(5);
    let back: Result<Vec<_>, _> = pool.map_with(options, inverted, items).unwrap().collect();
    let firsts: Vec<_> = back.unwrap().iter().map(|bytes| !bytes[99_999]).collect();
    assert_eq!(firsts, (0..12).collect::<Vec<u8>>());
}
