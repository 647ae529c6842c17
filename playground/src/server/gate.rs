//! Which requests are looked at.
//!
//! A page of another site can make a browser send requests here. It can even make its own name point to 127.0.0.1 while it is
//! open (DNS rebinding), after which the browser takes this server for that site. Both show in what the browser adds:
//! `Host` is the name that it was given, and `Origin` is the site whose page asks. So the server answers to its own names
//! only, and takes orders from its own pages only.

use super::headers;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Where runs are ordered.
pub(super) const SOCKET: &str = "/ws";

/// The names that the server goes by.
pub(crate) struct Gate {
    /// What `Host` may be, in lower case.
    hosts: Vec<String>,
    /// Those of them that the user has named. Something in between may encrypt what goes there.
    named: Vec<String>,
    /// The port at which every address of this machine is meant, if the server listens at all of them. That is as safe as the
    /// list: an address, unlike a name, cannot be made to point elsewhere.
    any_address: Option<u16>,
}

impl Gate {
    /// A server that listens at `address` and may be called by other names, too.
    pub(crate) fn new(address: SocketAddr, names: &[String]) -> Self {
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")));
        }
        let names = names.iter().map(|name| name.to_ascii_lowercase());
        let named: Vec<_> = names.flat_map(|name| [format!("{name}:{port}"), name]).collect();
        hosts.extend(named.iter().cloned());
        if port == 80 {
            // Browsers leave this port out.
            let short: Vec<_> =
                hosts.iter().filter_map(|host| host.strip_suffix(":80").map(str::to_owned)).collect();
            hosts.extend(short);
        }
        Self { hosts, named, any_address: address.ip().is_unspecified().then_some(port) }
    }

    /// Checks a request, and returns what the client called the server.
    fn examine(&self, request: &Request) -> Result<String, Refusal> {
        let host = self.host_of(request)?;
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_order = !is_read || request.uri().path() == SOCKET;
        if is_order && !self.is_own_origin(request.headers(), &host) {
            return Err(Refusal(
                StatusCode::FORBIDDEN,
                "This server takes no orders from pages of other sites.",
            ));
        }
        if !is_read {
            return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "This server answers to GET and HEAD only."));
        }
        Ok(host)
    }

    /// The one name that a request has for the server.
    fn host_of(&self, request: &Request) -> Result<String, Refusal> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Refusal(StatusCode::BAD_REQUEST, "A request has one header `Host`."));
        };
        let host = host.to_str().unwrap_or_default().to_ascii_lowercase();
        // A request line may hold a whole address, which then counts as much.
        let authority = request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase());
        if !self.knows(&host) || authority.is_some_and(|authority| authority != host) {
            return Err(Refusal(
                StatusCode::MISDIRECTED_REQUEST,
                "This server does not go by that name; start it with --allow-host to let it.",
            ));
        }
        Ok(host)
    }

    fn knows(&self, host: &str) -> bool {
        let is_address = |port: u16| match host.parse::<SocketAddr>() {
            Ok(address) => address.port() == port,
            Err(_) => port == 80 && host.parse::<IpAddr>().is_ok(),
        };
        self.hosts.iter().any(|known| known == host) || self.any_address.is_some_and(is_address)
    }

    /// Whether the page that asks, if a page does, is this server's.
    fn is_own_origin(&self, headers: &HeaderMap, host: &str) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        origins.all(|origin| {
            let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
            let is_named = || self.named.iter().any(|name| name == host);
            origin.strip_prefix("http://") == Some(host)
                || (origin.strip_prefix("https://") == Some(host) && is_named())
        })
    }
}

/// A request that is answered with a sentence.
struct Refusal(StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, sentence) = self;
        let mut response = sentence_response(status, sentence);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("GET, HEAD"));
        }
        response
    }
}

/// An answer that is one sentence for people.
pub(super) fn sentence_response(status: StatusCode, sentence: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, format!("{sentence}\n")).into_response()
}

/// Puts the gate before everything that the router has.
pub(crate) fn guard(router: Router, gate: Gate) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::new(gate), pass))
}

async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    match gate.examine(&request) {
        Ok(host) => {
            let mut response = next.run(request).await;
            headers::add(response.headers_mut(), Some(&host));
            response
        }
        Err(refusal) => {
            let mut response = refusal.into_response();
            headers::add(response.headers_mut(), None);
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(address: &str, names: &[&str]) -> Gate {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        Gate::new(address.parse().unwrap(), &names)
    }

    #[test]
    fn own_names_are_known() {
        let local = gate("127.0.0.1:8080", &["Play.Example"]);
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "play.example", "play.example:8080"] {
            assert!(local.knows(host), "{host}");
        }
        for host in [
            "evil.example:8080",
            "127.0.0.1",
            "127.0.0.1:8081",
            "localhost.evil.example:8080",
            "",
            "10.0.0.1:8080",
        ] {
            assert!(!local.knows(host), "{host}");
        }
        assert!(gate("127.0.0.1:80", &[]).knows("localhost"));
    }

    #[test]
    fn everywhere_means_addresses() {
        let open = gate("0.0.0.0:8080", &[]);
        assert!(
            open.knows("192.168.1.5:8080") && open.knows("[fe80::1]:8080") && open.knows("localhost:8080")
        );
        assert!(!open.knows("rebound.example:8080") && !open.knows("192.168.1.5:81"));
    }

    #[test]
    fn orders_come_from_own_pages() {
        let local = gate("127.0.0.1:8080", &["play.example"]);
        let is_own = |origin: &'static str, host| {
            let headers = HeaderMap::from_iter([(header::ORIGIN, header::HeaderValue::from_static(origin))]);
            local.is_own_origin(&headers, host)
        };
        assert!(
            is_own("http://localhost:8080", "localhost:8080")
                && is_own("https://play.example", "play.example")
        );
        assert!(!is_own("https://localhost:8080", "localhost:8080"));
        assert!(!is_own("http://localhost:3000", "localhost:8080"));
        assert!(!is_own("null", "localhost:8080") && !is_own("http://evil.example", "localhost:8080"));
        assert!(local.is_own_origin(&HeaderMap::new(), "localhost:8080"));
    }
}
