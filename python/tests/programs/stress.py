"""Eight threads at the same objects. Short by default; `STRESS_SECONDS` makes it longer."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

SECONDS = float(os.environ.get("STRESS_SECONDS", "2"))
SHARED = {}


class Counter:
    def __init__(self):
        self.total = 0
        self.by_name = {}


def generator(n):
    for i in range(n):
        yield i * i


# Containers, attributes, globals, exceptions and generators, all at once.
def stress_01_shared_objects():
    shared_list, shared_dict, counter = [], {}, Counter()
    lock = threading.Lock()
    end = time.monotonic() + SECONDS

    def hammer(n):
        rounds = 0
        while time.monotonic() < end:
            rounds += 1
            for i in range(50):
                shared_list.append(i)
                shared_dict[(n, i)] = str(i)
                SHARED[f"{n}-{i % 7}"] = [i]
                counter.by_name[n] = counter.by_name.get(n, 0) + 1
            with lock:
                counter.total += 50
            assert sum(generator(20)) == 2470
            try:
                raise ValueError(n)
            except ValueError as error:
                assert error.args == (n,)
            if len(shared_list) > 10_000:
                with lock:
                    shared_list.clear()
            setattr(counter, f"attribute_{n}", rounds)
            assert getattr(counter, f"attribute_{n}") == rounds
        return rounds

    with ThreadPoolExecutor(8) as executor:
        rounds = list(executor.map(hammer, range(8)))
    assert counter.total == 50 * sum(rounds)
    assert all(counter.by_name[n] == 50 * rounds[n] for n in range(8))
    assert len(shared_dict) == 400 and all(value == str(i) for (_, i), value in shared_dict.items())


# Tasks that make pools, callbacks that submit, and futures that die on any thread.
def stress_02_nested_pools():
    end = time.monotonic() + SECONDS
    done = []

    def task(n):
        with ThreadPoolExecutor(2) as inner:
            futures = [inner.submit(pow, n, i) for i in range(5)]
            for future in futures:
                future.add_done_callback(lambda future: done.append(future.result()))
            return sum(future.result() for future in futures)

    with ThreadPoolExecutor(8) as executor:
        while time.monotonic() < end:
            assert list(executor.map(task, range(16))) == [sum(n**i for i in range(5)) for n in range(16)]
    assert len(done) % 80 == 0
