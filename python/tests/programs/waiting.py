"""`wait` and `as_completed`, over pools of threads and over bare futures."""

import sys
import threading
import time
import weakref
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)


def cancelled():
    future = Future()
    future.cancel()
    return future


def failed():
    future = Future()
    future.set_exception(OSError())
    return future


def successful():
    future = Future()
    future.set_result(42)
    return future


def divide(a, b):
    return a / b


def sleep_and_raise(seconds):
    time.sleep(seconds)
    raise Exception("this is an exception")


# WAIT-01
def wait_01_a_future_twice():
    with ThreadPoolExecutor(2) as executor:
        future = executor.submit(time.sleep, 0)
        done, not_done = wait([future, future], return_when=ALL_COMPLETED)
    assert done == {future} and not_done == set()


# WAIT-02, with one cancelled state
def wait_02_first_completed():
    with ThreadPoolExecutor(2) as executor:
        event = threading.Event()
        first = executor.submit(divide, 21, 2)
        second = executor.submit(event.wait)
        done, not_done = wait([first, second], return_when=FIRST_COMPLETED)
        assert (done, not_done) == ({first}, {second})
        assert wait([cancelled(), second], return_when=FIRST_COMPLETED).not_done == {second}
        event.set()


# WAIT-03
def wait_03_first_completed_some_already():
    with ThreadPoolExecutor(1) as executor:
        event = threading.Event()
        open_future = executor.submit(event.wait)
        ready = successful()
        assert wait([ready, open_future], return_when=FIRST_COMPLETED) == ({ready}, {open_future})
        event.set()


# WAIT-04
def wait_04_first_exception():
    with ThreadPoolExecutor(3) as executor:
        event = threading.Event()
        first = executor.submit(divide, 2, 1)
        first.result()
        second = executor.submit(sleep_and_raise, 0.05)
        third = executor.submit(event.wait)
        done, not_done = wait([first, second, third], return_when=FIRST_EXCEPTION)
        assert (done, not_done) == ({first, second}, {third})
        event.set()


# WAIT-05, with one cancelled state
def wait_05_first_exception_some_already():
    with ThreadPoolExecutor(2) as executor:
        event = threading.Event()
        raising = executor.submit(sleep_and_raise, 0.05)
        slow = executor.submit(event.wait)
        ended = [successful(), cancelled()]
        done, not_done = wait([*ended, raising, slow], return_when=FIRST_EXCEPTION)
        assert done == {*ended, raising} and not_done == {slow}
        event.set()


# WAIT-06
def wait_06_first_exception_one_already():
    with ThreadPoolExecutor(1) as executor:
        event = threading.Event()
        slow = executor.submit(event.wait)
        bad = failed()
        assert wait([bad, slow], return_when=FIRST_EXCEPTION) == ({bad}, {slow})
        event.set()


# WAIT-07
def wait_07_all_completed():
    with ThreadPoolExecutor(2) as executor:
        futures = {executor.submit(divide, 2, 0), executor.submit(divide, 2, 1), cancelled(), failed(), successful()}
        done, not_done = wait(futures, return_when=ALL_COMPLETED)
        assert done == futures and not_done == set()


# WAIT-08
def wait_08_timeout():
    with ThreadPoolExecutor(2) as executor:
        event = threading.Event()
        slow = executor.submit(event.wait)
        ready = [successful(), failed(), cancelled()]
        done, not_done = wait([*ready, slow], timeout=0.05, return_when=ALL_COMPLETED)
        assert done == set(ready) and not_done == {slow}
        event.set()


# WAIT-09
def wait_09_no_completion_is_lost():
    event = threading.Event()

    def task():
        event.wait(timeout=10)

    with ThreadPoolExecutor(100) as executor:
        futures = {executor.submit(task) for _ in range(100)}
        event.set()
        assert wait(futures, timeout=30).not_done == set()


# Section 2.4: arguments.
def wait_10_arguments():
    assert wait([]) == (set(), set())
    ready = successful()
    assert wait(iter([ready]), return_when="nonsense").done == {ready}
    try:
        wait([Future()], timeout=0, return_when="nonsense")
    except ValueError as error:
        assert str(error) == "Invalid return condition: 'nonsense'"
    else:
        raise AssertionError
    pair = wait([ready])
    assert pair.done == {ready} and pair.not_done == set() and type(pair).__name__ == "DoneAndNotDoneFutures"
    pending = Future()
    assert wait([pending], timeout=-1).not_done == {pending}


# ASC-01
def asc_01_no_timeout():
    with ThreadPoolExecutor(2) as executor:
        futures = {cancelled(), failed(), successful(), executor.submit(divide, 6, 2), executor.submit(divide, 1, 0)}
        assert set(as_completed(futures)) == futures


# ASC-02
def asc_02_zero_timeout():
    with ThreadPoolExecutor(1) as executor:
        event = threading.Event()
        slow = executor.submit(event.wait)
        ready = {cancelled(), failed(), successful()}
        seen = set()
        try:
            for future in as_completed({*ready, slow}, timeout=0):
                seen.add(future)
        except TimeoutError:
            pass
        else:
            raise AssertionError
        assert seen == ready
        event.set()


# ASC-03
def asc_03_duplicates():
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(time.sleep, 0.05)
        assert list(as_completed(future for _ in range(3))) == [future]


# ASC-04
def asc_04_yielded_futures_are_free():
    futures = [Future() for _ in range(8)]
    futures[0].set_result(1)
    futures[1].cancel()
    completed = as_completed(futures, timeout=5)
    known = [weakref.ref(future) for future in futures]
    waiting = futures[2:]
    del futures
    for _ in range(2):
        next(completed)
    assert known[0]() is None and known[1]() is None
    last = waiting.pop(0)
    last.set_result(2)
    assert next(completed) is last
    del last
    assert known[2]() is None
    for future in waiting:
        future.set_result(3)


# ASC-05
def asc_05_message():
    futures = [Future() for _ in range(4)]
    futures[0].set_result(None)
    try:
        list(as_completed(futures, timeout=0))
    except TimeoutError as error:
        assert str(error) == "3 (of 4) futures unfinished"
    else:
        raise AssertionError


# Section 2.4: the order is that of completion.
def asc_06_order():
    with ThreadPoolExecutor(3) as executor:
        futures = [executor.submit(time.sleep, delay) for delay in (0.3, 0.2, 0.1)]
        assert list(as_completed(futures)) == futures[::-1]
    assert list(as_completed([])) == []
