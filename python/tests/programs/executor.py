"""What all executors have in common, with threads: `submit`, `map`, subclasses."""

import itertools
import threading
import time
import weakref
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor


def raises(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


class Thing:
    """Something that can be known weakly."""

    def method(self):
        pass


# EXE-01
def exe_01_submit():
    with ThreadPoolExecutor(2) as executor:
        assert executor.submit(pow, 2, 8).result() == 256


# EXE-02
def exe_02_submit_keyword():
    def keywords(*arguments, **named):
        return arguments, named

    with ThreadPoolExecutor(2) as executor:
        assert executor.submit(keywords, 1, self=2, fn=3).result() == ((1,), {"self": 2, "fn": 3})
        raises(TypeError, executor.submit, fn=keywords, arg=1)
        raises(TypeError, executor.submit)


# EXE-03
def exe_03_shutdown_race():
    executor = ThreadPoolExecutor(4)
    executor.map(str, [2] * 5)
    executor.shutdown()


# EXE-04
def exe_04_no_stale_references():
    thing = Thing()
    gone = threading.Event()
    known = weakref.ref(thing, lambda _: gone.set())
    with ThreadPoolExecutor(1) as executor:
        executor.submit(thing.method)
        del thing
        assert gone.wait(timeout=10) and known() is None


# EXE-05
def exe_05_max_workers():
    for number in (0, -1):
        error = raises(ValueError, ThreadPoolExecutor, max_workers=number)
        assert str(error) == "max_workers must be greater than 0"
    assert str(raises(TypeError, ThreadPoolExecutor, initializer=5)) == "initializer must be a callable"


# EXE-06
def exe_06_results_are_free():
    with ThreadPoolExecutor(2) as executor:
        for thing in executor.map(lambda _: Thing(), range(5)):
            known = weakref.ref(thing)
            del thing
            assert known() is None


# EXE-07
def exe_07_exceptions_that_look_false():
    class FalsyBool(Exception):
        def __bool__(self):
            return False

    class FalsyLength(Exception):
        def __len__(self):
            return 0

    def fail(kind):
        raise kind("this")

    with ThreadPoolExecutor(1) as executor:
        for kind in (FalsyBool, FalsyLength):
            raises(kind, executor.submit(fail, kind).result)
            raises(kind, list, executor.map(fail, [kind]))


# MAP-01
def map_01_map():
    with ThreadPoolExecutor(3) as executor:
        assert list(executor.map(pow, range(10), range(10))) == list(map(pow, range(10), range(10)))
        assert list(executor.map(pow, range(10), range(10), chunksize=3)) == list(map(pow, range(10), range(10)))
        assert list(executor.map(pow, range(10), range(3))) == [1, 1, 4]


# MAP-02
def map_02_exceptions_in_place():
    with ThreadPoolExecutor(2) as executor:
        results = executor.map(divmod, [1, 1, 2, 3], [2, 3, 0, 5])
        assert next(results) == (0, 1)
        assert next(results) == (0, 1)
        raises(ZeroDivisionError, next, results)
        assert next(results) == (0, 3)
        raises(StopIteration, next, results)
        raises(StopIteration, next, results)


# MAP-03
def map_03_a_task_raises_timeout():
    def task(n):
        if n == 1:
            raise TimeoutError("mine")
        return n

    with ThreadPoolExecutor(2) as executor:
        results = executor.map(task, range(3), timeout=10)
        assert next(results) == 0
        assert str(raises(TimeoutError, next, results)) == "mine"
        assert next(results) == 2


# MAP-04
def map_04_timeout():
    event = threading.Event()
    with ThreadPoolExecutor(2) as executor:
        results = executor.map(lambda n: n and event.wait(), [0, 1, 1, 1], timeout=0.1)
        assert next(results) == 0
        raises(TimeoutError, next, results)
        raises(StopIteration, next, results)
        event.set()


# MAP-05
def map_05_close():
    with ThreadPoolExecutor(2) as executor:
        results = executor.map(pow, [2, 3, 4], [2, 2, 2])
        assert next(results) == 4
        results.close()
        raises(StopIteration, next, results)


# MAP-06
def map_06_buffersize_type():
    with ThreadPoolExecutor(1) as executor:
        for value in ("foo", 2.0):
            error = raises(TypeError, executor.map, str, range(4), buffersize=value)
            assert str(error) == "buffersize must be an integer or None"


# MAP-07
def map_07_buffersize_value():
    with ThreadPoolExecutor(1) as executor:
        for value in (0, -1):
            error = raises(ValueError, executor.map, str, range(4), buffersize=value)
            assert str(error) == "buffersize must be None or > 0"


# MAP-08
def map_08_buffersize():
    with ThreadPoolExecutor(2) as executor:
        for buffersize in (1, 2, 4, 8):
            assert list(executor.map(str, range(4), buffersize=buffersize)) == ["0", "1", "2", "3"]


# MAP-09, MAP-11
def map_09_buffersize_several_iterables():
    with ThreadPoolExecutor(2) as executor:
        assert list(executor.map(pow, range(4), range(4), buffersize=2)) == [1, 1, 4, 27]
        results = executor.map(pow, itertools.count(), itertools.count(), buffersize=2)
        assert [next(results) for _ in range(3)] == [1, 1, 4]


# MAP-10, MAP-12, MAP-13
def map_10_buffersize_endless_and_empty():
    with ThreadPoolExecutor(2) as executor:
        results = executor.map(str, itertools.count(), buffersize=2)
        assert [next(results) for _ in range(3)] == ["0", "1", "2"]
        assert list(executor.map(str, [], buffersize=2)) == []
        assert list(executor.map(str, buffersize=2)) == []


# MAP-14
def map_14_buffer_is_full():
    pulled = []

    def items():
        for n in range(10):
            pulled.append(n)
            yield n

    with ThreadPoolExecutor(2) as executor:
        executor.map(str, items(), buffersize=4)
    assert pulled == [0, 1, 2, 3]


# MAP-15
def map_15_submits_without_iteration():
    finished = []
    with ThreadPoolExecutor(4) as executor:
        executor.map(finished.append, range(10))
    assert sorted(finished) == list(range(10))


# MAP-16
def map_16_cancels_what_was_awaited():
    started, go = threading.Event(), threading.Event()
    seen = []
    with ThreadPoolExecutor(1) as executor:

        def block():
            started.set()
            go.wait()

        executor.submit(block)
        started.wait()
        results = executor.map(seen.append, range(3), timeout=0)
        raises(TimeoutError, next, results)
        go.set()
    assert seen == []


# A subclass that only has `submit` gets the rest.
def exe_08_subclasses():
    class Serial(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)
            return future

    with Serial() as executor:
        assert list(executor.map(pow, [2, 3], [3, 2])) == [8, 9]
        assert executor.submit(int, "7").result() == 7
    raises(NotImplementedError, Executor().submit, str)


# Section 3, row 12: a task that waits for tasks of its own pool.
def exe_09_tasks_that_wait_for_tasks():
    with ThreadPoolExecutor(1) as executor:

        def fib(n):
            return n if n < 2 else executor.submit(fib, n - 1).result() + executor.submit(fib, n - 2).result()

        assert executor.submit(fib, 8).result() == 21
