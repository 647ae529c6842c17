//! Which steps may be skipped: a step's inputs are hashed, and the hash is kept when the step has finished.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A hash over the inputs of a step. It is compared only with hashes made by this program, and a changed hash
/// function after an update of Rust costs one extra run.
#[derive(Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Adds a text, such as the arguments of the step's program.
    pub(crate) fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    /// Adds the name and content of a file, or of every file below a folder, without what the names in `except`
    /// hold.
    pub(crate) fn path(mut self, path: &Path, except: &[&str]) -> Result<Self> {
        self.add(path, except).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(self)
    }

    fn add(&mut self, path: &Path, except: &[&str]) -> Result<()> {
        path.hash(&mut self.0);
        if !path.is_dir() {
            fs::read(path)?.hash(&mut self.0);
            return Ok(());
        }
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        // The system lists a folder in any order.
        entries.sort();
        for entry in entries {
            if !except.iter().any(|name| entry.ends_with(name)) {
                self.add(&entry, except)?;
            }
        }
        Ok(())
    }

    /// Performs `step` unless the record says that it has finished with these inputs and `output` still exists.
    /// Returns whether it was performed.
    pub(crate) fn unless_done(
        self,
        record: &Path,
        output: &Path,
        step: impl FnOnce() -> Result<()>,
    ) -> Result<bool> {
        let now = format!("{:016x}\n", self.0.finish());
        if output.exists() && fs::read_to_string(record).is_ok_and(|before| before == now) {
            return Ok(false);
        }
        step()?;
        if let Some(folder) = record.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(record, now).with_context(|| format!("cannot write {}", record.display()))?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_runs_again_only_after_a_change() {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        let (input, output, record) = (folder.join("input"), folder.join("output"), folder.join("record"));
        fs::create_dir_all(input.join("skipped")).unwrap();
        fs::write(input.join("a"), "1").unwrap();
        let run = || {
            let step = || Ok(fs::write(&output, "")?);
            Fingerprint::default()
                .path(&input, &["skipped"])
                .unwrap()
                .unless_done(&record, &output, step)
                .unwrap()
        };
        assert!(run());
        assert!(!run());
        fs::write(input.join("skipped/b"), "2").unwrap();
        assert!(!run());
        fs::write(input.join("a"), "2").unwrap();
        assert!(run());
        fs::remove_file(&output).unwrap();
        assert!(run());
        fs::remove_dir_all(folder).unwrap();
    }
}
