"""A linear matrix equation with its coefficients factorised: solved for any right side, and its adjoint."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, lsmr

from matgrad.core.errors import DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, frobenius, require_shape

Array = Any


class SingularEquationError(DomainError):
    """A matrix equation that has no solution, or many.

    Attributes
    ----------
    solutions : str
        ``"none"``, ``"many"``, or ``"none or many"`` where rounding hides which.
    reciprocal_condition : float
        What was measured.
    """

    is_degenerate = True
    solutions: str = "none or many"
    reciprocal_condition: float = 0.0


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution, as it was found.

    Attributes
    ----------
    value : array
        X.
    unique : bool
        Whether it is the only one.
    consistent : bool
        Whether it solves the equation; if not, it is one of least squares.
    """

    value: Array
    unique: bool = True
    consistent: bool = True


class LinearSystem(ABC):
    """The equation L(X) = C for one linear map L and any C.

    Attributes
    ----------
    shape, right_shape : tuple of int
        The shapes of X and of C.
    dtype
        That of the coefficients.
    method : str
        How it is solved, in words.
    text : str
        The equation as it is written in messages.
    """

    shape: tuple[int, int]
    right_shape: tuple[int, int]
    dtype: Any
    method: str
    text: str
    right_name = "C"

    @abstractmethod
    def apply(self, x: Array) -> Array:
        """L(X)."""

    @abstractmethod
    def apply_adjoint(self, y: Array) -> Array:
        """The adjoint of L at Y."""

    @abstractmethod
    def _solve(self, c: Array) -> Array:
        """L⁻¹(C), whatever that is where L is singular; C may be overwritten."""

    @abstractmethod
    def _solve_adjoint(self, c: Array) -> Array:
        """L⁻*(C), likewise."""

    @cached_property
    @abstractmethod
    def norm(self) -> float:
        """An upper bound of the norm of L in the Frobenius norm."""

    @abstractmethod
    def why_singular(self) -> str | Phrase:
        """What makes it singular, or nearly so: the pair of eigenvalues, or another reason."""

    def nearness(self) -> float:
        """An upper bound of the reciprocal condition that costs next to nothing."""
        return 1.0

    # ---- how well it is conditioned -------------------------------------------------------------------

    @cached_property
    def reciprocal_condition(self) -> float:
        """The smallest singular value of L over the largest."""
        return self._estimated_condition()

    @property
    def reciprocal_condition_of_columns(self) -> float:
        """The same of an equation with more equations than unknowns, which may still determine X."""
        return self.reciprocal_condition

    def measure(self, largest: float) -> float:
        """What rounding is measured against: the largest singular value, or the terms where they cancel."""
        return largest if largest > 1e-8 * self.norm else self.norm

    @np.errstate(all="ignore")
    def _estimated_condition(self) -> float:
        """By power iterations on L and its inverse, which are seldom off by more than a few times."""
        largest = self.measure(self._largest())
        if not largest:
            return 0.0
        _, size, _ = self._inverse_iteration(self._start(), 3)
        return min(1.0, 1 / (size * largest)) if np.isfinite(size) and size else 0.0

    def _largest(self) -> float:
        """About the largest singular value of L."""
        x = self._start()
        size = 0.0
        for _ in range(4):
            grown = float(np.linalg.norm(x))
            if not grown:
                return size
            y = self.apply(x / grown)
            size = max(size, float(np.linalg.norm(y)))
            x = self.apply_adjoint(y)
        return size

    def _start(self) -> Array:
        return np.random.default_rng(20261127).standard_normal(self.shape).astype(self.dtype)

    def _inverse_iteration(self, x: Array, rounds: int) -> tuple[Array, float, Array]:
        """A singular vector of the smallest singular value, its reciprocal, and the one on the left."""
        size = 0.0
        x = x / np.linalg.norm(x)
        left = x
        for _ in range(rounds):
            left = self._solve_adjoint(np.array(x))
            grown = float(np.linalg.norm(left))
            if not np.isfinite(grown) or grown == 0:
                return x, np.inf, left
            left = left / grown
            x = self._solve(np.array(left))
            again = float(np.linalg.norm(x))
            if not np.isfinite(again) or again == 0:
                return x, np.inf, left
            x = x / again
            size = max(size, grown, again)
        return x, size, left

    @property
    def threshold(self) -> float:
        """Below this a reciprocal condition is zero but for rounding."""
        m, n = self.shape
        return 16 * float(np.finfo(self.dtype).eps) * float(np.sqrt(m + n))

    @property
    def cut(self) -> float:
        """Of a singular equation: singular values below this are zero, relative to the largest."""
        return 100 * self.threshold

    @property
    def is_singular(self) -> bool:
        """Whether it is singular to working precision."""
        return self.reciprocal_condition <= self.threshold

    # ---- solving --------------------------------------------------------------------------------------

    @np.errstate(all="ignore")
    def solve(self, c: Any, *, least_squares: bool = False) -> Solved:
        """The X with L(X) = C.

        Parameters
        ----------
        c : array
            The right side.
        least_squares : bool, default False
            Take, where there are none or many, the smallest X with the smallest ‖L(X) − C‖.

        Raises
        ------
        SingularEquationError
            Where there are none or many, unless least squares are asked for.
        """
        c = as_matrix(c, self.right_name)
        require_shape(c, self.right_shape, self.right_name, "the coefficients say")
        if c.dtype != self.dtype:
            c = c.astype(np.result_type(c.dtype, self.dtype), copy=False)
        if not c.size:
            return Solved(np.zeros(self.shape, c.dtype))
        x = self._checked(c, adjoint=False)
        if x is not None:
            return Solved(x)
        if least_squares:
            return self._least_squares(c)
        raise self._singular(c)

    @np.errstate(all="ignore")
    def solve_adjoint(self, g: Array) -> Array:
        """The Y whose image by the adjoint of L is G: what reverse mode asks for.

        Raises
        ------
        SingularEquationError
            Where the equation is singular.
        """
        y = self._checked(np.asarray(g), adjoint=True)
        if y is None:
            raise self._singular(None)
        return y

    def _checked(self, c: Array, *, adjoint: bool) -> Array | None:
        """The solution, or nothing where the equation is singular."""
        if "reciprocal_condition" in self.__dict__ and self.is_singular:
            return None
        x = self._solve_adjoint(np.array(c)) if adjoint else self._solve(np.array(c))
        size, given = frobenius(x), frobenius(c)
        grown = size * self.norm / given if given else 0.0
        suspicious = not math.isfinite(size) or grown > 1e9 or self.nearness() < 1e-9
        return None if suspicious and self.is_singular else x

    def residual(self, x: Array, c: Array) -> float:
        """‖L(X) − C‖ over ‖L‖‖X‖ + ‖C‖."""
        size = self.norm * float(np.linalg.norm(x)) + float(np.linalg.norm(c))
        return float(np.linalg.norm(self.apply(x) - c)) / size if size else 0.0

    def _singular(self, c: Array | None) -> SingularEquationError:
        condition = self.reciprocal_condition
        solutions = "none or many" if c is None else self._count(c)
        said = {
            "none": phrase("it has no solution for this right side"),
            "many": phrase("it has many solutions for this right side"),
        }.get(solutions, phrase("it has no solution or many"))
        error = SingularEquationError(
            phrase(
                "the equation {text} is singular: {why}; {said}",
                text=self.text,
                why=self.why_singular(),
                said=said,
            ),
            fix=phrase("least_squares=True takes the smallest of the solutions, or of those nearest to one"),
        )
        error.solutions, error.reciprocal_condition = solutions, condition
        return error

    def _count(self, c: Array) -> str:
        """Whether there are none or many, by what is left of least squares."""
        try:
            found = self._least_squares(c)
        except DomainError:
            return "none or many"
        return "many" if found.consistent else "none"

    def _is_consistent(self, x: Array, c: Array) -> bool:
        left = float(np.linalg.norm(self.apply(x) - c))
        size = self.norm * float(np.linalg.norm(x)) + float(np.linalg.norm(c))
        return left <= self.cut * size

    def _least_squares(self, c: Array) -> Solved:
        """The smallest X of those with the smallest ‖L(X) − C‖."""
        unknowns, equations = int(np.prod(self.shape)), int(np.prod(self.right_shape))
        x = self._by_dense(c) if max(unknowns, equations) <= 900 else self._by_null_spaces(c)
        return Solved(x, False, self._is_consistent(x, c))

    def _by_dense(self, c: Array) -> Array:
        system = self.to_dense()
        x = np.linalg.lstsq(system, c.ravel(order="F"), rcond=self.cut)[0]
        return x.reshape(self.shape, order="F")

    def to_dense(self) -> Array:
        """The matrix of L on vec(X); for small equations, and tests."""
        unknowns = int(np.prod(self.shape))
        columns = np.empty((int(np.prod(self.right_shape)), unknowns), self.dtype)
        for k in range(unknowns):
            unit = np.zeros(unknowns, self.dtype)
            unit[k] = 1
            columns[:, k] = self.apply(unit.reshape(self.shape, order="F")).ravel(order="F")
        return columns

    @np.errstate(all="ignore")
    def _by_null_spaces(self, c: Array) -> Array:
        """Solve with the disturbed factors, and take off what lies in the null spaces.

        The vectors of the null spaces come of inverse iteration, one after the other.
        """
        unknowns, equations = int(np.prod(self.shape)), int(np.prod(self.right_shape))
        most = sum(self.shape) + 8
        rights = np.zeros((unknowns, most), self.dtype)
        lefts = np.zeros((equations, most), self.dtype)
        start = np.random.default_rng(7)
        largest = self._largest()

        def off(x: Array, basis: Array, found: int) -> Array:
            flat, basis = x.ravel(), basis[:, :found]
            for _ in range(2):
                flat = flat - basis @ (basis.T @ flat)
            return flat.reshape(x.shape)

        for found in range(most + 1):
            x = off(start.standard_normal(self.shape).astype(self.dtype), rights, found)
            grown = size = float(np.linalg.norm(x))
            left = x
            for _ in range(3):
                left = off(self._solve_adjoint(x / size), lefts, found)
                grown = float(np.linalg.norm(left))
                x = off(self._solve(left / grown), rights, found)
                size = float(np.linalg.norm(x))
                if not (np.isfinite(grown) and np.isfinite(size) and grown and size):
                    return self._by_iteration(c)
            if 1 / (max(size, grown) * largest) > self.cut or found == most:
                break
            rights[:, found] = x.ravel() / size
            lefts[:, found] = left.ravel() / grown
        else:
            return self._by_iteration(c)
        if found == most:
            return self._by_iteration(c)
        x = np.zeros(self.shape, c.dtype)
        for _ in range(3):
            x = off(x + self._solve(off(c - self.apply(x), lefts, found)), rights, found)
        vectors = rights[:, :found].T.reshape(found, *self.shape)
        fine = all(np.linalg.norm(self.apply(v)) <= self.cut * largest for v in vectors)
        return x if fine and self._is_nearest(x, c) else self._by_iteration(c)

    def _is_nearest(self, x: Array, c: Array) -> bool:
        """Whether what is left over is orthogonal to all images."""
        left = self.apply_adjoint(self.apply(x) - c)
        size = self.norm * (self.norm * np.linalg.norm(x) + np.linalg.norm(c))
        return bool(np.linalg.norm(left) <= 1e-11 * size)

    def _by_iteration(self, c: Array) -> Array:
        """LSMR on L, whose limit is the smallest solution of least squares.

        Raises
        ------
        DomainError
            Where it does not come near.
        """
        m, n = self.shape
        p, q = self.right_shape
        operator = LinearOperator(
            (p * q, m * n),
            matvec=lambda v: self.apply(v.reshape((m, n), order="F")).ravel(order="F"),
            rmatvec=lambda v: self.apply_adjoint(v.reshape((p, q), order="F")).ravel(order="F"),
            dtype=self.dtype,
        )
        found = lsmr(operator, c.ravel(order="F"), atol=1e-13, btol=1e-13, conlim=0, maxiter=50 * (m + n))
        x: Array = found[0].reshape((m, n), order="F")
        if not self._is_nearest(x, c):
            raise DomainError(
                phrase(
                    "the iteration for the least squares of {text} did not end after {found} steps",
                    text=self.text,
                    found=found[2],
                )
            )
        return x
