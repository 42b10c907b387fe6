"""L(X) + Σ ⟨V, X⟩ W = C: an equation that can be solved, with terms of rank one added to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.dense import DenseFactors, factorised
from matgrad.solvers.system import LinearSystem

Array = Any


class Updated(LinearSystem):
    """L(X) + Σ ⟨V, X⟩ W = C by solutions of L(X) = C alone (Woodbury, 1950).

    Parameters
    ----------
    rest : LinearSystem
        L, which has an inverse.
    updates : sequence of pairs of array
        W, of the shape of C, and V, of that of X, of each term tr(VᵀX) W.

    Examples
    --------
    >>> from matgrad.solvers.entrywise import Entrywise
    >>> Updated(Entrywise([[1.0]]), [([[1.0]], [[2.0]])]).solve([[6.0]]).value.tolist()
    [[2.0]]
    """

    def __init__(self, rest: LinearSystem, updates: Sequence[tuple[Array, Array]]) -> None:
        self.rest = rest
        arrays = [(np.asarray(w), np.asarray(v)) for w, v in updates]
        self.dtype = np.result_type(rest.dtype, *(x for pair in arrays for x in pair))
        self.updates = [(w.astype(self.dtype), v.astype(self.dtype)) for w, v in arrays]
        self.shape, self.right_shape = rest.shape, rest.right_shape
        self.text = f"{rest.text.removesuffix(' = C')} + tr(VᵀX) W = C"

    @cached_property
    def method(self) -> str:
        """That of the rest."""
        return f"Sherman–Morrison–Woodbury for its terms of rank one, the rest by: {self.rest.method}"

    @cached_property
    def norm(self) -> float:
        """That of the rest and Σ ‖W‖‖V‖."""
        return self.rest.norm + float(sum(np.linalg.norm(w) * np.linalg.norm(v) for w, v in self.updates))

    def apply(self, x: Array) -> Array:
        """L(X) + Σ ⟨V, X⟩ W."""
        return self.rest.apply(x) + sum(np.vdot(v, x) * w for w, v in self.updates)

    def apply_adjoint(self, y: Array) -> Array:
        """L*(Y) + Σ ⟨W, Y⟩ V."""
        return self.rest.apply_adjoint(y) + sum(np.vdot(w, y) * v for w, v in self.updates)

    @cached_property
    def _forth(self) -> tuple[list[Array], DenseFactors]:
        """The L⁻¹(W), and I + (⟨Vᵢ, L⁻¹(Wⱼ)⟩)."""
        solved = [self.rest._solve(np.array(w)) for w, _ in self.updates]
        inner = [[np.vdot(v, z) for z in solved] for _, v in self.updates]
        return solved, factorised(np.asfortranarray(np.eye(len(solved), dtype=self.dtype) + inner))

    @cached_property
    def _back(self) -> list[Array]:
        """The L⁻*(V)."""
        return [self.rest._solve_adjoint(np.array(v)) for _, v in self.updates]

    def _solve(self, c: Array) -> Array:
        x = self._solved(c, adjoint=False)
        return x + self._solved(c - self.apply(x), adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        y = self._solved(c, adjoint=True)
        return y + self._solved(c - self.apply_adjoint(y), adjoint=True)

    def _solved(self, c: Array, *, adjoint: bool) -> Array:
        found = self.rest._solve_adjoint(np.array(c)) if adjoint else self.rest._solve(np.array(c))
        across = self._back if adjoint else self._forth[0]
        seen = np.array([np.vdot(w if adjoint else v, found) for w, v in self.updates])
        parts = self._forth[1].solve(seen, transposed=adjoint)
        return found - sum(part * z for part, z in zip(parts, across, strict=True))

    def nearness(self) -> float:
        """What the small matrix says, and the rest."""
        return min(self.rest.nearness(), self._forth[1].reciprocal_condition)

    def why_singular(self) -> str | Phrase:
        """The small matrix, which measures what its terms of rank one do."""
        return phrase("its terms of rank one cancel what the rest of it does to some matrix")
