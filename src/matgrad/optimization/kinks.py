"""Points where a function has no gradient: the way down from there, or that there is none.

The gradients at points nearby span the subdifferential, as far as they show it; its shortest element
is zero at a stationary point, and its negative leads down elsewhere (Burke, Lewis & Overton, 2005,
A robust gradient sampling algorithm for nonsmooth, nonconvex optimization).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matgrad.core.errors import DomainError

_NEAR = 1e-7
_MOST = 200
_SMALL = 1e-3


def shortest_subgradient(
    value_and_gradient: Callable[[Any], tuple[float, Any]], z: Any
) -> tuple[Any, float] | None:
    """The shortest convex combination of gradients near a point, and the longest of those gradients.

    ``None`` where there are none.
    """
    from scipy.optimize import nnls

    gradients = gradients_near(value_and_gradient, z)
    if not gradients:
        return None
    columns = np.array(gradients).T
    longest = float(np.linalg.norm(columns, axis=0).max())
    if longest == 0:
        return columns[:, 0], 0.0
    scaled = np.vstack([columns / longest, np.full(len(gradients), 1e3)])
    weights, _ = nnls(scaled, np.append(np.zeros(len(z)), 1e3))
    return columns @ (weights / weights.sum()), longest


def gradients_near(value_and_gradient: Callable[[Any], tuple[float, Any]], z: Any) -> list[Any]:
    """The gradients at points around one."""
    rng = np.random.default_rng(len(z))
    radius = _NEAR * (1 + np.abs(z).max(initial=0))
    count = min(4 * len(z) + 8, _MOST)
    gradients = []
    for step in rng.normal(size=(count, len(z))):
        try:
            _, gradient = value_and_gradient(z + radius * step / np.linalg.norm(step))
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            continue
        if np.isfinite(gradient).all():
            gradients.append(gradient)
    return gradients


def is_stationary(value_and_gradient: Callable[[Any], tuple[float, Any]], z: Any) -> bool:
    """Whether zero is a combination of the gradients near a point, which are not small themselves."""
    found = shortest_subgradient(value_and_gradient, z)
    return found is not None and bool(np.linalg.norm(found[0]) <= _SMALL * found[1])


def way_down(
    value: Callable[[Any], float],
    value_and_gradient: Callable[[Any], tuple[float, Any]],
    z: Any,
    within: Callable[[Any], Any | None] = lambda there: there,
) -> Any | None:
    """A point below one without a gradient, or with the gradient zero; ``None`` where none is found.

    ``within`` brings a point into the region in which to search, or is ``None`` where it cannot.
    """
    found = shortest_subgradient(value_and_gradient, z)
    if found is None:
        return None
    here = value(z)
    rng = np.random.default_rng(len(z))
    # Both ways, for one may be barred by a bound or a constraint; the axes last, along which saddles may lie.
    lines = [*rng.normal(size=(min(len(z) + 1, _MOST // 4), len(z))), *np.eye(len(z))[: _MOST // 4]]
    directions = [-found[0], *(sign * line for line in lines for sign in (1.0, -1.0))]
    size = 1 + np.abs(z).max(initial=0)
    for direction in directions:
        length = np.linalg.norm(direction)
        if length == 0 or length <= 1e-12 * found[1]:
            continue
        for step in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
            there = within(z + step * size * direction / length)
            if there is None:
                continue
            try:
                level, gradient = value_and_gradient(there)
            except (DomainError, np.linalg.LinAlgError, FloatingPointError):
                continue
            if level < here - 1e-13 * abs(here) and np.isfinite(gradient).all():
                return there
    return None
