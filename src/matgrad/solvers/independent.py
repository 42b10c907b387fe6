"""The independent entries of a square matrix with a structure, and equations solved for them alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, lsmr

from matgrad.core.errors import DomainError
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.solvers.system import LinearSystem, SingularEquationError, Solved

Array = Any

MIRRORED = {"symmetric": 1, "skew": -1}
STRUCTURES = ("diagonal", "symmetric", "skew", "lower triangular", "upper triangular")

_FORMED = 2000
"""Up to so many independent entries the matrix on them is formed."""


@dataclass(frozen=True, slots=True)
class Independent:
    """The independent entries of a matrix of order n, column by column.

    Attributes
    ----------
    structure : str
        One of ``STRUCTURES``.
    order : int
        n.
    rows, columns : array of int
        Where they stand.
    weights : array
        The length of the matrix that each makes: √2 for a pair, so that the weighted entries have the norm
        of the matrix.

    Examples
    --------
    >>> independent_entries("skew", 3).matrix(np.array([1.0, 2.0, 3.0])).tolist()
    [[0.0, -1.0, -2.0], [1.0, 0.0, -3.0], [2.0, 3.0, 0.0]]
    """

    structure: str
    order: int
    rows: Array
    columns: Array
    weights: Array

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def mirrored(self) -> int:
        """The sign of (j, i) where it holds the number at (i, j) too; else 0."""
        return MIRRORED.get(self.structure, 0)

    def matrix(self, entries: Array) -> Array:
        """The matrix of its independent entries."""
        whole = np.zeros((self.order, self.order), entries.dtype)
        if self.mirrored:
            whole[self.columns, self.rows] = self.mirrored * entries
        whole[self.rows, self.columns] = entries
        return whole

    def gathered(self, y: Array) -> Array:
        """The adjoint of ``matrix``."""
        found: Array = y[self.rows, self.columns]
        if self.mirrored:
            pairs = self.rows != self.columns
            found = found + np.where(pairs, self.mirrored * y[self.columns, self.rows], 0)
        return found

    def restricted(self, matrix: Array) -> Array:
        """A matrix on vec of the whole, as a matrix on the independent entries."""
        n = self.order
        found: Array = matrix[:, self.rows + n * self.columns]
        if self.mirrored:
            pairs = self.rows != self.columns
            found[:, pairs] += self.mirrored * matrix[:, (self.columns + n * self.rows)[pairs]]
        return found


def independent_entries(structure: str, order: int) -> Independent:
    """The independent entries of a diagonal, symmetric, skew or triangular matrix."""
    if structure == "diagonal":
        rows = columns = np.arange(order)
    else:
        columns, rows = np.triu_indices(order, 1 if structure == "skew" else 0)
        if structure == "upper triangular":
            rows, columns = columns, rows
    weights = np.where((rows != columns) & (structure in MIRRORED), np.sqrt(2.0), 1.0)
    return Independent(structure, order, rows, columns, weights)


def solve_structured(
    system: LinearSystem, c: Array, structure: str, *, least_squares: bool = False
) -> Solved:
    """The X of a structure with L(X) = C, which in general is one of least squares.

    Raises
    ------
    SingularEquationError
        Where no X of that structure solves it, or many do, unless least squares are asked for.
    DomainError
        Where the iteration for a large one does not come near.
    """
    entries = independent_entries(structure, system.shape[0])
    if entries.count <= _FORMED:
        matrix = entries.restricted(system.to_dense()) / entries.weights
        right = c.ravel(order="F")
        flat, _, rank, _ = np.linalg.lstsq(matrix, right, rcond=system.cut)
        unique = bool(rank == entries.count)
    else:
        flat, unique = _iterated(system, c, entries), False
    x = entries.matrix(flat / entries.weights)
    consistent = system._is_consistent(x, c)
    if not least_squares and not (consistent and unique):
        found = f"many {structure} solutions" if consistent else f"no {structure} solution"
        error = SingularEquationError(
            phrase("the equation {system} has {found} for this right side", system=system.text, found=found),
            fix=phrase(
                "least_squares=True takes the smallest of the {structure} matrices nearest to one",
                structure=structure,
            ),
        )
        error.solutions = "many" if consistent else "none"
        raise error
    return Solved(x, unique, consistent)


def _iterated(system: LinearSystem, c: Array, entries: Independent) -> Array:
    """LSMR on the independent entries, whose limit is the smallest of least squares."""

    def forth(flat: Array) -> Array:
        return system.apply(entries.matrix(flat.ravel() / entries.weights)).ravel(order="F")

    def back(flat: Array) -> Array:
        y = system.apply_adjoint(flat.reshape(system.right_shape, order="F"))
        return entries.gathered(y) / entries.weights

    operator: Any = LinearOperator
    size = (int(np.prod(system.right_shape)), entries.count)
    found = lsmr(
        operator(size, matvec=forth, rmatvec=back, dtype=system.dtype),
        c.ravel(order="F"), atol=1e-13, btol=1e-13, conlim=0, maxiter=20 * entries.order + 1000,
    )  # fmt: skip
    flat: Array = found[0]
    left = back(forth(flat) - c.ravel(order="F"))
    size_of = system.norm * (system.norm * np.linalg.norm(flat) + np.linalg.norm(c))
    if not np.linalg.norm(left) <= 1e-9 * size_of:
        raise DomainError(
            phrase(
                "the iteration for the {structure} least squares of {system} did not end after {found} steps",
                structure=entries.structure,
                system=system.text,
                found=found[2],
            )
        )
    return flat
