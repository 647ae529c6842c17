"""The parts of importing that are there: modules are native or frozen."""

from _frozen_importlib import BuiltinImporter, FrozenImporter, ModuleSpec

SOURCE_SUFFIXES = [".py"]
BYTECODE_SUFFIXES = [".pyc"]
EXTENSION_SUFFIXES = []
DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES


def all_suffixes():
    """Returns the endings of files that could be modules, were there files."""
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES


class ExtensionFileLoader:
    """Loads nothing: there are no extension modules."""


class SourceFileLoader:
    """Loads nothing: there are no files."""


class SourcelessFileLoader(SourceFileLoader):
    """Loads nothing: there are no files."""
