"""Linear equations whose map is applied and not factorised: small ones by their matrix, others by GMRES."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from matgrad.core.errors import DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import gibibytes
from matgrad.solvers.dense import DenseFactors, factorised
from matgrad.solvers.system import LinearSystem

Array = Any

DENSE = 1600
"""Up to so many unknowns the matrix on vec(X) is formed."""

LAST_RESORT = 4900
"""Up to so many unknowns it is formed where the iteration does not come near."""

_CYCLE = 80
"""The steps of GMRES between restarts; more of them cost as much as the matrix that is the last resort."""
_CYCLES = 12


class Iterated(LinearSystem):
    """L(X) = C with as many equations as unknowns, for an L that is applied.

    Small ones by LU of the matrix on vec(X); others by GMRES, preconditioned by an equation that is near and
    can be solved, and where that does not come near by the matrix as long as it fits.
    """

    steps = 0
    """How many steps the last iteration took."""

    @cached_property
    @abstractmethod
    def _preconditioner(self) -> tuple[LinearSystem | None, str]:
        """An equation of the same shape that is near and can be solved, and how it is called."""

    @cached_property
    def is_dense(self) -> bool:
        """Whether it is small enough for its matrix."""
        return int(np.prod(self.shape)) <= DENSE

    @cached_property
    def method(self) -> str:
        """How it is solved."""
        if self.is_dense:
            return "LU factorisation of the matrix on vec(X)"
        how = self._preconditioner[1]
        return f"GMRES on the structured operator, {how}"

    @cached_property
    def _factors(self) -> DenseFactors:
        return factorised(self.to_dense())

    def nearness(self) -> float:
        """What the factors of the matrix say; of large equations nothing."""
        return self._factors.reciprocal_condition if self.is_dense else 1.0

    def _solve(self, c: Array) -> Array:
        return self._solved(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._solved(c, adjoint=True)

    def _solved(self, c: Array, *, adjoint: bool) -> Array:
        shape = self.right_shape if adjoint else self.shape
        if self.is_dense:
            x = self._factors.solve(c.ravel(order="F"), transposed=adjoint)
            return x.reshape(shape, order="F")
        try:
            return self._iterated(c, shape, adjoint)
        except DomainError:
            if c.size > LAST_RESORT:
                raise
        self.is_dense = True
        self.__dict__.pop("method", None)
        return self._solved(c, adjoint=adjoint)

    def _iterated(self, c: Array, shape: tuple[int, int], adjoint: bool) -> Array:
        """GMRES cycle by cycle, as long as each leaves less than half of what was left.

        Raises
        ------
        DomainError
            Where it does not come near.
        """
        apply = self.apply_adjoint if adjoint else self.apply
        near = self._preconditioner[0]

        def operator(function: Any, before: tuple[int, int]) -> LinearOperator:
            return LinearOperator(
                (c.size, c.size), matvec=lambda v: function(v.reshape(before)).ravel(), dtype=self.dtype
            )

        inverse = None
        if near is not None and c.shape == shape:
            inverse = operator(near._solve_adjoint if adjoint else near._solve, shape)
        self.steps = 0

        def count(_: float) -> None:
            self.steps += 1

        x, left, size = np.zeros(shape, c.dtype), c, float(np.linalg.norm(c))
        cycles = _CYCLES if c.size > LAST_RESORT else 2
        eps = float(np.finfo(self.dtype).eps)
        for _ in range(cycles):
            more, _ = gmres(
                operator(apply, shape), left.ravel(), rtol=1e-13 if left is c else 1e-10, atol=0.0,
                restart=_CYCLE, maxiter=1, M=inverse, callback=count, callback_type="pr_norm",
            )  # fmt: skip
            better = x + more.reshape(shape)
            over = c - apply(better)
            before, after = np.linalg.norm(left), np.linalg.norm(over)
            if after < before:
                x, left = better, over
            if np.linalg.norm(left) <= 8 * eps * (self.norm * np.linalg.norm(x) + size) / sum(shape) ** 0.5:
                return x
            if not after < before / 2:
                break
        if np.linalg.norm(left) <= 1e-11 * size:
            return x
        raise DomainError(
            phrase(
                "GMRES for {text} did not come near: after {steps} steps the residual is "
                "{left_over} of the right side; the matrix on vec(X) would take {size} GiB",
                text=self.text,
                steps=self.steps,
                left_over=f"{np.linalg.norm(left) / size:.1e}",
                size=gibibytes(c.size, c.size),
            )
        )

    @cached_property
    def reciprocal_condition(self) -> float:
        """Of large ones that of inverse iteration too, each step an iteration of its own."""
        return self._estimated_condition()

    def why_singular(self) -> str | Phrase:
        """No pair of eigenvalues tells it of such equations."""
        return phrase("its matrix on vec(X) has not full rank")
