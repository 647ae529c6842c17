//! What Lighthouse says of the page: its performance, its accessibility, and how well it keeps to good practice.

use std::process::Command;

use anyhow::Result;

use crate::browser::Browser;
use crate::serve::{Build, Server};
use crate::setup::Needs;
use crate::workspace::Workspace;
use crate::{node, page, process, setup};

/// The port for measuring; the next free one is taken when it is in use.
const PORT: u16 = 4183;

/// Builds and serves the page, measures it in Chromium, and fails if a score is too low.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let tools = setup::ensure(workspace, Needs { chromium: true, ..Needs::PAGE })?;
    let folder = workspace.root.join("tests/lighthouse");
    node::ensure_packages(&folder, "Lighthouse is one of them")?;
    page::build(workspace, &tools)?;
    let server = Server::start(workspace, &tools, Build::Quick, PORT)?;
    let mut measure = Command::new("node");
    measure.arg("measure.mjs").current_dir(&folder);
    measure.env("BASE_URL", server.url()).env("REPORTS", workspace.record("lighthouse"));
    measure.envs(tools.browser(Browser::Chromium)?.variables());
    process::run(&mut measure)
}
