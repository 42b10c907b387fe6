"""Conditions compiled for SciPy: values, Jacobians and Hessians in the coordinates of the variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, DomainError
from matgrad.core.expr import Symbol, names_in, symbols_of
from matgrad.core.labels import free_name
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.optimization.conditions import Condition
from matgrad.optimization.coordinates import Entries, Subspace
from matgrad.optimization.places import Place
from matgrad.results.linear_maps import changes_of, pullback_of, pushforward_of

FAR = 1e10
"""By how much a condition is missed at a point where it has no value."""


@dataclass
class Constraint:
    """One condition in flat coordinates.

    Its derivatives are those of ⟨M, G⟩ with a multiplier M for each entry of G: a row of the Jacobian
    is the gradient for one multiplier that is 1, and the Hessian that SciPy asks for is that of the sum.
    """

    condition: Condition
    places: Sequence[Place]
    data: dict[str, Any]
    value: Callable[..., Any]
    pulls: Callable[..., Any]
    bends: Callable[[], Callable[..., Any]]
    """Makes the second derivative, which not every method asks for."""
    multiplier: str
    changes: list[str]
    shape: tuple[int, int]
    linear: bool
    last: Any = None

    def _arrays(self, z: Any) -> dict[str, Any]:
        moved = {p.variable.label: p.coordinates.point(z[p.part]) for p in self.places}
        return {**self.data, **moved}

    def __call__(self, z: Any) -> Any:
        """The entries of G, column by column."""
        try:
            with np.errstate(all="ignore"):
                found = np.ravel(self.value(**self._arrays(z)), order="F")
            if np.isfinite(found).all():
                return found
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            pass
        return np.full(self.shape[0] * self.shape[1], FAR if self.condition.is_equality else -FAR)

    def _gradients(self, arrays: dict[str, Any], weights: Any) -> list[Any]:
        found = self.pulls(**arrays, **{self.multiplier: np.reshape(weights, self.shape, order="F")})
        return [np.reshape(g, p.start.shape) for p, g in zip(self.places, found, strict=True)]

    def jacobian(self, z: Any) -> Any:
        """The derivative of each entry of G by each coordinate."""
        if self.linear and self.last is not None:
            return self.last
        arrays = self._arrays(z)
        rows = []
        try:
            with np.errstate(all="ignore"):
                for unit in np.eye(self.shape[0] * self.shape[1]):
                    gradients = self._gradients(arrays, unit)
                    pulled = [
                        p.coordinates.pull(z[p.part], g) for p, g in zip(self.places, gradients, strict=True)
                    ]
                    rows.append(np.concatenate(pulled))
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            rows = []
        found = np.array(rows)
        if not rows or not np.isfinite(found).all():
            found = np.zeros((self.shape[0] * self.shape[1], len(z))) if self.last is None else self.last
        self.last = found
        return found

    def hessian(self, z: Any, weights: Any) -> Any:
        """The Hessian of the weighted sum of the entries of G, as an operator."""
        from scipy.sparse.linalg import LinearOperator

        arrays, bends = self._arrays(z), self.bends()
        gradients = self._gradients(arrays, weights)
        multiplier = {self.multiplier: np.reshape(weights, self.shape, order="F")}

        def product(v: Any) -> Any:
            v = np.ravel(v)
            changes = {
                name: p.coordinates.direction(z[p.part], v[p.part])
                for p, name in zip(self.places, self.changes, strict=True)
            }
            bent = bends(**arrays, **multiplier, **changes)
            return np.concatenate(
                [
                    p.coordinates.pull(z[p.part], np.reshape(h, p.start.shape))
                    + p.coordinates.bend(z[p.part], v[p.part], g)
                    for p, h, g in zip(self.places, bent, gradients, strict=True)
                ]
            )

        return LinearOperator((len(z), len(z)), matvec=product, rmatvec=product, dtype=z.dtype)

    def missed_by(self, z: Any) -> float:
        """How far the condition is from being met, 0 where it is."""
        found = self(z)
        missed = np.abs(found) if self.condition.is_equality else np.maximum(-found, 0)
        return float(missed.max(initial=0))

    def for_scipy(self, start: Any, second: bool) -> Any:
        """The constraint as SciPy takes it; with second derivatives where the method uses them."""
        from scipy.optimize import LinearConstraint, NonlinearConstraint

        high = 0.0 if self.condition.is_equality else np.inf
        if self.linear:
            matrix = self.jacobian(start)
            shift = self(start) - matrix @ start
            return LinearConstraint(matrix, -shift, -shift if self.condition.is_equality else np.inf)
        # SciPy's types do not know that the function of a Hessian also takes the multipliers.
        more: dict[str, Any] = {"hess": self.hessian} if second else {}
        return NonlinearConstraint(self, 0.0, high, jac=self.jacobian, **more)


def compiled_constraint(
    condition: Condition,
    places: Sequence[Place],
    data: dict[str, Any],
    built: Callable[[Any], Callable[..., Any]],
    shape: tuple[int, int],
    *,
    second: bool,
    verify: bool,
) -> Constraint:
    """Compile a condition with its derivatives.

    Parameters
    ----------
    condition : Condition
        What is to hold.
    places : sequence of Place
        The variables and their coordinates.
    data : dict of str to ndarray
        The other arrays.
    built : callable
        Compiles expressions to a function that takes more arrays than it needs.
    shape : tuple of int
        The shape of the expression.
    second : bool
        Whether second derivatives will be asked for.
    verify : bool
        Whether to compare derivatives with difference quotients.
    """
    g = condition.expr
    variables = [p.variable for p in places]
    taken = names_in([g, *variables])
    multiplier = Symbol.make(free_name("multiplier", taken), *g.shape)
    pulls = [pullback_of(g, x, multiplier, verify=verify) for x in variables]
    fixed = all(isinstance(p.coordinates, (Entries, Subspace)) for p in places)
    linear = fixed and not any(x.label in symbols_of(pull) for x in variables for pull in pulls)
    changes = changes_of(variables, {*taken, multiplier.label})

    @cache
    def bends() -> Callable[..., Any]:
        bent = [pushforward_of(pull, variables, changes, verify=verify) for pull in pulls]
        return built(bent)

    if second and not linear:
        bends()
    return Constraint(
        condition, places, data, built(g),
        built(pulls), bends, multiplier.label,
        [c.label for c in changes], shape, linear,
    )  # fmt: skip


def as_given(constraint: Any, places: Sequence[Place]) -> Any:
    """A constraint that is an object of SciPy: it acts on the entries, column by column.

    Raises
    ------
    ArgumentError
        Where the coordinates are not the entries of one variable.
    """
    if len(places) > 1 or not isinstance(places[0].coordinates, Entries):
        what = (
            phrase("there are several variables")
            if len(places) > 1
            else phrase(
                "{variable} moves by {meaning}",
                variable=places[0].variable.label,
                meaning=places[0].coordinates.meaning,
            )
        )
        raise ArgumentError(
            phrase("a constraint of SciPy acts on the entries of one variable, and here {what}", what=what),
            fix=phrase('a text such as "A x <= b"'),
        )
    return constraint
