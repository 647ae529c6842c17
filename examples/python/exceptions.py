from concurrent.futures import ThreadPoolExecutor, as_completed

def risky_task(n):
    if n == 3:
        raise ValueError(f"Bad value: {n}")
    return n * 2

with ThreadPoolExecutor(max_workers=3) as executor:
    futures = {executor.submit(risky_task, i): i for i in range(5)}

    for future in as_completed(futures):
        n = futures[future]
        try:
            result = future.result()
            print(f"Task {n}: {result}")
        except ValueError as e:
            print(f"Task {n} failed: {e}")

    # Alternative: check exception without raising
    future = executor.submit(risky_task, 3)
    future.result()  # Wait for completion
    if future.exception() is not None:
        print(f"Exception occurred: {future.exception()}")
