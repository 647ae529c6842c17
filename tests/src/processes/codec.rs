//! Arguments and results that do not travel.

use super::{is_broken, loss, pool, square};
use crate::door::Door;
use crate::until;
use concurrent_futures::{
    CodecError, CodecStep, Executor, Future, MapOptions, OnLoss, ProcessPoolExecutor, Shutdown, SubmitError,
};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fault {
    Nothing,
    Error,
    Panic,
    Abort,
    Exit,
}

/// A value with which something goes wrong on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faulty {
    pub(super) encoding: Fault,
    pub(super) decoding: Fault,
}

impl Fault {
    /// Does it; says whether the codec is to return an error.
    fn happens(self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Error => true,
            Self::Panic => panic!("the codec panics"),
            Self::Abort => std::process::abort(),
            Self::Exit => {
                super::exits::exit();
                false
            }
        }
    }
}

impl Serialize for Faulty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.encoding.happens() {
            return Err(S::Error::custom("it does not encode"));
        }
        self.decoding.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Faulty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decoding = Fault::deserialize(deserializer)?;
        if decoding.happens() {
            return Err(D::Error::custom("it does not decode"));
        }
        Ok(Self { encoding: Fault::Nothing, decoding })
    }
}

/// A value that cannot be encoded, or not decoded.
pub(super) fn faulty(encoding: Fault, decoding: Fault) -> Faulty {
    Faulty { encoding, decoding }
}

/// A task that is content with any argument.
pub(super) fn take(value: Faulty) -> Faulty {
    value
}

/// A task whose result is faulty.
pub(super) fn make((encoding, decoding): (Fault, Fault)) -> Faulty {
    faulty(encoding, decoding)
}

/// The step at which the value was refused.
fn step<T>(future: &Future<T>) -> CodecStep {
    let error = future.result().map(drop).unwrap_err();
    let codec = error.downcast_ref::<CodecError>().unwrap_or_else(|| panic!("{error}"));
    assert!(codec.type_name().ends_with("codec::Faulty"), "{codec}");
    codec.step()
}

/// The pool is as good as ever, and has lost no worker.
fn is_well(pool: &ProcessPoolExecutor) {
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
    assert_eq!(pool.workers(), 1);
}

/// DEAD-01: `submit` itself says so.
pub fn arguments_do_not_encode() {
    let pool = pool(1);
    for fault in [Fault::Error, Fault::Panic] {
        let Err(SubmitError::Encode(error)) = pool.submit(take, faulty(fault, Fault::Nothing)) else {
            panic!("it does not encode")
        };
        assert_eq!(error.step(), CodecStep::EncodeArguments);
        is_well(&pool);
    }
}

/// DEAD-03, IPE-20: it fails that task only; CPython's pool breaks.
pub fn arguments_do_not_decode() {
    let pool = pool(1);
    let failed = pool.submit(take, faulty(Fault::Nothing, Fault::Error)).unwrap();
    assert_eq!(step(&failed), CodecStep::DecodeArguments);
    is_well(&pool);
}

/// DEAD-10
pub fn result_does_not_encode() {
    let pool = pool(1);
    let failed = pool.submit(make, (Fault::Error, Fault::Nothing)).unwrap();
    assert_eq!(step(&failed), CodecStep::EncodeResult);
    is_well(&pool);
}

/// DEAD-11: it fails that task only; CPython's pool breaks.
pub fn result_does_not_decode() {
    let pool = pool(1);
    for fault in [Fault::Error, Fault::Panic] {
        let failed = pool.submit(make, (Fault::Nothing, fault)).unwrap();
        assert_eq!(step(&failed), CodecStep::DecodeResult);
        is_well(&pool);
    }
}

/// A call that crashes its worker at one of three places.
type Crash = fn(&ProcessPoolExecutor) -> Future<Faulty>;

/// DEAD-04, DEAD-05, DEAD-08: a worker that crashes while it decodes the arguments, in the task, or while it encodes
/// the result. By default the task fails alone; with [`OnLoss::Break`] the pool breaks, as CPython's does.
pub fn crash_in_the_codec() {
    let crashes: [Crash; 3] = [
        |pool| pool.submit(take, faulty(Fault::Nothing, Fault::Abort)).unwrap(),
        |pool| pool.submit(|()| std::process::abort(), ()).unwrap(),
        |pool| pool.submit(make, (Fault::Abort, Fault::Nothing)).unwrap(),
    ];
    for crash in crashes {
        let replacing = pool(1);
        assert_eq!(loss(&crash(&replacing)).worker(), Some(0));
        assert_eq!(replacing.submit(square, 3).unwrap().result().unwrap(), &9);
        let breaking = ProcessPoolExecutor::builder().max_workers(1).on_loss(OnLoss::Break).build().unwrap();
        assert!(is_broken(&crash(&breaking)));
        assert!(matches!(breaking.submit(square, 3), Err(SubmitError::Broken(_))));
    }
}

/// A panic in the worker's codec is the task's.
pub fn panic_in_the_codec() {
    let pool = pool(1);
    let decoding = pool.submit(take, faulty(Fault::Nothing, Fault::Panic)).unwrap();
    assert_eq!(decoding.result().unwrap_err().to_string(), "the codec panics");
    let encoding = pool.submit(make, (Fault::Panic, Fault::Nothing)).unwrap();
    assert_eq!(encoding.result().unwrap_err().to_string(), "the codec panics");
    is_well(&pool);
}

/// In a chunk, each item that does not travel is an error in its place.
pub fn items_do_not_decode() {
    let pool = pool(1);
    let items = (0..9).map(|n| match n % 4 {
        1 => (Fault::Error, Fault::Nothing),
        2 => (Fault::Nothing, Fault::Error),
        3 => (Fault::Panic, Fault::Nothing),
        _ => (Fault::Nothing, Fault::Nothing),
    });
    let options = MapOptions::default().chunksize(5);
    let results: Vec<_> = pool.map_with(options, make, items).unwrap().collect();
    assert_eq!(results.len(), 9);
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result.is_ok(), n % 4 == 0, "{n}: {result:?}");
    }
    is_well(&pool);
    // Arguments that do not encode are refused by the call that takes them in.
    let items = [Fault::Nothing, Fault::Error].map(|fault| faulty(fault, Fault::Nothing));
    assert!(matches!(pool.map_with(options, take, items), Err(SubmitError::Encode(_))));
    is_well(&pool);
}

/// DEAD-14: a value that does not travel holds up no shutdown.
pub fn encoding_fails_after_shutdown() {
    let (pool, door) = (pool(1), Door::new());
    let failing = |door: String| {
        Door::pass(&door);
        faulty(Fault::Error, Fault::Nothing)
    };
    let failing = pool.submit(failing, door.name()).unwrap();
    until(|| failing.running());
    let next = pool.submit(make, (Fault::Error, Fault::Nothing)).unwrap();
    pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
    door.open();
    assert_eq!(step(&failing), CodecStep::EncodeResult);
    assert_eq!(step(&next), CodecStep::EncodeResult);
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
}
