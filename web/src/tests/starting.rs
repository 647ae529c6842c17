//! Starts that fail, one after the other, and the one that succeeds after them.

use super::{options, run, started, try_run, value};
use crate::{StartOptions, can_block, post, start};
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::sync::mpsc::channel;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{MessageChannel, MessageEvent, MessagePort};

thread_local! {
    static FAILED: Cell<bool> = const { Cell::new(false) };
    /// Where posts arrive: the hub is made by the first start, also if it fails, and keeps the port.
    static PORT: RefCell<Option<MessagePort>> = const { RefCell::new(None) };
}

/// Fails in every way that a start can fail in, before anything has started on this memory.
pub(super) async fn fail_once() {
    if FAILED.replace(true) {
        return;
    }
    let early = try_run(|| ());
    assert!(early.is_err_and(|error| error.is_not_started() && error.to_string().contains("await `start()` first")));

    let large = start(StartOptions::new().stack_size(2 << 30)).await;
    assert!(large.is_err_and(|error| error.is_out_of_memory()));

    let channel = MessageChannel::new().expect("a worker has them");
    let options = StartOptions::new().start_limit(Duration::ZERO).port(channel.port1());
    PORT.set(Some(channel.port2()));
    let hasty = start(options).await;
    let hasty = hasty.expect_err("nothing starts in no time").to_string();
    assert!(hasty.contains("did not start within 0 ms"), "{hasty}");
}

#[wasm_bindgen_test]
async fn starts_after_failures() {
    started().await;
    assert_eq!(value(run(|| 7)), 7);
}

#[wasm_bindgen_test]
async fn starts_once() {
    started().await;
    // Both at the same time, and both long after the first one; neither changes the options.
    let (first, second) = (start(options().threads(9)), start(options().threads(9)));
    assert!(first.await.is_ok() && second.await.is_ok());
    super::settle(super::WARM);
}

#[wasm_bindgen_test]
async fn workers_can_block() {
    started().await;
    assert!(can_block());
    assert!(value(run(can_block)));
}

#[wasm_bindgen_test]
async fn posts_arrive() {
    started().await;
    let port = PORT.with_borrow(Clone::clone).expect("the first start had one");
    value(run(|| post(&"from a thread".into())));
    post(&"from the starter".into());
    let mut texts = first(2, &port).await;
    // Two workers posted, so only the order of each is certain.
    texts.sort();
    assert_eq!(texts, ["from a thread", "from the starter"]);
}

/// Waits for the first `count` messages.
async fn first(count: usize, port: &MessagePort) -> Vec<String> {
    let (sender, receiver) = channel();
    let arrived = Promise::new(&mut |resolve, _| {
        let (sender, mut missing) = (sender.clone(), count);
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            sender.send(event.data().as_string().expect("a text was posted")).expect("the test waits");
            missing -= 1;
            if missing == 0 {
                resolve.call0(&JsValue::UNDEFINED).expect("resolving does not throw");
            }
        });
        port.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    });
    JsFuture::from(arrived).await.expect("nobody rejects");
    receiver.try_iter().collect()
}
