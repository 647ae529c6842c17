from concurrent.futures import ThreadPoolExecutor, as_completed
import urllib.request
import time

def download(url, timeout=10):
    """Download URL content with timeout."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            content = response.read()
            return url, len(content), None
    except Exception as e:
        return url, 0, str(e)

urls = [
    "https://www.python.org",
    "https://www.github.com",
    "https://www.google.com",
    "https://httpbin.org/delay/5",  # Slow endpoint
]

print("Starting downloads...")
start = time.time()

with ThreadPoolExecutor(max_workers=4) as executor:
    future_to_url = {executor.submit(download, url): url for url in urls}

    for future in as_completed(future_to_url, timeout=15):
        url, size, error = future.result()
        if error:
            print(f"FAILED: {url} - {error}")
        else:
            print(f"OK: {url} - {size} bytes")

print(f"Total time: {time.time() - start:.2f}s")
