//! Makes the stack checks that wasm-opt inserts let a worker start.
//!
//! A worker's stack is a block of the heap without a guard: an overflow would silently overwrite what lies below.
//! `wasm-opt --stack-check` compares the stack pointer with two globals, `__stack_base` and `__stack_limit`, wherever
//! it moves, and exports `__set_stack_limits(base, limit)`, with which each worker tells its own bounds. Both globals
//! start at 0, and every stack pointer lies above a base of 0, so the first function of a new instance would trap before
//! anybody could set them. With a base of -1, the highest address, an instance whose bounds were not told is unchecked.

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

/// The bytes of `i32.const 0` and of `i32.const -1`, which are equally long.
const CONST_ZERO: [u8; 2] = [0x41, 0x00];
const CONST_MINUS_ONE: [u8; 2] = [0x41, 0x7f];

/// Sets the initial stack base of a module from wasm-opt to -1.
pub(crate) fn start_unchecked(wasm: &mut [u8]) -> Result<()> {
    let place = find_initial_base(wasm).context("the stack checks of wasm-opt are not as expected")?;
    wasm[place..place + CONST_ZERO.len()].copy_from_slice(&CONST_MINUS_ONE);
    Ok(())
}

/// Finds where the file holds the `i32.const 0` that initialises the base: the first global that
/// `__set_stack_limits` sets.
fn find_initial_base(wasm: &[u8]) -> Result<usize> {
    let (mut imported_functions, mut imported_globals) = (0, 0);
    let mut initial_values = Vec::new();
    let mut setter = None;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    match import?.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => imported_functions += 1,
                        TypeRef::Global(_) => imported_globals += 1,
                        _ => {}
                    }
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    initial_values.push(global?.init_expr.get_binary_reader().original_position());
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.name == "__set_stack_limits" && export.kind == ExternalKind::Func {
                        setter = Some(export.index as usize);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let setter = setter.context("no export is called __set_stack_limits")?;
    let body = setter.checked_sub(imported_functions).and_then(|index| bodies.get(index));
    let base = first_global_set(body.context("__set_stack_limits is not defined here")?)?;
    let place = base.checked_sub(imported_globals).and_then(|index| initial_values.get(index));
    let place = usize::try_from(*place.context("the stack base is not defined here")?)?;
    ensure!(wasm[place..].starts_with(&CONST_ZERO), "the stack base does not start at 0");
    Ok(place)
}

/// The global that takes the function's first parameter.
fn first_global_set(body: &FunctionBody<'_>) -> Result<usize> {
    let mut operators = body.get_operators_reader()?;
    if let Operator::LocalGet { local_index: 0 } = operators.read()?
        && let Operator::GlobalSet { global_index } = operators.read()?
    {
        return Ok(global_index as usize);
    }
    bail!("__set_stack_limits does not begin by setting the base")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(import "m" "g" (global i32))`, two globals that start at 0, and `__set_stack_limits` that sets the second
    /// from its first parameter.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x06\x01\x60\x02\x7f\x7f\0\
        \x02\x08\x01\x01m\x01g\x03\x7f\0\
        \x03\x02\x01\0\
        \x06\x0b\x02\x7f\x01\x41\0\x0b\x7f\x01\x41\0\x0b\
        \x07\x16\x01\x12__set_stack_limits\0\0\
        \x0a\x0c\x01\x0a\0\x20\0\x24\x02\x20\x01\x24\x01\x0b";

    #[test]
    fn only_the_base_changes() {
        let mut patched = MODULE.to_vec();
        start_unchecked(&mut patched).unwrap();
        let changed: Vec<usize> = (0..MODULE.len()).filter(|&at| patched[at] != MODULE[at]).collect();
        // The constant of the second global, five bytes after that of the first.
        let globals = MODULE.windows(2).position(|bytes| bytes == CONST_ZERO).unwrap();
        assert_eq!(changed, [globals + 6]);
        assert_eq!(patched[globals + 6], 0x7f);
    }

    #[test]
    fn patched_module_is_refused() {
        let mut patched = MODULE.to_vec();
        start_unchecked(&mut patched).unwrap();
        assert!(start_unchecked(&mut patched).is_err());
        assert!(start_unchecked(&mut b"\0asm\x01\0\0\0".to_vec()).is_err());
    }
}
