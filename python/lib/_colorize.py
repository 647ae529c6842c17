"""The colours of tracebacks, of which there are none here.

CPython's module makes its themes of data classes, which takes longer than all else that a traceback needs.
"""


class _Plain:
    """A theme, and each part of one: every colour is the empty text."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self if name == "traceback" else ""


_theme = _Plain()


def can_colorize(*, file=None):
    return False


def get_theme(*, tty_file=None, force_color=False, force_no_color=False):
    return _theme
