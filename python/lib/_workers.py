"""Workers of executors, as `threading` sees them."""

import threading
from _thread import get_ident


class Worker(threading._DummyThread):
    """A thread that an executor started."""

    def __init__(self, name):
        super().__init__()
        self._name = name


def adopt(name):
    """Makes the calling thread known by that name."""
    Worker(name)


def forget():
    """The calling thread ends."""
    with threading._active_limbo_lock:
        threading._active.pop(get_ident(), None)


def bind(partial, function, arguments, keywords):
    """Returns a call without arguments."""
    return partial(function, *arguments, **keywords)
