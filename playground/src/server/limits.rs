//! What the server bears, and what a run may take; each number with its reason.

use std::time::Duration;

/// What clients may take of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerLimits {
    /// Connections at once: a browser opens six to a server, and a few tabs may be open.
    pub(super) connections: usize,
    /// A connection that serves no WebSocket ends after that time, so that clients which neither read nor write cannot hold
    /// all of them. The slowest answer takes ten seconds.
    pub(super) connection_time: Duration,
    /// Within that time the head of a request must have arrived; browsers send it in one piece.
    pub(super) head_time: Duration,
    /// Bytes of a request's head; browsers send about one thousand.
    pub(super) head_size: usize,
    /// Header lines of a request; browsers send about twenty.
    pub(super) headers: usize,
    /// WebSockets at once: one for each open tab.
    pub(super) sockets: usize,
    /// Runs at once: more would only measure one another.
    pub(super) runs: usize,
    /// What each run may take.
    pub(super) run: RunLimits,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 256,
            connection_time: Duration::from_secs(120),
            head_time: Duration::from_secs(10),
            head_size: 16 * 1024,
            headers: 64,
            sockets: 16,
            runs: 4,
            run: RunLimits::default(),
        }
    }
}

/// What one run may take: the program and every process that it starts, together.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunLimits {
    /// The longest example, with every parameter at its largest, takes less than two minutes.
    pub(super) time: Duration,
    /// Bytes of memory; the hungriest example needs a few hundred million. Watched on Linux only.
    pub(super) memory: u64,
    /// Processes: sixteen workers, as many replacements, and room. Watched on Linux only.
    pub(super) processes: usize,
    /// Bytes of text: a browser that shows more becomes slow.
    pub(super) text: u64,
    /// Bytes of the stream of events: the four events of each of 100,000 tasks take about 40 million.
    pub(super) stream: u64,
    /// Bytes of a line; a longer one is cut, since the whole line has to be kept until its end.
    pub(super) line: usize,
    /// Between two looks at the processes. In that time a program can take some hundred million bytes.
    pub(super) look: Duration,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(300),
            memory: 2 << 30,
            processes: 64,
            text: 16 << 20,
            stream: 200_000_000,
            line: 1 << 20,
            look: Duration::from_millis(50),
        }
    }
}
