from concurrent.futures import ProcessPoolExecutor
import time

def spin():
    while True:
        pass

def square(n):
    return n * n

if __name__ == "__main__":
    executor = ProcessPoolExecutor(max_workers=1)
    endless = executor.submit(spin)
    next_task = executor.submit(square, 7)

    time.sleep(1)
    print(f"Cancelled: {endless.cancel()}")
    # New in Python 3.14; it ends every worker of the pool, and no task runs after it
    executor.kill_workers()
    print(f"Endless task failed: {endless.exception()!r}")
    print(f"Next task failed: {next_task.exception()!r}")
