//! Where this program lies in memory.
#![expect(unsafe_code, reason = "a worker is told where it finds functions")]

use concurrent_futures_core::process_pool::Image;
use std::ops::Range;
use std::sync::OnceLock;

/// The addresses of the executable that is running, from its first to its last part.
pub(super) fn image() -> Range<usize> {
    static IMAGE: OnceLock<Range<usize>> = OnceLock::new();
    IMAGE.get_or_init(|| find().unwrap_or(0..usize::MAX)).clone()
}

/// The same for a worker, which looks for functions there.
pub(super) fn of_worker() -> Image {
    // SAFETY: the system has mapped these parts from the executable, for as long as the process lives. A worker's frames come by a
    // socket that only the program that started it has, and that is the same executable.
    unsafe { Image::new(image()) }
}

/// A constant of this program, whose address tells which file is meant.
static HERE: u8 = 0;

/// Parts of one file that lie further apart than this do not belong together: the standard library maps the file once more
/// to print a backtrace.
#[cfg(target_os = "linux")]
const GAP: usize = 16 << 20;

/// Asks the kernel: the parts that were mapped from the same file as [`HERE`], and near it.
#[cfg(target_os = "linux")]
fn find() -> Option<Range<usize>> {
    let here = (&raw const HERE).addr();
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let parts: Vec<_> = maps.lines().filter_map(part).collect();
    let at = parts.iter().position(|(range, _)| range.contains(&here))?;
    let (mut image, file) = parts[at].clone();
    for (range, _) in parts[..at].iter().rev().filter(|(_, other)| *other == file) {
        if image.start - range.end > GAP {
            break;
        }
        image.start = range.start;
    }
    for (range, _) in parts[at..].iter().skip(1).filter(|(_, other)| *other == file) {
        if range.start - image.end > GAP {
            break;
        }
        image.end = range.end;
    }
    Some(image)
}

/// A line like `55d0-55e0 r-xp 00002000 fd:01 1234  /path`: the addresses, and device, inode and path together.
#[cfg(target_os = "linux")]
fn part(line: &str) -> Option<(Range<usize>, String)> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let range = usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?;
    let file: Vec<_> = words.skip(2).collect();
    Some((range, file.join(" ")))
}

/// Elsewhere positions count from a constant of the program, and what is near it counts as the program; the mark of each
/// function is checked all the same.
#[cfg(not(target_os = "linux"))]
fn find() -> Option<Range<usize>> {
    const NEAR: usize = 1 << 30;
    let here = (&raw const HERE).addr();
    Some(here.checked_sub(NEAR)?..here.checked_add(NEAR)?)
}

#[cfg(test)]
mod tests {
    use super::{HERE, image};

    #[test]
    fn contains_constants_and_no_heap() {
        let image = image();
        assert!(image.contains(&(&raw const HERE).addr()));
        assert!(image.contains(&("a text").as_ptr().addr()));
        #[cfg(target_os = "linux")]
        assert!(!image.contains(&vec![1_u8].as_ptr().addr()));
    }
}
