"""The function to minimise, as methods of SciPy ask for it: in flat coordinates, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matgrad.core.errors import DomainError
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.optimization.places import Place
from matgrad.optimization.progress import Progress
from matgrad.optimization.scipy_run import UnboundedError

UNBOUNDED = -1e100
"""A value below which a function is taken to have no lower bound."""


@dataclass
class Evaluated:
    """What is known at one point."""

    z: Any
    arrays: dict[str, Any]
    gradients: list[Any]
    parts: dict[str, Any]


@dataclass
class Objective:
    """The function to minimise in flat coordinates, with what a method may ask of it.

    A point outside the domain has the value ∞, so that a line search comes back from it.
    """

    places: list[Place]
    data: dict[str, Any]
    first: Callable[..., Any]
    """The value, the gradients, and the parts of products that depend on the point alone."""
    product: Callable[..., Any] | None
    make_product: Callable[[], Callable[..., Any]]
    """Makes the Hessian-vector product, for a method that asks for none."""
    changes: list[str]
    parts: list[str]
    progress: Progress
    last: Evaluated | None = None

    def arrays(self, z: Any) -> dict[str, Any]:
        """The arrays of the variables at a point."""
        return {p.variable.label: p.coordinates.point(z[p.part]) for p in self.places}

    def strict(self, z: Any) -> tuple[float, Any]:
        """Value and gradient; raises outside the domain."""
        # What is not finite is seen below; NumPy need not warn of it.
        with np.errstate(all="ignore"):
            arrays = self.arrays(z)
            value, *rest = self.first(**self.data, **arrays)
        if value < UNBOUNDED:
            raise UnboundedError(z)
        if not np.isfinite(value):
            raise DomainError(phrase("the function is not finite there"))
        gradients = rest[: len(self.places)]
        parts = dict(zip(self.parts, rest[len(self.places) :], strict=True))
        self.last = Evaluated(z.copy(), arrays, gradients, parts)
        flat = [p.coordinates.pull(z[p.part], g) for p, g in zip(self.places, gradients, strict=True)]
        return float(value), np.concatenate(flat)

    def __call__(self, z: Any) -> tuple[float, Any]:
        """Value and gradient."""
        try:
            value, gradient = self.strict(z)
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            return np.inf, np.zeros_like(z)
        if not np.isfinite(gradient).all():  # at a kink; SciPy would stop with an error of its own
            gradient = np.where(np.isfinite(gradient), gradient, 0.0)
        self.progress.evaluated(value, gradient)
        return value, gradient

    def value(self, z: Any) -> float:
        """The value alone."""
        return self(z)[0]

    def hessian_product(self, z: Any, v: Any) -> Any:
        """The Hessian at a point times a vector; the vector itself where there is no Hessian."""
        v = np.asarray(v, dtype=z.dtype).ravel()
        try:
            with np.errstate(all="ignore"):
                bent = self._bent(z, v)
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            return v
        return bent if np.isfinite(bent).all() else v

    def exact_product(self, z: Any, v: Any) -> Any:
        """The Hessian at a point times a vector; raises where there is none."""
        if self.product is None:
            self.product = self.make_product()
        with np.errstate(all="ignore"):
            return self._bent(z, v)

    def _bent(self, z: Any, v: Any) -> Any:
        at = self.last
        if at is None or not np.array_equal(at.z, z):
            self.strict(z)
            at = self.last
        assert at is not None
        assert self.product is not None
        changes = {
            name: p.coordinates.direction(z[p.part], v[p.part])
            for p, name in zip(self.places, self.changes, strict=True)
        }
        bent = self.product(**self.data, **at.arrays, **at.parts, **changes)
        flat = [
            p.coordinates.pull(z[p.part], h) + p.coordinates.bend(z[p.part], v[p.part], g)
            for p, h, g in zip(self.places, bent, at.gradients, strict=True)
        ]
        self.progress.multiplied()
        return np.concatenate(flat)

    def hessian(self, z: Any) -> Any:
        """The whole Hessian, column by column."""
        return np.column_stack([self.hessian_product(z, column) for column in np.eye(len(z))])
