//! What may happen to a pool, in any order.

use crate::puppet::{Puppet, leave, live};
use concurrent_futures_core::LossCause;
use concurrent_futures_core::process_pool::wire::{HEADER, Kind, push};
use concurrent_futures_core::process_pool::{Inbox, Output};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use std::sync::Arc;

/// Something that happens; the numbers choose among what there is.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    /// A worker sends any bytes.
    Bytes(usize, Vec<u8>),
    /// A worker sends a frame of any kind for any task.
    Frame(usize, Kind, u32, Vec<u8>),
    /// A worker sends a frame whose body lies elsewhere.
    Large(usize, Kind, u32, Vec<u8>),
    /// A worker greets as it should.
    Greet(usize),
    /// A worker answers its oldest task so many times as it should, with this body.
    Answer(usize, Kind, Vec<u8>),
    /// The same, with a byte changed.
    Garbled(usize, Vec<u8>, usize, u8),
    /// A worker says that it left its oldest task out.
    Skip(usize),
    /// A worker writes.
    Write(usize, String),
    /// A worker is gone.
    End(usize),
    /// A time has come.
    Alarm(usize),
    /// Somebody cancels a task, or kills it.
    Cancel(usize),
    Kill(usize),
    /// Somebody cancels a token.
    Ask(usize),
    /// Somebody submits more tasks.
    Submit(Wish),
}

/// What is asked for a task.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish {
    pub(crate) priority: i32,
    /// Whether its time is up at once.
    pub(crate) may_not_wait: bool,
    pub(crate) may_not_run: bool,
    /// Which of the tokens it gets.
    pub(crate) token: Option<usize>,
}

fn wishes() -> impl Strategy<Value = Wish> {
    let rarely = || prop_oneof![4 => Just(false), 1 => Just(true)];
    let token = prop_oneof![2 => Just(None), 1 => (0..TOKENS).prop_map(Some)];
    (-2..3, rarely(), rarely(), token).prop_map(|(priority, may_not_wait, may_not_run, token)| Wish {
        priority,
        may_not_wait,
        may_not_run,
        token,
    })
}

/// Tokens of a game.
pub(crate) const TOKENS: usize = 3;

const KINDS: [Kind; 10] = [
    Kind::Hello,
    Kind::Task,
    Kind::Chunk,
    Kind::Stop,
    Kind::Ready,
    Kind::Unfit,
    Kind::Value,
    Kind::Failed,
    Kind::Skipped,
    Kind::Undelivered,
];

pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let place = || 0_usize..4;
    let body = || vec(any::<u8>(), 0..24);
    let kind = || (0..KINDS.len()).prop_map(|at| KINDS[at]);
    let answer = || prop_oneof![Just(Kind::Value), Just(Kind::Failed)];
    let one = prop_oneof![
        2 => (place(), vec(any::<u8>(), 0..40)).prop_map(|(at, bytes)| Move::Bytes(at, bytes)),
        2 => (place(), kind(), 0_u32..5, body()).prop_map(|(at, kind, seq, body)| Move::Frame(at, kind, seq, body)),
        1 => (place(), kind(), 0_u32..5, body()).prop_map(|(at, kind, seq, body)| Move::Large(at, kind, seq, body)),
        4 => place().prop_map(Move::Greet),
        6 => (place(), answer(), body()).prop_map(|(at, kind, body)| Move::Answer(at, kind, body)),
        2 => (place(), body(), 0_usize..64, any::<u8>())
            .prop_map(|(at, body, byte, change)| Move::Garbled(at, body, byte, change)),
        1 => place().prop_map(Move::Skip),
        1 => (place(), ".{0,8}").prop_map(|(at, text)| Move::Write(at, text)),
        1 => place().prop_map(Move::End),
        1 => place().prop_map(Move::Alarm),
        1 => (0_usize..8).prop_map(Move::Cancel),
        1 => (0_usize..8).prop_map(Move::Kill),
        1 => (0..TOKENS).prop_map(Move::Ask),
        3 => wishes().prop_map(Move::Submit),
    ];
    vec(one, 0..16)
}

/// What a worker of this build says first.
fn greeting(mark: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(&mut bytes, Kind::Ready, 0, mark);
    bytes
}

/// Answers to the oldest task of a worker, as many as it wants.
fn answers(puppet: &Puppet, kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut sent = puppet.sent.lock().unwrap();
    let mut bytes = Vec::new();
    if !sent.is_empty() {
        let (_, seq, count) = sent.remove(0);
        (0..count).for_each(|_| push(&mut bytes, kind, seq, body));
    }
    bytes
}

/// Makes the move, if it is the workers'; otherwise gives it back.
pub(crate) fn play(step: Move, mark: &[u8]) -> Option<Move> {
    let say = |at: usize, bytes: &dyn Fn(&Puppet) -> Vec<u8>| {
        if let Some(puppet) = live(at) {
            puppet.inbox.received(puppet.number, &bytes(&puppet));
        }
    };
    match step {
        Move::Bytes(at, bytes) => say(at, &|_| bytes.clone()),
        Move::Frame(at, kind, seq, body) => say(at, &|_| {
            let mut bytes = Vec::new();
            push(&mut bytes, kind, seq, &body);
            bytes
        }),
        Move::Large(at, kind, seq, body) => {
            if let Some(puppet) = live(at) {
                puppet.inbox.received_large(puppet.number, kind, seq, &body, Vec::new());
            }
        }
        Move::Greet(at) => say(at, &|_| greeting(mark)),
        Move::Answer(at, kind, body) => say(at, &|puppet| answers(puppet, kind, &body)),
        Move::Garbled(at, body, byte, change) => say(at, &|puppet| {
            let mut bytes = answers(puppet, Kind::Value, &body);
            if bytes.len() > HEADER {
                let place = byte % bytes.len();
                bytes[place] ^= change;
            }
            bytes
        }),
        Move::Skip(at) => say(at, &|puppet| {
            let mut bytes = Vec::new();
            if let Some((_, seq, _)) = puppet.sent.lock().unwrap().first() {
                push(&mut bytes, Kind::Skipped, *seq, &[]);
            }
            bytes
        }),
        Move::Write(at, text) => {
            if let Some(puppet) = live(at) {
                puppet.inbox.wrote(puppet.number, Output::Stdout, &text);
            }
        }
        Move::End(at) => {
            if let Some(puppet) = live(at) {
                end(&puppet);
            }
        }
        Move::Alarm(at) => {
            if let Some(puppet) = live(at) {
                let inbox: Arc<dyn Inbox> = Arc::clone(&puppet.inbox);
                inbox.alarm();
            }
        }
        step @ (Move::Cancel(_) | Move::Kill(_) | Move::Ask(_) | Move::Submit(_)) => return Some(step),
    }
    None
}

/// The worker ends.
pub(crate) fn end(puppet: &Puppet) {
    if leave(puppet.number) {
        puppet.inbox.ended(puppet.number, LossCause::Exited(1), String::from("a last word"));
    }
}
