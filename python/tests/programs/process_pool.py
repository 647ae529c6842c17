"""Pools of processes."""

import os
import time
import weakref
from concurrent.futures import CancelledError, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool

STARTED = "not initialized"


def initialize(value):
    global STARTED
    STARTED = value


def started():
    return STARTED


def fail():
    raise ValueError("error in initializer")


def raises(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def square(n):
    return n * n


def divide(a, b):
    return a / b


def die(code=99):
    os._exit(code)


def pid():
    return os.getpid()


def sleep_pid(seconds):
    time.sleep(seconds)
    return os.getpid()


def error():
    raise RuntimeError(123)


# EXE-01, EXE-02, MAP-01
def ppe_30_submit_and_map():
    with ProcessPoolExecutor(2) as executor:
        assert executor.submit(pow, 2, 8).result() == 256
        assert executor.submit(divide, a=1, b=2).result() == 0.5
        assert list(executor.map(divide, [6, 4], [2, 2])) == [3, 2]
        assert {future.result() for future in as_completed([executor.submit(square, n) for n in range(5)])} == {0, 1, 4, 9, 16}


# MAP-02, MAP-05
def map_02_exceptions_in_chunks():
    with ProcessPoolExecutor(2) as executor:
        results = executor.map(divide, [6, 1, 4, 8], [2, 0, 2, 2], chunksize=3)
        assert next(results) == 3
        assert raises(ZeroDivisionError, next, results).__cause__ is not None
        assert next(results) == 2
        assert next(results) == 4
        raises(StopIteration, next, results)
        results = executor.map(square, range(10), chunksize=3)
        assert next(results) == 0
        results.close()
        raises(StopIteration, next, results)


# MAP-17
def map_17_chunksize():
    with ProcessPoolExecutor(2) as executor:
        expected = [n * n for n in range(40)]
        for chunksize in (6, 40, 50):
            assert list(executor.map(square, range(40), chunksize=chunksize)) == expected
        assert list(executor.map(square, range(40), chunksize=4, buffersize=2)) == expected
        assert str(raises(ValueError, executor.map, square, range(40), chunksize=-1)) == "chunksize must be >= 1."


# PPE-03, PPE-04, PPE-06: only the task of the process that died fails
def ppe_03_a_process_dies():
    with ProcessPoolExecutor(2) as executor:
        innocent = [executor.submit(square, n) for n in range(10)]
        lost = executor.submit(die)
        text = str(raises(BrokenProcessPool, lost.result))
        # A browser's worker has no exit code; it ends by a trap.
        assert "terminated abruptly" in text and ("99" in text or "trap" in text), text
        assert [future.result() for future in innocent] == [n * n for n in range(10)]
        assert executor.submit(square, 5).result() == 25


# PPE-05
def ppe_05_traceback():
    with ProcessPoolExecutor(1) as executor:
        exception = executor.submit(error).exception()
    assert type(exception) is RuntimeError and exception.args == (123,)
    cause = exception.__cause__
    assert type(cause).__name__ == "_RemoteTraceback"
    assert "raise RuntimeError(123)" in str(cause) and "in error" in str(cause), cause


# PPE-08, PPE-09, SHUT-15
def ppe_09_processes_are_used_again():
    with ProcessPoolExecutor(4) as executor:
        assert len({executor.submit(pid).result() for _ in range(3)}) == 1
        futures = [executor.submit(sleep_pid, 0.05) for _ in range(20)]
        assert len({future.result() for future in futures}) <= 4
        assert os.getpid() not in executor._processes
    assert not executor._processes


# PPE-11, PPE-13
def ppe_11_max_tasks_per_child():
    with ProcessPoolExecutor(1, max_tasks_per_child=3) as executor:
        pids = [executor.submit(pid).result() for _ in range(4)]
    assert pids[0] == pids[1] == pids[2] != pids[3], pids
    for workers, tasks, count in ((1, 2, 6), (2, 2, 8)):
        with ProcessPoolExecutor(workers, max_tasks_per_child=tasks) as executor:
            futures = [executor.submit(square, n) for n in range(count)]
            assert [future.result(timeout=30) for future in futures] == [n * n for n in range(count)]
    raises(TypeError, ProcessPoolExecutor, max_tasks_per_child="two")
    raises(ValueError, ProcessPoolExecutor, max_tasks_per_child=0)
    raises(ValueError, ProcessPoolExecutor, max_workers=0)


# PPE-20, PPE-21, PPE-23, PPE-26
def ppe_23_forced_stop():
    for name in ("terminate_workers", "kill_workers"):
        executor = ProcessPoolExecutor(1)
        future = executor.submit(time.sleep, 60)
        while not future.running():
            time.sleep(0.01)
        waiting = executor.submit(square, 2)
        getattr(executor, name)()
        raises(BrokenProcessPool, future.result)
        raises((CancelledError, BrokenProcessPool), waiting.result)
        raises(RuntimeError, executor.submit, square, 2)
        executor.shutdown()


# PPE-24, PPE-25
def ppe_25_forced_stop_of_nothing():
    with ProcessPoolExecutor(1) as executor:
        executor.kill_workers()
        executor.terminate_workers()


# SHUT-01, SHUT-04, SHUT-16
def shut_16_shutdown():
    with ProcessPoolExecutor(2) as executor:
        futures = [executor.submit(square, n) for n in range(50)]
    assert all(future.done() for future in futures)
    assert str(raises(RuntimeError, executor.submit, square, 1)) == "cannot schedule new futures after shutdown"


# SHUT-05
def shut_05_cancel_futures():
    executor = ProcessPoolExecutor(2)
    futures = [executor.submit(time.sleep, 0.1) for _ in range(50)]
    wait(futures[:1])
    executor.shutdown(cancel_futures=True)
    assert len([future for future in futures if future.cancelled()]) > 20
    assert wait(futures).not_done == set()


# SHUT-17, SHUT-18
def shut_17_dropping_the_executor():
    executor = ProcessPoolExecutor(2)
    results = executor.map(square, range(4))
    executor.shutdown(wait=False)
    del executor
    assert list(results) == [0, 1, 4, 9]


# INIT-01, IPE-04
def init_01_initializer():
    with ProcessPoolExecutor(2, initializer=initialize, initargs=("initialized",)) as executor:
        assert {executor.submit(started).result() for _ in range(5)} == {"initialized"}
    assert STARTED == "not initialized"


# INIT-02
def init_02_initializer_fails():
    executor = ProcessPoolExecutor(1, initializer=fail)
    raises(BrokenProcessPool, executor.submit(square, 1).result)
    raises(BrokenProcessPool, executor.submit, square, 1)
    executor.shutdown()


# PPE-07: neither arguments nor results of a call stay in the worker
def ppe_07_nothing_is_kept_in_workers():
    with ProcessPoolExecutor(1) as executor:
        assert executor.submit(remember, Parcel()).result() is None
        assert executor.submit(forgotten).result()
        executor.submit(make_parcel).result()
        assert executor.submit(forgotten).result()


class Parcel:
    pass


KEPT = []


def remember(parcel):
    KEPT[:] = [weakref.ref(parcel)]


def make_parcel():
    parcel = Parcel()
    remember(parcel)
    return parcel


def forgotten():
    return KEPT[0]() is None


# PPE-10
def ppe_10_light_load():
    with ProcessPoolExecutor(5) as executor:
        pids = {executor.submit(pid).result()}
        for _ in range(6):
            futures = [executor.submit(pid), executor.submit(pid)]
            pids |= {future.result() for future in futures}
    assert len(pids) <= 3, pids


# PPE-14, PPE-15: what was taken is done, by new processes if it must be
def ppe_14_shutdown_while_processes_retire():
    executor = ProcessPoolExecutor(1, max_tasks_per_child=2)
    futures = [executor.submit(square, n) for n in range(5)]
    executor.shutdown(wait=False)
    del executor
    assert [future.result(timeout=30) for future in futures] == [n * n for n in range(5)]


# PPE-16
def ppe_16_forced_stop_while_a_process_retires():
    executor = ProcessPoolExecutor(1, max_tasks_per_child=1)
    first = executor.submit(square, 2)
    waiting = [executor.submit(time.sleep, 60) for _ in range(3)]
    assert first.result() == 4
    executor.kill_workers()
    for future in waiting:
        raises((CancelledError, BrokenProcessPool), future.result, timeout=30)
    executor.shutdown()


# PPE-18
def ppe_18_early_shutdown():
    executor = ProcessPoolExecutor(3, max_tasks_per_child=1)
    futures = [executor.submit(square, n) for n in range(6)]
    executor.shutdown()
    assert [future.result() for future in futures] == [n * n for n in range(6)]


# SHUT-19, SHUT-20
def shut_19_a_task_fails_while_its_process_retires():
    for workers in (2, 4):
        executor = ProcessPoolExecutor(workers, max_tasks_per_child=1)
        failing = executor.submit(divide, 1, 0)
        futures = [executor.submit(square, n) for n in range(workers)]
        executor.shutdown(wait=False)
        raises(ZeroDivisionError, failing.result)
        assert [future.result(timeout=30) for future in futures] == [n * n for n in range(workers)]


# INIT-03
def init_03_nothing_is_left_of_a_pool_that_cannot_start():
    executor = ProcessPoolExecutor(2, initializer=fail)
    raises(BrokenProcessPool, executor.submit(square, 1).result)
    executor.shutdown()
    assert not executor._processes


# DEAD-16
def dead_16_submitting_waits_for_nobody():
    with ProcessPoolExecutor(1) as executor:
        futures = [executor.submit(square, n) for n in range(1000)]
        assert [future.result() for future in futures] == [n * n for n in range(1000)]
