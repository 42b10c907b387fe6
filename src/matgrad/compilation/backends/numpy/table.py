"""The table of the primitives that NumPy code has."""

from __future__ import annotations

from matgrad.compilation.backends.base.table import Table

NUMPY = Table("NumPy")
writes = NUMPY.writes
