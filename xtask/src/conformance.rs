//! Joins the table of CPython's own tests with the scenarios that have run.

mod cell;
mod heard;
mod report;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) use self::heard::{Heard, Listener, Place};
pub(crate) use self::report::Report;
pub(crate) use self::table::Table;

use crate::browser::Browser;
use crate::suite::Suite;
use crate::workspace::Workspace;
use crate::{progress, test};

/// What `cargo xtask conformance` is to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where scenarios are to run; everywhere if nothing is named.
    pub(crate) places: Vec<Place>,
    /// Whether to judge what the suites wrote when they last ran.
    pub(crate) reuse: bool,
    pub(crate) markdown: Option<PathBuf>,
    pub(crate) json: Option<PathBuf>,
}

/// The suites whose tests the table names, and where each runs.
const SUITES: [(Suite, Place); 3] = [
    (Suite::Native, Place::Native),
    (Suite::Web(Browser::Chromium), Place::Chromium),
    (Suite::Web(Browser::Firefox), Place::Firefox),
];

/// Where the tests of a suite run, if the table names any of them.
pub(crate) fn place_of(suite: Suite) -> Option<Place> {
    SUITES.iter().find(|(other, _)| *other == suite).map(|(_, place)| *place)
}

/// Runs the scenarios, prints the table and says whether all is as told.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    // A table that makes no sense should not take minutes to say so.
    let table = Table::of(workspace)?;
    let is_named = |place: Place| options.places.is_empty() || options.places.contains(&place);
    let suites: Vec<Suite> =
        SUITES.into_iter().filter(|(_, place)| is_named(*place)).map(|(suite, _)| suite).collect();
    let heard =
        if options.reuse { recall(workspace, &suites)? } else { test::run_suites(workspace, &suites)?.heard };
    let report = Report::new(&table, &heard);
    print!("\n{}", report.text());
    if let Some(path) = &options.markdown {
        write(path, &report.markdown())?;
    }
    if let Some(path) = &options.json {
        write(path, &report.json()?)?;
    }
    Ok(report.is_as_told())
}

/// Takes in what the suites wrote when they last ran.
fn recall(workspace: &Workspace, suites: &[Suite]) -> Result<Heard> {
    let mut heard = Heard::default();
    for &suite in suites {
        let Some(place) = place_of(suite) else { continue };
        let path = workspace.log(suite.name());
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} has not run: there is no {}", suite.name(), path.display()))?;
        let age = fs::metadata(&path)?.modified()?.elapsed().unwrap_or_default();
        progress::note(&format!("{}: as it ran {} minutes ago", suite.name(), age.as_secs() / 60));
        let mut listener = Listener::default();
        text.lines().for_each(|line| listener.hear(line));
        heard.add(place, listener);
    }
    Ok(heard)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
