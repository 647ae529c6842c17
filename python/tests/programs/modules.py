"""What programs import."""

import sys

NAMES = """
    __future__ _collections_abc abc annotationlib array ast atexit base64 binascii bisect builtins calendar cmath codeop collections collections.abc
    concurrent.futures concurrent.futures.process concurrent.futures.thread contextlib contextvars copy dataclasses datetime decimal dis enum errno
    fractions functools gc hashlib heapq inspect io itertools json keyword linecache locale logging marshal math numbers opcode operator os os.path
    pickle pprint queue random re reprlib stat statistics string struct sys textwrap threading time timeit token tokenize traceback types typing
    unicodedata urllib.error urllib.parse urllib.request warnings weakref
""".split()


# All of them at once, as one may import another.
def import_01_modules():
    missing = []
    for name in NAMES:
        try:
            __import__(name)
        except Exception as error:
            missing.append(f"{name}: {error!r}")
    assert not missing, missing


def import_02_clocks():
    import datetime
    import time

    now = time.time()
    assert 1_700_000_000 < now < 10_000_000_000
    assert abs(time.time_ns() / 1e9 - now) < 5
    today = datetime.datetime.now(datetime.timezone.utc)
    assert abs(today.timestamp() - now) < 5
    assert abs(datetime.datetime.now().timestamp() - now) < 5
    assert time.gmtime(0).tm_year == 1970 and time.localtime().tm_year == datetime.date.today().year
    assert time.strftime("%Y-%m-%d", time.gmtime(86_400)) == "1970-01-02"
    assert datetime.datetime(2026, 1, 2, 3, 4).strftime("%d.%m.%Y %H:%M") == "02.01.2026 03:04"
    assert datetime.datetime.strptime("2026-01-02", "%Y-%m-%d").day == 2
    begin = time.perf_counter()
    time.sleep(0.01)
    assert time.perf_counter() - begin >= 0.009 and time.monotonic() > 0 and time.process_time() >= 0


def import_03_numbers():
    import decimal
    import fractions
    import hashlib
    import random
    import statistics

    assert statistics.mean([1, 2, 6]) == 3 and statistics.stdev([1, 2, 3]) == 1
    assert hashlib.sha256(b"abc").hexdigest().startswith("ba7816bf") and hashlib.md5(b"").hexdigest().startswith("d41d8cd9")
    # Two that were seeded from the system differ; two that were seeded alike do not.
    assert random.Random().random() != random.Random().random()
    assert random.Random(42).random() == random.Random(42).random() == 0.6394267984578837
    assert decimal.Decimal("0.1") * 3 == decimal.Decimal("0.3") and fractions.Fraction(1, 3) * 3 == 1


def import_04_texts():
    import json
    import re
    import string
    import textwrap
    import unicodedata

    assert json.loads(json.dumps({"a": [1, 2.5, None, "ü"]})) == {"a": [1, 2.5, None, "ü"]}
    assert re.sub(r"(\w+) (\w+)", r"\2 \1", "two words") == "words two"
    assert string.Template("$a").substitute(a=1) == "1" and textwrap.shorten("a long text", 7) == "a [...]"
    assert unicodedata.name("☃") == "SNOWMAN" and "\N{SNOWMAN}" == "☃"


def import_05_the_process():
    import os

    assert os.cpu_count() >= 1 and os.getpid() >= 1 and len(os.urandom(8)) == 8
    assert sys.version_info >= (3, 13) and sys.implementation.name == "rustpython"
    assert os.path.join("a", "b") == "a/b" and os.environ.get("no such variable") is None


def import_06_addresses():
    import urllib.parse
    import urllib.request

    address = urllib.parse.urlsplit("https://[::1]:8080/path?q=1#part")
    assert (address.hostname, address.port, address.query) == ("::1", 8080, "q=1")
    assert urllib.parse.quote("a b/ü") == "a%20b/%C3%BC" and urllib.parse.parse_qs("a=1&a=2") == {"a": ["1", "2"]}
    for bad in ("no address", "gopher://example.com"):
        try:
            urllib.request.urlopen(bad)
        except (ValueError, urllib.request.URLError):
            continue
        raise AssertionError(bad)
