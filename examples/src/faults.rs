//! Tasks that go wrong in ways that no program can catch.

pub(crate) mod endless_loop;
pub(crate) mod stack_overflow;
pub(crate) mod trap;
