"""H ⊙ X = C: each entry by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix
from matgrad.solvers.system import LinearSystem, Solved

Array = Any


class Entrywise(LinearSystem):
    """H ⊙ X = C.

    Parameters
    ----------
    h : array
        The factor of each entry.
    name : str
        What messages call it.

    Examples
    --------
    >>> Entrywise([[2.0, 4.0]]).solve([[6.0, 8.0]]).value.tolist()
    [[3.0, 2.0]]
    """

    method = "division entry by entry"

    def __init__(self, h: Any, name: str = "H") -> None:
        self.h = as_matrix(h, name)
        self.name = name
        self.dtype = self.h.dtype
        self.shape = self.right_shape = self.h.shape
        self.text = f"{name} ⊙ X = C"

    @cached_property
    def norm(self) -> float:
        """The largest entry."""
        return float(abs(self.h).max(initial=0))

    @cached_property
    def reciprocal_condition(self) -> float:
        """The smallest entry over the largest."""
        return float(abs(self.h).min(initial=np.inf)) / self.norm if self.norm else 0.0

    def apply(self, x: Array) -> Array:
        """H ⊙ X."""
        return self.h * x

    def apply_adjoint(self, y: Array) -> Array:
        """The same."""
        return self.h * y

    def _solve(self, c: Array) -> Array:
        return c / self.h

    def _solve_adjoint(self, c: Array) -> Array:
        return c / self.h

    def _least_squares(self, c: Array) -> Solved:
        kept = abs(self.h) > self.cut * self.norm
        x = np.divide(c, self.h, out=np.zeros(self.shape, np.result_type(c, self.h)), where=kept)
        return Solved(x, bool(kept.all()), self._is_consistent(x, c))

    def why_singular(self) -> str | Phrase:
        """The smallest entry."""
        i, j = np.unravel_index(abs(self.h).argmin(), self.shape)
        return phrase(
            "the entry ({i}, {j}) of {name} is {h}", i=i + 1, j=j + 1, name=self.name, h=f"{self.h[i, j]:.3g}"
        )
