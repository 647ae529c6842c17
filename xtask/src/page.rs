//! The page in `www/dist`: the wasm, what Rust tells TypeScript about itself, and Vite's build of both.

use std::fs;
use std::path::{self, Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::fingerprint::Fingerprint;
use crate::setup::Installation;
use crate::workspace::Workspace;
use crate::{node, process, progress, wasm};

/// Builds the page; steps whose inputs have not changed are skipped.
pub(crate) fn build(workspace: &Workspace, tools: &Installation) -> Result<()> {
    wasm::build(workspace, tools)?;
    generate(workspace)?;
    bundle(workspace)
}

/// Builds the page for hosts that only have files, by default into `www/dist-static`. What the folder held is replaced.
pub(crate) fn dist(workspace: &Workspace, tools: &Installation, out: Option<PathBuf>) -> Result<()> {
    wasm::build(workspace, tools)?;
    generate(workspace)?;
    let www = workspace.www();
    // Whoever names a folder means it from where they are, which is not where Vite runs.
    let out = out.map_or_else(|| Ok(www.join("dist-static")), path::absolute)?;
    ensure_replaceable(&out)?;
    progress::step("bundling the page", "with a service worker, for hosts that only have files", || {
        let mut npm = node::npm(&www);
        npm.args(["run", "--silent", "build", "--", "--mode", "static", "--emptyOutDir", "--outDir"]);
        process::run(npm.arg(&out))
    })?;
    println!("{} can be copied to any static host, under any path", out.display());
    Ok(())
}

/// Refuses a folder of somebody else's, as the build empties it.
fn ensure_replaceable(out: &Path) -> Result<()> {
    let empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if !empty && !out.join("version.json").exists() {
        bail!("{} has other files in it, and the build would replace them", out.display());
    }
    Ok(())
}

/// Writes what the page's TypeScript imports but Rust defines: the examples and the types of the events. The page's
/// own checks need these files as well.
pub(crate) fn generate(workspace: &Workspace) -> Result<()> {
    let generated = workspace.www().join("src/generated");
    fs::create_dir_all(&generated)?;
    progress::step(
        "asking the playground for its examples and event types",
        "the page shows the same",
        || {
            for (subject, file) in [("catalog", "catalog.json"), ("types", "events.ts")] {
                let mut cargo = Command::new("cargo");
                cargo.args(["run", "--quiet", "--package", "playground", "--", subject]);
                let text = process::output(cargo.current_dir(&workspace.root))?;
                write_if_changed(&generated.join(file), &text)?;
            }
            Ok(())
        },
    )
}

/// An untouched file keeps its time, by which editors and Vite know that nothing changed.
fn write_if_changed(path: &Path, text: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn bundle(workspace: &Workspace) -> Result<()> {
    let www = workspace.www();
    let inputs =
        Fingerprint::default().path(&www, &["node_modules", "dist", "dist-static"])?.text(node::COMPRESS);
    inputs.unless_done(&workspace.record("dist"), &www.join("dist/index.html"), || {
        progress::step("bundling the page", "Vite turns TypeScript into what browsers load", || {
            process::run(node::npm(&www).args(["run", "--silent", "build"]))
        })?;
        progress::step("compressing the page", "its server sends what is packed already", || {
            node::compress(&www.join("dist"))
        })
    })?;
    Ok(())
}
