//! Serves the built page.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::setup::Needs;
use crate::workspace::Workspace;
use crate::{page, process, setup};

/// How long the server may take before it answers.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How many ports are tried when the wanted one is taken.
const PORTS: u16 = 50;

/// Makes node end with its standard input. That is a pipe from this process, which the system closes however this
/// process ends, so that no server outlives it.
const END_WITH_INPUT: &str = "data:text/javascript,process.stdin.on('end', () => process.exit()).resume()";

/// A running server of `www/dist`, ended when dropped.
pub(crate) struct Server {
    vite: Child,
    /// Held open for as long as the server shall run. `Child::wait` would close it, so it is kept apart.
    _input: Option<ChildStdin>,
    address: SocketAddr,
}

impl Server {
    /// Starts Vite's server, whose configuration sets the isolation headers, at the first free port from `port` on,
    /// and returns when it answers.
    pub(crate) fn start(workspace: &Workspace, port: u16) -> Result<Self> {
        let address = free_address(port)?;
        let mut vite = Command::new("node");
        vite.current_dir(workspace.www()).args(["--import", END_WITH_INPUT]);
        vite.args(["node_modules/vite/bin/vite.js", "preview", "--strictPort"]);
        vite.args(["--host", &address.ip().to_string(), "--port", &address.port().to_string()]);
        // Vite itself would say the address before the page is known to answer.
        vite.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = vite.spawn().with_context(|| format!("cannot start {}", process::shown(&vite)))?;
        let input = child.stdin.take();
        let mut server = Self { vite: child, _input: input, address };
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// The address of the page.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if let Some(status) = self.vite.try_wait()? {
                bail!("the server ended before it answered ({status}); see above");
            }
            if let Some(headers) = self.headers() {
                if !headers.starts_with("http/1.1 200") {
                    bail!(
                        "the server answers, but not with the page: {}",
                        headers.lines().next().unwrap_or_default()
                    );
                }
                if !headers.contains("cross-origin-embedder-policy: require-corp") {
                    bail!(
                        "the server sends no isolation headers, so the browser would withhold shared memory"
                    );
                }
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("the server at {} does not answer", self.url())
    }

    /// The head of the answer to a request for the page, in lower case, if there is an answer.
    fn headers(&self) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).to_lowercase();
        answer.split_once("\r\n\r\n").map(|(head, _)| head.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either fails only if the server has ended by itself.
        let _ = self.vite.kill();
        let _ = self.vite.wait();
    }
}

/// Sets up, builds and serves, until Ctrl-C ends this process and the server with it.
pub(crate) fn until_interrupted(workspace: &Workspace, port: u16, open: bool) -> Result<()> {
    let tools = setup::ensure(workspace, Needs::PAGE)?;
    page::build(workspace, &tools)?;
    let mut server = Server::start(workspace, port)?;
    println!("\nThe playground is at {}  (Ctrl-C ends it)", server.url());
    if open {
        open_browser(&server.url())?;
    }
    let status = server.vite.wait()?;
    bail!("the server has ended ({status})")
}

/// The first address, from this port on, that nobody listens at.
fn free_address(port: u16) -> Result<SocketAddr> {
    (port..=port.saturating_add(PORTS))
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .with_context(|| {
            format!(
                "every port from {port} to {} is taken; name another with --port",
                port.saturating_add(PORTS)
            )
        })
}

fn open_browser(url: &str) -> Result<()> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    Command::new(opener)
        .arg(url)
        .spawn()
        .with_context(|| format!("cannot open a browser with {opener}; open {url}"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_port_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let address = free_address(port).unwrap();
        assert_ne!(address.port(), port);
    }
}
