//! Freezes the Python files of the standard library, and this crate's own, into the binary.
//!
//! A frozen file is compiled here, so a program that imports it neither parses nor reads anything. Files of this crate win over those of
//! the library of the same name.

#[path = "src/frozen/names.rs"]
mod names;

use names::NAMES;
use rustpython_compiler::{CompileOpts, Mode, compile};
use rustpython_compiler_core::frozen::{FrozenCodeObject, FrozenLib, FrozenModule};
use rustpython_compiler_core::marshal::serialize_code;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The modules by their names.
type Modules = BTreeMap<String, FrozenModule<Vec<u8>>>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/frozen/names.rs");
    println!("cargo:rerun-if-changed=lib");
    let mut modules = Modules::new();
    for name in NAMES {
        freeze(Path::new(rustpython_pylib::LIB_PATH), name, &mut modules)?;
    }
    for name in own(Path::new("lib"), "")? {
        freeze(Path::new("lib"), &name, &mut modules)?;
    }
    let entries: Vec<_> = modules.into_iter().collect();
    let library = FrozenLib::encode(entries.iter().map(|(name, module)| {
        (
            name.as_str(),
            FrozenModule {
                code: FrozenCodeObject { bytes: module.code.bytes.as_slice() },
                package: module.package,
            },
        )
    }));
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("library.frozen"), library.bytes)?;
    Ok(())
}

/// The names of the modules below a folder of this crate.
fn own(folder: &Path, package: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a file name is not Unicode")?;
        let name = if package.is_empty() { stem.to_owned() } else { format!("{package}.{stem}") };
        if path.is_dir() {
            names.extend(own(&path, &name)?);
        } else if stem == "__init__" {
            names.push(package.to_owned());
        } else if path.extension().is_some_and(|extension| extension == "py") {
            names.push(name);
        }
    }
    Ok(names)
}

/// Compiles the module or package of that name.
fn freeze(library: &Path, name: &str, modules: &mut Modules) -> Result<(), Box<dyn Error>> {
    let place = library.join(name.replace('.', "/"));
    let package = place.join("__init__.py").exists();
    let file = if package { place.join("__init__.py") } else { place.with_extension("py") };
    let source = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    // As `python -OO -X no_debug_ranges` does: without assertions, docstrings and columns, which nobody here looks at.
    let options = CompileOpts { optimize: 2, debug_ranges: false, ..CompileOpts::default() };
    let code = compile(&source, Mode::Exec, &format!("<frozen {name}>"), options)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let mut bytes = Vec::new();
    serialize_code(&mut bytes, &code);
    modules
        .insert(name.to_owned(), FrozenModule { code: FrozenCodeObject { bytes: stored(&bytes) }, package });
    Ok(())
}

/// Data in the format in which the interpreter expects it compressed (LZ4, with its length before it), and yet as it is: what is
/// compressed twice is larger than what only the network's own compression has seen.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stored = u32::try_from(data.len()).expect("a module is small").to_le_bytes().to_vec();
    // One run of literals: 15 in the upper half of the token, then what is more, in bytes that add up.
    let more = data.len().checked_sub(15);
    stored.push(u8::try_from(data.len().min(15)).expect("at most 15") << 4);
    if let Some(more) = more {
        stored.extend(std::iter::repeat_n(255, more / 255));
        stored.push(u8::try_from(more % 255).expect("less than 255"));
    }
    stored.extend(data);
    stored
}
