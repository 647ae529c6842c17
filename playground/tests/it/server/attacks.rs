//! What other sites, other users and broken clients may send.

use super::client::{PATIENCE, Server, UPGRADE};
use playground::{FromServer, Notice};
use std::io::{Read as _, Write as _};
use std::time::Instant;
use tungstenite::Message;

#[test]
fn foreign_hosts_are_refused() {
    let server = Server::start(&[]);
    let port = server.port;
    let status = |host: &str| {
        server.raw(&format!("GET /status/200 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).status
    };
    for own in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("LocalHost:{port}"),
        format!("[::1]:{port}"),
    ] {
        assert_eq!(status(&own), 200, "{own}");
    }
    for foreign in [
        "rebound.example".to_owned(),
        format!("rebound.example:{port}"),
        format!("127.0.0.1.rebound.example:{port}"),
        format!("localhost:{port}.rebound.example"),
        format!("localhost:{port}@rebound.example"),
        "127.0.0.1".to_owned(),
        "localhost:1".to_owned(),
        String::new(),
    ] {
        assert_eq!(status(&foreign), 421, "{foreign}");
    }
    let close = "Connection: close\r\n\r\n";
    assert_eq!(server.raw(&format!("GET / HTTP/1.1\r\n{close}")).status, 400);
    let two = format!("Host: 127.0.0.1:{port}\r\nHost: rebound.example");
    assert_eq!(server.raw(&format!("GET / HTTP/1.1\r\n{two}\r\n{close}")).status, 400);
    let whole = format!("GET http://rebound.example/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{close}");
    assert_eq!(server.raw(&whole).status, 421);
    // Not even with the token.
    let socket = format!("GET /ws HTTP/1.1\r\nHost: rebound.example:{port}\r\n{UPGRADE}{}\r\n", server.key());
    assert_eq!(server.raw(&socket).status, 421);
}

#[test]
fn foreign_origins_are_refused() {
    let server = Server::start(&[]);
    let status = |origin: &str| server.upgrade(&format!("Origin: {origin}\r\n{}", server.key())).status;
    let (own, localhost) =
        (format!("http://127.0.0.1:{}", server.port), format!("http://localhost:{}", server.port));
    assert_eq!(status(&own), 101);
    for foreign in [
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        "file://",
        "",
        &localhost,
        &own.replace("http", "https"),
    ] {
        assert_eq!(status(foreign), 403, "{foreign}");
    }
    let two = format!("Origin: {own}\r\nOrigin: http://evil.example\r\n{}", server.key());
    assert_eq!(server.upgrade(&two).status, 403);
    assert_eq!(server.ask("POST", "/", "Origin: http://evil.example\r\nContent-Length: 0\r\n").status, 403);
    // A program that is no browser sends none.
    assert_eq!(server.upgrade(&server.key()).status, 101);
}

#[test]
fn only_the_token_lets_in() {
    let server = Server::start(&[]);
    let offer = |offer: &str| server.upgrade(&format!("Sec-WebSocket-Protocol: {offer}\r\n"));
    let token = &server.token;
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let let_in = offer(&format!("playground, token.{token}"));
    assert_eq!((let_in.status, let_in.header("sec-websocket-protocol")), (101, Some("playground")));
    let wrong = [
        "playground".to_owned(),
        "playground, token.".to_owned(),
        format!("playground, token.{}", "0".repeat(64)),
        format!("playground, token.{}", &token[1..]),
        format!("playground, {token}"),
        format!("token.{token}"),
    ];
    for wrong in wrong {
        let refused = offer(&wrong);
        assert_eq!(refused.status, 403, "{wrong}");
        assert!(refused.text().contains("token") && !refused.text().contains(token), "{}", refused.text());
    }
    assert_eq!(server.upgrade("").status, 403);
    // It is no part of an address: those are written down in many places.
    let query = format!("GET /ws?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{UPGRADE}\r\n", server.port);
    assert_eq!(server.raw(&query).status, 403);
    // Nor is it the same twice.
    assert_ne!(&Server::start(&[]).token, token);
}

#[test]
fn only_reading_is_allowed() {
    let server = Server::start(&[]);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "NONSENSE"] {
        let refused = server.ask(
            method,
            if method == "CONNECT" { "127.0.0.1:1" } else { "/" },
            "Content-Length: 0\r\n",
        );
        // The target of CONNECT is another host.
        let expected = if method == "CONNECT" { 421 } else { 405 };
        assert_eq!(refused.status, expected, "{method}");
    }
    assert_eq!(server.ask("POST", "/status/200", "Content-Length: 0\r\n").header("allow"), Some("GET, HEAD"));
    let head = server.ask("HEAD", "/status/200", "");
    assert!(head.status == 200 && head.body.is_empty());
}

