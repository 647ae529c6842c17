//! The browsers that the tests run in, and how each is started where there is no display.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::tool::{Source, Tool};
use crate::workspace::Workspace;

/// Containers have no user namespaces for the sandbox, no GPU and a small `/dev/shm`; the other options keep the
/// browser from talking to the network.
const CHROMIUM_ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser that has to pass the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    Chromium,
    Firefox,
}

/// A browser on this machine with the driver that steers it.
pub(crate) struct Installed {
    pub(crate) kind: Browser,
    pub(crate) binary: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Returns the browser and its driver, after installing what the machine lacks.
    pub(crate) fn ensure(self) -> Result<Installed> {
        Ok(Installed { kind: self, binary: self.binary().ensure()?, driver: self.driver().ensure()? })
    }

    fn binary(self) -> Tool {
        let why = "the tests run in it";
        match self {
            Self::Chromium => Tool {
                name: "chromium",
                why,
                source: Source::System {
                    debian: "chromium",
                    elsewhere: &[
                        "chromium-browser",
                        "google-chrome",
                        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                    ],
                },
            },
            Self::Firefox => Tool {
                name: "firefox",
                why,
                source: Source::System {
                    debian: "firefox-esr",
                    elsewhere: &["firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"],
                },
            },
        }
    }

    fn driver(self) -> Tool {
        match self {
            Self::Chromium => Tool {
                name: "chromedriver",
                why: "the Rust tests steer Chromium through it",
                source: Source::System {
                    debian: "chromium-driver",
                    elsewhere: &["/usr/lib/chromium-browser/chromedriver"],
                },
            },
            Self::Firefox => Tool {
                name: "geckodriver",
                why: "the tests steer Firefox through it",
                source: Source::Crate { package: "geckodriver", version: "0.37.1".to_owned(), locked: true },
            },
        }
    }
}

impl Installed {
    /// The variables that name the browser and its driver to the end-to-end tests.
    pub(crate) fn variables(&self) -> [(&'static str, &PathBuf); 2] {
        match self.kind {
            Browser::Chromium => [("CHROMIUM", &self.binary), ("CHROMEDRIVER", &self.driver)],
            Browser::Firefox => [("FIREFOX", &self.binary), ("GECKODRIVER", &self.driver)],
        }
    }

    /// The options with which wasm-pack picks the browser; its driver's path follows them.
    pub(crate) fn wasm_pack_options(&self) -> [&'static str; 2] {
        match self.kind {
            Browser::Chromium => ["--chrome", "--chromedriver"],
            Browser::Firefox => ["--firefox", "--geckodriver"],
        }
    }

    /// Writes the file from which wasm-bindgen's test runner takes the browser's options, and returns its path.
    pub(crate) fn write_capabilities(&self, workspace: &Workspace) -> Result<PathBuf> {
        let (name, vendor, arguments): (_, _, &[&str]) = match self.kind {
            Browser::Chromium => ("chromium", "goog:chromeOptions", &CHROMIUM_ARGUMENTS),
            Browser::Firefox => ("firefox", "moz:firefoxOptions", &["-headless"]),
        };
        let path = workspace.record(&format!("webdriver-{name}.json"));
        // Rust's debug form of a string is also a JSON string, for text without control characters.
        let text = format!(
            "{{\n  {vendor:?}: {{\n    \"binary\": {:?},\n    \"args\": {arguments:?}\n  }}\n}}\n",
            self.binary.display().to_string()
        );
        fs::create_dir_all(workspace.record(""))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}
