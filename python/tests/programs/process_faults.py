"""Processes that fail, in every place in which they can."""

import os
import pickle
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool


def raises(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def square(n):
    return n * n


def die(code=99):
    os._exit(code)


def fail():
    raise ValueError("not to be read")


class Unreadable:
    """Can be pickled, but not made again."""

    def __reduce__(self):
        return fail, ()


class Unpicklable:
    def __reduce__(self):
        raise ZeroDivisionError("not to be pickled")


class Hostile:
    """Does something while it is pickled, or when it is read."""

    def __init__(self, writing=None, reading=None, load=b""):
        self.writing, self.reading, self.load = writing, reading, load

    def __reduce__(self):
        if self.writing is not None:
            self.writing(99)
        return self.reading or Hostile, (99,) if self.reading else (), {"load": self.load}


def unreadable():
    return Unreadable()


def unpicklable():
    return Unpicklable()


# DEAD-01, IPE-10
def dead_01_arguments_that_cannot_travel():
    with ProcessPoolExecutor(1) as executor:
        raises(ZeroDivisionError, executor.submit(id, Unpicklable()).result)
        text = str(executor.submit(lambda: 1).exception())
        assert text.startswith("Can't pickle") and "<lambda>" in text, text
        assert executor.submit(square, 3).result() == 9


# DEAD-03, IPE-20
def dead_03_arguments_that_cannot_be_read():
    with ProcessPoolExecutor(1) as executor:
        raises(ValueError, executor.submit(id, Unreadable()).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-06
def dead_06_a_task_exits():
    with ProcessPoolExecutor(1) as executor:
        raises(SystemExit, executor.submit(sys.exit, 3).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-10
def dead_10_a_result_that_cannot_travel():
    with ProcessPoolExecutor(1) as executor:
        raises(ZeroDivisionError, executor.submit(unpicklable).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-11
def dead_11_a_result_that_cannot_be_read():
    with ProcessPoolExecutor(1) as executor:
        raises(ValueError, executor.submit(unreadable).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-13
def dead_13_a_process_dies_during_shutdown():
    executor = ProcessPoolExecutor(1)
    future = executor.submit(die)
    executor.shutdown(wait=True)
    raises(BrokenProcessPool, future.result)


# DEAD-02: the task gets what would end the process
def dead_02_an_exit_while_arguments_are_read():
    with ProcessPoolExecutor(1) as executor:
        raises(SystemExit, executor.submit(id, Hostile(reading=sys.exit)).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-04, DEAD-15: only the task that was read fails, however much is on its way behind it
def dead_04_a_crash_while_arguments_are_read():
    with ProcessPoolExecutor(1) as executor:
        lost = executor.submit(id, Hostile(reading=die, load=bytes(4_000_000)))
        behind = executor.submit(len, bytes(4_000_000))
        raises(BrokenProcessPool, lost.result)
        assert behind.result() == 4_000_000


# DEAD-05
def dead_05_a_crash_in_a_task():
    with ProcessPoolExecutor(1) as executor:
        raises(BrokenProcessPool, executor.submit(die).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-07
def dead_07_an_error_in_a_task():
    with ProcessPoolExecutor(1) as executor:
        error = raises(KeyError, executor.submit({}.pop, "absent").result)
        assert error.args == ("absent",)
        assert executor.submit(square, 3).result() == 9


# DEAD-08
def dead_08_a_crash_while_the_result_is_written():
    with ProcessPoolExecutor(1) as executor:
        raises(BrokenProcessPool, executor.submit(Hostile, die).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-09
def dead_09_an_exit_while_the_result_is_written():
    with ProcessPoolExecutor(1) as executor:
        raises(SystemExit, executor.submit(Hostile, sys.exit).result)
        assert executor.submit(square, 3).result() == 9


# DEAD-14
def dead_14_what_cannot_travel_holds_up_no_shutdown():
    executor = ProcessPoolExecutor(1)
    future = executor.submit(id, Unpicklable())
    executor.shutdown(wait=False)
    raises(ZeroDivisionError, future.result)


class Mute(Exception):
    def __str__(self):
        raise ValueError("no text")


class Locked(Exception):
    """Cannot travel, and neither can the reason why."""

    def __reduce__(self):
        error = ValueError()
        error.lock = threading.Lock()
        raise error


def raise_one(kind):
    raise kind()


def dead_15_exceptions_that_cannot_be_told():
    with ProcessPoolExecutor(1) as executor:
        raises(Mute, executor.submit(raise_one, Mute).result)
        raises(pickle.PicklingError, executor.submit(raise_one, Locked).result)
        results = executor.map(raise_one, [Locked, Mute], chunksize=2)
        raises(pickle.PicklingError, next, results)
        assert executor.submit(square, 3).result() == 9
