"""CPython's side of the table `process`: `process.py WORK WORKERS COUNT`.

For every line on standard input it does the work once, on the same pool, and prints a line of JSON with the seconds
that it took. So the caller decides when this contestant has its turn.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter


def echo(value):
    return value


def square(x):
    return x * x


def pipelined(pool, count):
    start = perf_counter()
    futures = [pool.submit(echo, n) for n in range(count)]
    total = sum(future.result() for future in futures)
    seconds = perf_counter() - start
    assert total == count * (count - 1) // 2
    return seconds


def one_at_a_time(pool, count):
    start = perf_counter()
    for n in range(count):
        assert pool.submit(echo, n).result() == n
    return perf_counter() - start


def squares(pool, count):
    start = perf_counter()
    total = sum(pool.map(square, range(count), chunksize=1000))
    seconds = perf_counter() - start
    assert total == (count - 1) * count * (2 * count - 1) // 6
    return seconds


def payload(pool, count):
    sent = bytes(range(256)) * (count // 256)
    start = perf_counter()
    received = pool.submit(echo, sent).result()
    seconds = perf_counter() - start
    assert received == sent
    return seconds


def main():
    name, workers, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    work = {"pipelined": pipelined, "one-at-a-time": one_at_a_time, "squares": squares, "payload": payload}[name]
    with ProcessPoolExecutor(workers) as pool:
        for _ in sys.stdin:
            print(json.dumps({"took": work(pool, count)}), flush=True)


if __name__ == "__main__":
    main()
