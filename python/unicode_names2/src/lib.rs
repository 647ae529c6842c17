//! The names of Unicode's characters, as the newer version of this crate knows them.

/// Returns the character of that name, as `Some('☃')` for `SNOWMAN`.
#[must_use]
pub fn character(name: &str) -> Option<char> {
    newer::character(name)
}
