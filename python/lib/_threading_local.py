"""`threading.local`: attributes that each thread has for itself."""

import itertools

from _thread import _storage

__all__ = ["local"]

# What a local is known by in the storage of each thread.
_keys = itertools.count().__next__


class local:
    """An object whose attributes are those of the thread that asks."""

    __slots__ = "_key", "_arguments", "__weakref__"

    def __new__(cls, /, *args, **kw):
        if (args or kw) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        key = _keys()
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "_arguments", (args, kw))
        # Other threads initialize their attributes when they come here first; this one is about to.
        _storage()[key] = {}
        return self

    def __getattribute__(self, name):
        values = _values(self)
        if name == "__dict__":
            return values
        if name in values and not _is_governed(self, name):
            return values[name]
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if name == "__dict__":
            raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
        if _is_governed(self, name):
            object.__setattr__(self, name, value)
        else:
            _values(self)[name] = value

    def __delattr__(self, name):
        if name == "__dict__":
            raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
        if _is_governed(self, name):
            object.__delattr__(self, name)
            return
        try:
            del _values(self)[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}") from None

    def __del__(self):
        # The other threads' attributes go with them.
        _storage().pop(object.__getattribute__(self, "_key"), None)


def _is_governed(self, name):
    """Whether the class says what the attribute is, as by a property."""
    kind = type(self)
    return kind is not local and hasattr(type(getattr(kind, name, None)), "__set__")


def _values(self):
    """Returns this thread's attributes."""
    storage = _storage()
    key = object.__getattribute__(self, "_key")
    values = storage.get(key)
    if values is None:
        values = storage[key] = {}
        kind = type(self)
        if kind.__init__ is not object.__init__:
            args, kw = object.__getattribute__(self, "_arguments")
            kind.__init__(self, *args, **kw)
    return values
