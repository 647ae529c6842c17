"""`ThreadPoolExecutor`."""

import itertools
import os
import threading
import weakref

import _thread_pool
from concurrent.futures import _base

# The pools that the end of the program waits for, as long as anybody can submit to them.
_pools = weakref.WeakSet()
_shutdown = False


def _python_exit():
    global _shutdown
    _shutdown = True
    for pool in list(_pools):
        pool.shutdown(True, False)
    _thread_pool.join()


threading._register_atexit(_python_exit)


class BrokenThreadPool(_base.BrokenExecutor):
    """A worker's initializer failed."""


class ThreadPoolExecutor(_base.Executor):
    """Runs calls on a pool of threads."""

    _counter = itertools.count().__next__

    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
        """Makes an executor of at most `max_workers` threads, each of which calls `initializer(*initargs)` first."""
        if max_workers is None:
            max_workers = min(32, (os.process_cpu_count() or 1) + 4)
        if max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._max_workers = max_workers
        self._thread_name_prefix = thread_name_prefix or f"ThreadPoolExecutor-{self._counter()}"
        if initializer is not None:
            initializer = _Initializer(initializer, initargs)
        self._pool = _thread_pool.Pool(max_workers, self._thread_name_prefix, initializer)
        _pools.add(self._pool)

    def submit(self, fn, /, *args, **kwargs):
        """Schedules `fn(*args, **kwargs)` and returns its future."""
        if _shutdown:
            raise RuntimeError("cannot schedule new futures after interpreter shutdown")
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Takes no more calls, and waits for those that were submitted if `wait` is true."""
        self._pool.shutdown(wait, cancel_futures)


class _Initializer:
    """What a worker calls first."""

    def __init__(self, function, arguments):
        self._function = function
        self._arguments = arguments

    def __call__(self):
        try:
            self._function(*self._arguments)
        except BaseException:
            _base.LOGGER.critical("Exception in initializer:", exc_info=True)
            raise
