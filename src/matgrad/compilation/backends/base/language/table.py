"""The table of the primitives that languages with matrices write in the same way."""

from __future__ import annotations

from matgrad.compilation.backends.base.leaves import LEAVES
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.ir.primitives import (
    BLOCK_PRODUCTS,
    FACE_SPLIT,
    KRON_APPLY,
    KRON_COMBINATION,
    STACKED,
)

TEXTS = Table("languages with matrices", LEAVES)
writes = TEXTS.writes

TEXTS.refuses(
    BLOCK_PRODUCTS, FACE_SPLIT, KRON_APPLY, KRON_COMBINATION, STACKED,
    reason="text is written without the primitives for structured products",
)  # fmt: skip
