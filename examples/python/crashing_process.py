from concurrent.futures import ProcessPoolExecutor, as_completed
import os
import time

def panic(n):
    raise ValueError(f"nobody can square {n}")

def abort(n):
    print("These are the last words of this process.", flush=True)
    os.abort()

def square(n):
    time.sleep(0.2)
    return n * n

if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as executor:
        # A task that spins for ever would keep this program for ever, so it is left out
        futures = {
            executor.submit(abort, 0): "abort",
            executor.submit(panic, 13): "panic",
        }
        for n in range(6):
            futures[executor.submit(square, n)] = f"square of {n}"

        # Whatever has not finished when the process dies fails with BrokenProcessPool
        for future in as_completed(futures):
            name = futures[future]
            try:
                print(f"{name}: {future.result()}")
            except Exception as e:
                print(f"{name} failed: {e}")
