"""The places of the ones of commutation, duplication and elimination matrices, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.compilation.ir.selection import Selection


def commutation(m: int, n: int) -> Any:
    """K with K vec(A) = vec(Aᵀ) for A of shape m×n: the column of the one in each row."""
    return np.array(Selection("commutation", (m, n)).indices(), dtype=np.int64)


def duplication(n: int) -> Any:
    """D with D vech(A) = vec(A) for symmetric A: the column of the one in each row."""
    return np.array(Selection("duplication", (n,)).indices(), dtype=np.int64)


def elimination(n: int) -> Any:
    """L with L vec(A) = vech(A): the column of the one in each row."""
    return np.array(Selection("elimination", (n,)).indices(), dtype=np.int64)