#[test]
fn every_answer_is_locked_down() {
    let server = Server::start(&[]);
    let own = format!("ws://127.0.0.1:{}", server.port);
    let foreign = server.raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    let answers = [
        (server.get("/"), true),
        (server.get("/no/such/file"), true),
        (server.get("/status/503"), true),
        (server.get("/bytes/10"), true),
        (server.upgrade(""), true),
        (server.upgrade(&server.key()), true),
        (server.ask("POST", "/", "Content-Length: 0\r\n"), false),
        (foreign, false),
    ];
    for (answer, names_itself) in answers {
        let header =
            |name| answer.header(name).unwrap_or_else(|| panic!("{name} is missing at {}", answer.status));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("cross-origin-embedder-policy"), "require-corp");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("access-control-allow-origin"), None);
        let policy = header("content-security-policy");
        let directives: Vec<_> = policy.split("; ").collect();
        for expected in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        ] {
            assert!(directives.contains(&expected), "{policy}");
        }
        assert_eq!(policy.contains(&own), names_itself, "{policy}");
        assert!(!policy.contains("evil"), "{policy}");
    }
}

#[test]
fn large_requests_are_refused() {
    let server = Server::start(&[]);
    let status = |lines: &str| server.ask("GET", "/status/200", lines).status;
    assert_eq!(status(&format!("X-Large: {}\r\n", "a".repeat(40_000))), 431);
    assert_eq!(status(&"X-Many: 1\r\n".repeat(100)), 431);
    let path = format!("/{}", "a".repeat(40_000));
    assert!(matches!(server.get(&path).status, 414 | 431));
    for garbage in
        ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"]
    {
        assert!(matches!(server.raw(garbage).status, 0 | 400 | 505), "{garbage:?}");
    }
    assert_eq!(status(""), 200);
}

/// A client that sends its head slowly, or none, is cut off, and the others are served meanwhile.
#[test]
fn slow_clients_are_cut_off() {
    let server = Server::start(&[]);
    let before = Instant::now();
    let mut slow: Vec<_> = (0..50).map(|_| server.connect()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        if number % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").expect("the server listens");
        }
    }
    assert_eq!(server.get("/status/200").status, 200);
    for stream in &mut slow {
        // Cut off with or without a word, and not by this test's own patience.
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert!(before.elapsed() < PATIENCE, "{:?}", before.elapsed());
}

#[test]
fn large_messages_end_the_socket() {
    let server = Server::start(&[]);
    let mut page = server.page();
    assert!(matches!(page.hear(), Some(FromServer::Notice(Notice::Hello { .. }))));
    // The server may hang up before it has read all.
    let _ = page.socket.send(Message::text("x".repeat(100_000)));
    assert!(page.hear().is_none());
    for nonsense in [
        "",
        "{",
        "[]",
        "{\"type\":\"dance\"}",
        "{\"type\":\"run\",\"run\":-1,\"example\":\"wait\"}",
        "{\"type\":\"stop\"}",
    ] {
        let mut page = server.page();
        assert!(page.hear().is_some());
        page.say(nonsense);
        assert!(page.hear().is_none(), "{nonsense}");
    }
    let mut page = server.page();
    assert!(page.hear().is_some());
    page.socket.send(Message::binary(vec![1, 2, 3])).expect("the server listens");
    assert!(page.hear().is_none());
}

#[test]
fn sockets_are_counted() {
    let server = Server::start(&[]);
    let mut pages: Vec<_> = (0..16).map(|_| server.page()).collect();
    assert!(pages.iter_mut().all(|page| page.hear().is_some()));
    let refused = server.upgrade(&server.key());
    assert!(refused.status == 503 && refused.text().contains("Too many pages"), "{}", refused.status);
    pages.pop();
    let since = Instant::now();
    while server.upgrade(&server.key()).status != 101 {
        assert!(since.elapsed() < PATIENCE, "no place becomes free");
    }
}
