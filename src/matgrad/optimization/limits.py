"""Bounds for the entries of variables, as SciPy takes them for all coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.optimization.coordinates import Entries
from matgrad.optimization.places import Place


def limits_of(places: Sequence[Place], bounds: Any, single: bool) -> Any:
    """The bounds of all coordinates; those declared nonnegative are so."""
    from scipy.optimize import Bounds

    if not single and bounds is not None and not isinstance(bounds, Mapping):
        raise ArgumentError(
            phrase("with several variables bounds are given by name"),
            fix="bounds={'x': scipy.optimize.Bounds(0, 1)}",
        )
    lows, highs = [], []
    for place in places:
        own = bounds if single else (bounds or {}).get(place.variable.label)
        low, high = _own_limits(place, own)
        lows.append(low)
        highs.append(high)
    low, high = np.concatenate(lows), np.concatenate(highs)
    return Bounds(low, high) if np.isfinite(low).any() or np.isfinite(high).any() else None


def _own_limits(place: Place, bounds: Any) -> tuple[Any, Any]:
    label, coordinates = place.variable.label, place.coordinates
    free = np.full(coordinates.length, np.inf)
    nonnegative = place.variable.facts & Fact.NONNEGATIVE and not place.variable.facts & Fact.POSITIVE
    if bounds is None:
        return (np.zeros_like(free) if nonnegative else -free), free
    if not isinstance(coordinates, Entries):
        raise ArgumentError(
            phrase(
                "{label} is not moved entry by entry, but by {meaning}: it takes no bounds",
                label=label,
                meaning=coordinates.meaning,
            )
        )
    if hasattr(bounds, "lb"):
        try:
            low, high = (
                np.broadcast_to(_numbers(label, side), place.shape) for side in (bounds.lb, bounds.ub)
            )
        except ValueError:
            raise ArgumentError(
                phrase("bounds for {label} have not its shape {shape}", label=label, shape=place.shape),
                fix=phrase("numbers, or arrays of that shape"),
            ) from None
        flat = [np.reshape(side, place.start.shape).ravel(order="F") for side in (low, high)]
    else:
        try:
            pairs = [(-np.inf if a is None else a, np.inf if b is None else b) for a, b in bounds]
        except (TypeError, ValueError):
            raise ArgumentError(
                phrase(
                    "bounds for {label} are pairs of numbers, not {bounds}", label=label, bounds=repr(bounds)
                ),
                fix=phrase(
                    "scipy.optimize.Bounds(low, high), or [(0, 1), (None, 2)] with a pair for each entry"
                ),
            ) from None
        if len(pairs) != coordinates.length:
            raise ArgumentError(
                phrase(
                    "{count} pairs of bounds for {label}, which has {length} entries",
                    count=len(pairs),
                    label=label,
                    length=coordinates.length,
                ),
                fix=phrase("scipy.optimize.Bounds(low, high) with numbers or arrays of its shape"),
            )
        flat = [_numbers(label, side) for side in zip(*pairs, strict=True)] or [free, free]
    low, high = np.maximum(flat[0], 0) if nonnegative else flat[0], flat[1]
    crossed = np.flatnonzero(low > high)
    if len(crossed):
        k = crossed[0]
        rows = place.start.shape[0]
        entry = label if place.variable.is_scalar else f"{label}[{k % rows + 1}, {k // rows + 1}]"
        entry = f"{label}[{k + 1}]" if place.variable.is_vector else entry
        stated = ", which is declared nonnegative" if nonnegative else ""
        raise ArgumentError(
            phrase(
                "no number is within the bounds of {entry}{stated}: from {low} up to {high}",
                entry=entry,
                stated=stated,
                low=f"{low[k]:g}",
                high=f"{high[k]:g}",
            ),
            fix=phrase("the lower bound first"),
        )
    return low, high


def _numbers(label: str, side: Any) -> Any:
    """One side of bounds as numbers, of which infinities are some."""
    try:
        array = np.asarray(side)
        found = array.astype(float) if array.dtype.kind in "biufO" else None
    except (TypeError, ValueError):
        found = None
    if found is None or np.isnan(found).any():
        raise ArgumentError(
            phrase(
                "bounds for {label} are real numbers, or None for no bound, not {side}",
                label=label,
                side=repr(side),
            ),
            fix="[(0, 1), (None, 2)]",
        )
    return found
