from concurrent.futures import ThreadPoolExecutor
import time

def task(n):
    time.sleep(1)
    return n * 2

# Context manager - automatic cleanup
with ThreadPoolExecutor(max_workers=3) as executor:
    futures = [executor.submit(task, i) for i in range(5)]
    # Executor waits for all tasks when exiting 'with' block

print("All tasks completed")

# Manual management (not recommended)
executor = ThreadPoolExecutor(max_workers=3)
try:
    futures = [executor.submit(task, i) for i in range(5)]
finally:
    executor.shutdown(wait=True)  # Must call explicitly
