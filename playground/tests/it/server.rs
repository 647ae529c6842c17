//! The server, attacked over raw sockets, and used as a page uses it.

mod attacks;
mod client;
mod files;
mod runs;

use client::Server;

#[test]
fn endpoints_answer() {
    let server = Server::start(&[]);
    let slow = server.get("/delay/0.2");
    assert_eq!((slow.status, slow.text().as_str()), (200, "{\"delay\":0.2}\n"));
    assert_eq!(slow.header("content-type"), Some("application/json"));
    let bytes = server.get("/bytes/100000");
    assert_eq!((bytes.status, bytes.header("transfer-encoding")), (200, Some("chunked")));
    let expected: Vec<_> =
        (0..100_000_u32).map(|place| u8::try_from(place % 251).expect("it is small")).collect();
    assert!(bytes.body == expected);
    assert!(server.get("/bytes/0").body.is_empty());
    assert_eq!((server.get("/status/503").status, server.get("/status/204").status), (503, 204));
    assert_eq!(server.get("/status/503").text(), "503 Service Unavailable\n");
    for wrong in [
        "/delay/11",
        "/delay/-1",
        "/delay/NaN",
        "/delay/soon",
        "/bytes/1000001",
        "/bytes/-1",
        "/status/99",
        "/status/199",
    ] {
        let refused = server.get(wrong);
        assert!(refused.status == 400 && refused.text().ends_with(".\n"), "{wrong}: {}", refused.status);
    }
}

#[test]
fn next_port_is_taken() {
    let first = Server::start(&[]);
    let port = first.port.to_string();
    let second = Server::start_at(&port, &[]);
    assert_ne!(second.port, first.port);
    let strict =
        client::playground(&["serve", "--port", &port, "--strict-port"]).output().expect("it starts");
    let error = String::from_utf8_lossy(&strict.stderr).into_owned();
    assert!(!strict.status.success() && error.contains("is taken"), "{error}");
}

#[test]
fn open_address_warns() {
    let server = Server::start(&["--host", "0.0.0.0"]);
    assert_eq!(server.get("/status/200").status, 200);
    let named =
        server.raw(&format!("GET /status/200 HTTP/1.1\r\nHost: rebound.example:{}\r\n\r\n", server.port));
    assert_eq!(named.status, 421);
    assert!(server.end().contains("warning: this server can be reached from other machines"));
}

#[test]
fn other_names_are_allowed() {
    let server = Server::start(&["--allow-host", "play.example"]);
    for host in ["play.example".to_owned(), format!("PLAY.example:{}", server.port)] {
        assert_eq!(server.raw(&format!("GET /status/200 HTTP/1.1\r\nHost: {host}\r\n\r\n")).status, 200);
    }
}

#[cfg(unix)]
#[test]
fn ends_with_its_input() {
    let mut server = Server::start(&["--end-with-stdin"]);
    server.close_input();
    server.wait();
    let mut asked = Server::start(&[]);
    asked.signal("TERM");
    asked.wait();
}
