"""The matrix of a small linear equation on vec, factorised once."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import lapack

from matgrad.core.records import dataclass

Array = Any


@dataclass(frozen=True, slots=True)
class DenseFactors:
    """LU factors of a square matrix; a pivot of zero is disturbed by rounding.

    Attributes
    ----------
    reciprocal_condition : float
        About 1/(‖M‖₁‖M⁻¹‖₁), by LAPACK.
    """

    lu: Array
    pivots: Array
    reciprocal_condition: float

    def solve(self, c: Array, *, transposed: bool = False) -> Array:
        """The solution for one column or several."""
        solve: Any = scipy.linalg.lu_solve
        return solve((self.lu, self.pivots), c, trans=int(transposed), check_finite=False)


def factorised(matrix: Array) -> DenseFactors:
    """LU factors: a singular matrix is told by its reciprocal condition, or by the growth of solutions."""
    double = matrix.dtype.char == "d"
    getrf, gecon = (lapack.dgetrf, lapack.dgecon) if double else (lapack.sgetrf, lapack.sgecon)
    size = abs(matrix).sum(axis=0).max(initial=0)
    with np.errstate(all="ignore"):
        lu, pivots, _ = getrf(matrix)
        diagonal = np.einsum("ii->i", lu)
        tiny = np.finfo(matrix.dtype).eps * (abs(diagonal).max(initial=0) or 1)
        diagonal[abs(diagonal) < tiny] = tiny
        condition = float(gecon(lu, size)[0]) if size else 0.0
    return DenseFactors(lu, pivots, condition)
