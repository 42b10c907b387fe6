"""Commutation, duplication and elimination matrices, and the symmetriser: by indices, never formed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from matgrad.core.errors import DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase
from matgrad.kronecker.composites import PRODUCT_RULES, SUM_RULES, Scaled
from matgrad.kronecker.diagonals import Diagonal, Identity
from matgrad.kronecker.matrices import LEAST_SQUARES
from matgrad.kronecker.operator import WEAK, Operator, SignedLog, SingularValues
from matgrad.kronecker.products import Kron, kron_of
from matgrad.kronecker.refusals import SingularOperatorError, require_whole

Array = Any

_TILE = 64
"""Rows and columns of the blocks in which large arrays are transposed: both sides stay in the cache."""

_LARGE = 1024
"""Rows and columns above which an array is transposed by blocks."""


def transposed(x: Array) -> Array:
    """A contiguous copy of the transpose of an array (n, m, …) in its first two axes."""
    if x.ndim != 2 or min(x.shape) < _LARGE:
        return np.ascontiguousarray(x.swapaxes(0, 1))
    n, m = x.shape
    made = np.empty((m, n), x.dtype)
    for i in range(0, n, _TILE):
        for j in range(0, m, _TILE):
            made[j : j + _TILE, i : i + _TILE] = x[i : i + _TILE, j : j + _TILE].T
    return made


class Commutation(Operator):
    """K_mn: vec(A) ↦ vec(Aᵀ) for A of m rows and n columns."""

    def __init__(self, m: int, n: int) -> None:
        self.m, self.n = m, n
        super().__init__((m * n, m * n), WEAK)

    @cached_property
    def label(self) -> str:
        return f"K_{{{self.m},{self.n}}}"

    def _apply(self, X: Array) -> Array:
        if X.shape[1] > 1 and X.flags.f_contiguous:
            made = X.T.reshape(-1, self.n, self.m).swapaxes(1, 2)
            return np.ascontiguousarray(made).reshape(X.shape[1], -1).T
        return np.ascontiguousarray(X.reshape(self.n, self.m, -1).swapaxes(0, 1)).reshape(X.shape)

    def _vector(self, x: Array) -> Array:
        return transposed(x.reshape(self.n, self.m)).reshape(-1)

    def _transposed(self) -> Operator:
        return Commutation(self.n, self.m)

    def _solve(self, Y: Array) -> Array:
        return self.T._apply(Y)

    def inverse(self) -> Operator:
        return self.T

    def pinv(self) -> Operator:
        return self.T

    def slogdet(self) -> SignedLog:
        """(−1)^(m(m−1)n(n−1)/4) (Magnus & Neudecker, 2019, section 3.7)."""
        odd = (self.m * (self.m - 1) * self.n * (self.n - 1) // 4) % 2
        return SignedLog(self.dtype.type(-1 if odd else 1), 0.0)

    def trace(self) -> Any:
        """1 + gcd(m − 1, n − 1) (Magnus & Neudecker, 1979)."""
        return self.dtype.type(1 + math.gcd(self.m - 1, self.n - 1))

    @cached_property
    def _places(self) -> Array:
        """Where each entry of the result comes from."""
        return np.ascontiguousarray(np.arange(self.m * self.n).reshape(self.n, self.m).T).reshape(-1)

    def diagonal(self) -> Array:
        return (self._places == np.arange(self.m * self.n)).astype(self.dtype)

    def _power(self, k: int) -> Operator:
        if self.m == self.n:
            return self if k % 2 else Identity(self.m * self.n)
        return super()._power(k)

    def sqrt(self) -> Operator:
        raise DomainError(phrase("{name} has no principal square root: −1 is an eigenvalue", name=self.named))

    def cholesky(self) -> Operator:
        raise DomainError(phrase("{name} is not positive definite", name=self.named))

    def svd(self) -> SingularValues:
        one = Identity(self.m * self.n)
        return SingularValues(self, one.diagonal(), one)

    def _norm(self, ord: Any) -> Any:
        return Identity(self.m * self.n).norm(ord)

    def _cond(self, p: Any) -> Any:
        return Identity(self.m * self.n).cond(p)

    def to_dense(self) -> Array:
        made = np.zeros(self.shape)
        made[np.arange(len(made)), self._places] = 1
        return made


def _lower(n: int) -> tuple[Array, Array]:
    """Rows and columns of the lower triangle, column by column."""
    columns, rows = np.triu_indices(n)
    return rows, columns


class Duplication(Operator):
    """D_n: vech(S) ↦ vec(S) for symmetric S."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__((n * n, n * (n + 1) // 2), WEAK)

    @cached_property
    def label(self) -> str:
        return f"D_{self.n}"

    @cached_property
    def _places(self) -> Array:
        """For each entry of vec where it stands in vech."""
        rows, columns = _lower(self.n)
        made = np.empty((self.n, self.n), np.intp)
        made[rows, columns] = made[columns, rows] = np.arange(len(rows))
        return made.reshape(-1)

    def _apply(self, X: Array) -> Array:
        return X[self._places]

    def _vector(self, x: Array) -> Array:
        return self._apply(x)

    def _transposed(self) -> Operator:
        return DuplicationTransposed(self.n)

    def pinv(self) -> Operator:
        """D⁺ = (DᵀD)⁻¹Dᵀ, the mean of an entry and its mirror image."""
        return DuplicationInverse(self.n)

    def _weights(self) -> Array:
        """The diagonal of DᵀD: 1 on the diagonal, 2 elsewhere."""
        rows, columns = _lower(self.n)
        return np.where(rows == columns, 1.0, 2.0)

    def diagonal(self) -> Array:
        count = min(self.shape)
        return (self._places[:count] == np.arange(count)).astype(self.dtype)

    def svd(self) -> SingularValues:
        s = np.sqrt(self._weights())
        return SingularValues(_product_of(self, Diagonal(1 / s)), s, Identity(len(s)))

    def _norm(self, ord: Any) -> Any:
        n = float(self.n)
        if ord in (1, np.inf):
            return self.dtype.type(1 if ord == np.inf or self.n == 1 else 2)
        return self.dtype.type(n) if ord == "fro" else super()._norm(ord)

    def rank(self) -> int:
        return self.shape[1]

    def to_dense(self) -> Array:
        made = np.zeros(self.shape)
        made[np.arange(len(made)), self._places] = 1
        return made


