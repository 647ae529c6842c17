//! What `sys.stdout`, `sys.stderr` and `sys.stdin` are made of; `lib/_boot.py` makes them.

pub(crate) use self::_streams::module_def;

#[rustpython_vm::pymodule]
pub(crate) mod _streams {
    use crate::host::Stream;
    use crate::{blocking, output, session};
    use rustpython_vm::builtins::{PyStrRef, PyType};
    use rustpython_vm::function::OptionalArg;
    use rustpython_vm::types::Constructor;
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

    /// One of the two outputs: what is quick about it, since programs print much.
    #[pyattr]
    #[pyclass(module = "_streams", name = "Output")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct Output {
        stream: Stream,
    }

    impl Constructor for Output {
        type Args = (u8,);

        fn py_new(_cls: &Py<PyType>, (number,): Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            Ok(Self { stream: if number == 1 { Stream::Stdout } else { Stream::Stderr } })
        }
    }

    #[pyclass(with(Constructor), flags(BASETYPE, HAS_DICT))]
    impl Output {
        #[pymethod]
        fn write(zelf: &Py<Self>, text: PyStrRef) -> usize {
            output::write(zelf.stream, &text.to_string_lossy());
            text.char_len()
        }

        #[pymethod]
        fn flush(zelf: &Py<Self>) {
            output::flush(zelf.stream);
        }
    }

    /// `input(prompt)`.
    #[pyfunction]
    fn input(prompt: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<String> {
        let prompt = match prompt {
            OptionalArg::Present(prompt) => prompt.str(vm)?.to_string_lossy().into_owned(),
            OptionalArg::Missing => String::new(),
        };
        output::flush_all();
        let host = session::current().map(|session| session.settings.host.clone());
        let line = host.and_then(|host| vm.allow_threads(|| host.read_line(&prompt)));
        blocking::interrupt().map_or(Ok(()), |interrupt| interrupt.check(vm))?;
        let ended =
            || vm.new_exception_msg(vm.ctx.exceptions.eof_error.to_owned(), "EOF when reading a line".into());
        line.ok_or_else(ended)
    }
}
