"""The table of the primitives that array libraries write in the same way."""

from __future__ import annotations

from matgrad.compilation.backends.base.leaves import LEAVES
from matgrad.compilation.backends.base.table import Table

ARRAYS = Table("array libraries", LEAVES)
writes = ARRAYS.writes
