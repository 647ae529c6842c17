//! A server that really listens, and a client that may say anything.

use playground::{Event, FromServer};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// Longer than anything that the server does takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// The program, with these arguments.
pub(super) fn playground(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
    command.args(arguments);
    command
}

/// A running server, ended when dropped.
pub(super) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    pub(super) port: u16,
    pub(super) token: String,
}

/// An answer, its body without the marks of chunks.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Server {
    /// Starts a server at a free port.
    pub(super) fn start(arguments: &[&str]) -> Self {
        Self::start_at("0", arguments)
    }

    pub(super) fn start_at(port: &str, arguments: &[&str]) -> Self {
        let mut command = playground(&["serve", "--port", port]);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        stdout.read_line(&mut line).expect("it prints its address");
        let url = line.trim().strip_prefix("The playground is at http://127.0.0.1:");
        let (port, token) =
            url.and_then(|url| url.split_once("/?token=")).unwrap_or_else(|| panic!("{line}"));
        let (port, token) = (port.parse().expect("a port"), token.to_owned());
        let input = child.stdin.take();
        Self { child, input, port, token }
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is a socket");
        stream
    }

    /// Sends bytes, and returns the one answer.
    pub(super) fn raw(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        // The server may have answered and hung up before the end.
        let _ = stream.write_all(request.as_bytes());
        Answer::read(&mut BufReader::new(stream))
    }

    /// Asks with the right `Host`, and further header lines.
    pub(super) fn ask(&self, method: &str, path: &str, lines: &str) -> Answer {
        let port = self.port;
        self.raw(&format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{lines}\r\n"
        ))
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// The head of a request for a WebSocket, with further header lines.
    pub(super) fn upgrade(&self, lines: &str) -> Answer {
        self.raw(&format!("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{UPGRADE}{lines}\r\n", self.port))
    }

    /// The header line that opens the door.
    pub(super) fn key(&self) -> String {
        format!("Sec-WebSocket-Protocol: playground, token.{}\r\n", self.token)
    }

    /// Connects as a page does, and takes the hello.
    pub(super) fn page(&self) -> Page {
        let request = tungstenite::http::Request::builder()
            .uri(format!("ws://127.0.0.1:{}/ws", self.port))
            .header("Host", format!("127.0.0.1:{}", self.port))
            .header("Origin", format!("http://127.0.0.1:{}", self.port))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("Sec-WebSocket-Protocol", format!("playground, token.{}", self.token))
            .body(())
            .expect("it is a request");
        let (socket, response) = tungstenite::client(request, self.connect()).expect("the server lets it in");
        assert_eq!(response.headers()["sec-websocket-protocol"], "playground");
        Page { socket }
    }

    pub(super) fn close_input(&mut self) {
        drop(self.input.take());
    }

    #[cfg(unix)]
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(sent.expect("a shell starts").success());
    }

    /// Waits for the end of the server.
    pub(super) fn wait(&mut self) {
        let since = Instant::now();
        while self.child.try_wait().expect("it is ours to wait for").is_none() {
            assert!(since.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the server, and returns what it has written to its standard error.
    pub(super) fn end(mut self) -> String {
        self.child.kill().expect("it runs");
        let mut errors = String::new();
        self.child.stderr.take().expect("it is piped").read_to_string(&mut errors).expect("it is text");
        errors
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test may have ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What makes a request one for a WebSocket.
pub(super) const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

impl Answer {
    /// Reads to the end of the connection, or of the head if the answer has no end.
    fn read(stream: &mut BufReader<TcpStream>) -> Self {
        let (mut head, mut body) = (String::new(), Vec::new());
        while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).expect("the server answers") > 0 {}
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut answer = Self { status: status.unwrap_or(0), head, body: Vec::new() };
        if matches!(answer.status, 0 | 101 | 204 | 304) {
            return answer;
        }
        let length: Option<usize> = answer.header("content-length").and_then(|length| length.parse().ok());
        // A connection may go on after the answer.
        let whole = length.unwrap_or(usize::MAX);
        match stream.take(u64::try_from(whole).expect("it is a length")).read_to_end(&mut body) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset && length.is_none() => panic!("{error}"),
            _ => {}
        }
        answer.body =
            if answer.header("transfer-encoding") == Some("chunked") { unchunk(&body) } else { body };
        answer
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|pair| pair == b"\r\n").expect("a chunk has a length");
        let length = usize::from_str_radix(&String::from_utf8_lossy(&body[..end]), 16).expect("a length");
        if length == 0 {
            return whole;
        }
        whole.extend(&body[end + 2..end + 2 + length]);
        body = &body[end + 4 + length..];
    }
}

/// A connection such as a page has.
pub(super) struct Page {
    pub(super) socket: WebSocket<TcpStream>,
}

impl Page {
    pub(super) fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).expect("the server listens");
    }

    /// The next message, unless the server hangs up.
    pub(super) fn hear(&mut self) -> Option<FromServer> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    return Some(serde_json::from_str(&text).expect("it is a message"));
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Events of a run, to the first that `is_last`.
    pub(super) fn events(&mut self, run: u32, is_last: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        while !events.iter().any(&is_last) {
            match self.hear() {
                Some(FromServer::Batch(batch)) if batch.run == run => events.extend(batch.events),
                Some(FromServer::Batch(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        events
    }
}
