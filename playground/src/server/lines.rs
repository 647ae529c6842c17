//! What a run's process writes, line by line.

use super::limits::RunLimits;
use playground::{Event, Stream};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;

/// Bytes that are read at once: what a pipe holds.
const PIECE: usize = 64 * 1024;

/// Several lines, as they were read together.
#[derive(Debug)]
pub(super) struct Portion {
    pub(super) lines: Vec<Line>,
    /// How many bytes they were.
    pub(super) bytes: u64,
}

/// What a line says.
#[derive(Debug)]
pub(super) enum Line {
    Event(Event),
    /// It is no event: a library, or a tool that the program has started, writes there, too. The line end is included.
    Text(Stream, String),
}

/// Reads to the end of a process's output, and passes on what it says. Whoever listens slowly makes the process wait.
pub(super) async fn read(
    mut output: impl AsyncRead + Unpin,
    stream: Stream,
    limits: RunLimits,
    to: mpsc::Sender<Portion>,
) {
    let mut held = Vec::new();
    loop {
        let before = held.len();
        held.reserve(PIECE);
        // A pipe that cannot be read has ended.
        let read = output.read_buf(&mut held).await.unwrap_or(0);
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        let whole = match held[before..].iter().rposition(|&byte| byte == b'\n') {
            Some(end) => before + end + 1,
            None if read == 0 || held.len() > limits.line => held.len(),
            None => 0,
        };
        let lines =
            held[..whole].split_inclusive(|&byte| byte == b'\n').map(|line| parse(line, stream)).collect();
        held.drain(..whole);
        if to.send(Portion { lines, bytes }).await.is_err() || read == 0 {
            return;
        }
    }
}

fn parse(line: &[u8], stream: Stream) -> Line {
    if stream == Stream::Stdout
        && let Ok(event) = serde_json::from_slice(line)
    {
        return Line::Event(event);
    }
    let mut text = String::from_utf8_lossy(line).into_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Line::Text(stream, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(output: &[u8], limits: RunLimits) -> Vec<Line> {
        let (sender, mut portions) = mpsc::channel(100);
        read(output, Stream::Stdout, limits, sender).await;
        let mut lines = Vec::new();
        while let Some(portion) = portions.recv().await {
            lines.extend(portion.lines);
        }
        lines
    }

    #[tokio::test]
    async fn garbage_is_text() {
        let output = b"{\"type\":\"task_finished\",\"at\":1,\"task\":1}\nhello\n{\"type\":\"\n\xff\xfe\nlast";
        let lines = lines(output, RunLimits::default()).await;
        assert!(matches!(lines[0], Line::Event(Event::TaskFinished { task: 1, .. })));
        let texts: Vec<_> = lines[1..]
            .iter()
            .map(|line| match line {
                Line::Text(Stream::Stdout, text) => text.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["hello\n", "{\"type\":\"\n", "\u{fffd}\u{fffd}\n", "last\n"]);
    }

    #[tokio::test]
    async fn long_lines_are_cut() {
        let limits = RunLimits { line: 1000, ..RunLimits::default() };
        let lines = lines(&vec![b'x'; 300_000], limits).await;
        assert!(lines.len() > 2, "{}", lines.len());
    }
}
