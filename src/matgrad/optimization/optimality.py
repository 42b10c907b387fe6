"""Whether a point is a minimum: multipliers, and the curvature that bounds and constraints leave free.

At a minimum the gradient is a combination of the gradients of what binds there, with nonnegative
multipliers for inequalities, and the Hessian of the Lagrangian is positive semidefinite along the
directions in which nothing binds (Nocedal & Wright, 2006, Numerical Optimization, sections 12.3–12.5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from matgrad.core.errors import DomainError, MatgradError
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.optimization.constraints import Constraint
from matgrad.optimization.kinks import gradients_near
from matgrad.optimization.objective import Objective
from matgrad.optimization.scipy_run import UnboundedError

LARGEST = 200
"""Up to how many coordinates the Hessian is formed."""
_LOOSE = 1e-2
"""Up to how much of the gradient multipliers may leave over; methods stop at a fraction of it."""
_NEGATIVE = 1e-5
_FLAT = 1e-2
"""Up to what curvature, relative to the largest, a line may hide an inflection or a flat maximum."""
_SETTLED = 0.1
"""To what part of it Newton's step brings a gradient down at a minimum that is not degenerate."""
_AWAY = 1e-5
"""From what length on, relative to the point, Newton's step from it is worth another run."""
_CURVED = 1e-8
_LOWER = 1e-7
_FALL = 1e-3
"""By how much, relative to its value, a function falls where that is more than a flat valley."""
_DOUBLINGS = 20
_STEPS = (1e-1, 1e-2, 1e-3, 1e-4)
_OUTSIDE = (DomainError, np.linalg.LinAlgError, FloatingPointError)


@dataclass
class Optimality:
    """What is known of a point.

    Attributes
    ----------
    stationary : bool
        Whether there are multipliers.
    curvature : float, optional
        The smallest curvature along what is left free; ``None`` where it is not known.
    below : ndarray, optional
        A point that is lower and misses nothing more, found along a direction of negative curvature or
        one in which second derivatives say little, or by Newton's step.
    still_falls : bool
        Whether that point is lower by more than a flat valley falls.
    is_sharper : bool
        Whether that point only says more exactly where the same minimum is.
    """

    stationary: bool = True
    curvature: float | None = None
    is_negative: bool = False
    below: Any = None
    still_falls: bool = False
    is_sharper: bool = False

    @property
    def reservation(self) -> str | None:
        """Why the point is no minimum, or cannot be told to be one."""
        if not self.stationary:
            return (
                "Stopped where there are no multipliers: the function still falls within bounds and "
                "constraints, or their gradients depend on each other there"
            )
        if self.is_negative:
            return (
                "Stopped at a saddle or a maximum: a direction that bounds and constraints leave free has "
                f"the curvature {self.curvature:.3g}"
            )
        if self.still_falls:
            return "Stopped where the gradient is small, but there are points nearby that are much lower"
        return None


def examine(
    objective: Objective,
    z: Any,
    limits: Any,
    constraints: Sequence[Constraint],
    within: Callable[[Any], Any | None],
    *,
    sharpen: bool = False,
) -> Optimality | None:
    """Look at a point at which a method stopped; ``None`` where that cannot be told.

    With ``sharpen``, Newton's step from the point counts as lower where it is long and leads to a minimum.
    """
    if not 0 < len(z) <= LARGEST or not np.isfinite(z).all():
        return None
    try:
        value, gradient = objective.strict(z)
    except (*_OUTSIDE, UnboundedError):
        return None
    if not np.isfinite(gradient).all():
        return None
    rows, is_equality, owners = _binding(z, limits, constraints)
    multipliers, rest = _multipliers(gradient[None, :], rows, is_equality)
    if rest > _LOOSE * (1 + np.linalg.norm(gradient)):
        near = gradients_near(objective.strict, z)
        if not near:
            return None
        longest = max(float(np.linalg.norm(g)) for g in near)
        _, rest = _multipliers(np.array(near), rows, is_equality)
        return Optimality(stationary=bool(rest <= _LOOSE * (1 + longest)))
    strict = is_equality | (np.abs(multipliers) > 1e-6 * (1 + np.linalg.norm(gradient)))
    try:
        curved = _hessian(objective, z, constraints, multipliers, owners)
    except (*_OUTSIDE, MatgradError):
        return Optimality()
    found = Optimality()
    slope, sharper = gradient - multipliers @ rows, None
    for binding in dict.fromkeys((len(rows), int(strict.sum()))):
        free = _free(rows if binding == len(rows) else rows[strict], len(z))
        if not free.shape[1]:
            found.curvature = np.inf if found.curvature is None else found.curvature
            continue
        curvatures, directions = np.linalg.eigh(free.T @ curved @ free)
        size = 1 + np.abs(curved).max(initial=0)
        if binding == len(rows):
            found.curvature = float(curvatures[0])
            found.is_negative = bool(curvatures[0] < -_NEGATIVE * size)
        axes = free @ directions
        newton = _newton(objective, z, slope, axes, curvatures, size)
        lines = axes[:, (curvatures < _FLAT * size) | newton.unsettled].T
        found.below, found.still_falls = _lower(objective, value, z, lines, within)
        if found.below is not None:
            return found
        if binding == len(rows):
            sharper = newton.reached
    if sharpen and sharper is not None:
        inside = within(sharper)
        if inside is not None and np.array_equal(inside, sharper):
            found.below, found.is_sharper = sharper, True
    return found


@dataclass
class _Newton:
    """What Newton's step from a point tells of it.

    Attributes
    ----------
    unsettled : ndarray
        Along which axes the gradient does not go away as second derivatives foretell.
    reached : ndarray, optional
        Where the step leads, if it is long and takes the gradient away.
    """

    unsettled: Any
    reached: Any = None


