//! The files of the page, built in or in a folder.

use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

/// What `cargo xtask build` makes. It is part of the program, except in debug builds, which read it as they go; and a program
/// that was built before the page has none.
#[derive(RustEmbed)]
#[folder = "../www/dist"]
#[allow_missing = true]
struct BuiltIn;

/// Where the files are.
#[derive(Debug)]
pub(super) enum Files {
    /// In the program.
    BuiltIn,
    /// In this folder.
    Folder(PathBuf),
}

/// One of the files.
pub(super) struct File {
    pub(super) bytes: Cow<'static, [u8]>,
    /// Differs when the content does.
    pub(super) version: String,
}

impl Files {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        folder.map_or(Self::BuiltIn, Self::Folder)
    }

    /// Reads a file. It lies in the folder whatever the path says: the path is made of plain names, and a link is not followed
    /// to elsewhere.
    pub(super) fn read(&self, path: &str) -> Option<File> {
        if !path.split('/').all(is_plain) {
            return None;
        }
        match self {
            Self::BuiltIn => {
                let file = BuiltIn::get(path)?;
                let version =
                    file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
                Some(File { bytes: file.data, version })
            }
            Self::Folder(folder) => {
                let folder = folder.canonicalize().ok()?;
                let file = folder.join(path).canonicalize().ok().filter(|file| file.starts_with(&folder))?;
                let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
                let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
                let version = format!("{:x}-{:x}", metadata.len(), changed.as_nanos());
                Some(File { bytes: fs::read(file).ok()?.into(), version })
            }
        }
    }
}

/// Whether a part of a path is a plain name. The page's files have no others, so nothing has to be decoded, and whatever is
/// encoded, as a way out of the folder would be, names no file.
fn is_plain(part: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for good in ["index.html", "main-B_x9.js", "a"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in ["", ".", "..", ".git", "a%2f", "a\\b", "c:", "a b", "a\0", "é"] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
