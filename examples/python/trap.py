from concurrent.futures import ThreadPoolExecutor
import os

with ThreadPoolExecutor(max_workers=2) as executor:
    healthy = executor.submit(pow, 7, 2)
    print(f"Healthy task: {healthy.result()}")

    # CPython ends the whole process here, and every task with it
    doomed = executor.submit(os.abort)
    print(f"Doomed task failed: {doomed.exception()}")
