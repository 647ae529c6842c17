"""Futures, waiting for them, and what all executors have in common."""

import collections
import itertools
import time
import types
import weakref

import _waiting
from _future import Future

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
_CONDITIONS = {FIRST_COMPLETED: 0, FIRST_EXCEPTION: 1, ALL_COMPLETED: 2}

PENDING = "PENDING"
RUNNING = "RUNNING"
CANCELLED = "CANCELLED"
CANCELLED_AND_NOTIFIED = "CANCELLED_AND_NOTIFIED"
FINISHED = "FINISHED"


class Error(Exception):
    """What goes wrong with futures themselves."""


class CancelledError(Error):
    """The future was cancelled."""


class InvalidStateError(Error):
    """The future is not in a state in which that could be done."""


class BrokenExecutor(RuntimeError):
    """The executor can run nothing any more."""


TimeoutError = TimeoutError

# Seen from outside, these belong to the package.
for _class in (Error, CancelledError, InvalidStateError, BrokenExecutor):
    _class.__module__ = "concurrent.futures"


class _Log:
    """The module's logger, which is not imported before there is something to log."""

    def __getattr__(self, name):
        import logging

        return getattr(logging.getLogger("concurrent.futures"), name)


LOGGER = _Log()


def _callback_failed(future, exception):
    """A callback has raised an exception, which nobody else would see."""
    LOGGER.error("exception calling callback for %r", future, exc_info=exception)


class DoneAndNotDoneFutures(collections.namedtuple("DoneAndNotDoneFutures", "done not_done")):
    """What `wait` returns: two sets of futures."""

    __slots__ = ()


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Waits until the futures are done as far as `return_when` asks, or for `timeout` seconds."""
    futures = set(fs)
    done = {future for future in futures if future.done()}
    if not futures - done:
        return DoneAndNotDoneFutures(done, set())
    if return_when == FIRST_COMPLETED and done:
        return DoneAndNotDoneFutures(done, futures - done)
    if return_when not in _CONDITIONS:
        raise ValueError(f"Invalid return condition: {return_when!r}")
    done, not_done = _waiting.wait(list(futures), timeout, _CONDITIONS[return_when])
    return DoneAndNotDoneFutures(set(done), set(not_done))


def as_completed(fs, timeout=None):
    """Returns an iterator that yields each future once it is done; `TimeoutError` when that takes longer than `timeout` seconds."""
    return _waiting.as_completed(list(dict.fromkeys(fs)), timeout)


class Executor:
    """Runs calls somewhere. A subclass defines `submit`; the rest follows from it."""

    def submit(self, fn, /, *args, **kwargs):
        """Schedules `fn(*args, **kwargs)` and returns its future."""
        raise NotImplementedError()

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """Calls `fn` with the items of the iterables and iterates over the results in the order of the items.

        An item's exception is raised at its own place, and the iteration goes on behind it. Without `buffersize` everything is
        submitted at once, else so many calls at a time.
        """
        return self._map(fn, zip(*iterables), timeout, buffersize)

    def _map(self, fn, items, timeout, buffersize):
        if buffersize is not None and not isinstance(buffersize, int):
            raise TypeError("buffersize must be an integer or None")
        if buffersize is not None and buffersize < 1:
            raise ValueError("buffersize must be None or > 0")
        return MapIterator(self, fn, items, timeout, buffersize)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Takes no more calls, and waits for those that were submitted if `wait` is true."""

    def __enter__(self):
        return self

    def __exit__(self, kind, exception, traceback):
        self.shutdown(wait=True)
        return False


class MapIterator:
    """The iterator of `map`."""

    _begun = False

    def __init__(self, executor, function, items, timeout, buffersize):
        self._end = None if timeout is None else timeout + time.monotonic()
        self._function = function
        self._items = items if buffersize else iter(())
        # An executor that nobody else knows gets no more calls.
        self._executor = weakref.ref(executor) if buffersize else None
        items = itertools.islice(items, buffersize) if buffersize else items
        self._futures = collections.deque(executor.submit(function, *arguments) for arguments in items)

    def __iter__(self):
        return self

    def __next__(self):
        self._begun = True
        if not self._futures:
            raise StopIteration
        self._refill()
        future = self._futures.popleft()
        try:
            if self._end is None:
                return future.result()
            return future.result(self._end - time.monotonic())
        except BaseException:
            # A task may raise any exception, TimeoutError too; only if it has none, the iteration is over.
            if not future.done():
                future.cancel()
                self.close()
            elif future.cancelled():
                self.close()
            raise
        finally:
            # The traceback of an exception knows this frame.
            del future

    def _refill(self):
        executor = self._executor and self._executor()
        if executor is None:
            return
        for arguments in itertools.islice(self._items, 1):
            self._futures.append(executor.submit(self._function, *arguments))

    def close(self):
        """Ends the iteration; calls that have not begun are cancelled."""
        futures, self._futures = self._futures, collections.deque()
        self._executor = None
        for future in futures:
            future.cancel()

    def __del__(self):
        # Before the first `next` nobody may be interested in results, but still in the calls.
        if self._begun:
            self.close()

    __class_getitem__ = classmethod(types.GenericAlias)
