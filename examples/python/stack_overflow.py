from concurrent.futures import ThreadPoolExecutor

def dig(depth):
    return depth + dig(depth + 1)

with ThreadPoolExecutor(max_workers=2) as executor:
    bottomless = executor.submit(dig, 0)
    healthy = executor.submit(pow, 7, 2)

    # CPython counts its frames, so this is an ordinary exception there
    print(f"Bottomless task failed: {bottomless.exception()}")
    print(f"Healthy task: {healthy.result()}")
