"""Threads of a program's own, and what they meet at."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def raises(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def thr_01_threads():
    seen = []
    threads = [threading.Thread(target=seen.append, args=(n,), name=f"worker-{n}") for n in range(5)]
    assert not threads[0].is_alive()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(5)) and not threads[0].is_alive()
    raises(RuntimeError, threads[0].start)
    assert threading.current_thread() is threading.main_thread()


def thr_02_join_with_a_timeout():
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    begun = time.monotonic()
    thread.join(0.1)
    assert thread.is_alive() and time.monotonic() - begun >= 0.09
    event.set()
    thread.join()
    assert not thread.is_alive()


def thr_03_locks():
    lock = threading.Lock()
    assert lock.acquire() and lock.locked()
    assert not lock.acquire(blocking=False)
    begun = time.monotonic()
    assert not lock.acquire(timeout=0.1)
    assert time.monotonic() - begun >= 0.09
    lock.release()
    raises(RuntimeError, lock.release)
    raises(ValueError, lock.acquire, False, 1)
    raises(ValueError, lock.acquire, True, -2)
    count = 0

    def add():
        nonlocal count
        for _ in range(2000):
            with lock:
                count += 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count == 8000


def thr_04_reentrant_locks():
    lock = threading.RLock()
    with lock:
        with lock:
            assert lock._is_owned()
        thread_saw = []
        thread = threading.Thread(target=lambda: thread_saw.append(lock.acquire(blocking=False)))
        thread.start()
        thread.join()
        assert thread_saw == [False]
    raises(RuntimeError, lock.release)


def thr_05_conditions():
    condition = threading.Condition()
    items = []

    def consume():
        with condition:
            return condition.wait_for(lambda: items, timeout=10) and items.pop()

    with ThreadPoolExecutor(2) as executor:
        futures = [executor.submit(consume) for _ in range(2)]
        for n in (1, 2):
            with condition:
                items.append(n)
                condition.notify()
        assert sorted(future.result() for future in futures) == [1, 2]
    with condition:
        assert condition.wait(timeout=0.05) is False


def thr_06_semaphores_barriers_timers():
    semaphore = threading.Semaphore(2)
    most = running = 0
    lock = threading.Lock()

    def task():
        nonlocal most, running
        with semaphore:
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.01)
            with lock:
                running -= 1

    with ThreadPoolExecutor(6) as executor:
        for _ in range(12):
            executor.submit(task)
    assert most == 2
    barrier = threading.Barrier(3)
    with ThreadPoolExecutor(3) as executor:
        assert sorted(executor.map(lambda _: barrier.wait(timeout=10), range(3))) == [0, 1, 2]
    fired = threading.Event()
    threading.Timer(0.05, fired.set).start()
    assert fired.wait(10)


def thr_07_queues():
    channel = queue.Queue(maxsize=2)
    seen = []

    def consume():
        while (item := channel.get()) is not None:
            seen.append(item)
            channel.task_done()

    thread = threading.Thread(target=consume)
    thread.start()
    for n in range(20):
        channel.put(n)
    channel.put(None)
    thread.join()
    assert seen == list(range(20))
    raises(queue.Empty, channel.get, timeout=0.05)
    raises(queue.Empty, channel.get_nowait)
    simple = queue.SimpleQueue()
    simple.put(1)
    assert simple.get(timeout=1) == 1
    raises(queue.Empty, simple.get, timeout=0.05)


def thr_08_exceptions_in_threads():
    import io
    import sys

    sys.stderr = io.StringIO()
    thread = threading.Thread(target=lambda: 1 / 0, name="doomed")
    thread.start()
    thread.join()
    text = sys.stderr.getvalue()
    sys.stderr = sys.__stderr__
    assert "Exception in thread doomed" in text and "ZeroDivisionError" in text, text


class Counted:
    def number(self):
        return 7


def thr_09_what_threads_share_may_go():
    import weakref

    # Functions of the program itself, which are replaced while threads may call them.
    for n in range(3):
        exec(f"def shared(): return {n}", globals())
        with ThreadPoolExecutor(2) as executor:
            futures = [executor.submit(globals()["shared"]) for _ in range(50)]
            del globals()["shared"]
        assert {future.result() for future in futures} == {n}

    def use():
        counted = Counted()
        return counted.number(), weakref.ref(counted)

    def local():
        return 1

    reference = weakref.ref(local)
    with ThreadPoolExecutor(2) as executor:
        number, instance = executor.submit(use).result()
        assert executor.submit(local).result() == 1
    assert number == 7 and instance() is None
    del local
    assert reference() is None
