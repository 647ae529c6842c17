//! A page in a browser, whose contestants work when they are asked to.

use std::cell::RefCell;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

use anyhow::{Context, Result};
use bench::Work;
use serde::Serialize;

use super::WORKERS;
use crate::contest::Contestant;
use crate::script::Script;

/// The program that steers the browser.
const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/driver.mjs");

/// The open page, which is closed with the last of its contestants.
pub(super) struct Tab {
    script: Rc<RefCell<Script>>,
    /// The browser's short name.
    browser: String,
    /// The browser's own name for itself, with its version.
    version: String,
}

/// What the page is asked for; `web/driver.mjs` hands it on.
#[derive(Debug, Serialize)]
struct Request<'a> {
    contestant: &'a str,
    work: &'a str,
    workers: usize,
    count: usize,
}

impl Tab {
    /// Starts the browser and waits until the page has its workers.
    pub(super) fn open(browser: &str, module: &Path) -> Result<Self> {
        let mut command = Command::new("node");
        command.arg(DRIVER).arg(module).arg(WORKERS.to_string());
        let mut script = Script::start(&mut command)?;
        let version = script.introduction().with_context(|| format!("cannot measure in {browser}"))?;
        Ok(Self { script: Rc::new(RefCell::new(script)), browser: browser.to_owned(), version })
    }

    /// What the browser calls itself, with its version.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// How tables call something that runs in this browser.
    pub(super) fn label(&self, name: &str) -> String {
        format!("{name}, {}", self.browser)
    }

    /// A contestant of this name in the page.
    pub(super) fn contestant(&self, name: &'static str, work: Work, count: usize) -> Contestant {
        let script = Rc::clone(&self.script);
        Contestant::new(self.label(name), count, move || {
            let request = Request { contestant: name, work: work.name(), workers: WORKERS, count };
            let request = serde_json::to_string(&request)?;
            Ok(Box::new(move || script.borrow_mut().measure(&request)))
        })
    }
}
