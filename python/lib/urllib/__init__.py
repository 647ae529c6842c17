"""The part of CPython's `urllib` that opens addresses."""
