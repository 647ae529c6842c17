//! Bytes that travel between processes without being copied.

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::mem;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Memory that a platform can hand to another process. For platforms.
pub trait Region: Any + fmt::Debug + Send + Sync {
    /// The bytes, which never change.
    fn bytes(&self) -> &[u8];

    /// Whether it can be handed over; else its bytes are copied.
    fn is_portable(&self) -> bool;
}

/// What a region is to hold. For platforms.
pub enum Contents<'a> {
    /// A copy of these bytes.
    Copy(&'a [u8]),
    /// So many zeros, which the function may change.
    Fill(usize, &'a mut dyn FnMut(&mut [u8])),
}

impl fmt::Debug for Contents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copy(bytes) => write!(f, "Copy({} bytes)", bytes.len()),
            Self::Fill(length, _) => write!(f, "Fill({length} bytes)"),
        }
    }
}

/// Makes a region, of more bytes than none. For platforms.
pub type MakeRegion = fn(Contents<'_>) -> io::Result<Arc<dyn Region>>;

/// Set by the platform that has such memory.
static MAKE: OnceLock<MakeRegion> = OnceLock::new();

/// Less than this is copied with everything else, which is quicker.
const SMALL: usize = 64 * 1024;

/// The most regions that go with one frame; the bytes of further ones are copied.
pub const MOST_REGIONS: usize = 100;

/// Installs the platform's way to make a region, once per process; later calls change nothing. For platforms.
pub fn set_make_region(make: MakeRegion) {
    MAKE.get_or_init(|| make);
}

/// Bytes that worker processes can share: as an argument or a result of a task, or inside one, they are handed over and not
/// copied, however many they are.
///
/// They never change, and clones are the same bytes. Where processes cannot share memory, as in a browser, and where there are
/// few, they are copied as others are. Any other serializer sees plain bytes.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::SharedBytes;
///
/// let zeros = SharedBytes::from(vec![0; 1_000_000]);
/// let ones = SharedBytes::with(1_000_000, |bytes| bytes.fill(1))?;
/// assert_ne!(zeros, ones);
/// assert_eq!(ones[7], 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct SharedBytes(Arc<dyn Region>);

impl SharedBytes {
    /// Makes `length` bytes, which `fill` is given as zeros to change.
    ///
    /// # Errors
    ///
    /// What the operating system says when it has no such memory left.
    pub fn with(length: usize, fill: impl FnOnce(&mut [u8])) -> io::Result<Self> {
        let mut fill = Some(fill);
        let mut fill_once = |bytes: &mut [u8]| {
            if let Some(fill) = fill.take() {
                fill(bytes);
            }
        };
        match MAKE.get() {
            Some(make) if length >= SMALL => make(Contents::Fill(length, &mut fill_once)).map(Self),
            _ => {
                let mut bytes = vec![0; length];
                fill_once(&mut bytes);
                Ok(Self(Arc::new(Copied(bytes))))
            }
        }
    }
}

/// Bytes of this memory alone.
#[derive(Debug)]
struct Copied(Vec<u8>);

impl Region for Copied {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn is_portable(&self) -> bool {
        false
    }
}

impl Deref for SharedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for SharedBytes {
    /// Copies them once; if there is no memory to share left, they stay here and are copied again when they travel.
    fn from(bytes: &[u8]) -> Self {
        let make = MAKE.get().filter(|_| bytes.len() >= SMALL);
        let made = make.and_then(|make| make(Contents::Copy(bytes)).ok());
        Self(made.unwrap_or_else(|| Arc::new(Copied(bytes.to_vec()))))
    }
}

impl From<Vec<u8>> for SharedBytes {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.len() < SMALL { Self(Arc::new(Copied(bytes))) } else { Self::from(&bytes[..]) }
    }
}

impl PartialEq for SharedBytes {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || **self == **other
    }
}

impl Eq for SharedBytes {}

impl fmt::Debug for SharedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedBytes({} bytes)", self.len())
    }
}

