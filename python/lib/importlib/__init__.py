"""As much of CPython's `importlib` as a program without files can use."""

import sys
from _frozen_importlib import __import__, _gcd_import, _resolve_name

__all__ = ["__import__", "import_module", "invalidate_caches"]


def import_module(name, package=None):
    """Imports a module by its name, which may be relative to a package."""
    if not name.startswith("."):
        return _gcd_import(name)
    if not package:
        raise TypeError(f"the 'package' argument is required to perform a relative import for {name!r}")
    level = len(name) - len(name.lstrip("."))
    return _gcd_import(_resolve_name(name[level:], package, level))


def invalidate_caches():
    """Does nothing, since no finder here has a cache."""
