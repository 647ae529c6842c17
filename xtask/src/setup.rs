//! Everything that has to be on the machine before a command can start.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::browser::{Browser, Installed};
use crate::tool::{Source, Tool};
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;
use crate::{node, process, progress};

/// What a command needs. Commands that need less start sooner on a fresh machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// rustfmt and clippy of the native compiler.
    pub(crate) lints: bool,
    /// The compiler for the browser.
    pub(crate) compiler: bool,
    /// What turns the compiler's output into the page, and npm's packages for it.
    pub(crate) page: bool,
    /// wasm-pack and the test runner that it calls.
    pub(crate) wasm_pack: bool,
    /// npm's packages for the end-to-end tests.
    pub(crate) end_to_end: bool,
    pub(crate) chromium: bool,
    pub(crate) firefox: bool,
}

impl Needs {
    /// What the playground takes.
    pub(crate) const PAGE: Self = Self {
        lints: false,
        compiler: true,
        page: true,
        wasm_pack: false,
        end_to_end: false,
        chromium: false,
        firefox: false,
    };

    /// What all tests take.
    pub(crate) const EVERYTHING: Self = Self {
        lints: true,
        compiler: true,
        page: true,
        wasm_pack: true,
        end_to_end: true,
        chromium: true,
        firefox: true,
    };

    /// What this or the other takes.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            lints: self.lints | other.lints,
            compiler: self.compiler | other.compiler,
            page: self.page | other.page,
            wasm_pack: self.wasm_pack | other.wasm_pack,
            end_to_end: self.end_to_end | other.end_to_end,
            chromium: self.chromium | other.chromium,
            firefox: self.firefox | other.firefox,
        }
    }
}

/// What was found or installed; a part is absent if the command does not need it.
#[derive(Default)]
pub(crate) struct Installation {
    compiler: Option<Toolchain>,
    wasm_bindgen: Option<PathBuf>,
    wasm_pack: Option<PathBuf>,
    chromium: Option<Installed>,
    firefox: Option<Installed>,
}

const NOT_ASKED_FOR: &str = "the command uses a tool that its set-up did not ask for";

impl Installation {
    pub(crate) fn compiler(&self) -> Result<&Toolchain> {
        self.compiler.as_ref().context(NOT_ASKED_FOR)
    }

    pub(crate) fn wasm_bindgen(&self) -> Result<&PathBuf> {
        self.wasm_bindgen.as_ref().context(NOT_ASKED_FOR)
    }

    pub(crate) fn wasm_pack(&self) -> Result<&PathBuf> {
        self.wasm_pack.as_ref().context(NOT_ASKED_FOR)
    }

    pub(crate) fn browser(&self, browser: Browser) -> Result<&Installed> {
        let installed = match browser {
            Browser::Chromium => &self.chromium,
            Browser::Firefox => &self.firefox,
        };
        installed.as_ref().context(NOT_ASKED_FOR)
    }
}

/// Installs what is needed and missing.
pub(crate) fn ensure(workspace: &Workspace, needs: Needs) -> Result<Installation> {
    let start = Instant::now();
    let mut installation = Installation::default();
    if needs.lints {
        ensure_lints()?;
    }
    if needs.compiler {
        installation.compiler = Some(Toolchain::ensure()?);
    }
    if needs.page || needs.wasm_pack {
        let wasm_bindgen = Tool {
            name: "wasm-bindgen",
            why: "it writes the JavaScript between the page and the wasm, at the version of Cargo.lock",
            source: Source::Crate {
                package: "wasm-bindgen-cli",
                version: workspace.locked_version("wasm-bindgen")?,
                // Its lock file names a version that was withdrawn.
                locked: false,
            },
        };
        installation.wasm_bindgen = Some(wasm_bindgen.ensure()?);
    }
    if needs.page {
        node::ensure_packages(&workspace.www(), "they build the page, and wasm-opt is one of them")?;
    }
    if needs.wasm_pack {
        let wasm_pack = Tool {
            name: "wasm-pack",
            why: "it runs the Rust tests inside the browsers",
            source: Source::Crate { package: "wasm-pack", version: "0.15.1".to_owned(), locked: true },
        };
        installation.wasm_pack = Some(wasm_pack.ensure()?);
    }
    if needs.chromium {
        installation.chromium = Some(Browser::Chromium.ensure()?);
    }
    if needs.firefox {
        installation.firefox = Some(Browser::Firefox.ensure()?);
    }
    if needs.end_to_end {
        node::ensure_packages(&workspace.end_to_end(), "they drive the page in the browsers")?;
    }
    eprintln!("set-up: all tools are here ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(installation)
}

/// rustup's default profile has both; a minimal one lacks them.
fn ensure_lints() -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if process::answer("cargo", &[command, "--version"]).is_none() {
            let why = "the tests include its checks";
            progress::step(&format!("installing {component}"), why, || {
                let mut rustup = std::process::Command::new("rustup");
                process::run(rustup.args(["component", "add", component]))
                    .with_context(|| format!("run `rustup component add {component}` with a network"))
            })?;
        }
    }
    Ok(())
}