thread_local! {
    /// Whether what is being encoded goes to another process.
    static IS_PACKING: Cell<bool> = const { Cell::new(false) };
    /// Whether there are regions in the next. Nearly always there are none, and this is quicker to ask.
    static HAS_PACKED: Cell<bool> = const { Cell::new(false) };
    /// The regions that go with what is being encoded, in the order in which it names them.
    static PACKED: RefCell<Vec<Arc<dyn Region>>> = const { RefCell::new(Vec::new()) };
    /// The regions that came with what is being decoded.
    static UNPACKING: RefCell<Vec<Arc<dyn Region>>> = const { RefCell::new(Vec::new()) };
}

/// Encodes for another process; regions are gathered, see [`take_packed`].
pub(super) fn packing<R>(encode: impl FnOnce() -> R) -> R {
    let outer = IS_PACKING.replace(true);
    let encoded = encode();
    IS_PACKING.set(outer);
    encoded
}

/// Takes the regions that go with what was encoded since the last call.
#[inline]
pub(super) fn take_packed() -> Vec<Arc<dyn Region>> {
    // A panic of the code that encoded may have left this set.
    IS_PACKING.set(false);
    if HAS_PACKED.replace(false) { PACKED.take() } else { Vec::new() }
}

/// Decodes what came with these regions.
pub(super) fn unpacking<R>(regions: Vec<Arc<dyn Region>>, decode: impl FnOnce() -> R) -> R {
    /// Lets them go, also on a panic.
    struct Restore(Vec<Arc<dyn Region>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            drop(UNPACKING.replace(mem::take(&mut self.0)));
        }
    }
    let _restore = Restore(UNPACKING.replace(regions));
    decode()
}

/// As a pair: the place among the regions that go along, and one more than that, 0 if there is none, so that the bytes follow.
impl Serialize for SharedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = if IS_PACKING.get() && self.0.is_portable() {
            PACKED.with_borrow_mut(|packed| {
                let has_room = packed.len() < MOST_REGIONS;
                has_room.then(|| {
                    packed.push(Arc::clone(&self.0));
                    HAS_PACKED.set(true);
                    packed.len()
                })
            })
        } else {
            None
        };
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(&(place.unwrap_or(0) as u64))?;
        pair.serialize_element(&Plain(if place.is_some() { &[] } else { self }))?;
        pair.end()
    }
}

/// Bytes as bytes, and not as a sequence of numbers.
struct Plain<'a>(&'a [u8]);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for SharedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = SharedBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("shared bytes")
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut pair: S) -> Result<SharedBytes, S::Error> {
                let missing = || S::Error::custom("shared bytes that are cut off");
                let place: u64 = pair.next_element()?.ok_or_else(missing)?;
                let bytes: Owned = pair.next_element()?.ok_or_else(missing)?;
                let Some(place) = place.checked_sub(1) else { return Ok(SharedBytes::from(bytes.0)) };
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                let region = UNPACKING.with_borrow(|regions| regions.get(place).cloned());
                region
                    .map(SharedBytes)
                    .ok_or_else(|| S::Error::custom("shared bytes that did not come along"))
            }
        }
        deserializer.deserialize_tuple(2, Pair)
    }
}

/// Bytes, from a format that has them, or from a sequence of numbers.
struct Owned(Vec<u8>);

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Owned;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Owned, E> {
                Ok(Owned(bytes.to_vec()))
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Owned, E> {
                Ok(Owned(bytes))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut numbers: S) -> Result<Owned, S::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = numbers.next_element()? {
                    bytes.push(byte);
                }
                Ok(Owned(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::SharedBytes;

    #[test]
    fn other_formats_see_bytes() {
        let bytes = SharedBytes::from(vec![1, 2, 3]);
        let encoded = postcard::to_allocvec(&bytes).unwrap();
        assert_eq!(encoded, [0, 3, 1, 2, 3]);
        assert_eq!(postcard::from_bytes::<SharedBytes>(&encoded), Ok(bytes));
        // A place that nothing came for.
        assert!(postcard::from_bytes::<SharedBytes>(&[1, 0]).is_err());
    }
}
