"""The shared table with all of its entries."""

from __future__ import annotations

from matgrad.compilation.backends.base.library import (
    algebra,
    entrywise,
    low_rank,
    products,
    rearrangements,
    reductions,
    stacks,
)
from matgrad.compilation.backends.base.library.table import ARRAYS as ARRAYS

FAMILIES = (entrywise, reductions, products, rearrangements, algebra, low_rank, stacks)
