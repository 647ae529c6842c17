"""What goes wrong with addresses."""


class URLError(OSError):
    """No answer could be had."""

    def __init__(self, reason, filename=None):
        self.args = (reason,)
        self.reason = reason
        if filename is not None:
            self.filename = filename

    def __str__(self):
        return f"<urlopen error {self.reason}>"


class HTTPError(URLError):
    """The answer says that there is an error. It can be read like another."""

    def __init__(self, url, code, msg, hdrs, fp):
        self.code = self.status = code
        self.msg = self.reason = msg
        self.hdrs = self.headers = hdrs
        self.fp = fp
        self.filename = self.url = url
        self.args = (url, code, msg)

    def __str__(self):
        return f"HTTP Error {self.code}: {self.msg}"

    def __repr__(self):
        return f"<HTTPError {self.code}: {self.msg!r}>"

    def read(self, size=-1):
        return self.fp.read(size) if self.fp is not None else b""

    def close(self):
        pass

    def geturl(self):
        return self.url

    def getcode(self):
        return self.code

    def info(self):
        return self.headers


class ContentTooShortError(URLError):
    """Less came than was announced."""

    def __init__(self, message, content):
        super().__init__(message)
        self.content = content
