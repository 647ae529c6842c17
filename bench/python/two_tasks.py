"""CPU-bound tasks of pure Python: two of them one after the other, and on two threads. Prints the seconds of each round, as JSON."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

ROUNDS = 5


def loops(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def generator(n):
    return sum(i * i for i in range(n))


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class Account:
    def __init__(self):
        self.balance = 0
        self.by_day = {}

    def pay(self, day, amount):
        self.balance += amount
        self.by_day[day] = self.by_day.get(day, 0) + amount


def objects(n):
    account = Account()
    for i in range(n):
        account.pay(i % 31, i)
    return account.balance


TASKS = [(loops, 800_000), (generator, 800_000), (fibonacci, 26), (objects, 200_000)]


def measure(function, size, workers):
    with ThreadPoolExecutor(workers) as pool:
        # So that both workers are up.
        list(pool.map(function, [2] * workers))
        begin = time.perf_counter()
        for future in [pool.submit(function, size) for _ in range(2)]:
            future.result()
        return time.perf_counter() - begin


if __name__ == "__main__":
    for function, size in TASKS:
        rounds = [(measure(function, size, 1), measure(function, size, 2)) for _ in range(ROUNDS)]
        print(json.dumps({"task": function.__name__, "rounds": rounds}))
