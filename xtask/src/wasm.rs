//! The page's WebAssembly: from the package `playground` to the files that the page loads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::fingerprint::Fingerprint;
use crate::setup::Installation;
use crate::workspace::Workspace;
use crate::{node, process, progress, stack_check, toolchain};

/// A module that the page loads, with the JavaScript that belongs to it.
struct Module {
    /// What it is called while it is built.
    name: &'static str,
    /// Features of the package `playground`.
    features: &'static str,
    /// Cargo's profile.
    profile: &'static str,
    /// Flags for the compiler beside those of the target.
    flags: &'static [&'static str],
    /// Its folder in `www/public/pkg`.
    folder: &'static str,
    /// Where the stack checks of wasm-opt come first, they are optimised too.
    optimisations: &'static [&'static str],
}

/// Size first, as the profile asks of the compiler: every reader loads it.
const EXAMPLES: Module = Module {
    name: "the examples",
    features: "",
    profile: "wasm",
    flags: &[],
    folder: "",
    optimisations: &["--stack-check", "-Os"],
};

/// The interpreter of Python. It is large, so wasm-opt, which would take minutes for all that it can do, only does what pays most, and a
/// panic in it, which no reader can mend, tells no place.
const INTERPRETER: Module = Module {
    name: "the interpreter",
    features: "python",
    profile: "wasm-python",
    // The first thread has a stack as large as the others'.
    flags: &["-Zlocation-detail=none", "-Clink-arg=-zstack-size=4194304"],
    folder: "python",
    optimisations: &[
        "--stack-check",
        "--simplify-locals-nostructure",
        "--coalesce-locals",
        "--reorder-locals",
        "--vacuum",
    ],
};

/// Builds `www/public/pkg`.
pub(crate) fn build(workspace: &Workspace, tools: &Installation) -> Result<()> {
    for module in [EXAMPLES, INTERPRETER] {
        module.build(workspace, tools)?;
    }
    Ok(())
}

impl Module {
    fn build(&self, workspace: &Workspace, tools: &Installation) -> Result<()> {
        let compiled = self.compile(workspace, tools)?;
        let package = workspace.www().join("public/pkg").join(self.folder);
        let module = package.join("playground_bg.wasm");
        let inputs = Fingerprint::default()
            .path(&compiled, &[])?
            .path(&workspace.www().join("package-lock.json"), &[])?
            .text(&tools.wasm_bindgen()?.to_string_lossy())
            .text(&self.optimisations.join(" "));
        inputs.unless_done(&workspace.record(&format!("pkg-{}", self.profile)), &module, || {
            let why = "wasm-bindgen writes the JavaScript, wasm-opt shrinks the wasm and checks its stacks";
            progress::step(&format!("preparing the wasm of {}", self.name), why, || {
                let staging = workspace.browser_target().join("pkg").join(self.profile);
                self.prepare(workspace, tools, &compiled, &staging)?;
                replace_files(&staging, &package)
            })
        })?;
        let (raw, compressed) = (fs::metadata(&module)?.len(), fs::metadata(node::packed(&module))?.len());
        let name = self.name;
        progress::note(&format!("{name}: {} kB of wasm, {} kB with brotli", raw / 1000, compressed / 1000));
        Ok(())
    }

    /// Compiles the package and returns the module. Cargo itself knows best whether there is anything to do.
    fn compile(&self, workspace: &Workspace, tools: &Installation) -> Result<PathBuf> {
        let mut cargo = Command::new("cargo");
        // As a library for browsers only: one for Rust programs as well would be compiled without link-time optimisation.
        cargo.args(["rustc", "--package", "playground", "--lib", "--crate-type", "cdylib"]);
        cargo.args(["--target", toolchain::TARGET, "--profile", self.profile, "--features", self.features]);
        for flag in self.flags {
            cargo.arg("--config").arg(format!("target.{}.rustflags=['{flag}']", toolchain::TARGET));
        }
        tools.compiler()?.apply(&mut cargo, workspace);
        let why = "the same Rust as natively, with a standard library rebuilt for shared memory";
        progress::step(&format!("compiling {} for the browser", self.name), why, || {
            process::run(&mut cargo)
        })?;
        Ok(toolchain::output_folder(workspace, self.profile).join("playground.wasm"))
    }

    /// Makes the loadable files from the compiler's module, in a folder of their own, so that the page never sees half of
    /// them.
    fn prepare(
        &self,
        workspace: &Workspace,
        tools: &Installation,
        compiled: &Path,
        staging: &Path,
    ) -> Result<()> {
        if staging.exists() {
            fs::remove_dir_all(staging)?;
        }
        let mut bindgen = Command::new(tools.wasm_bindgen()?);
        process::run(bindgen.args(["--target", "web", "--out-dir"]).arg(staging).arg(compiled))?;

        let module = staging.join("playground_bg.wasm");
        // The module's own list of features tells wasm-opt which instructions it may meet.
        let mut optimiser = Command::new("node");
        optimiser.arg(workspace.www().join("node_modules/binaryen/bin/wasm-opt"));
        process::run(optimiser.arg(&module).args(self.optimisations).arg("--output").arg(&module))?;

        let mut wasm = fs::read(&module)?;
        stack_check::start_unchecked(&mut wasm)?;
        fs::write(&module, wasm).with_context(|| format!("cannot write {}", module.display()))?;
        node::compress(staging)
    }
}

/// Puts the files of `from` into `to`, in place of those that are there. A module's folder may hold that of another.
fn replace_files(from: &Path, to: &Path) -> Result<()> {
    if to.join("snippets").exists() {
        // Their names change with their contents.
        fs::remove_dir_all(to.join("snippets"))?;
    }
    copy_folder(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
