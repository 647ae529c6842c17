//! The page's WebAssembly: from the package `playground` to the files that the page loads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::fingerprint::Fingerprint;
use crate::setup::Installation;
use crate::workspace::Workspace;
use crate::{node, process, progress, stack_check, toolchain};

/// Size first, as the profile `wasm` asks of the compiler. The checks come first so that they are optimised too.
const OPTIMISATIONS: [&str; 2] = ["--stack-check", "-Os"];

/// Builds `www/public/pkg`.
pub(crate) fn build(workspace: &Workspace, tools: &Installation) -> Result<()> {
    let compiled = compile(workspace, tools)?;
    let package = workspace.www().join("public/pkg");
    let module = package.join("playground_bg.wasm");
    let inputs = Fingerprint::default()
        .path(&compiled, &[])?
        .path(&workspace.www().join("package-lock.json"), &[])?
        .text(&tools.wasm_bindgen()?.to_string_lossy())
        .text(&OPTIMISATIONS.join(" "));
    inputs.unless_done(&workspace.record("pkg"), &module, || {
        let why = "wasm-bindgen writes the JavaScript, wasm-opt shrinks the wasm and checks its stacks";
        progress::step("preparing the wasm", why, || {
            let staging = workspace.browser_target().join("pkg");
            prepare(workspace, tools, &compiled, &staging)?;
            replace_folder(&staging, &package)
        })
    })?;
    let (raw, compressed) = (fs::metadata(&module)?.len(), node::compressed_size(&module)?);
    progress::note(&format!("playground_bg.wasm: {} kB, {} kB with brotli", raw / 1000, compressed / 1000));
    Ok(())
}

/// Compiles the package and returns the module. Cargo itself knows best whether there is anything to do.
fn compile(workspace: &Workspace, tools: &Installation) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--package",
        "playground",
        "--lib",
        "--profile",
        "wasm",
        "--target",
        toolchain::TARGET,
    ]);
    tools.compiler()?.apply(&mut cargo, workspace);
    let why = "the same Rust as natively, with a standard library rebuilt for shared memory";
    progress::step("compiling the examples for the browser", why, || process::run(&mut cargo))?;
    Ok(toolchain::output_folder(workspace, "wasm").join("playground.wasm"))
}

/// Makes the loadable files from the compiler's module, in a folder of their own, so that the page never sees half of
/// them.
fn prepare(workspace: &Workspace, tools: &Installation, compiled: &Path, staging: &Path) -> Result<()> {
    if staging.exists() {
        fs::remove_dir_all(staging)?;
    }
    let mut bindgen = Command::new(tools.wasm_bindgen()?);
    process::run(bindgen.args(["--target", "web", "--out-dir"]).arg(staging).arg(compiled))?;

    let module = staging.join("playground_bg.wasm");
    // The module's own list of features tells wasm-opt which instructions it may meet.
    let mut optimiser = Command::new("node");
    optimiser.arg(workspace.www().join("node_modules/binaryen/bin/wasm-opt"));
    process::run(optimiser.arg(&module).args(OPTIMISATIONS).arg("--output").arg(&module))?;

    let mut wasm = fs::read(&module)?;
    stack_check::start_unchecked(&mut wasm)?;
    fs::write(&module, wasm).with_context(|| format!("cannot write {}", module.display()))
}

/// Makes `to` hold the files of `from` and nothing else.
fn replace_folder(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
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
