"""Opens addresses, as far as the host of the program does."""

import io

import _system
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

_NO_TIMEOUT = object()


class Headers:
    """The headers of an answer: their names are alike in upper and lower case."""

    def __init__(self, pairs):
        self._pairs = list(pairs)

    def get(self, name, failobj=None):
        """Returns the first value of that name."""
        return next((value for known, value in self._pairs if known.lower() == name.lower()), failobj)

    def get_all(self, name, failobj=None):
        """Returns every value of that name."""
        return [value for known, value in self._pairs if known.lower() == name.lower()] or failobj

    def get_content_type(self):
        """Returns the type without its parameters."""
        return self.get("content-type", "text/plain").partition(";")[0].strip()

    def get_content_charset(self, failobj=None):
        """Returns the type's parameter `charset`."""
        for parameter in self.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"').lower()
        return failobj

    __getitem__ = get

    def __contains__(self, name):
        return self.get(name) is not None

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self._pairs)

    def keys(self):
        return [name for name, _ in self._pairs]

    def values(self):
        return [value for _, value in self._pairs]

    def items(self):
        return list(self._pairs)


class Request:
    """What is asked of an address."""

    def __init__(self, url, data=None, headers={}, origin_req_host=None, unverifiable=False, method=None):
        self.full_url = url
        self.data = data
        self.headers = {}
        self.method = method
        for name, value in headers.items():
            self.add_header(name, value)

    def add_header(self, key, val):
        """Sets a header."""
        self.headers[key.capitalize()] = val

    def has_header(self, name):
        return name in self.headers

    def get_header(self, name, default=None):
        return self.headers.get(name, default)

    def header_items(self):
        return list(self.headers.items())

    def get_method(self):
        """Returns `GET`, `POST` if there are data, or what was said."""
        return self.method or ("GET" if self.data is None else "POST")

    def get_full_url(self):
        return self.full_url


class Response(io.BytesIO):
    """An answer."""

    def __init__(self, url, status, reason, headers, body):
        super().__init__(body)
        self.url = url
        self.status = self.code = status
        self.reason = self.msg = reason
        self.headers = Headers(headers)

    def geturl(self):
        return self.url

    def getcode(self):
        return self.code

    def info(self):
        return self.headers

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def getheaders(self):
        return self.headers.items()


def urlopen(url, data=None, timeout=_NO_TIMEOUT, *, context=None):
    """Opens an address and returns its answer; `HTTPError` if that is an error's, `URLError` if there is none."""
    request = url if isinstance(url, Request) else Request(url)
    if data is not None:
        request.data = data
    if request.data is not None and not isinstance(request.data, bytes):
        raise TypeError("POST data should be bytes, an iterable of bytes, or a file object. It cannot be of type str.")
    scheme = urlsplit(request.full_url).scheme
    if not scheme:
        raise ValueError(f"unknown url type: {request.full_url!r}")
    if scheme not in ("http", "https"):
        raise URLError(f"unknown url type: {scheme}")
    limit = None if timeout is _NO_TIMEOUT or timeout is None else float(timeout)
    headers = [(name, str(value)) for name, value in request.header_items()]
    answer = _system.open_url(request.full_url, request.get_method(), headers, request.data, limit)
    if answer is None:
        raise URLError(TimeoutError("timed out"))
    if isinstance(answer, str):
        raise URLError(answer)
    response = Response(*answer)
    if not 200 <= response.status < 300:
        raise HTTPError(response.url, response.status, response.reason, response.headers, response)
    return response


def urlretrieve(url, *_, **__):
    """There are no files to retrieve into."""
    raise URLError("this Python has no files")
