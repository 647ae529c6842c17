"""CPython's side of the table `threads`: `threads.py WORK WORKERS COUNT`.

For every line on standard input it does the work once, on the same pool, and prints a line of JSON with what it took:
seconds, or bytes. So the caller decides when this contestant has its turn.
"""

import json
import sys
import threading
import tracemalloc
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from time import perf_counter


def tiny(n):
    return n


def square(x):
    return x * x


def sum_below(count):
    return count * (count - 1) // 2


def submit_and_collect(pool, count):
    start = perf_counter()
    futures = [pool.submit(tiny, n) for n in range(count)]
    total = sum(future.result() for future in futures)
    seconds = perf_counter() - start
    assert total == sum_below(count)
    return seconds


def one_at_a_time(pool, count):
    start = perf_counter()
    for n in range(count):
        assert pool.submit(tiny, n).result() == n
    return perf_counter() - start


def squares(pool, count):
    start = perf_counter()
    total = sum(pool.map(square, range(count)))
    seconds = perf_counter() - start
    assert total == (count - 1) * count * (2 * count - 1) // 6
    return seconds


def callbacks(pool, count):
    lock = threading.Lock()
    told = threading.Event()
    total, left = 0, count

    def tell(future):
        nonlocal total, left
        with lock:
            total += future.result()
            left -= 1
            if left == 0:
                told.set()

    start = perf_counter()
    for n in range(count):
        pool.submit(tiny, n).add_done_callback(tell)
    told.wait()
    seconds = perf_counter() - start
    assert total == sum_below(count)
    return seconds


def contention(submitters):
    def work(pool, count):
        each = count // submitters
        begin = threading.Barrier(submitters + 1)
        totals = []

        def submit():
            begin.wait()
            futures = [pool.submit(tiny, n) for n in range(each)]
            totals.append(sum(future.result() for future in futures))

        threads = [threading.Thread(target=submit) for _ in range(submitters)]
        for thread in threads:
            thread.start()
        start = perf_counter()
        begin.wait()
        for thread in threads:
            thread.join()
        seconds = perf_counter() - start
        assert totals == [sum_below(each)] * submitters
        return seconds

    return work


def completed_by_another(count):
    """Futures, and a thread that completes them when the event is set."""
    futures = [Future() for _ in range(count)]
    begin = threading.Event()

    def complete():
        begin.wait()
        for n, future in enumerate(futures):
            future.set_result(n)

    thread = threading.Thread(target=complete)
    thread.start()
    return futures, begin, thread


def wait_for_all(_, count):
    # A wait first takes the locks of all its futures, so hardly any can be completed before it watches it.
    futures, begin, thread = completed_by_another(count)
    start = perf_counter()
    begin.set()
    done, not_done = wait(futures)
    seconds = perf_counter() - start
    thread.join()
    assert not not_done and sum(future.result() for future in done) == sum_below(count)
    return seconds


def read_as_completed(_, count):
    futures, begin, thread = completed_by_another(count)
    start = perf_counter()
    begin.set()
    total = sum(future.result() for future in as_completed(futures))
    seconds = perf_counter() - start
    thread.join()
    assert total == sum_below(count)
    return seconds


def memory(workers, moment):
    """Bytes of futures and tasks in a fresh pool, whose workers are all busy with something else."""

    def occupy(pool):
        arrive, leave = threading.Barrier(workers + 1), threading.Barrier(workers + 1)
        for _ in range(workers):
            pool.submit(lambda: (arrive.wait(), leave.wait()))
        arrive.wait()
        return leave

    def work(_, count):
        with ThreadPoolExecutor(workers) as pool:
            leave = occupy(pool)
            tracemalloc.start()
            futures = [pool.submit(tiny, n) for n in range(count)]
            pending, _ = tracemalloc.get_traced_memory()
            leave.wait()
            leave = occupy(pool)
            finished, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            leave.wait()
            assert sum(future.result() for future in futures) == sum_below(count)
        return {"pending": pending, "finished": finished}[moment]

    return work


def named(name, workers):
    kind, _, detail = name.rpartition("-")
    if kind == "contention":
        return contention(int(detail))
    if kind == "bytes":
        return memory(workers, detail)
    return {
        "submit-and-collect": submit_and_collect,
        "one-at-a-time": one_at_a_time,
        "squares": squares,
        "callbacks": callbacks,
        "wait": wait_for_all,
        "as-completed": read_as_completed,
    }[name]


def main():
    name, workers, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    work = named(name, workers)
    with ThreadPoolExecutor(workers) as pool:
        for _ in sys.stdin:
            print(json.dumps({"took": work(pool, count)}), flush=True)


if __name__ == "__main__":
    main()