def _newton(objective: Objective, z: Any, slope: Any, axes: Any, curvatures: Any, size: float) -> _Newton:
    """Newton's step along axes, in which the second derivative is diagonal.

    Near a minimum that is not degenerate, it takes nearly all of the gradient away. Near an inflection
    or a flat minimum it leaves a part, 1/4 for x³ and 8/27 for x⁴, however small the gradient is.
    """
    rates = axes.T @ slope
    bent = curvatures > _CURVED * size
    step = axes @ np.where(bent, -rates / np.where(bent, curvatures, 1.0), 0.0)
    try:
        lower, there = objective.strict(z + step)
        value, here = objective.strict(z)
    except (*_OUTSIDE, UnboundedError):
        return _Newton(bent)
    left = np.abs(axes.T @ (slope + there - here))
    # What is left of a gradient that is all rounding says nothing.
    unsettled = bent & ~(left <= np.maximum(_SETTLED * np.abs(rates), 1e-9 * size))
    is_long = np.abs(step).max(initial=0) > _AWAY * (1 + np.abs(z).max(initial=0))
    is_sharper = is_long and lower <= value and bent.all() and not unsettled.any()
    return _Newton(unsettled, z + step if is_sharper else None)


def _binding(
    z: Any, limits: Any, constraints: Sequence[Constraint]
) -> tuple[Any, Any, list[tuple[int, int] | None]]:
    """The gradients of what binds at a point as rows, which of it are equalities, and whose they are."""
    near = 1e-3 * (1 + np.abs(z).max(initial=0))
    rows: list[Any] = []
    is_equality: list[bool] = []
    owners: list[tuple[int, int] | None] = []
    for place, constraint in enumerate(constraints):
        values, slopes = constraint(z), constraint.jacobian(z)
        for entry, (value, slope) in enumerate(zip(values, slopes, strict=True)):
            if constraint.condition.is_equality or value <= near:
                rows.append(slope)
                is_equality.append(constraint.condition.is_equality)
                owners.append((place, entry))
    if limits is not None:
        for k, unit in enumerate(np.eye(len(z))):
            low, high = z[k] - limits.lb[k] <= near, limits.ub[k] - z[k] <= near
            for binds, row in ((low, unit), (high, -unit)):
                if binds:
                    rows.append(row)
                    is_equality.append(False)
                    owners.append(None)
    return np.reshape(rows, (-1, len(z))), np.array(is_equality, dtype=bool), owners


def _multipliers(gradients: Any, rows: Any, is_equality: Any) -> tuple[Any, float]:
    """The multipliers that leave least of a convex combination of gradients, and what they leave."""
    from scipy.optimize import nnls

    longest = float(np.linalg.norm(gradients, axis=1).max())
    if longest == 0:
        return np.zeros(len(rows)), 0.0
    count, weight = len(gradients), 1e3
    columns = np.vstack([gradients / longest, -rows, rows[is_equality]]).T
    sums = np.concatenate([np.full(count, weight), np.zeros(columns.shape[1] - count)])
    # A row that says that the weights of the gradients add up to one.
    found, _ = nnls(np.vstack([columns, sums]), np.append(np.zeros(columns.shape[0]), weight))
    rest = columns @ found
    total = found[:count].sum()
    multipliers = found[count : count + len(rows)].copy()
    multipliers[is_equality] -= found[count + len(rows) :]
    return multipliers * longest / total, float(np.linalg.norm(rest)) * longest / total


def _free(rows: Any, n: int) -> Any:
    """An orthonormal basis of the directions in which rows do not change, as columns."""
    if not len(rows):
        return np.eye(n)
    _, values, turned = np.linalg.svd(rows)
    rank = int((values > 1e-6 * values.max(initial=0)).sum())
    return turned[rank:].T


def _hessian(
    objective: Objective, z: Any, constraints: Sequence[Constraint], multipliers: Any, owners: list[Any]
) -> Any:
    """The Hessian of the Lagrangian, by exact second derivatives."""
    bent = np.column_stack([objective.exact_product(z, unit) for unit in np.eye(len(z))])
    for place, constraint in enumerate(constraints):
        weights = np.zeros(constraint.shape[0] * constraint.shape[1])
        for owner, multiplier in zip(owners, multipliers, strict=True):
            if owner is not None and owner[0] == place:
                weights[owner[1]] = multiplier
        if weights.any() and not constraint.linear:
            bent = bent - constraint.hessian(z, weights) @ np.eye(len(z))
    if not np.isfinite(bent).all():
        raise DomainError(phrase("the second derivative is not finite there"))
    return (bent + bent.T) / 2


def _lower(
    objective: Objective, here: float, z: Any, lines: Any, within: Callable[[Any], Any | None]
) -> tuple[Any | None, bool]:
    """A point lower than another along some lines, both ways, and whether it is lower by much."""
    size = 1 + np.abs(z).max(initial=0)

    def fall(move: Any) -> tuple[Any, float]:
        there = within(z + move)
        if there is None:
            return None, -np.inf
        try:
            return there, here - objective.strict(there)[0]
        except UnboundedError:
            return there, np.inf
        except _OUTSIDE:
            return None, -np.inf

    for line in lines:
        for step in _STEPS:
            for sign in (1.0, -1.0):
                move = sign * step * size * line
                first, fallen = fall(move)
                if not fallen > _LOWER * (1 + abs(here)):
                    continue
                # Farther on, as long as it falls: a flat valley does not fall by much.
                there, deepest = first, fallen
                for _ in range(_DOUBLINGS):
                    if deepest > _FALL * (1 + abs(here)):
                        return there, True
                    move = 2 * move
                    there, deeper = fall(move)
                    if not deeper > deepest:
                        break
                    deepest = deeper
                return first, False
    return None, False
