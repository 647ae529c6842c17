//! Functions that another memory can call: how one is named there, and called. The only unsafe code of this crate.
//!
//! A function that captures nothing has no data: its type says everything. So what travels is where the program keeps a
//! [`Call`], a constant made for that type, relative to the program's other constants. A worker is the same build, so it
//! finds the same constant there, and checks that it is one.
#![expect(unsafe_code, reason = "a position becomes a reference, and a type without data a value")]

use super::failure::Failure;
use super::shared_bytes::packing;
use crate::error::CodecStep;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error as StdError;
use std::marker::PhantomData;
use std::ops::Range;

/// Where this program's constants lie, for a worker that is to find functions among them.
#[derive(Debug, Clone)]
pub struct Image(Range<usize>);

impl Image {
    /// Makes an image of its addresses.
    ///
    /// # Safety
    ///
    /// The bytes at all these addresses can be read for as long as this process lives, or no frame that names a function is handled
    /// with this image; and such frames come only from a process of the same build, which names functions that it has a value of.
    #[must_use]
    pub unsafe fn new(addresses: Range<usize>) -> Self {
        Self(addresses)
    }

    pub(crate) fn addresses(&self) -> &Range<usize> {
        &self.0
    }
}

/// Decodes the arguments, calls, and appends the encoded result.
type Run = fn(&[u8], &mut Vec<u8>) -> Result<(), Failure>;

/// A function, and how its arguments and its result travel.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Call {
    /// Tells a call from whatever else may lie in a program.
    mark: [u64; 2],
    run: Run,
}

/// Digits of pi's fraction, which nobody keeps in a program for another reason next to a function.
const MARK: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

impl Call {
    /// The call of a function that returns `R`.
    pub(crate) fn plain<F, A, R>() -> &'static Self
    where
        F: Fn(A) -> R + Copy + 'static,
        A: DeserializeOwned,
        R: Serialize,
    {
        Plain::<F, A, R>::CALL
    }

    /// The call of a function whose `Err` is the task's failure.
    pub(crate) fn fallible<F, A, R, E>() -> &'static Self
    where
        F: Fn(A) -> Result<R, E> + Copy + 'static,
        A: DeserializeOwned,
        R: Serialize,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Fallible::<F, A, R, E>::CALL
    }

    /// Calls the function and appends its encoded result; a panic is the caller's to catch.
    pub(crate) fn run(&self, arguments: &[u8], reply: &mut Vec<u8>) -> Result<(), Failure> {
        (self.run)(arguments, reply)
    }

    /// Where the program keeps the call; `None` if that is not in the program itself.
    pub(crate) fn position(&'static self, image: &Range<usize>) -> Option<u64> {
        let address = std::ptr::from_ref(self).addr();
        let inside = address >= image.start && address < image.end;
        inside.then(|| (address - image.start) as u64)
    }

    /// Finds a call by its position.
    pub(crate) fn at(position: u64, Image(image): &Image) -> Option<&'static Self> {
        let address = image.start.checked_add(usize::try_from(position).ok()?)?;
        let end = address.checked_add(size_of::<Self>())?;
        if end > image.end || !address.is_multiple_of(align_of::<Self>()) {
            return None;
        }
        let call = std::ptr::with_exposed_provenance::<Self>(address);
        // SAFETY: whoever made the image has promised that the bytes can be read, and the address is aligned. Should it be that
        // of something else, the mark, which any bytes may be read as, says so before the function behind it is looked at.
        let mark = unsafe { (&raw const (*call).mark).read() };
        // SAFETY: as above; only a call has the mark.
        (mark == MARK).then(|| unsafe { &*call })
    }
}

/// Refuses at compile time what has data, and so cannot be named.
const fn assert_no_data<F>() {
    assert!(
        size_of::<F>() == 0,
        "a task for another process must be a plain function or a closure that captures nothing: pass what it needs as \
         arguments (a value of a function pointer type, as `fn(u32) -> u32`, cannot be named there either)"
    );
}

