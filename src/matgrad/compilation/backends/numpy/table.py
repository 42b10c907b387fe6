"""The table of the primitives that NumPy code has."""

from __future__ import annotations

from matgrad.compilation.backends.base.leaves import LEAVES
from matgrad.compilation.backends.base.table import Table

NUMPY = Table("NumPy", LEAVES)
writes = NUMPY.writes

SPARSE = Table("NumPy with SciPy's sparse arrays")
"""How primitives are written where an operand is sparse, or an operator."""
