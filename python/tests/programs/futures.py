"""Futures without an executor."""

import io
import sys
import threading
import time
from concurrent.futures import CancelledError, Future, InvalidStateError, TimeoutError


def pending():
    return Future()


def running():
    future = Future()
    future.set_running_or_notify_cancel()
    return future


def cancelled():
    future = Future()
    future.cancel()
    return future


def failed(error=None):
    future = Future()
    future.set_exception(error or OSError())
    return future


def successful(value=42):
    future = Future()
    future.set_result(value)
    return future


def raises(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def later(call):
    """Runs a call on another thread, a moment later."""

    def body():
        time.sleep(0.1)
        call()

    thread = threading.Thread(target=body)
    thread.start()
    return thread


# FUT-01
def fut_01_done_callback_with_result():
    seen = []
    future = pending()
    future.add_done_callback(lambda done: seen.append(done.result()))
    future.set_result(5)
    assert seen == [5]


# FUT-02
def fut_02_done_callback_with_exception():
    seen = []
    future = pending()
    future.add_done_callback(lambda done: seen.append(done.exception()))
    error = Exception("test")
    future.set_exception(error)
    assert seen == [error] and seen[0].args == ("test",)


# FUT-03
def fut_03_done_callback_with_cancel():
    seen = []
    future = pending()
    future.add_done_callback(lambda done: seen.append(done.cancelled()))
    assert future.cancel()
    assert seen == [True]


# FUT-04
def fut_04_done_callback_raises():
    seen = []

    def bad(future):
        raise Exception("doh!")

    sys.stderr = io.StringIO()
    future = pending()
    future.add_done_callback(bad)
    future.add_done_callback(seen.append)
    future.set_result(5)
    text = sys.stderr.getvalue()
    sys.stderr = sys.__stderr__
    assert seen == [future]
    assert "exception calling callback for <Future at 0x" in text and "Exception: doh!" in text, text


# FUT-05
def fut_05_done_callback_already_successful():
    seen = []
    successful(5).add_done_callback(lambda done: seen.append(done.result()))
    assert seen == [5]


# FUT-06
def fut_06_done_callback_already_failed():
    seen = []
    failed(Exception("test")).add_done_callback(lambda done: seen.append(done.exception().args))
    assert seen == [("test",)]


# FUT-07
def fut_07_done_callback_already_cancelled():
    seen = []
    cancelled().add_done_callback(lambda done: seen.append(done.cancelled()))
    assert seen == [True]


# FUT-08
def fut_08_done_callback_raises_already_succeeded():
    def bad(future):
        raise Exception("doh!")

    sys.stderr = io.StringIO()
    successful().add_done_callback(bad)
    text = sys.stderr.getvalue()
    sys.stderr = sys.__stderr__
    assert "exception calling callback" in text and "doh!" in text


# FUT-09
def fut_09_repr():
    import re

    def matches(future, state):
        return re.fullmatch(rf"<Future at 0x[0-9a-f]+ state={state}>", repr(future))

    assert matches(pending(), "pending")
    assert matches(running(), "running")
    assert matches(cancelled(), "cancelled")
    assert matches(failed(), "finished raised OSError")
    assert matches(successful(), "finished returned int")


# FUT-10
def fut_10_class_str():
    assert str(CancelledError) == "<class 'concurrent.futures.CancelledError'>", str(CancelledError)
    assert str(InvalidStateError) == "<class 'concurrent.futures.InvalidStateError'>"
    assert TimeoutError is __builtins__.TimeoutError


# FUT-11
def fut_11_cancel():
    future = pending()
    assert future.cancel() and future.cancelled()
    assert future.cancel() and future.cancelled()
    for future in (running(), failed(), successful()):
        assert not future.cancel() and not future.cancelled()


# FUT-12
def fut_12_cancelled():
    states = [pending(), running(), cancelled(), failed(), successful()]
    assert [future.cancelled() for future in states] == [False, False, True, False, False]


# FUT-13
def fut_13_done():
    states = [pending(), running(), cancelled(), failed(), successful()]
    assert [future.done() for future in states] == [False, False, True, True, True]


# FUT-14
def fut_14_running():
    states = [pending(), running(), cancelled(), failed(), successful()]
    assert [future.running() for future in states] == [False, True, False, False, False]


# FUT-15
def fut_15_result_with_timeout():
    raises(TimeoutError, pending().result, timeout=0)
    raises(TimeoutError, running().result, timeout=0)
    raises(CancelledError, cancelled().result, timeout=0)
    raises(OSError, failed().result, timeout=0)
    assert successful().result(timeout=0) == 42
    assert successful().result(-1) == 42
    assert successful().result(0.0) == 42


# FUT-16
def fut_16_result_with_success():
    future = pending()
    thread = later(lambda: future.set_result(42))
    assert future.result(timeout=10) == 42
    thread.join()


# FUT-17
def fut_17_result_with_cancel():
    future = pending()
    thread = later(future.cancel)
    raises(CancelledError, future.result, timeout=10)
    thread.join()


# FUT-18
def fut_18_exception_with_timeout():
    raises(TimeoutError, pending().exception, timeout=0)
    raises(TimeoutError, running().exception, timeout=0)
    raises(CancelledError, cancelled().exception, timeout=0)
    assert isinstance(failed().exception(timeout=0), OSError)
    assert successful().exception(timeout=0) is None


# FUT-19
def fut_19_exception_with_success():
    future = pending()
    error = OSError("later")
    thread = later(lambda: future.set_exception(error))
    assert future.exception(timeout=10) is error
    thread.join()


# FUT-20
def fut_20_multiple_set_result():
    future = successful(1)
    error = raises(InvalidStateError, future.set_result, 2)
    assert str(error).startswith("FINISHED: <Future at 0x") and str(error).endswith("state=finished returned int>"), error
    assert future.result() == 1


# FUT-21
def fut_21_multiple_set_exception():
    first = ValueError()
    future = failed(first)
    error = raises(InvalidStateError, future.set_exception, Exception())
    assert str(error).endswith("state=finished raised ValueError>"), error
    assert future.exception() is first


# FUT-22
def fut_22_get_snapshot():
    assert pending()._get_snapshot() == (False, False, None, None)
    assert cancelled()._get_snapshot() == (True, True, None, None)
    assert successful(3)._get_snapshot() == (True, False, 3, None)
    error = ValueError()
    assert failed(error)._get_snapshot() == (True, False, None, error)


# Section 2.2: states that the executor's side asks for.
def fut_30_set_running():
    assert pending().set_running_or_notify_cancel() is True
    assert cancelled().set_running_or_notify_cancel() is False
    raises(RuntimeError, running().set_running_or_notify_cancel)
    raises(RuntimeError, successful().set_running_or_notify_cancel)


# Section 2.2: callbacks.
def fut_31_callbacks_in_order():
    seen = []
    future = pending()

    def outer(done):
        seen.append(1)
        done.add_done_callback(lambda _: seen.append(2))

    future.add_done_callback(outer)
    future.add_done_callback(lambda _: seen.append(3))
    future.set_result(None)
    assert seen == [1, 2, 3], seen


# Section 2.2: an exception is the same object each time.
def fut_32_same_exception():
    error = ValueError("once")
    future = failed(error)
    assert raises(ValueError, future.result) is error
    assert raises(ValueError, future.result) is error


# A future can have attributes, be a key, and be named in annotations.
def fut_33_an_object_like_others():
    future = pending()
    future.note = "mine"
    assert {future: 1}[future] == 1 and future.note == "mine"
    assert str(Future[int]) == "concurrent.futures._base.Future[int]", str(Future[int])
