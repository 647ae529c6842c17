//! Serves the built page by the playground's own server.

use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup::{Installation, Needs};
use crate::suite::WITH_PYTHON;
use crate::workspace::Workspace;
use crate::{page, process, progress, setup};

/// What the server's first line says before its address.
const ANNOUNCEMENT: &str = "The playground is at ";

/// How the server is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// As the tests are, which build the same.
    Quick,
    /// For programs that are to run fast in it.
    Fast,
}

/// A running server of `www/dist`, ended when dropped.
pub(crate) struct Server {
    program: PathBuf,
    child: Child,
    /// Held open for as long as the server shall run: it ends with its input, which the system closes however this process
    /// ends. `Child::wait` would close it, so it is kept apart.
    _input: Option<ChildStdin>,
    address: Address,
}

/// Where a server is, and what lets a page in.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    /// It ends in a slash.
    url: String,
    token: String,
}

impl Server {
    /// Builds the server with the page in it, starts it at the first free port from `port` on, and returns when it listens.
    pub(crate) fn start(
        workspace: &Workspace,
        tools: &Installation,
        build: Build,
        port: u16,
    ) -> Result<Self> {
        let mut cargo = Command::new("cargo");
        cargo.arg("build").args(WITH_PYTHON);
        cargo.args(match build {
            Build::Quick => ["--profile", "dev"],
            Build::Fast => ["--profile", "release"],
        });
        tools.compiler()?.apply_natively(&mut cargo, workspace);
        let why = "one program that holds the page, and runs examples and Python natively";
        progress::step("building the playground's server", why, || process::run(&mut cargo))?;
        let folder = workspace.python_target().join(match build {
            Build::Quick => "debug",
            Build::Fast => "release",
        });
        let program = folder.join(format!("playground{EXE_SUFFIX}"));
        let mut command = Command::new(&program);
        command.args(["serve", "--end-with-stdin", "--port", &port.to_string()]);
        if build == Build::Quick {
            // It may have been built before the page was.
            command.arg("--page").arg(workspace.www().join("dist"));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", process::shown(&command)))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let mut line = String::new();
        BufReader::new(output.context("the server has no output")?).read_line(&mut line)?;
        let Some(address) = Address::announced(&line) else {
            // Without its input it ends, if it has not ended already.
            drop(input);
            let status = child.wait()?;
            bail!("the server has told no address ({status}); see above")
        };
        Ok(Self { program, child, _input: input, address })
    }

    /// The executable.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The address of the page.
    pub(crate) fn url(&self) -> &str {
        &self.address.url
    }

    /// What lets a page order runs at the server.
    pub(crate) fn token(&self) -> &str {
        &self.address.token
    }

    /// The process that serves.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Address {
    /// Reads the line that the server prints when it listens.
    fn announced(line: &str) -> Option<Self> {
        let (url, token) = line.trim_end().strip_prefix(ANNOUNCEMENT)?.split_once("?token=")?;
        Some(Self { url: url.to_owned(), token: token.to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either fails only if the server has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sets up, builds and serves, until Ctrl-C ends this process and the server with it.
pub(crate) fn until_interrupted(workspace: &Workspace, port: u16, open: bool) -> Result<()> {
    let tools = setup::ensure(workspace, Needs::PAGE)?;
    page::build(workspace, &tools)?;
    let mut server = Server::start(workspace, &tools, Build::Fast, port)?;
    let url = format!("{}?token={}", server.url(), server.token());
    println!("\nThe playground is at {url}  (Ctrl-C ends it)");
    if open {
        open_browser(&url)?;
    }
    let status = server.child.wait()?;
    bail!("the server has ended ({status})")
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
    fn announcement_is_read() {
        let address = Address::announced("The playground is at http://127.0.0.1:8080/?token=abc\n").unwrap();
        assert_eq!((address.url.as_str(), address.token.as_str()), ("http://127.0.0.1:8080/", "abc"));
        assert_eq!(Address::announced("error: every port is taken\n"), None);
        assert_eq!(Address::announced(""), None);
    }
}
