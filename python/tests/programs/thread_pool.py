"""Pools of threads: workers, initializers, shutdown, and what threads see of each other."""

import contextvars
import io
import os
import re
import sys
import threading
import time
import weakref
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from concurrent.futures.thread import BrokenThreadPool


def raises(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


# TPE-01
def tpe_01_default_workers():
    assert ThreadPoolExecutor()._max_workers == min(32, os.process_cpu_count() + 4)


# TPE-02
def tpe_02_saturation():
    event = threading.Event()
    with ThreadPoolExecutor(4) as executor:
        for _ in range(60):
            executor.submit(event.wait)
        assert executor._pool.workers == 4
        event.set()


# TPE-03
def tpe_03_idle_threads_are_used():
    with ThreadPoolExecutor(8) as executor:
        names = {executor.submit(lambda: threading.current_thread().name).result() for _ in range(3)}
        assert executor._pool.workers == 1 and len(names) == 1


# SHUT-01
def shut_01_submit_after_shutdown():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    assert str(raises(RuntimeError, executor.submit, pow, 2, 5)) == "cannot schedule new futures after shutdown"


# SHUT-04
def shut_04_everything_is_resolved():
    executor = ThreadPoolExecutor(4)
    futures = [executor.submit(time.sleep, 0.01) for _ in range(50)]
    executor.shutdown()
    assert all(future.done() for future in futures)


# SHUT-05
def shut_05_cancel_futures():
    executor = ThreadPoolExecutor(4)
    futures = [executor.submit(time.sleep, 0.1) for _ in range(50)]
    wait(futures[:1])
    executor.shutdown(cancel_futures=True)
    cancelled = [future for future in futures if future.cancelled()]
    assert len(cancelled) > 20
    assert any(future.done() and not future.cancelled() for future in futures)
    assert wait(futures).not_done == set()


# SHUT-07
def shut_07_submit_cancel_shutdown():
    executor = ThreadPoolExecutor(1)
    executor.submit(int).cancel()
    executor.shutdown(wait=True)


# SHUT-08, SHUT-09
def shut_09_threads_end():
    with ThreadPoolExecutor(5) as executor:
        assert list(executor.map(abs, range(-5, 5))) == [5, 4, 3, 2, 1, 0, 1, 2, 3, 4]
    assert executor._pool.workers == 0
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]


# SHUT-10
def shut_10_dropping_the_executor():
    executor = ThreadPoolExecutor(5)
    results = executor.map(abs, range(-5, 5))
    del executor
    assert list(results) == [5, 4, 3, 2, 1, 0, 1, 2, 3, 4]


# SHUT-11
def shut_11_without_waiting():
    executor = ThreadPoolExecutor(2)
    futures = [executor.submit(time.sleep, 0.05) for _ in range(6)]
    executor.shutdown(wait=False)
    assert not futures[-1].done()
    assert wait(futures, timeout=10).not_done == set()
    executor.shutdown()


# SHUT-12
def shut_12_names():
    with ThreadPoolExecutor(5, thread_name_prefix="SpecialPool") as executor:
        names = set(executor.map(lambda _: threading.current_thread().name, range(20)))
    assert names <= {f"SpecialPool_{n}" for n in range(5)} and names, names


# SHUT-13
def shut_13_default_names():
    def name():
        with ThreadPoolExecutor(5) as executor:
            return executor.submit(lambda: threading.current_thread().name).result()

    first, second = ([int(number) for number in re.fullmatch(r"ThreadPoolExecutor-(\d+)_(\d+)", name()).groups()] for _ in range(2))
    assert first[1] == second[1] == 0 and second[0] == first[0] + 1, (first, second)


# INIT-01
def init_01_initializer():
    local = threading.local()

    def initialize(value):
        local.value = value

    with ThreadPoolExecutor(2, initializer=initialize, initargs=("initialized",)) as executor:
        futures = [executor.submit(lambda: local.value) for _ in range(20)]
        assert {future.result() for future in futures} == {"initialized"}


# INIT-02
def init_02_initializer_fails():
    def fail():
        raise ValueError("error in initializer")

    sys.stderr = io.StringIO()
    executor = ThreadPoolExecutor(1, initializer=fail)
    future = executor.submit(int)
    error = raises(BrokenThreadPool, future.result)
    assert "initializer failed" in str(error)
    for _ in range(100):
        try:
            executor.submit(int)
        except BrokenThreadPool:
            break
        time.sleep(0.01)
    else:
        raise AssertionError("the pool is not broken")
    executor.shutdown()
    text = sys.stderr.getvalue()
    sys.stderr = sys.__stderr__
    assert "Exception in initializer:" in text and "ValueError: error in initializer" in text, text


# Section 2.5: a task may raise anything.
def tpe_06_a_task_exits():
    with ThreadPoolExecutor(1) as executor:
        raises(SystemExit, executor.submit(sys.exit, 3).result)
        assert executor.submit(int).result() == 0


# What threads have for themselves.
def tpe_07_locals_and_idents():
    local = threading.local()
    local.value = "main"
    barrier = threading.Barrier(3)

    def task(n):
        barrier.wait()
        assert not hasattr(local, "value")
        local.value = n
        barrier.wait()
        return local.value, threading.get_ident()

    with ThreadPoolExecutor(3) as executor:
        results = list(executor.map(task, range(3)))
    assert [value for value, _ in results] == [0, 1, 2]
    assert len({ident for _, ident in results} | {threading.get_ident()}) == 4
    assert local.value == "main"


# Cancelling what waits in the queue.
def tpe_08_cancelling():
    event = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        first = executor.submit(event.wait)
        second = executor.submit(int)
        assert second.cancel() and second.cancelled()
        raises(CancelledError, second.result)
        event.set()
        assert first.result() is True


# SHUT-14
def shut_14_cancelling_without_waiting():
    executor = ThreadPoolExecutor(1)
    future = executor.submit(pow, 2, 5)
    executor.shutdown(wait=False, cancel_futures=True)
    assert future.cancelled() or future.result() == 32
