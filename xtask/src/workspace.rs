//! Where things lie in this checkout.

use std::env;
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, Result};

/// The folders and files of the workspace that the commands read and write.
pub(crate) struct Workspace {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
    /// Cargo's output, and beside it the records of finished steps.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the workspace from the place of this crate's manifest, which cargo passes at run time too.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask has no parent folder")?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => absolute(folder)?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The page's sources.
    pub(crate) fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// The tests that drive the page in real browsers.
    pub(crate) fn end_to_end(&self) -> PathBuf {
        self.root.join("tests/e2e")
    }

    /// Cargo's output for the browser. Native and browser builds have different compilers and flags, and in one
    /// folder each would make the other start over.
    pub(crate) fn browser_target(&self) -> PathBuf {
        self.target.join("browser")
    }

    /// Cargo's output for what the interpreter of Python is part of, which another compiler builds.
    pub(crate) fn python_target(&self) -> PathBuf {
        self.target.join("python")
    }

    /// The record that a step leaves when it has finished.
    pub(crate) fn record(&self, step: &str) -> PathBuf {
        self.target.join("xtask").join(step)
    }

    /// What a suite wrote when it last ran.
    pub(crate) fn log(&self, suite: &str) -> PathBuf {
        self.record("logs").join(format!("{suite}.log"))
    }

    /// The version of a package in Cargo.lock.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        version_in_lock(&lock, package)
            .with_context(|| format!("{} names no version of {package}", path.display()))
    }
}

/// Cargo writes each package as a `name` line followed by a `version` line.
fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let version = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(version.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_yields_the_version_of_that_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "rayon"), None);
    }
}
