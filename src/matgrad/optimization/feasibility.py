"""Points that meet bounds and constraints: the way back to them, and whether there are any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from matgrad.optimization.constraints import Constraint
from matgrad.optimization.methods import Method

_ROUNDS = 20
_RANK = 1e-9


def region(limits: Any, constraints: Sequence[Constraint], start: Any) -> Callable[[Any], Any | None]:
    """What brings a point within bounds and constraints, or refuses it where that fails.

    A point may miss a constraint by as much as the start does. It is brought back by steps of
    Gauss and Newton, the shortest that meet what is missed to first order.
    """
    tiny = 1e-9 * (1 + np.abs(start).max(initial=0))
    most = [constraint.missed_by(start) + tiny for constraint in constraints]

    def within(z: Any) -> Any | None:
        inside = z if limits is None else np.clip(z, limits.lb, limits.ub)
        for _ in range(_ROUNDS):
            if all(c.missed_by(inside) <= near for c, near in zip(constraints, most, strict=True)):
                return inside
            missed, rows = _missed(constraints, inside)
            step, *_ = np.linalg.lstsq(rows, missed, rcond=None)
            inside = inside - step
            if not np.isfinite(inside).all():
                return None
            if limits is not None:
                inside = np.clip(inside, limits.lb, limits.ub)
        return None

    return within


def _missed(constraints: Sequence[Constraint], z: Any) -> tuple[Any, Any]:
    """By how much entries of constraints are missed, and their gradients as rows."""
    values, rows = [], []
    for constraint in constraints:
        found = constraint(z)
        found = found if constraint.condition.is_equality else np.minimum(found, 0)
        values.append(found[found != 0])
        rows.append(constraint.jacobian(z)[found != 0])
    return np.concatenate(values), np.vstack(rows)


def handed_over(constraints: Sequence[Constraint], start: Any, method: Method) -> list[Any]:
    """The constraints as a method of SciPy takes them; equations that follow from others may be left out."""
    from scipy.optimize import LinearConstraint

    linear = [c for c in constraints if c.linear and c.condition.is_equality]
    if not method.needs_independent or not linear:
        return [c.for_scipy(start, method.bends_constraints) for c in constraints]
    matrix = np.vstack([c.jacobian(start) for c in linear])
    right = matrix @ start - np.concatenate([c(start) for c in linear])
    kept = _independent(matrix)
    if _is_solvable(matrix, right):
        matrix, right = matrix[kept], right[kept]
    others = [c.for_scipy(start, False) for c in constraints if c not in linear]
    return [LinearConstraint(matrix, right, right), *others]


def _independent(matrix: Any) -> Any:
    """The places of rows that are independent and span the others."""
    from scipy.linalg import qr

    _, triangle, order = qr(matrix.T, mode="economic", pivoting=True)
    sizes = np.abs(np.diagonal(triangle))
    return np.sort(order[: int((sizes > _RANK * sizes.max(initial=0)).sum())])


def _is_solvable(matrix: Any, right: Any) -> bool:
    solution, *_ = np.linalg.lstsq(matrix, right, rcond=None)
    return bool(np.abs(matrix @ solution - right).max(initial=0) <= 1e-8 * (1 + np.abs(right).max(initial=0)))


def why_none(constraints: Sequence[Constraint], limits: Any, z: Any) -> str | None:
    """Why no point meets the constraints, or a method could not tell; ``None`` where that is not seen."""
    linear = [c for c in constraints if c.linear]
    if linear and not _is_feasible(linear, limits, z):
        beside = " within the bounds" if limits is not None else ""
        return f"No point meets {_listed(linear)}{beside}."
    equalities = [c for c in constraints if c.condition.is_equality]
    if equalities:
        matrix = np.vstack([c.jacobian(z) for c in equalities])
        if len(_independent(matrix)) < len(matrix):
            return (
                f"The equality constraints {_listed(equalities)} depend on each other at the point that was "
                "reached: one follows from others, or they contradict each other."
            )
    return None


def _is_feasible(linear: Sequence[Constraint], limits: Any, z: Any) -> bool:
    from scipy.optimize import linprog

    both = {True: ([np.zeros((0, len(z)))], [np.zeros(0)]), False: ([np.zeros((0, len(z)))], [np.zeros(0)])}
    for constraint in linear:
        matrix = constraint.jacobian(z)
        rows, right = both[constraint.condition.is_equality]
        rows.append(matrix)
        right.append(matrix @ z - constraint(z))
    bounds = [(None, None)] * len(z) if limits is None else list(zip(limits.lb, limits.ub, strict=True))
    (equal, equal_right), (above, above_right) = both[True], both[False]
    found = linprog(
        np.zeros(len(z)), -np.vstack(above), -np.concatenate(above_right),
        np.vstack(equal), np.concatenate(equal_right), bounds,
    )  # fmt: skip
    return bool(found.status != 2)


def in_our_words(message: str, method: Method, constraints: Sequence[Constraint]) -> str:
    """A message of a method about constraints, with its meaning before it and the constraints named."""
    meaning = method.meanings.get(str(message).strip().rstrip("."))
    if meaning is None:
        return str(message)
    return f"With {_listed(constraints)}, {meaning} (SciPy: {message})."


def _listed(constraints: Sequence[Constraint]) -> str:
    """The constraints as they were written."""
    texts = list(dict.fromkeys(c.condition.text for c in constraints))
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
