//! Where the server listens, and what it bears from whoever connects.

use super::limits::ServerLimits;
use anyhow::{Context as _, Result, bail};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// How many ports are tried when the wanted one is taken.
const PORTS: u16 = 50;
/// When the system is out of descriptors, the next connection is not there any sooner for being asked for.
const BREATH: Duration = Duration::from_millis(50);

/// Listens at the port, or at the next free one unless it has to be this.
pub(super) async fn bind(host: IpAddr, port: u16, strict: bool) -> Result<TcpListener> {
    let last = if strict { port } else { port.saturating_add(PORTS) };
    for port in port..=last {
        match TcpListener::bind((host, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| format!("cannot listen at {host}, port {port}")),
        }
    }
    if strict {
        bail!("port {port} is taken; name another with --port, or leave out --strict-port");
    }
    bail!("every port from {port} to {last} is taken; name another with --port")
}

/// Serves connections for ever.
pub(super) async fn accept(listener: TcpListener, router: Router, limits: &ServerLimits) {
    let free = Arc::new(Semaphore::new(limits.connections));
    loop {
        // Those beyond the limit wait in the system's queue, and each connection ends in bounded time.
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BREATH).await;
            continue;
        };
        let connection = converse(stream, router.clone(), *limits);
        tokio::spawn(async move {
            connection.await;
            drop(permit);
        });
    }
}

/// Answers the requests of one connection; it ends early when it becomes a WebSocket, which has limits of its own.
async fn converse(stream: TcpStream, router: Router, limits: ServerLimits) {
    // Otherwise the system would hold small answers back; without it they are merely slower.
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_time);
    http.max_headers(limits.headers).max_buf_size(limits.head_size);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // Who breaks the rules of HTTP, or takes too long over them, has been answered as far as they allow.
    let _ = timeout(limits.connection_time, connection.with_upgrades()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn taken_port_is_passed_over() {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let held = bind(host, 0, true).await.unwrap();
        let port = held.local_addr().unwrap().port();
        assert_ne!(bind(host, port, false).await.unwrap().local_addr().unwrap().port(), port);
        let error = bind(host, port, true).await.unwrap_err().to_string();
        assert!(error.contains("is taken"), "{error}");
    }
}
