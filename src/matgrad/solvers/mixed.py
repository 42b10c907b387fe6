"""Σ A X B + Σ A Xᵀ B + H ⊙ X + Σ ⟨V, X⟩ W = C: which solver takes it, and the iteration for what has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np

from matgrad.core.errors import MatgradError
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.solvers.choosing import is_eye, system_of
from matgrad.solvers.columns import ByColumns
from matgrad.solvers.entrywise import Entrywise
from matgrad.solvers.iterated import Iterated
from matgrad.solvers.system import LinearSystem
from matgrad.solvers.updated import Updated

Array = Any
Map = Callable[[Array], Array]


@dataclass(slots=True)
class Parts:
    """What a linear map is made of, on arrays.

    Attributes
    ----------
    shape : tuple of int
        That of X, and of C.
    plain, turned : list of pairs of array
        A and B of the terms A X B and A Xᵀ B.
    h : array or None
        H of H ⊙ X.
    updates : list of pairs of array
        W and V of the terms tr(VᵀX) W.
    others : list of pairs of functions
        Other terms and their adjoints, of arrays.
    """

    shape: tuple[int, int]
    plain: list[tuple[Array, Array]] = field(default_factory=list)
    turned: list[tuple[Array, Array]] = field(default_factory=list)
    h: Array | None = None
    updates: list[tuple[Array, Array]] = field(default_factory=list)
    others: list[tuple[Map, Map]] = field(default_factory=list)


def system_of_parts(parts: Parts, text: str) -> LinearSystem:
    """The solver of a sum of such terms.

    Parameters
    ----------
    parts : Parts
        The terms.
    text : str
        How messages write the equation.

    Examples
    --------
    >>> parts = Parts((1, 2), plain=[(np.eye(1), np.eye(2))], h=np.ones((1, 2)))
    >>> system_of_parts(parts, "X + H ⊙ X = C").solve([[2.0, 4.0]]).value.tolist()
    [[1.0, 2.0]]
    """
    rest = _rest(parts)
    if rest is not None and parts.updates:
        # Where the rest alone has no inverse the whole may have one.
        rest = None if rest.is_singular else Updated(rest, parts.updates)
    found = Mixed(parts) if rest is None else rest
    found.text = text
    return found


def _rest(parts: Parts) -> LinearSystem | None:
    """The solver of what is no term of rank one; ``None`` where there is but the iteration."""
    if parts.others or not (parts.plain or parts.turned or parts.h is not None):
        return None
    pairs = [*parts.plain, *parts.turned]
    if parts.h is None:
        return system_of(len(parts.plain), [x for pair in pairs for x in pair])
    if not pairs:
        return Entrywise(parts.h)
    if parts.turned:
        return None
    if all(_is_diagonal(b) for _, b in pairs):
        return ByColumns(parts.h, [(a, np.diagonal(b)) for a, b in pairs])
    if all(_is_diagonal(a) for a, _ in pairs):
        return ByColumns(parts.h, [(b, np.diagonal(a)) for a, b in pairs], turned=True)
    return None


def _is_diagonal(a: Array) -> bool:
    return a.shape[0] == a.shape[1] and bool(np.count_nonzero(a) == np.count_nonzero(np.diagonal(a)))


def _applied(parts: Parts, x: Array, dtype: Any) -> Array:
    """The sum of the terms at X."""
    found = np.zeros(parts.shape, np.result_type(x, dtype))
    for a, b in parts.plain:
        found += a @ x @ b
    for a, b in parts.turned:
        found += a @ x.T @ b
    if parts.h is not None:
        found += parts.h * x
    for w, v in parts.updates:
        found += np.vdot(v, x) * w
    for forth, _ in parts.others:
        found += forth(x)
    return found


class Mixed(Iterated):
    """A sum of terms of several kinds, by iteration.

    The preconditioner has the terms A X B, and for H ⊙ X the nearest diag(u) X + X diag(v), or the nearest
    diag(u) X diag(v).
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.shape = self.right_shape = parts.shape
        self.dtype = np.result_type(
            np.float32,
            *(x for pair in (*parts.plain, *parts.turned, *parts.updates) for x in pair),
            *(() if parts.h is None else (parts.h,)),
            *((np.float64,) if parts.others else ()),
        )
        self.text = "L(X) = C"

    @cached_property
    def norm(self) -> float:
        """The sum of those of its terms."""
        size = np.linalg.norm
        parts = self.parts
        products = sum(size(a) * size(b) for a, b in (*parts.plain, *parts.turned, *parts.updates))
        entries = 0.0 if parts.h is None else abs(parts.h).max(initial=0)
        start = self._start()
        others = sum(size(forth(start)) / size(start) for forth, _ in parts.others)
        return float(products + entries + others)

    def apply(self, x: Array) -> Array:
        """The sum of the terms."""
        return _applied(self.parts, x, self.dtype)

    def apply_adjoint(self, y: Array) -> Array:
        """The sum of the adjoints."""
        return _applied(self._adjoint, y, self.dtype)

    @cached_property
    def _adjoint(self) -> Parts:
        """The terms of the adjoint: Aᵀ Y Bᵀ, B Yᵀ A, H ⊙ Y and tr(WᵀY) V."""
        parts = self.parts
        return replace(
            parts,
            plain=[(a.T, b.T) for a, b in parts.plain],
            turned=[(b, a) for a, b in parts.turned],
            updates=[(v, w) for w, v in parts.updates],
            others=[(back, forth) for forth, back in parts.others],
        )

    @cached_property
    def _preconditioner(self) -> tuple[LinearSystem | None, str]:
        pairs = [(a, b) for a, b in self.parts.plain if a.shape[0] == a.shape[1] and b.shape[0] == b.shape[1]]
        if self.parts.h is not None:
            pairs += _near_entrywise(self.parts.h, pairs)
        pairs = _gathered(pairs)
        pairs.sort(key=lambda pair: -float(np.linalg.norm(pair[0]) * np.linalg.norm(pair[1])))
        if pairs:
            try:
                found = system_of(len(pairs[:2]), [x for pair in pairs[:2] for x in pair])
                if not found.is_singular:
                    return found, f"preconditioned by an equation that is near: {found.method}"
            except MatgradError:
                pass
        return None, "without a preconditioner"


def _near_entrywise(h: Array, pairs: Sequence[tuple[Array, Array]]) -> list[tuple[Array, Array]]:
    """Terms A X B near to H ⊙ X: u𝟏ᵀ + 𝟏vᵀ for H beside terms A X and X B, else u vᵀ."""
    m, n = h.shape
    if all(is_eye(a) or is_eye(b) for a, b in pairs):
        v = h.mean(axis=0)
        u = (h - v).mean(axis=1)
        return [(np.diag(u), np.eye(n)), (np.eye(m), np.diag(v))]
    left, s, right = np.linalg.svd(h, full_matrices=False)
    return [(np.diag(left[:, 0] * s[0]), np.diag(right[0]))]


def _gathered(pairs: Sequence[tuple[Array, Array]]) -> list[tuple[Array, Array]]:
    """The terms A X as one, and the terms X B as one."""
    lefts = [a for a, b in pairs if is_eye(b)]
    rights = [b for a, b in pairs if is_eye(a) and not is_eye(b)]
    found = [(a, b) for a, b in pairs if not (is_eye(a) or is_eye(b))]
    if lefts:
        found.append((sum(lefts), np.eye(len(pairs[0][1]))))
    if rights:
        found.append((np.eye(len(pairs[0][0])), sum(rights)))
    return found
