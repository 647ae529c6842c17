from concurrent.futures import ThreadPoolExecutor
import time

def compute(n):
    time.sleep(1)
    return n * n

def on_complete(future):
    """Callback executed when future completes."""
    try:
        result = future.result()
        print(f"Callback: result is {result}")
    except Exception as e:
        print(f"Callback: task failed with {e}")

with ThreadPoolExecutor(max_workers=3) as executor:
    for i in range(5):
        future = executor.submit(compute, i)
        future.add_done_callback(on_complete)

    # Main thread continues while callbacks fire
    print("Main thread: tasks submitted")
    time.sleep(2)
    print("Main thread: done waiting")
