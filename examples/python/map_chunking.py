from concurrent.futures import ProcessPoolExecutor
import time

def process_item(x):
    return x * x

if __name__ == "__main__":
    items = range(100000)

    # Without chunking - more IPC overhead
    start = time.time()
    with ProcessPoolExecutor(max_workers=4) as executor:
        results = list(executor.map(process_item, items))
    print(f"No chunking: {time.time() - start:.2f}s")

    # With chunking - less IPC overhead
    start = time.time()
    with ProcessPoolExecutor(max_workers=4) as executor:
        results = list(executor.map(process_item, items, chunksize=1000))
    print(f"With chunking: {time.time() - start:.2f}s")
