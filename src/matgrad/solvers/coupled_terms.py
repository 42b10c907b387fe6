"""Several linear equations with several unknown matrices, made of terms A X B and A Xᵀ B."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import scipy.linalg
from scipy.optimize import linear_sum_assignment
from scipy.sparse.linalg import LinearOperator, gmres

from matgrad.core.errors import DomainError, MatgradError, ShapeError
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, one_type, require_shape
from matgrad.solvers.dense import DenseFactors, factorised
from matgrad.solvers.independent import independent_entries
from matgrad.solvers.iterated import DENSE
from matgrad.solvers.linear import TwoSided
from matgrad.solvers.system import LinearSystem, Solved
from matgrad.solvers.two_terms import TwoTerms

Array = Any
Size = tuple[int, int]

_MOST = 6000
"""Up to so many unknowns the matrix is formed where there are more or fewer equations."""


@dataclass(frozen=True, slots=True)
class CoupledTerm:
    """A X B, or A Xᵀ B where ``turned``, in one of the equations; both are counted from 0."""

    equation: int
    unknown: int
    left: Array
    right: Array
    turned: bool = False


class CoupledTerms(LinearSystem):
    """Equations Σ A X B + Σ A Yᵀ B + … = C, whose unknowns stand below each other as one column of vecs.

    Small ones by LU of the matrix on it; others by GMRES on the structured operator, preconditioned by the
    largest terms of each unknown in an equation of its own. With more or fewer equations than unknowns by
    the singular values of the matrix.

    Parameters
    ----------
    shapes, right_shapes : sequence of tuple of int
        The shapes of the unknowns and of the right sides.
    terms : sequence of CoupledTerm
    text : str
        How messages write the equations.
    structures : sequence of (str or None)
        The structure of each unknown, as "symmetric": its independent entries stand for it, in the column
        each times the length of the matrix that it makes.

    Examples
    --------
    >>> one = [[1.0]]
    >>> terms = [CoupledTerm(0, 0, one, one), CoupledTerm(0, 1, one, one), CoupledTerm(1, 1, [[2.0]], one)]
    >>> CoupledTerms([(1, 1), (1, 1)], [(1, 1), (1, 1)], terms).solve([[5.0], [6.0]]).value.tolist()
    [[2.0], [3.0]]
    """

    right_name = "the right sides"

    def __init__(
        self,
        shapes: Sequence[Size],
        right_shapes: Sequence[Size],
        terms: Sequence[CoupledTerm],
        text: str = "of several unknowns",
        structures: Sequence[str | None] = (),
    ) -> None:
        parts = [
            as_matrix(part, f"{letter}{k + 1}")
            for k, term in enumerate(terms)
            for letter, part in (("A", term.left), ("B", term.right))
        ]
        given = one_type(*parts)
        self.terms = [
            CoupledTerm(term.equation, term.unknown, given[2 * k], given[2 * k + 1], term.turned)
            for k, term in enumerate(terms)
        ]
        self.shapes, self.right_shapes = list(shapes), list(right_shapes)
        for k, term in enumerate(self.terms):
            (m, n), (p, q) = self.shapes[term.unknown], self.right_shapes[term.equation]
            inner = (n, m) if term.turned else (m, n)
            require_shape(term.left, (p, inner[0]), f"A{k + 1}", "the other coefficients say")
            require_shape(term.right, (inner[1], q), f"B{k + 1}", "the other coefficients say")
        self.dtype = given[0].dtype
        named = [*structures, *([None] * (len(self.shapes) - len(structures)))]
        self.entries = [
            None if name is None else independent_entries(name, m)
            for name, (m, _) in zip(named, self.shapes, strict=True)
        ]
        self.places = _places(
            [
                shape if own is None else (own.count, 1)
                for shape, own in zip(self.shapes, self.entries, strict=True)
            ]
        )
        self.right_places = _places(self.right_shapes)
        self.shape = (self.places[-1].stop, 1)
        self.right_shape = (self.right_places[-1].stop, 1)
        self.text = text
        self.steps = 0

    @property
    def is_square(self) -> bool:
        """Whether there are as many equations as unknowns."""
        return self.shape == self.right_shape

    @cached_property
    def is_dense(self) -> bool:
        """Whether the matrix is formed."""
        return self.shape[0] <= DENSE or not self.is_square

    @cached_property
    def method(self) -> str:
        """How it is solved."""
        if not self.is_square:
            return "singular values of the matrix on vec of the unknowns"
        if self.is_dense:
            return "LU factorisation of the matrix on vec of the unknowns"
        return f"GMRES on the structured operator, {self._preconditioner[1]}"

    @cached_property
    def norm(self) -> float:
        """Σ ‖A‖‖B‖ in the Frobenius norm."""
        return float(sum(np.linalg.norm(t.left) * np.linalg.norm(t.right) for t in self.terms))

    # ---- between one column and the matrices in it ----------------------------------------------------

    def together(self, parts: Sequence[Array]) -> Array:
        """The vecs of matrices below each other."""
        return np.concatenate([np.asarray(part).ravel(order="F") for part in parts])[:, None]

    def apart(self, x: Array) -> list[Array]:
        """The unknowns in a column of their independent entries."""
        return [
            x[place, 0].reshape(shape, order="F")
            if own is None
            else own.matrix(x[place, 0] / own.weights.astype(x.dtype))
            for place, shape, own in zip(self.places, self.shapes, self.entries, strict=True)
        ]

    def _gathered(self, parts: Sequence[Array]) -> Array:
        """The adjoint of ``apart``."""
        columns = [
            part.ravel(order="F") if own is None else own.gathered(part) / own.weights.astype(part.dtype)
            for part, own in zip(parts, self.entries, strict=True)
        ]
        return np.concatenate(columns)[:, None]

    def apply(self, x: Array) -> Array:
        """The left sides."""
        unknowns = self.apart(x)
        found = [np.zeros(shape, np.result_type(x.dtype, self.dtype)) for shape in self.right_shapes]
        for t in self.terms:
            x = unknowns[t.unknown]
            found[t.equation] += t.left @ (x.T if t.turned else x) @ t.right
        return self.together(found)

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ Y Bᵀ of A X B, and B Yᵀ A of A Xᵀ B."""
        rights = _apart(y, self.right_places, self.right_shapes)
        found = [np.zeros(shape, np.result_type(y.dtype, self.dtype)) for shape in self.shapes]
        for t in self.terms:
            y = rights[t.equation]
            found[t.unknown] += t.right @ y.T @ t.left if t.turned else t.left.T @ y @ t.right.T
        return self._gathered(found)

    def to_dense(self) -> Array:
        """The matrix on the column of vecs: blocks Σ Bᵀ ⊗ A."""
        whole = np.zeros((self.right_shape[0], self.shape[0]), self.dtype)
        for t in self.terms:
            m, n = self.shapes[t.unknown]
            block = np.kron(t.right.T, t.left)
            if t.turned:
                block = block.reshape(-1, m, n).transpose(0, 2, 1).reshape(-1, m * n)
            own = self.entries[t.unknown]
            if own is not None:
                block = own.restricted(block) / own.weights
            whole[self.right_places[t.equation], self.places[t.unknown]] += block
        return whole

    # ---- solving --------------------------------------------------------------------------------------

    @cached_property
    def _factors(self) -> DenseFactors:
        return factorised(self.to_dense())

    def nearness(self) -> float:
        """What the factors of the matrix say; of large equations nothing."""
        return self._factors.reciprocal_condition if self.is_dense and self.is_square else 1.0

    @cached_property
    def _singular_values(self) -> tuple[Array, Array, Array, int]:
        """Those of the matrix with their vectors, and how many are not zero.

        Raises
        ------
        DomainError
            Where the matrix is too large to be formed.
        """
        if max(self.shape[0], self.right_shape[0]) > _MOST:
            raise DomainError(
                phrase(
                    "{right_shape} equations for {shape} unknowns are solved by a matrix of "
                    "that size, which is not formed",
                    right_shape=self.right_shape[0],
                    shape=self.shape[0],
                ),
                fix=phrase("as many equations as unknowns"),
            )
        u, s, vt = scipy.linalg.svd(self.to_dense(), full_matrices=False, check_finite=False)
        return u, s, vt, int((s > self.cut * s.max(initial=0)).sum())

    @cached_property
    def reciprocal_condition(self) -> float:
        """0 where there are more or fewer equations than unknowns."""
        return self._estimated_condition() if self.is_square else 0.0

    @property
    def reciprocal_condition_of_columns(self) -> float:
        """The smallest singular value over the largest where all columns are independent, else 0."""
        if self.is_square:
            return self.reciprocal_condition
        _, s, _, rank = self._singular_values
        return float(s[-1] / s[0]) if rank and rank == self.shape[0] else 0.0

    def solve(self, c: Any, *, least_squares: bool = False) -> Solved:
        """As of every equation; more equations than unknowns may have exactly one solution."""
        if self.is_square:
            return super().solve(c, least_squares=least_squares)
        c = as_matrix(c, self.right_name)
        require_shape(c, self.right_shape, self.right_name, "the coefficients say")
        found = self._least_squares(c)
        if least_squares or (found.unique and found.consistent):
            return found
        raise self._singular(c)

    def _least_squares(self, c: Array) -> Solved:
        if max(self.shape[0], self.right_shape[0]) > DENSE and self.is_square:
            return super()._least_squares(c)
        u, s, vt, rank = self._singular_values
        x = vt[:rank].T @ ((u[:, :rank].T @ c) / s[:rank, None])
        return Solved(x, rank == self.shape[0], self._is_consistent(x, c))

    def _solve(self, c: Array) -> Array:
        return self._solved(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._solved(c, adjoint=True)

    def _solved(self, c: Array, *, adjoint: bool) -> Array:
        if not self.is_square:
            raise ShapeError(
                phrase(
                    "{right_shape} equations for {shape} unknowns have no inverse",
                    right_shape=self.right_shape[0],
                    shape=self.shape[0],
                )
            )
        if self.is_dense:
            return self._factors.solve(c, transposed=adjoint)
        return self._iterated(c, adjoint=adjoint)

    # ---- large ones -----------------------------------------------------------------------------------

    @cached_property
    def _preconditioner(self) -> tuple[list[tuple[int, int, LinearSystem]] | None, str]:
        """Each unknown by its one or two largest terms in an equation of its own."""
        count = len(self.shapes)
        none = None, "without a preconditioner"
        if len(self.right_shapes) != count:
            return none
        sizes = np.zeros((count, count))
        for t in self.terms:
            is_plain = self.entries[t.unknown] is None and not t.turned
            if self.right_shapes[t.equation] == self.shapes[t.unknown] and is_plain:
                sizes[t.equation, t.unknown] += np.linalg.norm(t.left) * np.linalg.norm(t.right)
        rows, columns = linear_sum_assignment(np.log(sizes + 1e-300), maximize=True)
        found: list[tuple[int, int, LinearSystem]] = []
        for equation, unknown in zip(rows, columns, strict=True):
            system = self._largest_terms(int(equation), int(unknown))
            if system is None:
                return none
            found.append((int(equation), int(unknown), system))
        return found, "preconditioned by the largest terms of each unknown in an equation of its own"

    def _largest_terms(self, equation: int, unknown: int) -> LinearSystem | None:
        if self.entries[unknown] is not None:
            return None
        here = [t for t in self.terms if (t.equation, t.unknown, t.turned) == (equation, unknown, False)]
        here = [t for t in here if len(set(t.left.shape)) == len(set(t.right.shape)) == 1]
        here.sort(key=lambda t: -float(np.linalg.norm(t.left) * np.linalg.norm(t.right)))
        for some in (here[:2], here[:1]):
            if not some:
                return None
            one, *more = some
            try:
                system = (
                    TwoTerms(one.left, one.right, more[0].left, more[0].right)
                    if more
                    else TwoSided(one.left, one.right)
                )
                if not system.is_singular:
                    return system
            except MatgradError:
                continue
        return None

    def _near(self, v: Array, *, adjoint: bool) -> Array:
        """The preconditioner, or its adjoint, at a column."""
        found = np.empty_like(v, dtype=self.dtype)
        for equation, unknown, system in self._preconditioner[0] or ():
            given, place = self.right_places[equation], self.places[unknown]
            given, place = (place, given) if adjoint else (given, place)
            block = v[given].reshape(self.shapes[unknown], order="F").copy(order="F")
            solved = system._solve_adjoint(block) if adjoint else system._solve(block)
            found[place] = solved.ravel(order="F")
        return found

    def _iterated(self, c: Array, *, adjoint: bool) -> Array:
        apply = self.apply_adjoint if adjoint else self.apply
        size = len(c)

        def operator(function: Any) -> LinearOperator:
            return LinearOperator((size, size), matvec=function, dtype=self.dtype)

        whole = operator(lambda v: apply(v.reshape(-1, 1)).ravel())
        near = operator(lambda v: self._near(v.ravel(), adjoint=adjoint)) if self._preconditioner[0] else None
        self.steps = 0

        def count(_: float) -> None:
            self.steps += 1

        x = np.zeros_like(c)
        left = c
        for tolerance in (1e-13, 1e-6, 1e-6):
            more, _ = gmres(
                whole, left.ravel(), rtol=tolerance, atol=0.0, restart=60, maxiter=20, M=near,
                callback=count, callback_type="pr_norm",
            )  # fmt: skip
            x = x + more[:, None]
            left = c - apply(x)
            if np.linalg.norm(left) <= 1e-13 * (self.norm * np.linalg.norm(x) + np.linalg.norm(c)):
                return x
        left_over = float(np.linalg.norm(left) / np.linalg.norm(c))
        if not left_over <= 1e-10:
            raise DomainError(
                phrase(
                    "GMRES for {text} did not come near: after {steps} steps the residual is "
                    "{left_over} of the right side",
                    text=self.text,
                    steps=self.steps,
                    left_over=f"{left_over:.1e}",
                )
            )
        return x

    def why_singular(self) -> str | Phrase:
        """The numbers of equations and unknowns, or the rank."""
        unknowns, equations = self.shape[0], self.right_shape[0]
        if max(unknowns, equations) > DENSE and self.is_square:
            return phrase("its matrix on vec of the unknowns has not full rank")
        rank = self._singular_values[3]
        if rank == min(unknowns, equations) and not self.is_square:
            return phrase(
                "{equations} scalar equations for {unknowns} scalar unknowns",
                equations=equations,
                unknowns=unknowns,
            )
        return phrase(
            "its matrix on vec of the unknowns ({equations}×{unknowns}) has rank {rank}",
            equations=equations,
            unknowns=unknowns,
            rank=rank,
        )


def _places(shapes: Sequence[Size]) -> list[slice]:
    ends = accumulate((m * n for m, n in shapes), initial=0)
    return [slice(first, last) for first, last in pairwise(ends)]


def _apart(x: Array, places: Sequence[slice], shapes: Sequence[Size]) -> list[Array]:
    return [x[place, 0].reshape(shape, order="F") for place, shape in zip(places, shapes, strict=True)]
