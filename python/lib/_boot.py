"""Makes a fresh interpreter look like CPython to a program, and ends it like CPython."""

import builtins
import sys
import time

import _streams
import _system
import _thread


class Stream:
    """What the outputs and the input have in common."""

    encoding = "utf-8"
    closed = False
    newlines = None
    line_buffering = True

    def isatty(self):
        return False

    def seekable(self):
        return False

    def readable(self):
        return self.mode == "r"

    def writable(self):
        return self.mode == "w"

    def reconfigure(self, **_):
        pass

    def fileno(self):
        raise OSError("this stream has no file number")

    def __repr__(self):
        return f"<_io.TextIOWrapper name={self.name!r} mode={self.mode!r} encoding='utf-8'>"


class Output(_streams.Output, Stream):
    """`sys.stdout` or `sys.stderr`: writes whole lines."""

    mode = "w"

    def __init__(self, number):
        self.name = "<stdout>" if number == 1 else "<stderr>"
        self.errors = "strict" if number == 1 else "backslashreplace"

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class Input(Stream):
    """`sys.stdin`."""

    name = "<stdin>"
    mode = "r"
    errors = "strict"

    def readline(self, size=-1):
        try:
            return _streams.input() + "\n"
        except EOFError:
            return ""

    def __iter__(self):
        return iter(self.readline, "")

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def read(self, size=-1):
        return "".join(self)

    def readlines(self, hint=-1):
        return list(self)


sys.stdout = sys.__stdout__ = Output(1)
sys.stderr = sys.__stderr__ = Output(2)
sys.stdin = sys.__stdin__ = Input()
builtins.input = _streams.input
time.sleep = _system.sleep
time.time, time.time_ns = _system.time, _system.time_ns
time.monotonic = time.perf_counter = _system.monotonic
time.monotonic_ns = time.perf_counter_ns = _system.monotonic_ns
try:
    time.process_time()
except NotImplementedError:
    # A browser does not tell what a processor has worked; the time that has passed is the most that it can be.
    time.process_time, time.process_time_ns = time.monotonic, time.monotonic_ns
if not hasattr(time, "tzname"):
    _now = time.localtime()
    time.timezone = time.altzone = -(_now.tm_gmtoff or 0)
    time.tzname = (_now.tm_zone or "UTC",) * 2
    time.daylight = 0


def exit(code=None):
    """Ends the program."""
    raise SystemExit(code)


builtins.exit = builtins.quit = exit


class NotHere:
    """Stands at the end of the finders, and says of whatever nobody has found that it is not here."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        raise ModuleNotFoundError(
            f"No module named {name!r} (it is not part of this Python, which has a small standard library and no packages)",
            name=name,
        )


sys.meta_path.append(NotHere)


_starting = _system.is_worker()


def started():
    """The program has run to its end; in a worker process, that is where its tasks begin."""
    global _starting
    _starting = False


def check_started():
    """Refuses to start processes while this one is being started, which would never end."""
    if _starting:
        raise RuntimeError(
            "An attempt has been made to start a new process before the current process has finished its bootstrapping phase: "
            "each process runs the program again, so what starts processes belongs behind `if __name__ == \"__main__\":`"
        )


def remember_source(file_name, source):
    """Lets tracebacks show the lines of a program that is no file."""
    import linecache

    linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)


def format_exception(exception):
    """Returns what CPython writes of an exception that nothing catches."""
    import traceback

    _hide_boot(exception, set())
    return "".join(traceback.format_exception(exception))


def _hide_boot(exception, seen):
    """Takes this module's frames off the ends of an exception's traceback: they are none of the program's."""
    if exception is None or id(exception) in seen:
        return
    seen.add(id(exception))
    first = exception.__traceback__
    while first is not None and first.tb_frame.f_code.co_filename == "<frozen _boot>":
        first = first.tb_next
    step = exception.__traceback__ = first
    while step is not None and step.tb_next is not None:
        if step.tb_next.tb_frame.f_code.co_filename == "<frozen _boot>":
            step.tb_next = None
        step = step.tb_next
    _hide_boot(exception.__cause__, seen)
    _hide_boot(exception.__context__, seen)


def excepthook(kind, exception, first):
    """Writes an exception to `sys.stderr`."""
    sys.stderr.write(format_exception(exception))


sys.excepthook = sys.__excepthook__ = excepthook


class ExceptHookArgs(tuple):
    """What `threading.excepthook` is told."""

    __slots__ = ()
    exc_type = property(lambda self: self[0])
    exc_value = property(lambda self: self[1])
    exc_traceback = property(lambda self: self[2])
    thread = property(lambda self: self[3])

    def __repr__(self):
        names = "exc_type", "exc_value", "exc_traceback", "thread"
        return f"_thread._ExceptHookArgs({', '.join(f'{name}={value!r}' for name, value in zip(names, self))})"


def thread_excepthook(args, /):
    """Writes what ended a thread."""
    if args.exc_type is SystemExit:
        return
    stderr = sys.stderr if sys.stderr is not None or args.thread is None else args.thread._stderr
    if stderr is None:
        return
    name = _thread.get_ident() if args.thread is None else args.thread.name
    stderr.write(f"Exception in thread {name}:\n{format_exception(args.exc_value)}")
    stderr.flush()


# `threading` would import much that only the end of a thread by an exception needs.
_thread._ExceptHookArgs, _thread._excepthook = ExceptHookArgs, thread_excepthook


def innermost_line(exception, file_name):
    """Returns the line of the innermost call that is the program's own."""
    line = None
    step = exception.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file_name:
            line = step.tb_lineno
        step = step.tb_next
    return line


def exit_code(exception):
    """Returns the code that a process would end with."""
    code = exception.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def finish():
    """Waits for threads and executors, and runs what was registered with `atexit`."""
    try:
        if "threading" in sys.modules:
            sys.modules["threading"]._shutdown()
    finally:
        import atexit

        atexit._run_exitfuncs()