class _Halving(Operator):
    """An operator on vec whose values are on vech."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__((n * (n + 1) // 2, n * n), self._own_kind)

    _own_kind: Any = WEAK

    @cached_property
    def _pairs(self) -> tuple[Array, Array, Array]:
        """For each entry of vech its place in vec and that of its mirror image; which are on the diagonal."""
        rows, columns = _lower(self.n)
        return columns * self.n + rows, rows * self.n + columns, np.flatnonzero(rows == columns)

    def _vector(self, x: Array) -> Array:
        return self._apply(x)

    def rank(self) -> int:
        return self.shape[0]


class DuplicationTransposed(_Halving):
    """D_nᵀ: an entry of the lower triangle plus its mirror image, the diagonal once."""

    @cached_property
    def label(self) -> str:
        return f"D_{self.n}ᵀ"

    def _apply(self, X: Array) -> Array:
        lower, upper, diagonal = self._pairs
        made = X[lower] + X[upper]
        made[diagonal] = X[lower[diagonal]]
        return made

    def _transposed(self) -> Operator:
        return Duplication(self.n)

    def pinv(self) -> Operator:
        return DuplicationInverse(self.n).T

    def diagonal(self) -> Array:
        return self.T.diagonal()

    def svd(self) -> SingularValues:
        u, s, vh = self.T.svd()
        return SingularValues(vh.T, s, u.T)

    def _norm(self, ord: Any) -> Any:
        return self.T.norm({1: np.inf, np.inf: 1}.get(ord, ord))

    def to_dense(self) -> Array:
        return self.T.to_dense().T


class DuplicationInverse(_Halving):
    """D_n⁺: the mean of an entry of the lower triangle and its mirror image."""

    _own_kind = np.float32

    @cached_property
    def label(self) -> str:
        return f"D_{self.n}⁺"

    def _apply(self, X: Array) -> Array:
        lower, upper, _ = self._pairs
        return (X[lower] + X[upper]) / 2

    def _transposed(self) -> Operator:
        return _product_of(
            Duplication(self.n), Diagonal((1 / Duplication(self.n)._weights()).astype(np.float32))
        )

    def pinv(self) -> Operator:
        return Duplication(self.n)

    def svd(self) -> SingularValues:
        u, s, vh = Duplication(self.n).svd()
        return SingularValues(vh.T, 1 / s, u.T)

    def diagonal(self) -> Array:
        return (Duplication(self.n).diagonal() / Duplication(self.n)._weights()).astype(self.dtype)


class Elimination(_Halving):
    """L_n: vec(A) ↦ vech(A), the lower triangle."""

    @cached_property
    def label(self) -> str:
        return f"L_{self.n}"

    def _apply(self, X: Array) -> Array:
        return X[self._pairs[0]]

    def _transposed(self) -> Operator:
        return EliminationTransposed(self.n)

    def pinv(self) -> Operator:
        return self.T

    def diagonal(self) -> Array:
        count = min(self.shape)
        return (self._pairs[0] == np.arange(count)).astype(self.dtype)

    def svd(self) -> SingularValues:
        one = Identity(self.shape[0])
        return SingularValues(one, one.diagonal(), self)

    def _norm(self, ord: Any) -> Any:
        return Identity(self.shape[0]).norm(ord)

    def to_dense(self) -> Array:
        made = np.zeros(self.shape)
        made[np.arange(len(made)), self._pairs[0]] = 1
        return made


class EliminationTransposed(Operator):
    """L_nᵀ: vech ↦ vec of the lower triangular matrix."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__((n * n, n * (n + 1) // 2), WEAK)

    @cached_property
    def label(self) -> str:
        return f"L_{self.n}ᵀ"

    def _apply(self, X: Array) -> Array:
        rows, columns = _lower(self.n)
        made = np.zeros((self.n * self.n, *X.shape[1:]), X.dtype)
        made[columns * self.n + rows] = X
        return made

    def _vector(self, x: Array) -> Array:
        return self._apply(x)

    def _transposed(self) -> Operator:
        return Elimination(self.n)

    def pinv(self) -> Operator:
        return self.T

    def diagonal(self) -> Array:
        return self.T.diagonal()

    def svd(self) -> SingularValues:
        one = Identity(self.shape[1])
        return SingularValues(self, one.diagonal(), one)

    def _norm(self, ord: Any) -> Any:
        return Identity(self.shape[1]).norm(ord)

    def rank(self) -> int:
        return self.shape[1]

    def to_dense(self) -> Array:
        return self.T.to_dense().T


