//! The suites of `cargo xtask test`: what each needs and which programs it runs.

use std::process::Command;

use anyhow::{Context, Result};

use crate::browser::Browser;
use crate::setup::{Installation, Needs};
use crate::workspace::Workspace;
use crate::{chaos, models, node, page, process, toolchain};

/// A group of tests that stands in one line of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// The sources are formatted.
    Format,
    /// Clippy finds nothing, natively and for the browser.
    Clippy,
    /// The documentation builds without a warning.
    Documentation,
    /// Unit, scenario and documentation tests on this machine's threads and processes.
    Native,
    /// What takes the interpreter of Python: its module, and the playground.
    Python,
    /// The core in every interleaving of its threads that tools can reach.
    Models,
    /// Good and hostile tasks on processes, while workers are killed.
    Chaos,
    /// The same scenarios, and the web back end's own tests, inside a browser.
    Web(Browser),
    /// The page's TypeScript, without a browser.
    Page,
    /// The page in a browser.
    EndToEnd(Browser),
}

/// A program that a suite runs.
pub(crate) struct Step {
    pub(crate) command: Command,
    /// Whether its output says how many tests ran; otherwise the program as a whole is one test.
    pub(crate) counts: bool,
}

/// Packages that are built for the browser.
const BROWSER_PACKAGES: [&str; 10] = [
    "--package",
    "bench",
    "--package",
    "concurrent-futures-web",
    "--package",
    "examples",
    "--package",
    "playground",
    "--package",
    "scenarios",
];
/// What wasm-pack is to run: the tests of one package, in one surrounding.
struct InBrowser {
    /// The package's folder.
    folder: &'static str,
    /// Which of its tests. Never the documentation tests, for which rustdoc knows no rebuilt standard library.
    targets: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
}

/// The tests that run in a browser.
const BROWSER_TESTS: [InBrowser; 5] = [
    InBrowser { folder: "web", targets: &["--lib", "--test", "page"], variables: &[] },
    // Served without the isolation headers, and once on the page itself, once in a worker.
    InBrowser {
        folder: "web",
        targets: &["--test", "threadless"],
        variables: &[("WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION", "1"), ("WASM_BINDGEN_USE_BROWSER", "1")],
    },
    InBrowser {
        folder: "web",
        targets: &["--test", "threadless"],
        variables: &[
            ("WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION", "1"),
            ("WASM_BINDGEN_USE_DEDICATED_WORKER", "1"),
        ],
    },
    InBrowser {
        folder: "web",
        targets: &["--test", "fibers"],
        variables: &[
            ("WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION", "1"),
            ("WASM_BINDGEN_USE_DEDICATED_WORKER", "1"),
        ],
    },
    InBrowser { folder: "tests", targets: &["--all-targets"], variables: &[] },
];
/// All but the package that compiles for the browser only, and those that take a newer compiler, with whatever can be asked of them.
const OTHERS: [&str; 8] = [
    "--workspace",
    "--exclude",
    "concurrent-futures-web",
    "--exclude",
    "concurrent-futures-python",
    "--exclude",
    "playground",
    "--all-features",
];
/// The packages that the interpreter is part of. Naming them together builds it once.
pub(crate) const WITH_PYTHON: [&str; 6] =
    ["--package", "concurrent-futures-python", "--package", "playground", "--features", "playground/python"];

impl Suite {
    /// All of them, the quickest first.
    pub(crate) const ALL: [Self; 12] = [
        Self::Format,
        Self::Clippy,
        Self::Documentation,
        Self::Native,
        Self::Python,
        Self::Models,
        Self::Chaos,
        Self::Page,
        Self::Web(Browser::Chromium),
        Self::Web(Browser::Firefox),
        Self::EndToEnd(Browser::Chromium),
        Self::EndToEnd(Browser::Firefox),
    ];

