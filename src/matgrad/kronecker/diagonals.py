"""The identity and diagonal matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker import reading
from matgrad.kronecker.composites import PRODUCT_RULES, SUM_RULES, Scaled
from matgrad.kronecker.matrices import LEAST_SQUARES, Dense
from matgrad.kronecker.operator import WEAK, Eigen, Operator, SignedLog, SingularValues, frobenius
from matgrad.kronecker.reading import owned, require_finite
from matgrad.kronecker.refusals import SingularOperatorError, require_whole

Array = Any


class Identity(Operator):
    """The identity I_n, which keeps the precision of what it meets."""

    def __init__(self, n: int) -> None:
        super().__init__((n, n), WEAK)

    @cached_property
    def label(self) -> str:
        return f"I_{self.shape[0]}"

    def _apply(self, X: Array) -> Array:
        return X.copy()

    def _vector(self, x: Array) -> Array:
        return x.copy()

    def _solve(self, Y: Array) -> Array:
        return Y.copy()

    def _transposed(self) -> Operator:
        return self

    def inverse(self) -> Operator:
        return self

    pinv = sqrt = cholesky = inverse

    def _power(self, k: int) -> Operator:
        return self

    def slogdet(self) -> SignedLog:
        return SignedLog(self.dtype.type(1), 0.0)

    def diagonal(self) -> Array:
        return np.ones(self.shape[0])

    def exp(self) -> Operator:
        return self.times(math.e)

    def eig(self) -> Eigen:
        return Eigen(self.diagonal(), self)

    eigh = eig

    def svd(self) -> SingularValues:
        return SingularValues(self, self.diagonal(), self)

    def _norm(self, ord: Any) -> Any:
        n = self.dtype.type(self.shape[0])
        return np.sqrt(n) if ord == "fro" else n if ord == "nuc" else self.dtype.type(1)

    def _cond(self, p: Any) -> Any:
        return self.dtype.type(self.shape[0] if p == "fro" else 1)

    def to_dense(self) -> Array:
        return np.eye(self.shape[0])


class Diagonal(Operator):
    """A diagonal matrix; ``entries`` is a flat array that nobody else changes."""

    def __init__(self, entries: Array) -> None:
        self.entries = entries
        super().__init__((len(entries), len(entries)), entries.dtype)

    @cached_property
    def label(self) -> str:
        return str(self.named)

    @cached_property
    def named(self) -> str | Phrase:
        return phrase("the diagonal matrix of order {n}", n=len(self.entries))

    def _apply(self, X: Array) -> Array:
        return self.entries[:, None] * X

    def _vector(self, x: Array) -> Array:
        return self.entries * x

    def _transposed(self) -> Operator:
        return self

    def _conjugated(self) -> Operator:
        return Diagonal(self.entries.conj())

    def _scaled(self, c: Any) -> Operator:
        return Diagonal(owned(c * self.entries))

    @cached_property
    def _finite(self) -> bool:
        require_finite(self.entries, self.label)
        return True

    def _check_invertible(self) -> None:
        assert self._finite
        if not self.entries.all():
            place = int(np.argmin(np.abs(self.entries))) + 1
            raise SingularOperatorError(
                phrase("{name} is singular: its entry {place} is 0", name=self.named, place=place),
                fix=LEAST_SQUARES,
            )

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        return Y / self.entries[:, None]

    def inverse(self) -> Operator:
        self._check_invertible()
        return Diagonal(owned(1 / self.entries))

    def pinv(self) -> Operator:
        assert self._finite
        size = np.abs(self.entries)
        kept = size > size.max() * len(size) * np.finfo(self.dtype).eps
        return Diagonal(owned(np.divide(1, self.entries, out=np.zeros_like(self.entries), where=kept)))

    def slogdet(self) -> SignedLog:
        assert self._finite
        size = np.abs(self.entries)
        if not size.all():
            return SignedLog(self.dtype.type(0), -np.inf)
        return SignedLog(np.prod(self.entries / size), float(np.log(size).sum(dtype=np.float64)))

    def diagonal(self) -> Array:
        return np.array(self.entries)

    def _power(self, k: int) -> Operator:
        return Diagonal(owned(self.entries**k))

    def sqrt(self) -> Operator:
        assert self._finite
        negative = (self.entries.imag == 0) & (self.entries.real < 0)
        if negative.any():
            place = int(np.argmax(negative))
            raise DomainError(
                phrase(
                    "{name} has no principal square root: its entry {place} is {entrie}",
                    name=self.named,
                    place=place + 1,
                    entrie=f"{self.entries[place]:g}",
                )
            )
        return Diagonal(owned(np.sqrt(self.entries)))

    def exp(self) -> Operator:
        assert self._finite
        return Diagonal(owned(np.exp(self.entries)))

    def cholesky(self) -> Operator:
        assert self._finite
        wrong = (self.entries.imag != 0) | ~(self.entries.real > 0)
        if wrong.any():
            place = int(np.argmax(wrong))
            raise DomainError(
                phrase(
                    "{name} is not positive definite: its entry {place} is {entrie}",
                    name=self.named,
                    place=place + 1,
                    entrie=f"{self.entries[place]:g}",
                )
            )
        return Diagonal(owned(np.sqrt(self.entries)))

    def eig(self) -> Eigen:
        assert self._finite
        return Eigen(np.array(self.entries), Identity(len(self.entries)))

    def eigh(self) -> Eigen:
        if np.imag(self.entries).any():
            raise DomainError(phrase("{name} is not Hermitian: its entries are not real", name=self.named))
        values, vectors = self.eig()
        return Eigen(np.real(values), vectors)

    def svd(self) -> SingularValues:
        assert self._finite
        size = np.abs(self.entries)
        one = np.ones((), self.dtype)
        phase = np.divide(self.entries, size, out=np.full_like(self.entries, one), where=size != 0)
        return SingularValues(Diagonal(owned(phase)), size, Identity(len(size)))

    def _norm(self, ord: Any) -> Any:
        size = np.abs(self.entries)
        if ord == "fro":
            return frobenius(size)
        return size.sum() if ord == "nuc" else size.max()

    def _cond(self, p: Any) -> Any:
        return self.norm(p) * self.inverse().norm(p) if self.entries.all() else np.inf

    def to_dense(self) -> Array:
        return np.diag(self.entries)


def _multiplied(a: Operator, b: Operator) -> list[Operator] | None:
    if isinstance(a, Identity):
        return [b]
    if isinstance(b, Identity):
        return [a]
    if isinstance(a, Diagonal) and isinstance(b, Diagonal):
        return [Diagonal(owned(a.entries * b.entries))]
    if isinstance(a, Diagonal) and isinstance(b, Dense):
        return [Dense(owned(a.entries[:, None] * b.array))]
    if isinstance(a, Dense) and isinstance(b, Diagonal):
        return [Dense(owned(a.array * b.entries))]
    return None


def entries_of(a: Operator) -> Any:
    """The entries of a diagonal matrix as an array or a number, else ``None``."""
    if isinstance(a, Diagonal):
        return a.entries
    if isinstance(a, Identity):
        return 1
    return a.c if isinstance(a, Scaled) and isinstance(a.operand, Identity) else None


def _added(a: Operator, b: Operator) -> Operator | None:
    """The sum of diagonal matrices, or of one and a matrix."""
    first, second = entries_of(a), entries_of(b)
    if first is not None and second is not None:
        if isinstance(a, Diagonal) or isinstance(b, Diagonal):
            return Diagonal(owned(first + second))
        return Identity(a.shape[0]).times(first + second) if first + second else None
    for x, y in ((first, b), (second, a)):
        if x is not None and isinstance(y, Dense):
            made = np.array(y.array, np.result_type(y.array, x))
            np.einsum("ii->i", made)[:] += x
            return Dense(owned(made))
    return None


SUM_RULES.append(_added)
PRODUCT_RULES.insert(0, _multiplied)


def identity(n: int) -> Identity:
    """The identity of order n.

    Examples
    --------
    >>> from matgrad.kronecker import identity, kron
    >>> kron([[2.0]], identity(3)).slogdet().logabsdet / 3   # log 2
    0.6931471805599453
    """
    return Identity(require_whole(n, "the order of an identity", least=1))


def diagonal(entries: Any) -> Diagonal:
    """A diagonal matrix of its entries: those of a vector, or of vec(M) for a matrix M.

    ``diagonal(M) @ vec(X)`` is ``vec(M ⊙ X)``.

    Parameters
    ----------
    entries : array_like
        (n,) or (m, n); a matrix is read column by column.

    Examples
    --------
    >>> import numpy as np
    >>> from matgrad.kronecker import diagonal, vec
    >>> M, X = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])
    >>> bool((diagonal(M) @ vec(X) == vec(M * X)).all())
    True
    """
    array = reading.numbers(entries, "the diagonal")
    if array.ndim not in (1, 2):
        raise ShapeError(
            phrase("a diagonal is a vector or a matrix, not an array of {ndim} axes", ndim=array.ndim)
        )
    if not array.size:
        raise ArgumentError(phrase("the diagonal is empty"))
    return Diagonal(owned(array.reshape(-1, order="F")))