class Symmetriser(Operator):
    """N_n = ½(I + K_nn): vec(A) ↦ vec(½(A + Aᵀ)), the projection on symmetric matrices."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__((n * n, n * n), np.float32)

    @cached_property
    def label(self) -> str:
        return f"N_{self.n}"

    def _apply(self, X: Array) -> Array:
        x = X.reshape(self.n, self.n, -1)
        return ((x + x.swapaxes(0, 1)) / 2).reshape(X.shape)

    def _vector(self, x: Array) -> Array:
        x = x.reshape(self.n, self.n)
        return ((x + x.T) / 2).reshape(-1)

    def _transposed(self) -> Operator:
        return self

    def _check_invertible(self) -> None:
        if self.n > 1:
            raise SingularOperatorError(
                phrase("{name} is singular: it takes skew matrices to 0", name=self.named), fix=LEAST_SQUARES
            )

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        return Y.copy()

    def inverse(self) -> Operator:
        self._check_invertible()
        return Identity(1)

    def pinv(self) -> Operator:
        return self

    def sqrt(self) -> Operator:
        return self

    def cholesky(self) -> Operator:
        self._check_invertible()
        return Identity(1)

    def slogdet(self) -> SignedLog:
        one = np.float64(1)
        return SignedLog(one, 0.0) if self.n == 1 else SignedLog(0 * one, -np.inf)

    def trace(self) -> Any:
        return np.float64(self.rank())

    def diagonal(self) -> Array:
        return (np.eye(self.n).reshape(-1) + 1) / 2

    def _power(self, k: int) -> Operator:
        return self if k else Identity(self.n**2)

    def singular_values(self) -> Array:
        made = np.zeros(self.n**2)
        made[: self.rank()] = 1
        return made

    def eigvals(self) -> Array:
        return self.singular_values()

    def eigvalsh(self) -> Array:
        return self.singular_values()[::-1]

    def rank(self) -> int:
        return self.n * (self.n + 1) // 2

    def _norm(self, ord: Any) -> Any:
        rank = np.float64(self.rank())
        return rank if ord == "nuc" else np.sqrt(rank) if ord == "fro" else np.float64(1)

    def _cond(self, p: Any) -> Any:
        return np.float64(1 if self.n == 1 else np.inf)

    def to_dense(self) -> Array:
        return self._apply(np.eye(self.n**2))


def _product_of(a: Operator, b: Operator) -> Operator:
    return a.algebra.product([a, b])


def commutation(m: int, n: int | None = None) -> Operator:
    """The commutation matrix K_mn, with K_mn vec(A) = vec(Aᵀ) for A of m rows and n columns.

    Parameters
    ----------
    m, n : int
        Rows and columns; n is m where it is left out.

    References
    ----------
    Magnus & Neudecker (2019), section 3.7.

    Examples
    --------
    >>> import numpy as np
    >>> from matgrad.kronecker import commutation, vec
    >>> A = np.arange(6.0).reshape(2, 3)
    >>> bool((commutation(2, 3) @ vec(A) == vec(A.T)).all())
    True
    """
    m = require_whole(m, "the number of rows", least=1)
    return _commutation(m, m if n is None else require_whole(n, "the number of columns", least=1))


def _commutation(m: int, n: int) -> Operator:
    return Identity(m * n) if min(m, n) == 1 else Commutation(m, n)


def duplication(n: int) -> Operator:
    """The duplication matrix D_n, with D_n vech(S) = vec(S) for symmetric S.

    References
    ----------
    Magnus & Neudecker (2019), section 3.8.

    Examples
    --------
    >>> from matgrad.kronecker import duplication
    >>> (duplication(2) @ [1.0, 2.0, 3.0]).tolist()
    [1.0, 2.0, 2.0, 3.0]
    """
    n = require_whole(n, "the order", least=1)
    return Duplication(n) if n > 1 else Identity(1)


def elimination(n: int) -> Operator:
    """The elimination matrix L_n, with L_n vec(A) = vech(A).

    References
    ----------
    Magnus & Neudecker (1980), The elimination matrix.

    Examples
    --------
    >>> from matgrad.kronecker import elimination
    >>> (elimination(2) @ [1.0, 2.0, 5.0, 3.0]).tolist()
    [1.0, 2.0, 3.0]
    """
    n = require_whole(n, "the order", least=1)
    return Elimination(n) if n > 1 else Identity(1)


def symmetriser(n: int) -> Operator:
    """The symmetriser N_n = ½(I + K_nn) = D_n D_n⁺, with N_n vec(A) = vec(½(A + Aᵀ)).

    Examples
    --------
    >>> from matgrad.kronecker import symmetriser
    >>> (symmetriser(2) @ [1.0, 2.0, 4.0, 3.0]).tolist()
    [1.0, 3.0, 3.0, 3.0]
    """
    n = require_whole(n, "the order", least=1)
    return Symmetriser(n) if n > 1 else Identity(1)


def _together(a: Operator, b: Operator) -> list[Operator] | None:
    """K K = I, K_pm (A ⊗ B) = (B ⊗ A) K_qn, L D = D⁺ D = I, N D = D, D⁺ N = D⁺, N N = N, D D⁺ = N."""
    if isinstance(a, Commutation):
        if isinstance(b, Commutation) and (a.m, a.n) == (b.n, b.m):
            return [Identity(a.m * a.n)]
        if isinstance(b, Kron) and len(b.factors) == 2:
            first, second = b.factors
            if (a.m, a.n) == (second.shape[0], first.shape[0]):
                return [kron_of([second, first]), _commutation(second.shape[1], first.shape[1])]
        if isinstance(b, (Duplication, Symmetriser)) and a.m == a.n == b.n:
            return [b]
    if isinstance(a, Kron) and isinstance(b, Commutation) and len(a.factors) == 2:
        first, second = a.factors
        one_row = min(first.shape[0], second.shape[0]) == 1  # then K on the left is the identity
        if one_row and (b.m, b.n) == (first.shape[1], second.shape[1]):
            return [kron_of([second, first])]
    if isinstance(b, Commutation) and isinstance(a, (DuplicationTransposed, DuplicationInverse, Symmetriser)):
        return [a] if b.m == b.n == a.n else None
    if isinstance(b, Duplication):
        if isinstance(a, (Elimination, DuplicationInverse)):
            return [Identity(b.shape[1])]
        if isinstance(a, Symmetriser):
            return [b]
        if isinstance(a, DuplicationTransposed):
            return [Diagonal(b._weights())]
    if isinstance(b, Symmetriser) and isinstance(a, (DuplicationInverse, DuplicationTransposed, Symmetriser)):
        return [a]
    if isinstance(a, Duplication) and isinstance(b, DuplicationInverse):
        return [Symmetriser(a.n)]
    if isinstance(a, Elimination) and isinstance(b, EliminationTransposed):
        return [Identity(a.shape[0])]
    return None


def _symmetrised(a: Operator, b: Operator) -> Operator | None:
    """½I + ½K = N, and I + K = 2N."""
    numbers = []
    for operator, kind in ((a, Identity), (b, Commutation)):
        c, inner = (operator.c, operator.operand) if isinstance(operator, Scaled) else (1, operator)
        if not isinstance(inner, kind):
            return None
        numbers.append(c)
    inner = b.operand if isinstance(b, Scaled) else b
    assert isinstance(inner, Commutation)
    if inner.m != inner.n or numbers[0] != numbers[1]:
        return None
    return Symmetriser(inner.n).times(2 * numbers[0])


def _symmetrised_either_way(a: Operator, b: Operator) -> Operator | None:
    made = _symmetrised(a, b)
    return made if made is not None else _symmetrised(b, a)


PRODUCT_RULES.append(_together)
SUM_RULES.append(_symmetrised_either_way)
