"""A diagonal matrix plus one of low rank."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker import reading
from matgrad.kronecker.composites import SUM_RULES, Inverse, Product
from matgrad.kronecker.diagonals import entries_of
from matgrad.kronecker.matrices import Dense
from matgrad.kronecker.operator import WORDS, Operator, SignedLog
from matgrad.kronecker.reading import owned, require_finite, triangular_factor
from matgrad.kronecker.refusals import SingularOperatorError, shape_text

Array = Any

_SMALL = 1e-3
"""Entries of the diagonal below this share of what the rest puts beside them are not divided by."""


class DiagonalPlusLowRank(Operator):
    """diag(d) + U Vᵀ.

    Attributes
    ----------
    d, U, V : ndarray
        (n,), (n, k), (n, k).
    """

    def __init__(self, d: Array, U: Array, V: Array) -> None:
        self.d, self.U, self.V = d, U, V
        super().__init__((len(d), len(d)), np.result_type(d, U, V))

    @cached_property
    def label(self) -> str:
        return str(self.named)

    @cached_property
    def named(self) -> str | Phrase:
        return phrase(
            "the diagonal plus rank {rank} operator of order {n}", rank=self.U.shape[1], n=len(self.d)
        )

    def _apply(self, X: Array) -> Array:
        return self.d[:, None] * X + self.U @ (self.V.T @ X)

    def _vector(self, x: Array) -> Array:
        return self.d * x + self.U @ (self.V.T @ x)

    def _transposed(self) -> Operator:
        return DiagonalPlusLowRank(self.d, self.V, self.U)

    def _conjugated(self) -> Operator:
        return DiagonalPlusLowRank(self.d.conj(), self.U.conj(), self.V.conj())

    def _scaled(self, c: Any) -> Operator:
        return DiagonalPlusLowRank(owned(c * self.d), owned(c * self.U), self.V)

    @cached_property
    def _kept(self) -> Any:
        """The rows whose entry of the diagonal is divided by: all but at most k that are small or 0."""
        for part, name in ((self.d, "the diagonal"), (self.U, "U"), (self.V, "V")):
            require_finite(part, f"{name} of {self.label}")
        beside = np.sqrt(_squares(self.U) * _squares(self.V))
        ratio = np.divide(np.abs(self.d), beside, out=np.full(len(self.d), np.inf), where=beside > 0)
        ratio[self.d == 0] = 0
        small = np.flatnonzero(ratio < _SMALL)
        chosen = small[np.argsort(ratio[small], kind="stable")][: self.U.shape[1]]
        if not len(chosen):
            return slice(None)  # All of them, without a copy.
        kept = np.ones(len(self.d), bool)
        kept[chosen] = False
        return kept

    @cached_property
    def _others(self) -> Array:
        """The rows that are not divided by."""
        if isinstance(self._kept, slice):
            return np.zeros(0, np.intp)
        return np.flatnonzero(~self._kept)

    @cached_property
    def _bordered(self) -> Dense | None:
        """[[D_z, U_z], [−V_zᵀ, I + V_nᵀ D_n⁻¹ U_n]], with z the rows that are not divided by.

        ``None`` where more entries of the diagonal are 0 than the rank makes up for.
        """
        kept = self._kept
        d = self.d[kept]
        if not d.all():
            return None
        k, rest = self.U.shape[1], self._others
        count = len(rest)
        inner = np.eye(k, dtype=self.dtype) + self.V[kept].T @ (self.U[kept] / d[:, None])
        made = np.zeros((count + k, count + k), self.dtype)
        made[:count, :count] = np.diag(self.d[rest])
        made[:count, count:] = self.U[rest]
        made[count:, :count] = -self.V[rest].T
        made[count:, count:] = inner
        return Dense(owned(made))

    @cached_property
    def _cancels(self) -> bool:
        """Whether rounding is all that is left of a singular value of I + Vᵀ D⁻¹ U, as in I − U Uᵀ."""
        if self._bordered is None or len(self._others):
            return False
        beside = np.sqrt(_squares(self.U) * _squares(self.V))
        size = 1 + float((beside / np.abs(self.d)).sum())
        least = np.linalg.svd(self._bordered.to_dense(), compute_uv=False)[-1]
        return bool(least <= 4 * np.finfo(self.dtype).eps * size)

    def _check_invertible(self) -> None:
        bordered = self._bordered
        if bordered is None:
            zeros = int((self.d == 0).sum())
            raise SingularOperatorError(
                phrase(
                    "{name} is singular: {zeros} entries of the diagonal are 0, more than its rank",
                    name=self.named,
                    zeros=zeros,
                )
            )
        try:
            bordered._check_invertible()
            singular = self._cancels
        except SingularOperatorError:
            singular = True
        if singular:
            raise SingularOperatorError(
                phrase("{name} is singular to working precision: I + Vᵀ D⁻¹ U is", name=self.named)
            )

    def _solve(self, Y: Array) -> Array:
        """By the bordered system: Woodbury's formula where no entry of the diagonal is small."""
        self._check_invertible()
        assert self._bordered is not None
        kept, rest = self._kept, self._others
        d = self.d[kept][:, None]
        count = len(rest)
        partly = Y[kept] / d
        right = np.concatenate([Y[rest], self.V[kept].T @ partly])
        small = self._bordered._solve(right)
        x = np.empty(Y.shape, np.result_type(self.kind, Y))
        x[rest] = small[:count]
        x[kept] = partly - (self.U[kept] @ small[count:]) / d
        size = np.abs(self.d).max() + np.linalg.norm(self.U) * np.linalg.norm(self.V)
        off = np.linalg.norm(self._apply(x) - Y)
        scale = size * np.linalg.norm(x) + np.linalg.norm(Y)
        if off > math.sqrt(np.finfo(self.dtype).eps) * scale:
            raise DomainError(
                phrase(
                    "{name} is solved up to a relative residual of {off} only: its parts cancel",
                    name=self.named,
                    off=f"{off / scale:.1e}",
                ),
                fix="P.to_dense()",
            )
        return x

    def inverse(self) -> Operator:
        """Again diagonal plus low rank, where no entry of the diagonal is small."""
        self._check_invertible()
        if len(self._others):
            return Inverse(self)
        left = self.U / self.d[:, None]
        right = self.V / self.d[:, None]
        assert self._bordered is not None
        inner = self._bordered._solve(np.ascontiguousarray(right.T)).T
        return DiagonalPlusLowRank(owned(1 / self.d), owned(-left), owned(inner))

    def slogdet(self) -> SignedLog:
        """det(D) det(I + Vᵀ D⁻¹ U), and likewise by the bordered system."""
        bordered = self._bordered
        if bordered is None:
            return SignedLog(self.dtype.type(0), -np.inf)
        d = self.d[self._kept]
        size = np.abs(d)
        sign, logarithm = bordered.slogdet()
        if sign == 0:
            return SignedLog(sign, logarithm)
        return SignedLog(sign * np.prod(d / size), logarithm + float(np.log(size).sum(dtype=np.float64)))

    def diagonal(self) -> Array:
        return self.d + np.einsum("ij,ij->i", self.U, self.V)

    def _norm(self, ord: Any) -> Any:
        if ord != "fro":
            raise self._no_rule(f"the {WORDS[ord]}")
        low = np.linalg.norm(triangular_factor(self.U) @ triangular_factor(self.V).T)
        own = np.einsum("ij,ij->i", self.U, self.V)
        off = max(low**2 - (np.abs(own) ** 2).sum(), 0)
        return np.sqrt(off + (np.abs(self.d + own) ** 2).sum())

    def to_dense(self) -> Array:
        return np.diag(self.d) + self.U @ self.V.T


