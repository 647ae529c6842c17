from concurrent.futures import ThreadPoolExecutor
import time

def task(name, duration):
    time.sleep(duration)
    return f"{name} completed in {duration}s"

with ThreadPoolExecutor(max_workers=3) as executor:
    # Submit tasks - returns Future immediately
    future1 = executor.submit(task, "Task A", 2)
    future2 = executor.submit(task, "Task B", 1)
    future3 = executor.submit(task, "Task C", 3)

    # Check if done (non-blocking)
    print(f"Task A done: {future1.done()}")

    # Get result (blocking)
    print(future2.result())  # Waits for completion
    print(future1.result())
    print(future3.result())
