from concurrent.futures import ThreadPoolExecutor

def spin():
    while True:
        pass

with ThreadPoolExecutor(max_workers=1) as executor:
    future = executor.submit(spin)
    print("Waiting for a task that never ends...")
    future.result()
