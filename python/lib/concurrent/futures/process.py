"""`ProcessPoolExecutor`."""

import collections
import itertools
import os
import pickle
import threading
import types
import weakref

import _boot
import _process
import _process_pool
from _process import _RemoteTraceback
from concurrent.futures import _base

_pools = weakref.WeakSet()
_shutdown = False


def _python_exit():
    global _shutdown
    _shutdown = True
    for pool in list(_pools):
        pool.shutdown(True, False)
    _process_pool.join()


threading._register_atexit(_python_exit)


class BrokenProcessPool(_base.BrokenExecutor):
    """A process died while it ran the task, or the pool can start none."""


class ProcessPoolExecutor(_base.Executor):
    """Runs calls on a pool of processes.

    Each process runs the program again under the name `__mp_main__` and then waits for calls, so a program's own calls stand behind
    `if __name__ == "__main__":`. Functions, arguments and results are pickled. A process that dies fails the call that it was
    running, with `BrokenProcessPool`, and is replaced.
    """

    def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), *, max_tasks_per_child=None):
        """Makes an executor of at most `max_workers` processes, each of which calls `initializer(*initargs)` first."""
        if max_workers is None:
            max_workers = os.process_cpu_count() or 1
        elif max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        if max_tasks_per_child is not None:
            if not isinstance(max_tasks_per_child, int):
                raise TypeError("max_tasks_per_child must be an integer")
            if max_tasks_per_child <= 0:
                raise ValueError("max_tasks_per_child must be >= 1")
        self._max_workers = max_workers
        first = b"" if initializer is None else pickle.dumps((initializer, initargs))
        self._pool = _process_pool.Pool(max_workers, max_tasks_per_child, first)
        _pools.add(self._pool)

    def submit(self, fn, /, *args, **kwargs):
        """Schedules `fn(*args, **kwargs)` and returns its future."""
        if _shutdown:
            raise RuntimeError("cannot schedule new futures after interpreter shutdown")
        _boot.check_started()
        try:
            call = pickle.dumps((fn, args, kwargs))
        except Exception as exception:
            # What cannot travel concerns this one call.
            future = _base.Future()
            future.set_running_or_notify_cancel()
            future.set_exception(exception)
            return future
        return self._pool.submit(fn, call)

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """As `Executor.map`; `chunksize` items travel together."""
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        if chunksize == 1:
            return super().map(fn, *iterables, timeout=timeout, buffersize=buffersize)
        chunks = itertools.batched(zip(*iterables), chunksize)
        return ChunkIterator(self._map(_process.Chunk(fn), chunks, timeout, buffersize))

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Takes no more calls, and waits for those that were submitted if `wait` is true."""
        self._pool.shutdown(wait, cancel_futures)

    def terminate_workers(self):
        """Asks every process to end, and takes no more calls."""
        self._pool.force(False)

    def kill_workers(self):
        """Ends every process at once, and takes no more calls."""
        self._pool.force(True)

    @property
    def _processes(self):
        return dict.fromkeys(self._pool.process_ids)


class ChunkIterator:
    """Iterates over the items of chunks."""

    def __init__(self, chunks):
        self._chunks = chunks
        self._items = collections.deque()

    def __iter__(self):
        return self

    def __next__(self):
        while not self._items:
            self._items.extend(next(self._chunks))
        returned, value = self._items.popleft()
        if returned:
            return value
        raise _process.decode_exception(value)

    def close(self):
        """Ends the iteration; chunks that have not begun are cancelled."""
        self._items.clear()
        self._chunks.close()

    __class_getitem__ = classmethod(types.GenericAlias)
