from concurrent.futures import ThreadPoolExecutor, TimeoutError, as_completed
import time

def slow_task(duration):
    time.sleep(duration)
    return f"Completed after {duration}s"

with ThreadPoolExecutor(max_workers=2) as executor:
    future = executor.submit(slow_task, 5)

    try:
        # Wait max 2 seconds for result
        result = future.result(timeout=2)
        print(result)
    except TimeoutError:
        print("Task timed out!")
        # Note: task continues running in background

    # Timeout with as_completed
    futures = [executor.submit(slow_task, i) for i in [1, 3, 5]]
    try:
        for future in as_completed(futures, timeout=2):
            print(future.result())
    except TimeoutError:
        print("Some tasks didn't complete in time")
