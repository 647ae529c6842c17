"""What travels between a program and its worker processes, and what workers do with it."""

import pickle
import traceback


class _RemoteTraceback(Exception):
    """The traceback of an exception in the process that it comes from."""

    def __init__(self, text):
        self.tb = text

    def __str__(self):
        return self.tb


_RemoteTraceback.__module__ = "concurrent.futures.process"


def initialize(message):
    """Calls a new worker's initializer."""
    if not message:
        return
    from concurrent.futures import _base

    function, arguments = pickle.loads(message)
    try:
        function(*arguments)
    except BaseException:
        _base.LOGGER.critical("Exception in initializer:", exc_info=True)
        raise


def run(message):
    """Runs a pickled call; returns `None` and its pickled value, or the text of its exception and that."""
    try:
        function, arguments, keywords = pickle.loads(message)
        value = function(*arguments, **keywords)
        return None, pickle.dumps(value)
    except BaseException as exception:
        return _text(exception), encode_exception(exception)


class Chunk:
    """Calls a function with each item of a chunk."""

    def __init__(self, function):
        self._function = function
        # Whoever watches sees the function's name.
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __call__(self, *chunk):
        """Returns a pair for each item: true and its result, or false and its pickled exception."""
        results = []
        function = self._function
        for arguments in chunk:
            try:
                results.append((True, function(*arguments)))
            except BaseException as exception:
                results.append((False, encode_exception(exception)))
        return results


def _text(exception):
    name = type(exception).__name__
    try:
        text = str(exception)
    except Exception:
        text = "<exception str() failed>"
    return f"{name}: {text}" if text else name


def encode_exception(exception):
    """Pickles an exception with the text of its traceback."""
    first = exception.__traceback__
    while first is not None and first.tb_frame.f_code.co_filename == "<frozen _process>":
        first = first.tb_next
    text = "".join(traceback.format_exception(type(exception), exception, first))
    try:
        message = pickle.dumps((exception, text))
        # Some exceptions can be pickled, but not made again.
        pickle.loads(message)
        return message
    except Exception as failure:
        failure.__traceback__ = None
        failure.__context__ = None
        try:
            return pickle.dumps((failure, text))
        except Exception:
            return pickle.dumps((pickle.PicklingError(_text(failure)), text))


def decode(message):
    """Makes a value of its pickle."""
    return pickle.loads(message)


def decode_exception(message):
    """Makes an exception of its pickle, caused by its traceback's text."""
    exception, text = pickle.loads(message)
    exception.__cause__ = _RemoteTraceback(f'\n"""\n{text}"""')
    return exception
