//! A program that the commands call and that a machine may lack.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{debian, process, progress};

/// A program, what it is for, and where it comes from.
pub(crate) struct Tool {
    /// The name of its binary.
    pub(crate) name: &'static str,
    /// What this project needs it for, said when it is installed.
    pub(crate) why: &'static str,
    /// Where it comes from.
    pub(crate) source: Source,
}

/// Where a tool comes from.
pub(crate) enum Source {
    /// A package of crates.io. It is built into a folder of this project's own, so that no tool which the user
    /// keeps at another version is replaced.
    Crate {
        /// The package's name, which may differ from the binary's.
        package: &'static str,
        /// The version that these commands are written for.
        version: String,
        /// Whether to build with the versions that the package's authors tested.
        locked: bool,
    },
    /// A package of the system. Only Debian's is installed here; elsewhere the user is told what to install.
    System {
        /// Debian's package.
        debian: &'static str,
        /// Other names and usual places of the binary.
        elsewhere: &'static [&'static str],
    },
}

impl Tool {
    /// Returns the binary's path, after installing it if the machine has none.
    pub(crate) fn ensure(&self) -> Result<PathBuf> {
        if let Some(path) = self.find() {
            return Ok(path);
        }
        let install = || match &self.source {
            Source::Crate { package, version, locked } => self.build(package, version, *locked),
            Source::System { debian, .. } => debian::install(&[debian]).with_context(|| {
                format!(
                    "{} is missing and cannot be installed here; install it and put it on PATH",
                    self.name
                )
            }),
        };
        progress::step(&format!("installing {}", self.title()), self.why, install)?;
        match self.find() {
            Some(path) => Ok(path),
            None => bail!("{} was installed but is not where it should be", self.title()),
        }
    }

    fn title(&self) -> String {
        match &self.source {
            Source::Crate { version, .. } => format!("{} {version}", self.name),
            Source::System { .. } => self.name.to_owned(),
        }
    }

    /// Looks in the usual places.
    fn find(&self) -> Option<PathBuf> {
        match &self.source {
            Source::Crate { version, .. } => {
                let file = format!("{}{}", self.name, env::consts::EXE_SUFFIX);
                let built = self.folder(version).ok()?.join("bin").join(file);
                let on_path = || process::on_path(self.name).filter(|path| is_version(path, version));
                if built.is_file() { Some(built) } else { on_path() }
            }
            Source::System { elsewhere, .. } => process::on_path(self.name).or_else(|| {
                let place = |name: &&str| {
                    if name.contains('/') {
                        Some(PathBuf::from(name)).filter(|path| path.is_file())
                    } else {
                        process::on_path(name)
                    }
                };
                elsewhere.iter().find_map(place)
            }),
        }
    }

    fn build(&self, package: &str, version: &str, locked: bool) -> Result<()> {
        let mut cargo = Command::new("cargo");
        cargo.args(["install", package, "--version", version, "--root"]).arg(self.folder(version)?);
        if locked {
            cargo.arg("--locked");
        }
        // Objects of a foreign package would only fill this workspace's target folder.
        cargo.env_remove("CARGO_TARGET_DIR");
        process::run(&mut cargo).with_context(|| {
            format!("{} could not be built; see above, and check that crates.io can be reached", self.title())
        })
    }

    /// The folder that holds this version and nothing else.
    fn folder(&self, version: &str) -> Result<PathBuf> {
        let cache = match env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => env::home_dir().context("no home folder is known; set XDG_CACHE_HOME")?.join(".cache"),
        };
        Ok(cache.join("concurrent-futures/tools").join(format!("{}-{version}", self.name)))
    }
}

/// Whether the program says that it is this version: `wasm-pack 0.15.1`.
fn is_version(path: &Path, version: &str) -> bool {
    process::answer(path, &["--version"])
        .is_some_and(|text| text.split_whitespace().nth(1).is_some_and(|word| word == version))
}
