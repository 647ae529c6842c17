//! Node, npm and the packages that npm installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::fingerprint::Fingerprint;
use crate::{process, progress};

/// What the page's build tools ask for.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Installs the packages that the folder's lock file names, unless they are there.
pub(crate) fn ensure_packages(folder: &Path, why: &str) -> Result<()> {
    check_version()?;
    let modules = folder.join("node_modules");
    let inputs = Fingerprint::default().path(&folder.join("package-lock.json"), &[])?;
    // The record lies among the packages, so that removing these removes it too.
    inputs.unless_done(&modules.join(".xtask"), &modules, || {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        progress::step(&format!("installing the npm packages of {name}"), why, || {
            let mut npm = npm(folder);
            npm.args(["ci", "--no-audit", "--no-fund"]);
            // The tests bring their own browsers.
            npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
            process::run(&mut npm).context("check that registry.npmjs.org can be reached")
        })
    })?;
    Ok(())
}

/// npm, for use in a folder.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder);
    npm
}

/// Puts a compressed file beside each file of a folder that shrinks by it and has none. The window is the largest that browsers take.
pub(crate) const COMPRESS: &str = r"
    const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_LGWIN: window } = zlib.constants;
    const names = fs.readdirSync(process.argv[1], { recursive: true }).map((name) => path.join(process.argv[1], name));
    for (const name of names) {
        if (!/\.(html|js|css|svg|json|wasm|webmanifest)$/.test(name) || names.includes(name + '.br')) continue;
        const bytes = fs.readFileSync(name);
        const packed = zlib.brotliCompressSync(bytes, { params: { [quality]: 11, [window]: 24 } });
        if (packed.length < bytes.length) fs.writeFileSync(name + '.br', packed);
    }
";

/// Compresses a folder's files for the network, as [`COMPRESS`] tells.
pub(crate) fn compress(folder: &Path) -> Result<()> {
    process::run(Command::new("node").args(["-e", COMPRESS]).arg(folder))
}

/// What [`compress`] has made of a file.
pub(crate) fn packed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

fn check_version() -> Result<()> {
    let (major, minor) = OLDEST_NODE;
    let remedy = format!("install Node {major}.{minor} or newer from https://nodejs.org");
    if process::on_path(if cfg!(windows) { "npm.cmd" } else { "npm" }).is_none() {
        bail!("npm is not on PATH: {remedy}");
    }
    let version =
        process::answer("node", &["--version"]).with_context(|| format!("node does not run: {remedy}"))?;
    if parse_version(&version).is_none_or(|found| found < OLDEST_NODE) {
        bail!("node {version} is too old: {remedy}");
    }
    Ok(())
}

/// Reads `v20.20.2`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert!(parse_version("v20.20.2").unwrap() >= OLDEST_NODE);
        assert!(parse_version("v20.9.0").unwrap() < OLDEST_NODE);
        assert!(parse_version("v22.0.0").unwrap() >= OLDEST_NODE);
    }
}
