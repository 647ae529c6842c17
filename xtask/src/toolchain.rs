//! The compiler that builds for the browser, and the environment that makes cargo use it.
//!
//! Threads on WebAssembly need a standard library that was compiled with atomic instructions, and rustup offers none;
//! so std is rebuilt from its sources, which stable compilers refuse. Two compilers will do: a pinned nightly from
//! rustup, or, where rustup cannot fetch, Debian's current `rustc-web` with the switch that lets a stable compiler
//! take unstable options.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{debian, process, progress};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The nightly that these commands are tested with.
const NIGHTLY: &str = "nightly-2026-05-20";
/// What the nightly needs beyond rustup's minimal profile.
const COMPONENTS: [&str; 4] = ["--component", "rust-src", "--component", "clippy"];
/// The name under which rustup's proxies reach Debian's compiler.
const LINKED: &str = "concurrent-futures-wasm";
/// Where Debian keeps its compiler.
const DEBIAN_SYSROOT: &str = "/usr";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
/// The linker of the LLVM that Debian's compiler is built with.
const DEBIAN_LINKER: &str = "lld-22";
/// A host that swallows packets would keep rustup trying for very long.
const FETCH_LIMIT: Duration = Duration::from_secs(600);

/// A compiler that can rebuild std, as rustup knows it.
pub(crate) struct Toolchain {
    name: &'static str,
    /// The linker, where the compiler brings none of its own.
    linker: Option<PathBuf>,
}

impl Toolchain {
    /// Returns the compiler, after installing it if the machine has none.
    pub(crate) fn ensure() -> Result<Self> {
        if process::on_path("rustup").is_none() {
            bail!("rustup is not on PATH, and the browser's compiler comes from it: see https://rustup.rs");
        }
        if let Some(found) = Self::find()? {
            return Ok(found);
        }
        let why = "threads in the browser need a standard library rebuilt from its sources";
        let fetched = progress::step(&format!("installing Rust {NIGHTLY} with rust-src"), why, fetch_nightly);
        if let Err(error) = fetched {
            progress::note(&format!("{error:#}; trying Debian's compiler instead"));
            progress::step("installing rustc-web with its sources", why, link_debian).with_context(|| {
                format!(
                    "no compiler for the browser could be had; let rustup reach static.rust-lang.org and run \
                     `rustup toolchain install {NIGHTLY} --profile minimal {}`",
                    COMPONENTS.join(" ")
                )
            })?;
        }
        Self::find()?.context("the compiler was installed but rustup does not list it")
    }

    /// Looks among the toolchains that rustup lists.
    fn find() -> Result<Option<Self>> {
        let installed = sysroots()?;
        let has = |wanted: &str| {
            installed.iter().any(|(name, sysroot)| name.starts_with(wanted) && is_complete(sysroot))
        };
        if has(NIGHTLY) {
            return Ok(Some(Self { name: NIGHTLY, linker: None }));
        }
        Ok(match find_linker(&installed) {
            Some(linker) if has(LINKED) => Some(Self { name: LINKED, linker: Some(linker) }),
            _ => None,
        })
    }

    /// The variables with which any cargo command builds for the browser. Flags of the target stand in the
    /// workspace's `.cargo/config.toml`.
    pub(crate) fn environment(&self, workspace: &Workspace) -> Vec<(&'static str, OsString)> {
        let mut variables = vec![
            ("RUSTUP_TOOLCHAIN", self.name.into()),
            ("CARGO_UNSTABLE_BUILD_STD", "std,panic_unwind".into()),
            ("CARGO_TARGET_DIR", workspace.browser_target().into()),
        ];
        if let Some(linker) = &self.linker {
            variables.push(("RUSTC_BOOTSTRAP", "1".into()));
            variables.push(("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()));
        }
        variables
    }

    /// Makes a command, cargo or one that calls cargo, build natively by this compiler: the interpreter of Python takes a newer one than
    /// stable may be.
    pub(crate) fn apply_natively<'a>(
        &self,
        command: &'a mut Command,
        workspace: &Workspace,
    ) -> &'a mut Command {
        command.env("RUSTUP_TOOLCHAIN", self.name).env("CARGO_TARGET_DIR", workspace.python_target());
        command.env_remove("LD_LIBRARY_PATH").current_dir(&workspace.root)
    }