def _squares(U: Array) -> Array:
    """The squared lengths of the rows."""
    squares: Array = np.einsum("ij,ij->i", U, U.conj()).real
    return squares


def diagonal_plus_low_rank(d: Any, U: Any, V: Any = None) -> DiagonalPlusLowRank:
    """diag(d) + U Vᵀ, whose solutions and determinant cost n k² instead of n³.

    Parameters
    ----------
    d : array_like
        (n,), zeros among them too.
    U : array_like
        (n, k), or (n,) for rank one.
    V : array_like, optional
        As U; for real U it is U where it is left out.

    References
    ----------
    Woodbury (1950); Sylvester's determinant theorem.

    Examples
    --------
    >>> from matgrad.kronecker import diagonal_plus_low_rank
    >>> P = diagonal_plus_low_rank([1.0, 2.0, 4.0], [1.0, 1.0, 1.0])
    >>> round(float(P.det()), 10)
    22.0
    """
    d = reading.vector(d, "the diagonal")
    if V is None:
        V = U
        if np.iscomplexobj(U):
            raise ArgumentError(
                phrase("with complex U it is not clear what V is"),
                fix=phrase("V=U for U Uᵀ, V=U.conj() for U Uᴴ"),
            )
    parts = []
    for value, name in ((U, "U"), (V, "V")):
        array = reading.numbers(value, name)
        array = reading.matrix(array[:, None] if array.ndim == 1 else array, name)
        if len(array) != len(d):
            raise ShapeError(
                phrase(
                    "{name} ({shape}) needs as many rows as the diagonal has entries: {count}",
                    name=name,
                    shape=shape_text(array.shape),
                    count=len(d),
                )
            )
        parts.append(owned(array))
    if parts[0].shape != parts[1].shape:
        raise ShapeError(
            phrase(
                "U ({shape}) and V ({shape_shape}) differ in columns",
                shape=shape_text(parts[0].shape),
                shape_shape=shape_text(parts[1].shape),
            )
        )
    return DiagonalPlusLowRank(owned(d), parts[0], parts[1])


def _added(a: Operator, b: Operator) -> Operator | None:
    """A diagonal matrix and a product of a tall matrix with a wide one."""
    entries = entries_of(a)
    if entries is None:
        entries, b = entries_of(b), a
    if entries is None:
        return None
    if np.ndim(entries) == 0:
        entries = np.full(b.shape[0], entries, np.result_type(b.dtype, entries))
    if isinstance(b, DiagonalPlusLowRank):
        return DiagonalPlusLowRank(owned(b.d + entries), b.U, b.V)
    if not isinstance(b, Product) or len(b.parts) != 2:
        return None
    tall, wide = b.parts
    if not isinstance(tall, Dense) or not isinstance(wide, Dense) or tall.shape[1] >= tall.shape[0]:
        return None
    return DiagonalPlusLowRank(owned(entries), tall.array, wide.array.T)


SUM_RULES.append(_added)
