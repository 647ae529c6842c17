//! A program from its first line to its end.

use crate::host::Stream;
use crate::interpreter;
use crate::outcome::{Failure, Outcome};
use crate::output;
use crate::session::{Session, lock};
use crate::settings::Settings;
use crate::threads;
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::compiler::Mode;
use rustpython_vm::{AsObject as _, Interpreter, PyResult, VirtualMachine};
use std::cell::Cell;
use std::sync::{Arc, Mutex};

/// Held by the program that runs: a memory has one interpreter.
static RUNNING: Mutex<()> = Mutex::new(());

/// Runs a program to its end, as CPython runs a file: threads that are no daemons and executors that were not shut down are waited for, and
/// what nothing catches is written to `sys.stderr`.
///
/// `source` is the program, `file_name` what tracebacks call it. The calling thread is the program's main thread. Programs with a
/// `ProcessPoolExecutor` need [`concurrent_futures::init`] at the top of the `main` of the process.
///
/// It blocks until the program has ended, and until a program that runs already has.
pub fn run(source: &str, file_name: &str, settings: Settings) -> Outcome {
    let _running = lock(&RUNNING);
    let session = Arc::new(Session::new(settings, source.to_owned(), file_name.to_owned(), false));
    let interpreter = match PREPARED.take() {
        Some(interpreter) => {
            interpreter.enter(|vm| interpreter::adopt(&session, vm));
            interpreter
        }
        None => interpreter::build(&session),
    };
    let outcome = interpreter.enter(|vm| {
        let ran = interpreter::boot(vm).and_then(|()| run_main(&session, "__main__", vm));
        let outcome =
            ran.map_or_else(|exception| ended_by(&exception, file_name, vm), |()| Outcome::Finished);
        let outcome = finish(outcome, file_name, vm);
        threads::clear_storage();
        outcome
    });
    output::flush_all();
    session.end();
    outcome
}

/// Builds the interpreter for the next program that this thread [`run`]s, which then starts sooner.
///
/// Of the settings, the environment counts; those of the run say the rest. It blocks until a program that runs has ended.
pub fn prepare(settings: Settings) {
    let _running = lock(&RUNNING);
    let session = Arc::new(Session::new(settings, String::new(), String::new(), false));
    let interpreter = interpreter::build(&session);
    let booted = interpreter.enter(|vm| interpreter::boot(vm).and_then(|()| import(&OFTEN, vm)));
    session.end();
    // What is wrong is told when a program runs.
    if booted.is_ok() {
        PREPARED.set(Some(interpreter));
    }
}

/// Imports what the next program may need, after [`prepare`], for whoever has time.
///
/// It blocks until a program that runs has ended.
pub fn prepare_further(settings: Settings) {
    let _running = lock(&RUNNING);
    let Some(interpreter) = PREPARED.take() else { return };
    let session = Arc::new(Session::new(settings, String::new(), String::new(), false));
    interpreter.enter(|vm| {
        session.begin(vm);
        // What is wrong is told when a program imports it.
        let _ = import(&SOMETIMES, vm);
    });
    session.end();
    PREPARED.set(Some(interpreter));
}

/// What most programs here import.
const OFTEN: [&str; 1] = ["concurrent.futures.thread"];
/// What takes longer than all the rest, and is needed for processes, and for what nothing catches.
const SOMETIMES: [&str; 2] = ["concurrent.futures.process", "traceback"];

fn import(names: &[&'static str], vm: &VirtualMachine) -> PyResult<()> {
    names.iter().try_for_each(|name| vm.import(*name, 0).map(drop))
}

thread_local! {
    /// What [`prepare`] has built.
    static PREPARED: Cell<Option<Interpreter>> = const { Cell::new(None) };
}

/// Runs the session's program under that name.
pub(crate) fn run_main(session: &Session, name: &str, vm: &VirtualMachine) -> PyResult<()> {
    let scope = vm.new_scope_with_main()?;
    let globals = scope.globals.clone();
    globals.set_item("__name__", vm.ctx.new_str(name).into(), vm)?;
    globals.set_item("__file__", vm.ctx.new_str(session.file_name.as_str()).into(), vm)?;
    let source = vm.ctx.new_str(session.source.as_str());
    let file_name = vm.ctx.new_str(session.file_name.as_str());
    interpreter::call("remember_source", vec![file_name.into(), source.into()], vm)?;
    // Other processes know the program by this name, and pickles that come from there say so.
    let modules = vm.sys_module.get_attr("modules", vm)?;
    modules.set_item("__mp_main__", modules.get_item("__main__", vm)?, vm)?;
    let code = vm
        .compile(&session.source, Mode::Exec, &session.file_name)
        .map_err(|error| error.into_pyexception(vm, Some(&session.source)))?;
    vm.run_code_obj(code, scope)?;
    interpreter::call("started", Vec::new(), vm).map(drop)
}

/// What CPython does when the main thread has come to its end.
fn finish(outcome: Outcome, file_name: &str, vm: &VirtualMachine) -> Outcome {
    match interpreter::call("finish", Vec::new(), vm) {
        Ok(_) => outcome,
        Err(exception) => ended_by(&exception, file_name, vm),
    }
}

/// Reports what nothing caught.
fn ended_by(exception: &PyBaseExceptionRef, file_name: &str, vm: &VirtualMachine) -> Outcome {
    if exception.fast_isinstance(vm.ctx.exceptions.system_exit) {
        let code = interpreter::call("exit_code", vec![exception.clone().into()], vm);
        let code = code.and_then(|code| code.try_to_value::<i32>(vm));
        return Outcome::Exited(code.unwrap_or(1));
    }
    let failure = report(exception, file_name, vm);
    if exception.fast_isinstance(vm.ctx.exceptions.keyboard_interrupt) {
        Outcome::Interrupted(failure)
    } else {
        Outcome::Failed(failure)
    }
}

/// Writes the traceback of what nothing caught.
pub(crate) fn report(exception: &PyBaseExceptionRef, file_name: &str, vm: &VirtualMachine) -> Failure {
    let failure = describe(exception, file_name, vm);
    output::flush(Stream::Stdout);
    output::write(Stream::Stderr, &failure.traceback);
    failure
}

/// All that is to be told of an exception.
fn describe(exception: &PyBaseExceptionRef, file_name: &str, vm: &VirtualMachine) -> Failure {
    let text = |object: PyResult| {
        let text = object.and_then(|object| object.str(vm));
        text.map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned())
    };
    let name = exception.class().name().to_string();
    let arguments = vec![exception.clone().into()];
    let mut traceback = text(interpreter::call("format_exception", arguments, vm));
    if traceback.is_empty() {
        traceback = format!("{name}\n");
    }
    Failure {
        message: text(Ok(exception.clone().into())),
        line: line(exception, file_name, vm),
        exception: name,
        traceback,
    }
}

/// The line of the innermost call that is the program's own.
fn line(exception: &PyBaseExceptionRef, file_name: &str, vm: &VirtualMachine) -> Option<u32> {
    if exception.fast_isinstance(vm.ctx.exceptions.syntax_error) {
        let line = exception.as_object().get_attr("lineno", vm).ok()?;
        return line.try_to_value::<u32>(vm).ok();
    }
    let arguments = vec![exception.clone().into(), vm.ctx.new_str(file_name).into()];
    let line = interpreter::call("innermost_line", arguments, vm).ok()?;
    line.try_to_value::<u32>(vm).ok()
}
