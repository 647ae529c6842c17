//! Addresses to download from, in the manner of httpbin: slow ones, large ones, failing ones.
//!
//! They are the site of the example of parallel downloads. The server has them beside the page; on the command line the example
//! brings them along.

use super::connections::{accept, bind};
use super::gate::{Gate, guard, sentence_response};
use super::limits::ServerLimits;
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::thread;
use std::time::Duration;
use tokio::runtime;
use tokio::time::sleep;

/// A longer delay would only hold a connection.
const LONGEST_DELAY: f64 = 10.0;
/// More bytes would only take memory of the clients.
const MOST_BYTES: usize = 1_000_000;
/// Bytes of a piece of an answer.
const PIECE: usize = 16 * 1024;
/// Each download shall be one.
const NO_STORE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// Returns the endpoints alone.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/delay/{seconds}", get(delay))
        .route("/bytes/{count}", get(bytes))
        .route("/status/{code}", get(status))
}

/// Serves the endpoints at a free port of this machine for as long as the program runs, and returns their address.
///
/// # Errors
///
/// When no thread or no socket can be had.
pub(crate) fn serve_in_background() -> Result<String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start an event loop")?;
    let listener = runtime.block_on(bind(Ipv4Addr::LOCALHOST.into(), 0, true))?;
    let address = listener.local_addr().context("the listening socket has no address")?;
    let router = guard(router(), Gate::new(address, &[]));
    let body = move || runtime.block_on(accept(listener, router, &ServerLimits::default()));
    thread::Builder::new().name("endpoints".to_owned()).spawn(body).context("cannot start a thread")?;
    Ok(format!("http://{address}/"))
}

/// Answers after so many seconds.
async fn delay(Path(seconds): Path<String>) -> Response {
    match seconds.parse::<f64>() {
        // NaN is in no range.
        Ok(seconds) if (0.0..=LONGEST_DELAY).contains(&seconds) => {
            sleep(Duration::from_secs_f64(seconds)).await;
            let json = format!("{{\"delay\":{seconds}}}\n");
            ([(header::CONTENT_TYPE, "application/json"), NO_STORE], json).into_response()
        }
        _ => refuse("A delay is a number of seconds from 0 to 10."),
    }
}

/// Answers with so many bytes, the same ones each time, and without saying their number before.
async fn bytes(Path(count): Path<String>) -> Response {
    match count.parse::<usize>() {
        Ok(count) if count <= MOST_BYTES => {
            let pieces = (0..count).step_by(PIECE).map(move |start| {
                let piece: Bytes = (start..count.min(start + PIECE)).map(byte).collect();
                Ok::<_, Infallible>(piece)
            });
            let body = Body::from_stream(stream::iter(pieces));
            ([(header::CONTENT_TYPE, "application/octet-stream"), NO_STORE], body).into_response()
        }
        _ => refuse("The number of bytes is a whole one from 0 to 1000000."),
    }
}

/// The byte at that place; the prime keeps the pattern from meeting the pieces.
fn byte(place: usize) -> u8 {
    u8::try_from(place % 251).unwrap_or_default()
}

/// Answers with that status.
async fn status(Path(code): Path<String>) -> Response {
    // What is below 200 is no answer yet.
    let code = code.parse::<u16>().ok().filter(|code| (200..=599).contains(code));
    match code.and_then(|code| StatusCode::from_u16(code).ok()) {
        Some(status @ (StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED)) => {
            (status, [NO_STORE]).into_response()
        }
        Some(status) => sentence_response(status, &status.to_string()),
        None => refuse("A status is a number from 200 to 599."),
    }
}

fn refuse(sentence: &str) -> Response {
    sentence_response(StatusCode::BAD_REQUEST, sentence)
}
