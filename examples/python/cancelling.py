from concurrent.futures import ThreadPoolExecutor
import time

def long_task(n):
    time.sleep(2)
    return n

with ThreadPoolExecutor(max_workers=1) as executor:
    # Submit multiple tasks to single worker
    future1 = executor.submit(long_task, 1)
    future2 = executor.submit(long_task, 2)  # Queued, not started
    future3 = executor.submit(long_task, 3)  # Queued, not started

    time.sleep(0.1)  # Let first task start

    # Try to cancel queued tasks
    cancelled2 = future2.cancel()
    cancelled3 = future3.cancel()

    print(f"Future 2 cancelled: {cancelled2}")  # True
    print(f"Future 3 cancelled: {cancelled3}")  # True
    print(f"Future 1 cancelled: {future1.cancel()}")  # False (already running)
