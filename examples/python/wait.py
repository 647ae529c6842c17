from concurrent.futures import ThreadPoolExecutor, wait, FIRST_COMPLETED, ALL_COMPLETED
import time

def task(task_id, duration):
    time.sleep(duration)
    return f"Task {task_id} done"

with ThreadPoolExecutor(max_workers=3) as executor:
    futures = [
        executor.submit(task, 1, 3),
        executor.submit(task, 2, 1),
        executor.submit(task, 3, 2),
    ]

    # Wait for first to complete
    done, not_done = wait(futures, return_when=FIRST_COMPLETED)
    print(f"First completed: {done.pop().result()}")
    print(f"Still running: {len(not_done)}")

    # Wait for all remaining
    done, not_done = wait(not_done, return_when=ALL_COMPLETED)
    for f in done:
        print(f"Completed: {f.result()}")
