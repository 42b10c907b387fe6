"""What holds between indices: ``i < j``, ``i ≠ j``, ``i = k``.

A condition is a sign and a dimension: ``("≥", d)`` says d ≥ 0, ``("=", d)`` and ``("≠", d)`` the same of
equality. An equation of two places of unit vectors says as well how long they are: ``("=", d, p, n)``
equates two places of which p is one, between 1 and n.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matgrad.core.dims import ONE, ZERO, Dim

Condition = tuple[Any, ...]
Conditions = tuple[Condition, ...]


def at_least(left: Dim, right: Dim) -> Condition:
    """``left ≥ right``."""
    return ("≥", left - right)


def compared(left: Dim, sign: str, right: Dim) -> Condition:
    """The condition that a comparison of whole numbers states."""
    if sign in ("<", "≤"):
        left, right, sign = right, left, {"<": ">", "≤": "≥"}[sign]
    if sign == ">":
        return ("≥", left - right - 1)
    if sign == "≥":
        return ("≥", left - right)
    return (sign, left - right)


def equal_places(left: Dim, right: Dim, length: Dim) -> Condition:
    """That two unit vectors of one length have the same place; either place says it."""
    return ("=", left - right, min(left, right, key=lambda place: place.sort_key), length)


def simplified(conditions: Iterable[Condition]) -> Conditions | None:
    """Conditions without those that hold, in order; ``None`` where one cannot hold."""
    kept: dict[tuple[str, Dim], Condition] = {}
    for condition in conditions:
        sign, distance = condition[0], condition[1]
        if distance.is_integer:
            if not holds(sign, int(distance)):
                return None
            continue
        if sign in ("=", "≠"):
            turned = -distance
            if turned.sort_key < distance.sort_key:
                distance = turned
        kept.setdefault((sign, distance), (sign, distance, *condition[2:]))
    for sign, distance in list(kept):
        if sign == "≠" and any(("=", d) in kept for d in (distance, -distance)):
            return None
        if sign == "≠" and any(_is_negative(distance, other) for s, other in kept if s == "≥"):
            del kept[sign, distance]
        if sign == "≥" and any(
            s == "≥" and other is not distance and (distance - other).is_integer and int(distance - other) > 0
            for s, other in kept
        ):
            del kept[sign, distance]
    return tuple(kept[key] for key in sorted(kept, key=lambda key: (key[0], key[1].sort_key)))


def _is_negative(distance: Dim, known: Dim) -> bool:
    """Whether from known ≥ 0 it follows that a distance is not 0."""
    return any((total := known + side).is_integer and int(total) < 0 for side in (distance, -distance))


def holds(sign: str, distance: int) -> bool:
    """Whether a condition holds of a number."""
    return distance >= 0 if sign == "≥" else (distance == 0) == (sign == "=")


def within(place: Dim, first: Dim, last: Dim, length: Dim | None) -> Conditions:
    """``first ≤ place ≤ last``, where the place is known to be between 1 and a length."""
    found = []
    for distance in (place - first, last - place):
        known = [] if length is None else [place - ONE, length - place]
        if not any((rest := distance - other).is_integer and int(rest) >= 0 for other in known):
            found.append(("≥", distance))
    return tuple(found)


def solved(condition: Condition, name: str) -> Dim | None:
    """The value of an index that an equation gives it; ``None`` where it gives none."""
    if condition[0] != "=":
        return None
    rest, sign = ZERO, 0
    for monomial, coefficient in condition[1].terms:
        names = [atom for atom, _ in monomial]
        if names == [name] and monomial[0][1] == 1 and abs(coefficient) == 1:
            sign = int(coefficient)
        elif name in Dim({monomial: coefficient}).names:
            return None
        else:
            rest = rest + Dim({monomial: coefficient})
    return None if not sign else -rest if sign > 0 else rest


def substituted(conditions: Conditions, replacements: dict[str, Dim]) -> Conditions:
    """Conditions with other indices."""
    return tuple(
        tuple(item.substitute(replacements) if isinstance(item, Dim) else item for item in condition)
        for condition in conditions
    )
