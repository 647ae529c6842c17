"""As much of CPython's `os` as a program without files can use."""

import abc
import sys

import _system
from _collections_abc import MutableMapping, _check_methods

name = "posix"
curdir, pardir, sep, pathsep, extsep, altsep = ".", "..", "/", ":", ".", None
linesep, defpath, devnull = "\n", "/bin:/usr/bin", "/dev/null"
error = OSError

getpid = _system.getpid
urandom = _system.urandom


def cpu_count():
    """Returns the number of processors."""
    return _system.cpu_count()


process_cpu_count = cpu_count


def fspath(path):
    """Returns the text of a path."""
    if isinstance(path, (str, bytes)):
        return path
    try:
        path_type = type(path)
        text = path_type.__fspath__(path)
    except AttributeError:
        raise TypeError(f"expected str, bytes or os.PathLike object, not {path_type.__name__}") from None
    if isinstance(text, (str, bytes)):
        return text
    raise TypeError(f"expected {path_type.__name__}.__fspath__() to return str or bytes, not {type(text).__name__}")


class PathLike(abc.ABC):
    """Whatever has a text as a path."""

    __slots__ = ()

    @abc.abstractmethod
    def __fspath__(self):
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is PathLike:
            return _check_methods(subclass, "__fspath__")
        return NotImplemented


def fsencode(path):
    """Returns the bytes of a path."""
    path = fspath(path)
    return path.encode(sys.getfilesystemencoding(), "surrogateescape") if isinstance(path, str) else path


def fsdecode(path):
    """Returns the text of a path."""
    path = fspath(path)
    return path.decode(sys.getfilesystemencoding(), "surrogateescape") if isinstance(path, bytes) else path


class _Environ(MutableMapping):
    """The environment: what the host gave, and what the program makes of it."""

    def __init__(self, variables):
        self._variables = dict(variables)

    def __getitem__(self, key):
        return self._variables[self._text(key)]

    def __setitem__(self, key, value):
        self._variables[self._text(key)] = self._text(value)

    def __delitem__(self, key):
        del self._variables[self._text(key)]

    def __iter__(self):
        return iter(list(self._variables))

    def __len__(self):
        return len(self._variables)

    def __repr__(self):
        return f"environ({self._variables!r})"

    @staticmethod
    def _text(value):
        if not isinstance(value, str):
            raise TypeError(f"str expected, not {type(value).__name__}")
        return value


environ = _Environ(_system.environment())


def getenv(key, default=None):
    """Returns a variable of the environment."""
    return environ.get(key, default)


def putenv(key, value):
    """Sets a variable of the environment."""
    environ[key] = value


def getcwd():
    """Returns the one folder that there is."""
    return "/"


def _exit(status):
    """Ends a worker process at once."""
    _system.exit(status)


def _no_file(path):
    raise FileNotFoundError(2, "No such file or directory", path)


def stat(path, **_):
    """Finds no file, since there is none."""
    _no_file(path)


lstat = stat


def listdir(path="."):
    """Finds no folder, since there is none."""
    _no_file(path)


def get_terminal_size(*_):
    """Returns what CPython falls back to."""
    return terminal_size((80, 24))


class terminal_size(tuple):
    """The size of a terminal."""

    columns = property(lambda self: self[0])
    lines = property(lambda self: self[1])


import posixpath as path

sys.modules["os.path"] = path
