//! Debian's packages, for what neither rustup nor crates.io nor npm can give.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Installs packages with apt-get, as root or through a sudo that asks for no password.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let by_hand = format!("run `apt-get install {}` as root", packages.join(" "));
    if process::on_path("apt-get").is_none() {
        bail!("this system has no apt-get (on Debian the packages are: {})", packages.join(" "));
    }
    let is_root = process::answer("id", &["-u"]).is_some_and(|user| user == "0");
    if !is_root && process::answer("sudo", &["-n", "true"]).is_none() {
        bail!("apt-get needs root and sudo asks for a password: {by_hand}");
    }
    // A fresh image has no package lists, and stale lists name files that are gone.
    process::run(apt_get(is_root).arg("update")).with_context(|| by_hand.clone())?;
    let mut command = apt_get(is_root);
    command.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    process::run(&mut command).context(by_hand)
}

fn apt_get(is_root: bool) -> Command {
    let mut command = if is_root {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    // Questions of a package's set-up would wait for an answer that nobody gives; another apt is waited for.
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=300"]);
    command
}
