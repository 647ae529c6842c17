//! Tasks that go wrong in ways that no program can catch.

pub(crate) mod crashing_process;
pub(crate) mod endless_loop;
pub(crate) mod kill;
pub(crate) mod stack_overflow;
pub(crate) mod trap;
