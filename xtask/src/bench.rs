//! Measures what the executors cost, next to their peers.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::browser::Browser;
use crate::fingerprint::Fingerprint;
use crate::serve::{Build, Server};
use crate::setup::{Installation, Needs};
use crate::workspace::Workspace;
use crate::{node, page, process, progress, setup, stack_check, toolchain};

/// For speed, where the page's own are for size. No program should go without the checks of its stacks.
const OPTIMISATIONS: [&str; 2] = ["--stack-check", "-O3"];

/// A table of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// The executors on threads, `wait` and `as_completed`.
    Threads,
    /// `ProcessPoolExecutor`.
    Process,
    /// The executors in a browser.
    Web,
    /// Python programs.
    Python,
}

impl Table {
    const ALL: [Self; 4] = [Self::Threads, Self::Process, Self::Web, Self::Python];

    /// The name on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Process => "process",
            Self::Web => "web",
            Self::Python => "python",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|table| table.name() == name);
        found.with_context(|| format!("no table is called `{name}`; there are {}", Self::names()))
    }

    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

/// Builds the bench as its users would build their programs, and runs it: the table goes to standard output.
pub(crate) fn run(workspace: &Workspace, table: Table, options: &[OsString]) -> Result<()> {
    if table == Table::Python {
        return run_python(workspace, options);
    }
    let mut cargo = Command::new("cargo");
    // The folder stays the user's, since options name files; so the workspace must be named.
    cargo.args(["run", "--release", "--quiet", "--package", "bench", "--manifest-path"]);
    cargo.arg(workspace.root.join("Cargo.toml")).args(["--", table.name()]);
    // The last of its kind counts, so the user's own may follow.
    cargo.arg("--svg").arg(workspace.target.join(format!("bench/{}.svg", table.name())));
    if table == Table::Web
        && let Some(browser) = wanted_browser(options)?
    {
        bring_browser(&mut cargo, workspace, browser)?;
    }
    cargo.args(options);
    process::run(&mut cargo)
}

/// The port for measuring; the next free one is taken when it is in use.
const PORT: u16 = 4193;

/// Measures a Python program natively, on the page in Chromium, and by CPython.
fn run_python(workspace: &Workspace, options: &[OsString]) -> Result<()> {
    let tools = setup::ensure(workspace, Needs { end_to_end: true, chromium: true, ..Needs::PAGE })?;
    page::build(workspace, &tools)?;
    let server = Server::start(workspace, &tools, Build::Fast, PORT)?;
    let mut measure = Command::new("node");
    measure.arg("measure-python.mjs").args(options).current_dir(workspace.end_to_end());
    measure.env("BASE_URL", server.url()).env("PLAYGROUND", server.program());
    measure.env("PROGRAM", workspace.root.join("bench/python/two_tasks.py"));
    measure.envs(tools.browser(Browser::Chromium)?.variables());
    process::run(&mut measure)
}

/// The browser that the options ask for, if they ask for any: help and native figures need none.
fn wanted_browser(options: &[OsString]) -> Result<Option<Browser>> {
    let has = |names: &[&str]| options.iter().any(|option| names.iter().any(|name| option == name));
    if has(&["--help", "-h", "--native"]) {
        return Ok(None);
    }
    let mut browser = Browser::Chromium;
    for (index, option) in options.iter().enumerate() {
        let value = match option.to_string_lossy().split_once('=') {
            Some(("--browser", value)) => value.to_owned(),
            None if option == "--browser" => {
                options.get(index + 1).map_or(String::new(), |value| value.to_string_lossy().into_owned())
            }
            _ => continue,
        };
        browser = match value.as_str() {
            "chromium" => Browser::Chromium,
            "firefox" => Browser::Firefox,
            other => bail!("no browser is called `{other}`; there are chromium and firefox"),
        };
    }
    Ok(Some(browser))
}

/// Installs the browser, builds the module for it, and tells the program where both are.
fn bring_browser(bench: &mut Command, workspace: &Workspace, browser: Browser) -> Result<()> {
    let needs = Needs {
        end_to_end: true,
        chromium: browser == Browser::Chromium,
        firefox: browser == Browser::Firefox,
        ..Needs::PAGE
    };
    let tools = setup::ensure(workspace, needs)?;
    node::ensure_packages(&workspace.root.join("bench/web"), "a peer is one of them")?;
    let module = build_module(workspace, &tools)?;
    let installed = tools.browser(browser)?;
    bench.arg("--module").arg(module);
    bench.env("WEBDRIVER", &installed.driver);
    bench.env("WEBDRIVER_CAPABILITIES", installed.write_capabilities(workspace)?);
    Ok(())
}

/// Makes a module for browsers of the bench's library and returns its folder.
fn build_module(workspace: &Workspace, tools: &Installation) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--package", "bench", "--lib", "--target", toolchain::TARGET]);
    tools.compiler()?.apply(&mut cargo, workspace);
    let why = "the same Rust as natively, with a standard library rebuilt for shared memory";
    progress::step("compiling the benchmarks for the browser", why, || process::run(&mut cargo))?;

    let compiled = toolchain::output_folder(workspace, "release").join("bench.wasm");
    let folder = workspace.browser_target().join("bench");
    let module = folder.join("bench_bg.wasm");
    let inputs = Fingerprint::default()
        .path(&compiled, &[])?
        .path(&workspace.www().join("package-lock.json"), &[])?
        .text(&tools.wasm_bindgen()?.to_string_lossy())
        .text(&OPTIMISATIONS.join(" "));
    inputs.unless_done(&workspace.record("bench"), &module, || {
        let why = "wasm-bindgen writes the JavaScript, wasm-opt optimises and checks the stacks";
        progress::step("preparing the benchmarks' wasm", why, || {
            prepare(workspace, tools, &compiled, &folder, &module)
        })
    })?;
    Ok(folder)
}

fn prepare(
    workspace: &Workspace,
    tools: &Installation,
    compiled: &Path,
    folder: &Path,
    module: &Path,
) -> Result<()> {
    // Scripts of earlier versions would stay.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut bindgen = Command::new(tools.wasm_bindgen()?);
    process::run(bindgen.args(["--target", "web", "--out-dir"]).arg(folder).arg(compiled))?;
    let mut optimiser = Command::new("node");
    optimiser.arg(workspace.www().join("node_modules/binaryen/bin/wasm-opt"));
    process::run(optimiser.arg(module).args(OPTIMISATIONS).arg("--output").arg(module))?;
    let mut wasm = fs::read(module)?;
    stack_check::start_unchecked(&mut wasm)?;
    fs::write(module, wasm).with_context(|| format!("cannot write {}", module.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(options: &[&str]) -> Result<Option<Browser>> {
        wanted_browser(&options.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn browser_is_found_among_options() {
        assert_eq!(wanted(&["--quick"]).unwrap(), Some(Browser::Chromium));
        assert_eq!(wanted(&["--rounds", "3", "--browser", "firefox"]).unwrap(), Some(Browser::Firefox));
        assert_eq!(wanted(&["--browser=firefox"]).unwrap(), Some(Browser::Firefox));
        assert_eq!(wanted(&["--native"]).unwrap(), None);
        assert!(wanted(&["--browser", "netscape"]).is_err());
        assert!(wanted(&["--browser"]).is_err());
    }
}
