//! The models of the core: its own code, compiled for tools that play the interleavings of its threads.

use std::process::Command;

use crate::workspace::Workspace;

/// Each is a `--cfg` that the core knows, and the crate of the same name.
pub(crate) const TOOLS: [&str; 2] = ["loom", "shuttle"];

/// Compiles the models for one of the tools and plays them; each model prints how far that went.
pub(crate) fn command(workspace: &Workspace, tool: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--profile", "models", "--package", "concurrent-futures-core", "--lib"]);
    cargo.args(["--", "models::", "--nocapture"]);
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS").env("RUSTFLAGS", format!("--cfg {tool}"));
    // Everything is compiled with those flags, so a shared folder would be built anew after each change of them.
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("models"));
    cargo.current_dir(&workspace.root);
    cargo
}
