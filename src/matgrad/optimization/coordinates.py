"""Free coordinates of a variable: the numbers that an optimiser may change one by one.

A general matrix has its entries. A symmetric, skew, diagonal or triangular one has those of its
subspace; entries declared positive are exponentials; a positive definite matrix is L Lᵀ with L
lower triangular (Burer & Monteiro, 2003). A derivative passes through the change of coordinates
X = c(z) by the chain rule: with J the derivative of c, the gradient is J*[G] and the Hessian-vector
product J*[H[J[v]]] + (dJ[v])*[G].
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol
from matgrad.core.facts import ALONG_DIAGONALS, BANDS, PATTERN, Fact, closure, widths
from matgrad.core.words import Phrase, phrase


class Coordinates(Protocol):
    """A change of variables X = c(z) for a matrix X and a flat array z."""

    length: int
    """How many coordinates there are."""

    meaning: Phrase
    """What they are, for a reader."""

    def point(self, z: Any) -> Any:
        """X = c(z)."""

    def start(self, x: Any) -> Any:
        """The coordinates of X.

        Raises
        ------
        ArgumentError
            Where X has none.
        """

    def direction(self, z: Any, v: Any) -> Any:
        """J[v]: the change of X."""

    def pull(self, z: Any, gradient: Any) -> Any:
        """J*[G]: the gradient in coordinates."""

    def bend(self, z: Any, v: Any, gradient: Any) -> Any:
        """(dJ[v])*[G]: what the curvature of c adds to the Hessian-vector product."""


class Entries:
    """All entries, column by column."""

    meaning = phrase("its entries, column by column")

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.length = shape[0] * shape[1]

    def point(self, z: Any) -> Any:
        return z.reshape(self.shape, order="F")

    def start(self, x: Any) -> Any:
        return x.ravel(order="F")

    def direction(self, z: Any, v: Any) -> Any:
        return self.point(v)

    def pull(self, z: Any, gradient: Any) -> Any:
        return gradient.ravel(order="F")

    def bend(self, z: Any, v: Any, gradient: Any) -> Any:
        return 0.0


class Subspace:
    """The entries of a symmetric, skew, diagonal or triangular matrix that determine the others.

    Both of a pair of entries come from one coordinate, divided by √2: lengths in coordinates are
    then those of the matrices (the vech of a symmetric matrix, scaled).
    """

    meaning = phrase("its independent entries, pairs of them scaled by √2")

    def __init__(self, n: int, facts: Fact) -> None:
        self.n = n
        self.sign = -1 if facts & Fact.SKEW else 1
        self.paired = bool(facts & (Fact.SYMMETRIC | Fact.SKEW)) and not facts & Fact.DIAGONAL
        self.rows, self.columns = free_places(n, facts)
        self.length = len(self.rows)
        self.weight = np.where(self.paired & (self.rows != self.columns), np.sqrt(2), 1.0)

    def point(self, z: Any) -> Any:
        x = np.zeros((self.n, self.n), dtype=z.dtype)
        if self.paired:
            x[self.columns, self.rows] = self.sign * z / self.weight
        x[self.rows, self.columns] = z / self.weight
        return x

    def start(self, x: Any) -> Any:
        return x[self.rows, self.columns] * self.weight

    def direction(self, z: Any, v: Any) -> Any:
        return self.point(v)

    def pull(self, z: Any, gradient: Any) -> Any:
        if self.paired:
            gradient = (gradient + self.sign * gradient.T) / 2
        return self.start(gradient)

    def bend(self, z: Any, v: Any, gradient: Any) -> Any:
        return 0.0


class Exponentials:
    """X = exp(Z) entry by entry."""

    meaning = phrase("the logarithms of its entries")

    def __init__(self, shape: tuple[int, int]) -> None:
        self.entries = Entries(shape)
        self.length = self.entries.length

    def point(self, z: Any) -> Any:
        return np.exp(self.entries.point(z))

    def start(self, x: Any) -> Any:
        return np.log(self.entries.start(x))

    def direction(self, z: Any, v: Any) -> Any:
        return self.point(z) * self.entries.point(v)

    def pull(self, z: Any, gradient: Any) -> Any:
        return np.exp(z) * self.entries.start(gradient)

    def bend(self, z: Any, v: Any, gradient: Any) -> Any:
        return v * self.pull(z, gradient)


class CholeskyFactor:
    """X = L Lᵀ with L lower triangular (or diagonal, where X is)."""

    meaning = phrase("L with X = L Lᵀ, lower triangular")

    def __init__(self, n: int, facts: Fact) -> None:
        self.n = n
        # The factor has the band of the matrix.
        self.rows, self.columns = free_places(n, closure(facts & BANDS | Fact.LOWER_TRIANGULAR))
        self.length = len(self.rows)

    def _factor(self, z: Any) -> Any:
        factor = np.zeros((self.n, self.n), dtype=z.dtype)
        factor[self.rows, self.columns] = z
        return factor

    def point(self, z: Any) -> Any:
        factor = self._factor(z)
        return factor @ factor.T

    def start(self, x: Any) -> Any:
        try:
            factor = np.linalg.cholesky(x)
        except np.linalg.LinAlgError:
            raise ArgumentError(
                phrase("the starting point is not positive definite"), fix="x0=np.eye(n)"
            ) from None
        return factor[self.rows, self.columns]

    def direction(self, z: Any, v: Any) -> Any:
        half = self._factor(v) @ self._factor(z).T
        return half + half.T

    def pull(self, z: Any, gradient: Any) -> Any:
        return ((gradient + gradient.T) @ self._factor(z))[self.rows, self.columns]

    def bend(self, z: Any, v: Any, gradient: Any) -> Any:
        return self.pull(v, gradient)


def free_places(n: int, facts: Fact) -> tuple[Any, Any]:
    """Rows and columns of the entries of an n×n matrix that determine the others."""
    lower, upper = (n if width is None else width for width in widths(facts))
    if facts & (Fact.SYMMETRIC | Fact.SKEW):
        upper = -1 if facts & Fact.SKEW else 0
    rows, columns = np.indices((n, n))
    free_rows, free_columns = np.nonzero((rows - columns <= lower) & (columns - rows <= upper))
    return free_rows, free_columns


_UNFREE = (
    (Fact.CONSTANT, "constant", phrase("declare it without that word")),
    (Fact.INTEGER, phrase("an integer"), phrase("declare it without that word")),
    (
        Fact.ORTHONORMAL_COLUMNS,
        phrase("orthonormal, which moves on a curved set"),
        phrase("a library for manifolds"),
    ),
    (
        Fact.IDEMPOTENT,
        phrase("a projector, which moves on a curved set"),
        phrase("substitute X pinv(X) with a free X, for an orthogonal projector"),
    ),
    (
        ALONG_DIAGONALS,
        phrase("Toeplitz, with one number on each diagonal"),
        phrase("substitute a sum of the numbers times matrices of ones and zeros"),
    ),
    (Fact.SIMPLEX, phrase("a point of the simplex"), phrase("substitute softmax(z) with a free z")),
    (
        Fact.SIMPLEX_ROWS,
        phrase("a matrix with rows that sum to one"),
        phrase("substitute row_softmax(Z) with a free Z"),
    ),
)

_LINEAR = Fact.SYMMETRIC | Fact.SKEW | PATTERN


def coordinates_of(variable: Symbol, shape: tuple[int, int]) -> Coordinates:
    """The free coordinates of a variable of that shape, by what is declared of it.

    Entries that are declared nonnegative are kept so by bounds; see :func:`matgrad.minimize`.

    Raises
    ------
    ArgumentError
        Where a variable with these facts has no free coordinates here.
    """
    facts = variable.facts
    for fact, words, fix in _UNFREE:
        if facts & fact:
            raise ArgumentError(
                phrase(
                    "{variable} is declared {words}: it cannot be minimised over",
                    variable=variable.label,
                    words=words,
                ),
                fix=fix,
            )
    structured = bool(facts & (_LINEAR | Fact.POSITIVE_SEMIDEFINITE)) and shape != (1, 1)
    if facts & Fact.POSITIVE or (shape == (1, 1) and facts & Fact.POSITIVE_DEFINITE):
        if structured:
            raise ArgumentError(
                phrase(
                    "{variable} is declared both structured and positive entry by entry: "
                    "there are no free coordinates for the two",
                    variable=variable.label,
                ),
                fix=phrase("declare one of them"),
            )
        return Exponentials(shape)
    if not structured:
        return Entries(shape)
    if facts & Fact.POSITIVE_SEMIDEFINITE:
        return CholeskyFactor(shape[0], facts)
    return Subspace(shape[0], facts)
