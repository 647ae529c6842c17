//! The page, as browsers ask for it: compressed if they take it so, and not again if they have it.

use super::files::{File, Files};
use super::gate::sentence_response;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The build puts a hash into the names of the files there, so what such a name holds never changes.
const HASHED: &str = "assets/";

/// Returns whatever no other route answers.
pub(super) fn router(files: Files) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(files))
}

async fn answer(State(files): State<Arc<Files>>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    // One slash is the page's own; more would be a path from the root of the system.
    let is_one_slash = request.uri().path().len() == path.len() + 1;
    let path = if path.is_empty() { "index.html" } else { path };
    let Some(file) = files.read(path).filter(|_| is_one_slash && !path.ends_with(".br")) else {
        return missing(path);
    };
    let packed = files.read(&format!("{path}.br"));
    let has_packed = packed.is_some();
    let (file, encoding) = match packed.filter(|_| accepts_brotli(request.headers())) {
        Some(packed) => (packed, Some("br")),
        None => (file, None),
    };
    let mut response = content(file, path, request.headers());
    let headers = response.headers_mut();
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if has_packed {
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    response
}

fn missing(path: &str) -> Response {
    if path == "index.html" {
        return sentence_response(
            StatusCode::SERVICE_UNAVAILABLE,
            "This program was built without the page: run `cargo xtask build`, and then build and start it again.",
        );
    }
    sentence_response(StatusCode::NOT_FOUND, "There is no such file.")
}

/// The file, or word that the browser's copy is as good.
fn content(file: File, path: &str, request: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.version);
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let is_known = known.flat_map(|tags| tags.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.trim_start_matches("W/") == tag
    });
    let headers = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, caching)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let body = match file.bytes {
        std::borrow::Cow::Borrowed(bytes) => axum::body::Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes.into(),
    };
    (headers, [(header::CONTENT_TYPE, kind_of(path))], body).into_response()
}

/// Whether the client lists `br` and does not rule it out.
fn accepts_brotli(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    accepted.flat_map(|list| list.split(',')).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let quality = |part: &str| part.strip_prefix("q=").and_then(|quality| quality.parse::<f64>().ok());
        parts.next() == Some("br") && parts.find_map(quality).is_none_or(|quality| quality > 0.0)
    })
}

/// The type of what the page consists of. Browsers load modules and WebAssembly under no other, since they are told not to guess.
fn kind_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_weighed() {
        let accepts = |list: &'static str| {
            accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(list))]))
        };
        assert!(accepts("br") && accepts("gzip, deflate, br") && accepts("gzip;q=1.0, br;q=0.5"));
        assert!(
            !accepts("gzip") && !accepts("br;q=0") && !accepts("brr") && !accepts("identity;q=1, br; q=0.0")
        );
    }
}
