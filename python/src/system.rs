//! What `os`, `time` and `urllib` ask of the world.

pub(crate) use self::_system::module_def;

#[rustpython_vm::pymodule]
pub(crate) mod _system {
    use crate::host::{Request, UrlError};
    use crate::{blocking, output, session};
    use concurrent_futures::Spawn as _;
    use rustpython_vm::builtins::{PyBytes, PyBytesRef, PyStrRef, PyTupleRef};
    use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
    use std::sync::OnceLock;
    use std::time::Duration;
    use web_time::{Instant, SystemTime};

    #[pyfunction]
    fn cpu_count() -> usize {
        concurrent_futures::Threads::processors()
    }

    #[pyfunction]
    fn getpid() -> u32 {
        session::current().map_or(0, |session| session.settings.host.process_id())
    }

    /// Ends the process at once.
    #[pyfunction]
    fn exit(code: i32) {
        output::flush_all();
        std::process::exit(code);
    }

    #[pyfunction]
    fn urandom(size: usize, vm: &VirtualMachine) -> PyResult<PyBytes> {
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(size).is_err() {
            return Err(vm.new_memory_error(""));
        }
        bytes.resize(size, 0);
        getrandom::fill(&mut bytes).map_err(|error| vm.new_os_error(error.to_string()))?;
        Ok(PyBytes::from(bytes))
    }

    #[pyfunction]
    fn environment(vm: &VirtualMachine) -> PyObjectRef {
        let variables =
            session::current().map_or_else(Vec::new, |session| session.settings.environment.clone());
        let variables = variables.into_iter().map(|(name, value)| vm.new_pyobj((name, value)));
        vm.ctx.new_list(variables.collect()).into()
    }

    #[pyfunction]
    fn is_worker() -> bool {
        session::current().is_some_and(|session| session.is_worker)
    }

    #[pyfunction]
    fn flush() {
        output::flush_all();
    }

    /// `time.time_ns`; the interpreter's own asks a clock that panics in a browser.
    #[pyfunction]
    fn time_ns() -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    /// `time.monotonic_ns`, from the first question on.
    #[pyfunction]
    fn monotonic_ns() -> u64 {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        let first = *FIRST.get_or_init(Instant::now);
        u64::try_from(Instant::now().saturating_duration_since(first).as_nanos()).unwrap_or(u64::MAX)
    }

    /// `time.time`.
    #[pyfunction]
    fn time() -> f64 {
        Duration::from_nanos(time_ns()).as_secs_f64()
    }

    /// `time.monotonic`.
    #[pyfunction]
    fn monotonic() -> f64 {
        Duration::from_nanos(monotonic_ns()).as_secs_f64()
    }

    /// `time.sleep`, of which the main thread can be woken by an interrupt.
    #[pyfunction]
    fn sleep(seconds: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let length = blocking::seconds(&seconds, vm)?;
        if length < 0.0 {
            return Err(vm.new_value_error("sleep length must be non-negative"));
        }
        let length = Duration::try_from_secs_f64(length)
            .map_err(|_| vm.new_overflow_error("timestamp too large to convert to C PyTime_t"))?;
        blocking::sleep(length, vm)
    }

    /// A name and a value.
    fn text_pair(pair: &PyTupleRef, vm: &VirtualMachine) -> PyResult<(String, String)> {
        match pair.as_slice() {
            [name, value] => Ok((name.try_to_value(vm)?, value.try_to_value(vm)?)),
            _ => Err(vm.new_type_error("a header is a name and a value")),
        }
    }

    /// Opens an address; returns its address, status, reason, headers and body, or why there is none.
    #[pyfunction]
    fn open_url(
        url: PyStrRef,
        method: PyStrRef,
        headers: Vec<PyTupleRef>,
        body: Option<PyBytesRef>,
        timeout: Option<f64>,
        vm: &VirtualMachine,
    ) -> PyResult {
        if timeout.is_some_and(|seconds| seconds.is_nan() || seconds < 0.0) {
            return Err(vm.new_value_error("Timeout value out of range"));
        }
        let request = Request {
            url: url.to_string_lossy().into_owned(),
            method: method.to_string_lossy().into_owned(),
            headers: headers.iter().map(|pair| text_pair(pair, vm)).collect::<PyResult<_>>()?,
            body: body.map(|body| body.as_bytes().to_vec()),
            timeout: timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        };
        let Some(session) = session::current() else { return Ok(vm.ctx.none()) };
        match vm.allow_threads(|| session.settings.host.open(&request)) {
            Ok(answer) => {
                let headers = answer.headers.into_iter().map(|(name, value)| vm.new_pyobj((name, value)));
                let headers = vm.ctx.new_list(headers.collect()).into();
                let fields: [PyObjectRef; 5] = [
                    vm.new_pyobj(answer.url),
                    vm.new_pyobj(answer.status),
                    vm.new_pyobj(answer.reason),
                    headers,
                    vm.ctx.new_bytes(answer.body).into(),
                ];
                Ok(vm.ctx.new_tuple(fields.to_vec()).into())
            }
            Err(UrlError::TimedOut) => Ok(vm.ctx.none()),
            Err(UrlError::Unreachable { cause }) => Ok(vm.new_pyobj(cause)),
        }
    }
}