    /// Makes a command, cargo or one that calls cargo, build for the browser.
    pub(crate) fn apply<'a>(&self, command: &'a mut Command, workspace: &Workspace) -> &'a mut Command {
        // Flags in the environment would replace the target's own.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        // `cargo xtask` names its own toolchain's libraries here, which are not this compiler's.
        command.env_remove("LD_LIBRARY_PATH");
        command.envs(self.environment(workspace)).current_dir(&workspace.root)
    }
}

/// The name and folder of each toolchain that rustup has or links to.
fn sysroots() -> Result<Vec<(String, PathBuf)>> {
    let listing = process::answer("rustup", &["toolchain", "list", "--verbose"])
        .context("`rustup toolchain list --verbose` failed; `rustup self update` may help")?;
    Ok(listing.lines().filter_map(parse_toolchain).collect())
}

/// Reads a line such as `stable-x86_64-unknown-linux-gnu (active, default) /root/.rustup/toolchains/stable-...`.
fn parse_toolchain(line: &str) -> Option<(String, PathBuf)> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let path = rest.rsplit_once(") ").map_or(rest, |(_, path)| path);
    Some((name.to_owned(), PathBuf::from(path.trim())))
}

fn fetch_nightly() -> Result<()> {
    let mut rustup = Command::new("rustup");
    rustup
        .args(["toolchain", "install", NIGHTLY, "--profile", "minimal", "--no-self-update"])
        .args(COMPONENTS);
    // Without a network rustup ends with one clear line, which a backtrace would bury.
    rustup.env_remove("RUST_BACKTRACE");
    process::run_within(&mut rustup, FETCH_LIMIT).with_context(|| format!("rustup could not fetch {NIGHTLY}"))
}

fn link_debian() -> Result<()> {
    if !is_complete(Path::new(DEBIAN_SYSROOT)) {
        debian::install(&DEBIAN_PACKAGES)?;
    }
    if find_linker(&sysroots()?).is_none() {
        debian::install(&[DEBIAN_LINKER])?;
    }
    process::run(Command::new("rustup").args(["toolchain", "link", LINKED, DEBIAN_SYSROOT]))
}

/// Whether a compiler has what browser builds and their lints take: the sources of std, and clippy.
fn is_complete(sysroot: &Path) -> bool {
    let clippy = format!("bin/clippy-driver{EXE_SUFFIX}");
    sysroot.join("lib/rustlib/src/rust/library/std").is_dir() && sysroot.join(clippy).is_file()
}

/// Debian's compiler has no linker for WebAssembly of its own; the one of any other toolchain serves it.
fn find_linker(installed: &[(String, PathBuf)]) -> Option<PathBuf> {
    let host = process::answer("rustc", &["--print", "host-tuple"])?;
    let bundled = |(_, sysroot): &(String, PathBuf)| {
        let path = sysroot.join("lib/rustlib").join(&host).join("bin/rust-lld");
        path.is_file().then_some(path)
    };
    installed
        .iter()
        .find_map(bundled)
        .or_else(|| ["rust-lld", "wasm-ld-22"].iter().find_map(|name| process::on_path(name)))
}

/// The folder of a browser build with this profile.
pub(crate) fn output_folder(workspace: &Workspace, profile: &str) -> PathBuf {
    workspace.browser_target().join(TARGET).join(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rustup_listing_is_read() {
        let line = "stable-x86_64-unknown-linux-gnu (active, default) /root/.rustup/toolchains/stable";
        let (name, path) = parse_toolchain(line).unwrap();
        assert_eq!(name, "stable-x86_64-unknown-linux-gnu");
        assert_eq!(path, Path::new("/root/.rustup/toolchains/stable"));
        assert_eq!(parse_toolchain("linked /usr").unwrap().1, Path::new("/usr"));
    }
}
