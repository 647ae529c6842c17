from concurrent.futures import ThreadPoolExecutor, as_completed
import time
import random

def fetch_data(source_id):
    delay = random.uniform(0.5, 2.0)
    time.sleep(delay)
    return f"Data from source {source_id} (took {delay:.2f}s)"

sources = range(5)

with ThreadPoolExecutor(max_workers=5) as executor:
    # Submit all tasks
    future_to_source = {
        executor.submit(fetch_data, src): src
        for src in sources
    }

    # Process results as they complete
    for future in as_completed(future_to_source):
        source = future_to_source[future]
        try:
            result = future.result()
            print(f"Source {source}: {result}")
        except Exception as e:
            print(f"Source {source} failed: {e}")
