//! Has the program compiled again when the page that is built into it has changed.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    // Other builds read the page when they are asked for it. Where there is no page yet, cargo looks again each time.
    if is("PROFILE", "release") && !is("CARGO_CFG_TARGET_ARCH", "wasm32") {
        println!("cargo::rerun-if-changed=../www/dist");
    }
}
