"""Quasi-triangular matrices cut in halves, and the eigenvectors of the leaves, for products instead of steps.

LAPACK goes block by block, a quarter of a microsecond for each pair of blocks of order 2. With R = V D V⁻¹
and S = W E W⁻¹ the Y of R Y + Y S = F is V⁻¹ F W, each entry over a sum of eigenvalues, turned back: four
products. Eigenvectors of leaves, unlike those of whole matrices, are mostly well conditioned; where they are
not, or where a sum is near zero, LAPACK has the leaf.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from matgrad.core.lazy import cached_property

Array = Any

_SPREAD = 10.0
"""‖V‖‖V⁻¹‖ in the Frobenius norm may be so many times what it is for orthogonal vectors."""
_APART = 1e-8
"""How small a sum of eigenvalues may be beside them."""


class Modes:
    """The eigenvectors V of a real matrix T and what is made of them, for it and for its transpose.

    Attributes
    ----------
    values, half : array
        The eigenvalues, and those of them with Im λ ≥ 0: of a real Y the others say the same again.
    size : float
        The largest of their absolute values.
    """

    def __init__(self, values: Array, vectors: Array, inverse: Array) -> None:
        self.values, self._vectors, self._inverse = values, vectors, inverse
        self._places = np.flatnonzero(values.imag >= 0)
        self.half = values[self._places]
        self.size = float(abs(values).max())

    @classmethod
    def of(cls, t: Array) -> Modes | None:
        """Those of T, if they are well conditioned."""
        geev = lapack.dgeev if t.dtype.char == "d" else lapack.sgeev
        real, imaginary, _, packed, info = geev(t, compute_vl=0)
        if info:
            return None
        try:
            unpacked = np.linalg.inv(packed)
        except np.linalg.LinAlgError:
            return None
        if not np.linalg.norm(packed) * np.linalg.norm(unpacked) <= _SPREAD * len(t):
            return None
        # LAPACK has a pair of vectors v, v̄ as the columns Re v, Im v.
        first = np.flatnonzero(imaginary > 0)
        i = t.dtype.type(1) * 1j
        vectors, inverse = packed + 0 * i, unpacked + 0 * i
        vectors[:, first] += i * packed[:, first + 1]
        vectors[:, first + 1] = vectors[:, first].conj()
        inverse[first] = (unpacked[first] - i * unpacked[first + 1]) / 2
        inverse[first + 1] = inverse[first].conj()
        return cls(real + i * imaginary, vectors, inverse)

    @cached_property
    def flipped(self) -> Modes:
        """Those of the transpose with rows and columns in the opposite order."""
        return Modes(self.values, self._inverse.T[::-1], self._vectors.T[:, ::-1])

    @cached_property
    def _left(self) -> tuple[Array, Array]:
        return self._halves(self._inverse.T, self._vectors)

    @cached_property
    def _left_turned(self) -> tuple[Array, Array]:
        return self._halves(self._vectors, self._inverse.T)

    def _halves(self, into: Array, back: Array) -> tuple[Array, Array]:
        """Real and imaginary parts side by side, so that a product of real matrices serves."""
        weights = np.where(self.half.imag > 0, 2, 1).astype(self._vectors.real.dtype)
        there, again = (np.ascontiguousarray(m[:, self._places]) for m in (into, back))
        real = self._vectors.real.dtype
        return there.view(real), (again.conj() * weights).view(real).T

    def left(self, *, turned: bool) -> tuple[Array, Array]:
        """V⁻ᵀ of half the values, by which Fᵀ is multiplied, and what brings that back."""
        return self._left_turned if turned else self._left

    def right(self, *, turned: bool) -> tuple[Array, Array]:
        """Wᵀ and W⁻ᵀ, or those of the transpose of T."""
        v, inverse = self._vectors, self._inverse
        return (inverse, v) if turned else (v.T, inverse.T)


def solve_by_modes(left: Modes | None, right: Modes | None, f: Array, *, turn_r: bool, turn_s: bool) -> bool:
    """Replace F by the Y with R Y + Y S = F, if both have modes and no two nearly cancel: whether it did."""
    if left is None or right is None:
        return False
    sums = right.values[:, None] + left.half
    if not abs(sums).min() > _APART * (left.size + right.size):
        return False
    _turned_back(left, right, f, sums, turn_r=turn_r, turn_s=turn_s)
    return True


def _turned_back(left: Modes, right: Modes, f: Array, by: Array, *, turn_r: bool, turn_s: bool) -> None:
    """Divide F, written in the modes of both, entry by entry."""
    into, back = left.left(turned=turn_r)
    first, last = right.right(turned=turn_s)
    y = first @ (f.T @ into).view(by.dtype)
    y /= by
    y = last @ y
    f.T[...] = y.view(f.dtype) @ back


def solve_stein_by_modes(left: Modes | None, right: Modes | None, scale: Any, f: Array) -> bool:
    """Replace F by the Y with Y − κ R Y S = F for a number κ, likewise: whether it did."""
    if left is None or right is None:
        return False
    differences = 1 - scale * right.values[:, None] * left.half
    if not abs(differences).min() > _APART * (1 + abs(scale) * left.size * right.size):
        return False
    _turned_back(left, right, f, differences, turn_r=False, turn_s=False)
    return True


class Halved:
    """A quasi-triangular matrix that is cut in halves once, with the modes of its leaves.

    Parameters
    ----------
    matrix : array
        It; a cut near the middle goes through no block of order 2.
    """

    def __init__(self, matrix: Array) -> None:
        self.matrix = matrix

    def __len__(self) -> int:
        return len(self.matrix)

    @cached_property
    def cut(self) -> int:
        """Where it is cut."""
        k = len(self.matrix) // 2
        return k + 1 if self.matrix[k, k - 1] != 0 else k

    @cached_property
    def halves(self) -> tuple[Halved, Halved]:
        """The two halves of the diagonal."""
        k = self.cut
        return Halved(self.matrix[:k, :k]), Halved(self.matrix[k:, k:])

    @cached_property
    def corner(self) -> Array:
        """What stands right of the cut."""
        return self.matrix[: self.cut, self.cut :]

    @cached_property
    def modes(self) -> Modes | None:
        """Those of the whole, if they are well conditioned."""
        return Modes.of(self.matrix)