/// Makes the one value of a type that has no data.
fn conjure<F: Copy>() -> F {
    const { assert_no_data::<F>() };
    // SAFETY: `F` has no bytes that would have to be read. It has a value, since whoever submitted had one in a process of this
    // build, see `Image::new`; that one was `Copy`, so another can do no more than the first could there. Functions and closures
    // without captures prove nothing about their process. A dangling pointer is as good as any to nothing.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

/// Stands for types, and has no value.
type Types<T> = PhantomData<fn() -> T>;

struct Plain<F, A, R>(Types<(F, A, R)>);

impl<F, A, R> Plain<F, A, R>
where
    F: Fn(A) -> R + Copy + 'static,
    A: DeserializeOwned,
    R: Serialize,
{
    const CALL: &'static Call = &Call { mark: MARK, run: Self::run };

    fn run(arguments: &[u8], reply: &mut Vec<u8>) -> Result<(), Failure> {
        let arguments = decode::<A>(arguments, CodecStep::DecodeArguments)?;
        encode(&conjure::<F>()(arguments), reply, CodecStep::EncodeResult)
    }
}

struct Fallible<F, A, R, E>(Types<(F, A, R, E)>);

impl<F, A, R, E> Fallible<F, A, R, E>
where
    F: Fn(A) -> Result<R, E> + Copy + 'static,
    A: DeserializeOwned,
    R: Serialize,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    const CALL: &'static Call = &Call { mark: MARK, run: Self::run };

    fn run(arguments: &[u8], reply: &mut Vec<u8>) -> Result<(), Failure> {
        let arguments = decode::<A>(arguments, CodecStep::DecodeArguments)?;
        match conjure::<F>()(arguments) {
            Ok(result) => encode(&result, reply, CodecStep::EncodeResult),
            Err(error) => Err(Failure::returned(std::any::type_name::<E>(), &*error.into())),
        }
    }
}

/// Appends the bytes of `value`; regions in it are gathered, see [`packing`].
#[inline]
pub(crate) fn encode<T: Serialize>(value: &T, bytes: &mut Vec<u8>, step: CodecStep) -> Result<(), Failure> {
    let encoded = packing(|| postcard::serialize_with_flavor(value, Appending(bytes)));
    encoded.map_err(|error| Failure::codec::<T>(step, error))
}

/// Appends the bytes of `value`, those of regions among them.
pub(crate) fn encode_whole<T: Serialize>(
    value: &T,
    bytes: &mut Vec<u8>,
    step: CodecStep,
) -> Result<(), Failure> {
    postcard::serialize_with_flavor(value, Appending(bytes)).map_err(|error| Failure::codec::<T>(step, error))
}

/// Makes a value of its bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], step: CodecStep) -> Result<T, Failure> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(Failure::codec::<T>(step, format_args!("{} bytes are left over", rest.len()))),
        Err(error) => Err(Failure::codec::<T>(step, error)),
    }
}

/// The most bytes that are put together before they are written.
const WORD: usize = size_of::<u64>();

/// Writes to the end of a buffer that is there already.
struct Appending<'a>(&'a mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Appending<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if bytes.len() <= WORD {
            // Mostly an integer's, which were written one by one a moment ago: wider loads than of single bytes would have to wait
            // until they are in memory.
            let word = bytes.iter().rev().fold(0, |word: u64, &byte| word << 8 | u64::from(byte));
            let end = self.0.len() + bytes.len();
            self.0.extend_from_slice(&word.to_le_bytes());
            self.0.truncate(end);
        } else {
            self.0.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Appending, Call, Image};
    use postcard::ser_flavors::Flavor;

    fn call_of<F: Fn(u32) -> u32 + Copy + 'static>(_: F) -> &'static Call {
        Call::plain::<F, u32, u32>()
    }

    #[test]
    fn positions_lead_back() {
        let calls: [&Call; 2] = [call_of(|n| n + 1), call_of(|n| n * 2)];
        let address = std::ptr::from_ref(calls[0]).addr();
        let addresses = address..address + size_of::<Call>();
        // SAFETY: they are those of a call.
        let image = unsafe { Image::new(addresses.clone()) };
        let mut reply = Vec::new();
        Call::at(calls[0].position(&addresses).unwrap(), &image).unwrap().run(&[7], &mut reply).unwrap();
        assert_eq!(reply, [8]);
        let elsewhere = 0..address;
        assert_eq!(calls[0].position(&elsewhere), None);
        // Neither between two calls, nor behind the end, nor anywhere near the end of all addresses.
        assert!(Call::at(1, &image).is_none());
        assert!(Call::at(8, &image).is_none());
        assert!(Call::at(u64::MAX, &image).is_none());
    }

    #[test]
    fn pieces_of_any_length_are_appended() {
        let pieces: Vec<Vec<u8>> = (0..20).map(|length| (1..=length).collect()).collect();
        let mut bytes = vec![255];
        for piece in &pieces {
            Appending(&mut bytes).try_extend(piece).unwrap();
        }
        assert_eq!(bytes, [vec![255], pieces.concat()].concat());
    }

    #[test]
    fn other_constants_are_no_calls() {
        static OTHER: [u64; 8] = [1; 8];
        let address = OTHER.as_ptr().addr();
        // SAFETY: they are those of a static.
        let image = unsafe { Image::new(address..address + size_of_val(&OTHER)) };
        assert!(Call::at(0, &image).is_none());
    }
}