    /// The name on the command line and in the summary.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "fmt",
            Self::Clippy => "clippy",
            Self::Documentation => "doc",
            Self::Native => "native",
            Self::Python => "python",
            Self::Models => "models",
            Self::Chaos => "chaos",
            Self::Web(Browser::Chromium) => "web-chromium",
            Self::Web(Browser::Firefox) => "web-firefox",
            Self::Page => "page",
            Self::EndToEnd(Browser::Chromium) => "e2e-chromium",
            Self::EndToEnd(Browser::Firefox) => "e2e-firefox",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|suite| suite.name() == name);
        found.with_context(|| {
            let names: Vec<_> = Self::ALL.into_iter().map(Self::name).collect();
            format!("no suite is called `{name}`; there are {}", names.join(", "))
        })
    }

    /// What has to be installed before the suite can run.
    pub(crate) fn needs(self) -> Needs {
        let none = Needs::default();
        let of_browser = |browser| Needs {
            chromium: browser == Browser::Chromium,
            firefox: browser == Browser::Firefox,
            ..none
        };
        match self {
            Self::Native | Self::Models | Self::Chaos => none,
            Self::Format => Needs { lints: true, ..none },
            Self::Clippy => Needs { lints: true, compiler: true, ..none },
            Self::Documentation | Self::Python => Needs { compiler: true, ..none },
            Self::Page => Needs { page: true, ..none },
            Self::Web(browser) => Needs { compiler: true, wasm_pack: true, ..of_browser(browser) },
            Self::EndToEnd(browser) => Needs { end_to_end: true, ..Needs::PAGE.and(of_browser(browser)) },
        }
    }

    /// Prepares the suite and returns its programs.
    pub(crate) fn steps(self, workspace: &Workspace, tools: &Installation) -> Result<Vec<Step>> {
        let cargo = |arguments: &[&str]| {
            let mut cargo = Command::new("cargo");
            cargo.args(arguments).current_dir(&workspace.root);
            cargo
        };
        let browser_cargo = |arguments: &[&str]| -> Result<Command> {
            let mut cargo = cargo(arguments);
            tools.compiler()?.apply(cargo.args(["--target", toolchain::TARGET]), workspace);
            Ok(cargo)
        };
        Ok(match self {
            Self::Format => vec![whole(cargo(&["fmt", "--all", "--check"]))],
            Self::Clippy => {
                let strict = ["--all-targets", "--", "-D", "warnings"];
                let mut native = cargo(&["clippy"]);
                native.args(OTHERS).args(strict);
                let mut python = cargo(&["clippy"]);
                tools.compiler()?.apply_natively(python.args(WITH_PYTHON), workspace);
                python.args(strict);
                let mut browser = browser_cargo(&["clippy"])?;
                browser.args(BROWSER_PACKAGES).args(strict);
                vec![whole(native), whole(python), whole(browser)]
            }
            Self::Documentation => {
                let mut native = cargo(&["doc", "--no-deps"]);
                native.args(OTHERS).env("RUSTDOCFLAGS", "-D warnings");
                let mut python = cargo(&["doc", "--no-deps"]);
                tools.compiler()?.apply_natively(python.args(WITH_PYTHON), workspace);
                python.env("RUSTDOCFLAGS", "-D warnings");
                let mut web = browser_cargo(&["doc", "--no-deps", "--package", "concurrent-futures-web"])?;
                web.env("RUSTDOCFLAGS", "-D warnings");
                vec![whole(native), whole(python), whole(web)]
            }
            Self::Native => {
                let mut test = cargo(&["test", "--no-fail-fast"]);
                test.args(OTHERS);
                vec![counted(test)]
            }
            Self::Python => {
                let mut test = cargo(&["test", "--no-fail-fast"]);
                tools.compiler()?.apply_natively(test.args(WITH_PYTHON), workspace);
                vec![counted(test)]
            }
            Self::Models => models::TOOLS.map(|tool| counted(models::command(workspace, tool))).into(),
            Self::Chaos => vec![whole(chaos::command(workspace, &["--seconds".into(), "20".into()]))],
            Self::Web(browser) => {
                let steps =
                    BROWSER_TESTS.into_iter().map(|tests| wasm_pack_test(&tests, browser, workspace, tools));
                steps.collect::<Result<_>>()?
            }
            Self::Page => {
                page::generate(workspace)?;
                let npm = |script: &str| {
                    let mut npm = node::npm(&workspace.www());
                    npm.args(["run", "--silent", script]);
                    npm
                };
                vec![whole(npm("check")), counted(npm("test"))]
            }
            Self::EndToEnd(browser) => {
                let mut npm = node::npm(&workspace.end_to_end());
                npm.args(["run", "--silent"]);
                npm.arg(match browser {
                    Browser::Chromium => "e2e:chromium",
                    Browser::Firefox => "e2e:firefox",
                });
                npm.envs(tools.browser(browser)?.variables());
                vec![counted(npm)]
            }
        })
    }

    /// Whether the suite's programs expect a server of the built page.
    pub(crate) fn is_served(self) -> bool {
        matches!(self, Self::EndToEnd(_))
    }
}

fn whole(command: Command) -> Step {
    Step { command, counts: false }
}

fn counted(command: Command) -> Step {
    Step { command, counts: true }
}

/// Runs tests inside a browser.
fn wasm_pack_test(
    tests: &InBrowser,
    browser: Browser,
    workspace: &Workspace,
    tools: &Installation,
) -> Result<Step> {
    let installed = tools.browser(browser)?;
    let mut command = Command::new(tools.wasm_pack()?);
    // Everything that wasm-pack would install is here at the right version; its own search would miss a compiler
    // whose standard library is only rebuilt.
    command.args(["test", "--mode", "no-install", "--headless"]);
    command.args(installed.wasm_pack_options()).arg(&installed.driver).arg(tests.folder);
    command.args(tests.targets).envs(tests.variables.iter().copied());
    tools.compiler()?.apply(&mut command, workspace);
    command.env("PATH", process::path_starting_with(tools.wasm_bindgen()?)?);
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", installed.write_capabilities(workspace)?);
    // The default of 20 s is for all tests of the package together.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    Ok(counted(command))
}
