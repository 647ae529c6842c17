//! Building the one interpreter of a memory.

use crate::session::Session;
use crate::{frozen, futures, interrupt, streams, system, thread};
use rustpython_vm::{Interpreter, PyResult, Settings as VmSettings, VirtualMachine};
use std::sync::Arc;

/// Builds an interpreter for that session, and makes it the memory's.
///
/// The Python side of the boot (`lib/_boot.py`) has run when this returns; an error there is one of this crate.
pub(crate) fn build(session: &Arc<Session>) -> Interpreter {
    let recursion_limit = session.settings.recursion_limit;
    let mut settings = VmSettings::default();
    settings.argv.clone_from(&session.settings.arguments);
    settings.install_signal_handlers = false;
    settings.import_site = false;
    settings.write_bytecode = false;
    settings.allow_external_library = false;
    // The frozen library is found without it; the interpreter asks only whether there is one.
    settings.path_list = vec!["<frozen>".to_owned()];
    let builder = Interpreter::builder(settings);
    let mut native = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    // They ask clocks that panic in a browser; the modules in Python that take their places ask ours.
    native.retain(|module| !["_queue", "_datetime"].contains(&module.name.as_str()));
    let own = [
        futures::future::module_def(&builder.ctx),
        futures::waiting::module_def(&builder.ctx),
        futures::thread_pool::module_def(&builder.ctx),
        futures::process_pool::module_def(&builder.ctx),
        streams::module_def(&builder.ctx),
        system::module_def(&builder.ctx),
        // In place of the interpreter's own.
        thread::module_def(&builder.ctx),
    ];
    let interpreter = builder
        .add_native_modules(&native)
        .add_native_modules(&own)
        .add_frozen_modules(frozen::modules())
        .init_hook(move |vm| {
            // It stops every thread to look for cycles, by a clock that panics in a browser.
            vm.state.gc.disable();
            vm.recursion_limit.set(recursion_limit);
            vm.set_user_signal_channel(interrupt::listen());
        })
        .build();
    interpreter.enter(|vm| session.begin(vm));
    interpreter
}

/// Makes an interpreter that was built before the memory's, for that session.
pub(crate) fn adopt(session: &Arc<Session>, vm: &VirtualMachine) {
    // Threads take it over as it is when the session begins.
    vm.recursion_limit.set(session.settings.recursion_limit);
    session.begin(vm);
    let arguments =
        session.settings.arguments.iter().map(|argument| vm.ctx.new_str(argument.as_str()).into());
    let arguments = vm.ctx.new_list(arguments.collect());
    // `sys` takes any attribute.
    let _ = vm.sys_module.set_attr("argv", arguments, vm);
}

/// Runs the Python side of the boot.
pub(crate) fn boot(vm: &VirtualMachine) -> PyResult<()> {
    vm.import("_boot", 0).map(drop)
}

/// Calls a function of `lib/_boot.py`.
pub(crate) fn call(
    name: &'static str,
    arguments: Vec<rustpython_vm::PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    vm.import("_boot", 0)?.get_attr(name, vm)?.call(arguments, vm)
}
