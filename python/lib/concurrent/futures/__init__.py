"""Runs calls on threads and processes, and hands out their results as futures.

The names and their meaning are those of CPython's module (3.14, with the `map` of 3.16). What is different, on purpose:

* `cancel()` itself tells those who wait, so there is one cancelled state, and `wait` and `as_completed` never hang on a cancelled
  future, also after `shutdown(cancel_futures=True)`.
* A future is `running()` only when a worker has begun it. What is merely on its way to a process can still be cancelled.
* A task that waits for a task of its own pool runs that itself while it is still queued, so such tasks cannot use up their pool.
* A process that dies takes the task that it was running with it and is replaced; the other tasks go on, and the pool stays usable.
* Whatever a callback raises is logged.
* The functions and classes of the program's module live for ever once it has started a thread, so weak references to them stay alive.
* Processes are always started afresh (`spawn`); `mp_context` is accepted and means nothing else.
"""

from concurrent.futures._base import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    InvalidStateError,
    TimeoutError,
    as_completed,
    wait,
)

__all__ = [
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "ALL_COMPLETED",
    "CancelledError",
    "TimeoutError",
    "InvalidStateError",
    "BrokenExecutor",
    "Future",
    "Executor",
    "wait",
    "as_completed",
    "ProcessPoolExecutor",
    "ThreadPoolExecutor",
]


def __getattr__(name):
    # As in CPython: a program that uses no processes does not wait for what they take.
    if name == "ThreadPoolExecutor":
        from concurrent.futures.thread import ThreadPoolExecutor as executor
    elif name == "ProcessPoolExecutor":
        from concurrent.futures.process import ProcessPoolExecutor as executor
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = executor
    return executor


def __dir__():
    return [*__all__, "__author__", "__doc__"]
