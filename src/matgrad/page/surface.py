"""A function over two entries of its variable, with the way down that the derivative predicts."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import Any

from matgrad.calculus.variable import is_curved, is_fixed, project
from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Rows
from matgrad.ops.indices.members import Family
from matgrad.page.drawn import DIGITS, number_of, points, value_at
from matgrad.page.question import Record
from matgrad.printing.names import unicode_name
from matgrad.results import Result

HALF = 10
"""So many points lie on each side of the middle, in both directions."""
ARROWS = (-8, -4, 0, 4, 8)
"""At which of them an arrow begins."""
REACHES = ((12, 1.5), (36, 0.5), (72, 0.1))
"""How far the picture goes, beside the size of an entry, at the first so many points that are tried."""
ENOUGH = 0.7
"""This share of a picture is not blank."""
_CHOSEN = regex(r"(\d{1,3}),(\d{1,3});(\d{1,3}),(\d{1,3})")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Entry = tuple[int, int]


def surface(result: Result, seed: int, chosen: str) -> Record:
    """The function around a random point, over two entries of the variable.

    Parameters
    ----------
    result : Result
        A gradient.
    seed : int
        Which point.
    chosen : str
        The two entries, counted from one, as ``"1,1;2,1"``; the first two that are free where they are
        not among those that are.

    Raises
    ------
    ArgumentError
        Where there is no gradient, or fewer than two entries can be moved.
    EvaluationError
        Where no point was found around which the function is defined.
    """
    function, variable, slope = result.function, result.variable, result.expr
    needed = phrase("a picture over two entries is drawn of a scalar function with its gradient")
    if not function.is_scalar or result.order != 1 or not isinstance(slope, Expr) or result.part is not None:
        raise ArgumentError(needed)
    if slope.shape != variable.shape:
        raise ArgumentError(needed, fix=phrase("the form gradient"))
    if isinstance(variable, Family) or is_curved(variable) or is_fixed(variable):
        raise ArgumentError(
            phrase("no single entry of {name} can be moved", name=variable.label),
            fix=phrase("a picture along a line"),
        )
    reaches = iter(REACHES)
    until, reach = next(reaches)
    for attempt, (values, sizes) in enumerate(points([function, slope], [], seed)):
        while attempt >= until:
            until, reach = next(reaches)
        xp = PreciseArrays(sizes, DIGITS)
        free = directions(variable, values[variable.label], xp)
        if len(free) < 2:
            if attempt + 1 < until:
                continue  # of other sizes
            raise ArgumentError(
                phrase("{name} has no two entries that can be moved", name=variable.label),
                fix=phrase("a picture along a line"),
            )
        found = _drawn_at((function, slope), variable, values, xp, free, _pair(free, chosen), reach)
        if found is not None:
            return {**found, "sizes": sizes}
    raise EvaluationError(phrase("no random point was found around which the function is defined"))


def directions(variable: Symbol, value: Rows, xp: PreciseArrays) -> dict[Entry, Rows]:
    """How the variable changes with each of its entries that is free: by one in the entry itself.

    What is declared of it brings other entries along: of a symmetric matrix the mirrored one.
    """
    rows, columns = len(value), len(value[0])
    unit = Symbol.stand_in("d" + variable.label, variable.rows, variable.columns)
    within = project(unit, variable)
    found: dict[Entry, Rows] = {}
    for i in range(rows):
        for j in range(columns):
            one = [[xp.ctx.mpf((k, m) == (i, j)) for m in range(columns)] for k in range(rows)]
            moved = value_at(within, {unit.label: one, variable.label: value}, xp)
            if moved is None or not moved[i][j]:
                continue
            change = [[x / moved[i][j] for x in row] for row in moved]
            # The mirrored entry moves along: it is the same direction.
            if all(not _is_multiple(change, (i, j), other, at) for at, other in found.items()):
                found[i, j] = change
    return found


def _is_multiple(change: Rows, at: Entry, other: Rows, of: Entry) -> bool:
    """Whether two directions are one, each by one in its own entry."""
    factor = other[at[0]][at[1]]
    if not factor or not change[of[0]][of[1]]:
        return False
    return all(abs(x * factor - y) < 1e-12 for x, y in zip(_flat(change), _flat(other), strict=True))


def _flat(array: Rows) -> list[Any]:
    return [x for row in array for x in row]


def _pair(free: dict[Entry, Rows], chosen: str) -> tuple[Entry, Entry]:
    """The entries that are chosen, where they are two and free."""
    first, second, *_ = free
    asked = _CHOSEN.fullmatch(chosen)
    if asked is None:
        return first, second
    i, j, k, m = (int(number) - 1 for number in asked.groups())
    if (i, j) not in free or (k, m) not in free or (i, j) == (k, m):
        return first, second
    return (i, j), (k, m)


def _drawn_at(
    functions: tuple[Expr, Expr],
    variable: Symbol,
    values: dict[str, Rows],
    xp: PreciseArrays,
    free: dict[Entry, Rows],
    pair: tuple[Entry, Entry],
    reach: float,
) -> Record | None:
    """The picture around one point; none where too much of it would be blank."""
    function, slope = functions
    value = values[variable.label]
    count = len(value) * len(value[0])
    size = sqrt(sum(float(x) ** 2 for row in value for x in row) / count) or 1.0
    steps = [k / HALF * reach * size for k in range(-HALF, HALF + 1)]
    along = [free[entry] for entry in pair]

    def at(s: float, t: float) -> dict[str, Rows]:
        a, b = xp.ctx.mpf(s), xp.ctx.mpf(t)
        parts = zip(value, *along, strict=True)
        moved = [[x + a * d + b * e for x, d, e in zip(*rows, strict=True)] for rows in parts]
        return {**values, variable.label: moved}

    def way_down(s: float, t: float) -> list[float] | None:
        gradient = value_at(slope, at(s, t), xp)
        if gradient is None:
            return None
        down = [
            -float(sum(g * d for g, d in zip(_flat(gradient), _flat(change), strict=True)))
            for change in along
        ]
        return down if all(map(isfinite, down)) else None

    middle = way_down(0.0, 0.0)
    if middle is None:
        return None
    heights = [[number_of(value_at(function, at(s, t), xp)) for s in steps] for t in steps]
    known = [y for row in heights for y in row if y is not None]
    if heights[HALF][HALF] is None or len(known) < ENOUGH * len(steps) ** 2:
        return None
    starts = [(steps[HALF + k], steps[HALF + m]) for k in ARROWS for m in ARROWS]
    here = [float(value[i][j]) for i, j in pair]
    return {
        "kind": "surface",
        "entries": [{"key": _key(entry), "name": _name(variable, entry, value)} for entry in free],
        "chosen": [_key(entry) for entry in pair],
        "names": [_name(variable, entry, value) for entry in pair],
        "at": here,
        "across": [here[0] + step for step in steps],
        "up": [here[1] + step for step in steps],
        "values": heights,
        "slope": [-component for component in middle],
        "arrows": [
            {"from": [here[0] + s, here[1] + t], "along": down}
            for s, t in starts
            if (down := way_down(s, t)) is not None
        ],
    }


def _key(entry: Entry) -> str:
    return f"{entry[0] + 1},{entry[1] + 1}"


def _name(variable: Symbol, entry: Entry, value: Rows) -> str:
    """As X₁₂, or x₂ of a column."""
    i, j = (str(number + 1).translate(_LOWERED) for number in entry)
    if len(value[0]) == 1:
        return f"{unicode_name(variable.label)}{i}"
    between = "," if len(value) > 9 or len(value[0]) > 9 else ""
    return f"{unicode_name(variable.label)}{i}{between}{j}"
