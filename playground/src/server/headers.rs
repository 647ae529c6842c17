//! What every response says about how a browser may treat it.

use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};

/// Each of them, for every response. The last three isolate the page from others, without which a browser withholds the shared
/// memory that threads need.
const ALWAYS: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers; `host` is what the client called this server, if that is one of its names.
pub(super) fn add(headers: &mut HeaderMap, host: Option<&str>) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(host)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// What the page may load: its own files, and nothing else. The editor makes `style` elements as it goes, so styles may be inline;
/// scripts may not. Older browsers do not count a WebSocket of the same origin as `'self'`. Only this server's own pages
/// may frame it.
fn policy(host: Option<&str>) -> String {
    let socket = host.map_or_else(String::new, |host| format!(" ws://{host}"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; connect-src 'self'{socket}; worker-src 'self' blob:; font-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}
