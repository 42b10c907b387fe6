"""Equations solved one after the other, each solution put into those that are left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import scale
from matgrad.ops.matrix_functions import Logm
from matgrad.ops.power import Log
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.domain import insides
from matgrad.stationarity.linear import NO_ZEROS, NOT_ZERO, is_positive, plain
from matgrad.stationarity.solving import Way, solve

DEFINITE = Phrase("{what} is positive definite")
SEMIDEFINITE = Phrase("{what} is positive semidefinite")
POSITIVE = Phrase("{what} is positive")
POSITIVE_ENTRIES = Phrase("the entries of {what} are positive")
NONNEGATIVE = Phrase("{what} is not negative")
NONNEGATIVE_ENTRIES = Phrase("no entry of {what} is negative")


class Step(NamedTuple):
    """An unknown that was solved for, and whether by its own equation."""

    variable: Symbol
    way: Way
    is_own: bool


def eliminated(equations: Mapping[Symbol, Expr]) -> list[Step] | None:
    """Solve one equation after the other, each solution put into those that are left."""
    open_ones, left, own = list(equations), list(equations.values()), dict(equations)
    steps: list[Step] = []
    while open_ones:
        found = _next_step(open_ones, left)
        if found is None:
            return None
        place, variable, way = found
        value = simplify(way.solved.value)
        if variable in symbols_of(value).values():
            return None
        steps.append(Step(variable, way, left[place] is own.get(variable)))
        open_ones.remove(variable)
        own.pop(variable, None)
        del left[place]
        try:
            changed = [simplify(equation.substitute({variable: value})) for equation in left]
        except MatgradError:
            return None
        own = {
            other: new
            for other, old in own.items()
            for before, new in zip(left, changed, strict=True)
            if before is old
        }
        left = changed
    return steps


def _next_step(open_ones: Sequence[Symbol], left: Sequence[Expr]) -> tuple[int, Symbol, Way] | None:
    """An equation that can be solved for an unknown: for its own first, free of the others first."""
    found: tuple[int, Symbol, Way] | None = None
    for place, equation in enumerate(left):
        for variable in (open_ones[place], *open_ones) if place < len(open_ones) else open_ones:
            if variable not in symbols_of(equation).values() or equation.shape != variable.shape:
                continue
            way = solve(equation, variable)
            if way is None:
                continue
            if not any(other in symbols_of(way.solved.value).values() for other in open_ones):
                return place, variable, way
            found = found or (place, variable, way)
    return found


def conditions_of(steps: Sequence[Step], solutions: Mapping[Symbol, Expr]) -> tuple[Phrase, ...]:
    """The conditions of all steps, in terms of what is given; those that hold anyway are left out."""
    found: list[Phrase] = []
    for _, way, _ in steps:
        for condition in way.solved.conditions:
            if len(condition.fields) > 1:
                found.append(condition)
                continue
            ((name, value),) = condition.fields
            assert isinstance(value, Expr)
            there = simplify(value.substitute(dict(solutions)))
            is_definite = there.has(Fact.POSITIVE_DEFINITE)
            if not (is_definite or is_positive(there) or is_positive(scale(-1, there))):
                found.append(replace(condition, fields=((name, plain(there)),)))
    return tuple(dict.fromkeys(found))


def in_domain(
    function: Expr, solutions: Mapping[Symbol, Expr], variables: Sequence[Symbol], others: Sequence[Phrase]
) -> Iterator[Phrase]:
    """The conditions that a solution is of the kind that its variable was declared to be.

    Of a number also that the function is defined there: what its logarithms are taken of is positive.
    """
    said = {NOT_ZERO.english, NO_ZEROS.english}
    not_zero = any(condition.english in said for condition in others)
    for variable in variables if solutions else ():
        value = solutions[variable]
        number = variable.is_scalar
        if variable.facts & Fact.POSITIVE:
            is_said = not_zero and bool(value.facts & Fact.NONNEGATIVE)
            if not is_said and not is_positive(value):
                yield (POSITIVE if number else POSITIVE_ENTRIES).filled(what=value)
        elif variable.facts & Fact.NONNEGATIVE and not (value.facts & Fact.NONNEGATIVE or is_positive(value)):
            yield (NONNEGATIVE if number else NONNEGATIVE_ENTRIES).filled(what=value)
        if not number:
            definite, semidefinite = Fact.POSITIVE_DEFINITE, Fact.POSITIVE_SEMIDEFINITE
            if variable.has(definite) and not value.has(definite):
                yield DEFINITE.filled(what=value)
            elif variable.has(semidefinite) and not value.has(semidefinite):
                yield SEMIDEFINITE.filled(what=value)
        if variable.is_scalar:
            for inside in insides(function, variable, dict(solutions)):
                if inside.value is not value or not variable.facts & Fact.POSITIVE:
                    yield POSITIVE.filled(what=inside.plain)


def under_logarithms(
    function: Expr, solutions: Mapping[Symbol, Expr], others: Sequence[Phrase]
) -> Iterator[Phrase]:
    """The conditions that logarithms exist which the function has not: x = log(c) of exp(x) = c.

    Random points at which a solution is tried are ones at which it exists, and do not show that.
    """
    values = {value for condition in others for _, value in condition.fields}
    known = set(postorder(function))
    for node in postorder(list(solutions.values())):
        if node in known or not isinstance(node, (Log, Logm)):
            continue
        inside = node.args[0]
        if inside in values or inside.has(Fact.POSITIVE_DEFINITE) or is_positive(inside):
            continue
        if isinstance(node, Logm):
            yield DEFINITE.filled(what=inside)
        else:
            yield (POSITIVE if inside.is_scalar else POSITIVE_ENTRIES).filled(what=inside)


def in_terms_of_others(
    equations: Mapping[Symbol, Expr], variables: Sequence[Symbol], solutions: Mapping[Symbol, Expr]
) -> dict[Symbol, Expr]:
    """How variables are written shorter: each by its own equation, in terms of the other ones.

    S = Σ_i (x_i − m)(x_i − m)ᵀ/N beside m = Σ_i x_i/N needs no second sum.
    """
    if len(variables) < 2:
        return {}
    written: dict[Symbol, Expr] = {}
    uses: dict[Symbol, set[Symbol]] = {variable: set() for variable in variables}

    def reached(start: Symbol) -> set[Symbol]:
        found: set[Symbol] = set()
        left = [start]
        while left:
            for other in uses[left.pop()] - found:
                found.add(other)
                left.append(other)
        return found

    for variable in sorted(variables, key=lambda x: -solutions[x].tree_size):
        way = solve(equations[variable], variable)
        value = None if way is None else simplify(way.solved.value)
        if value is None or value.tree_size >= solutions[variable].tree_size:
            continue
        held = set(symbols_of(value).values())
        if variable in held or any(x in held for x in equations if x not in variables):
            continue
        others = held.intersection(variables)
        if others and not any(variable in reached(other) | {other} for other in others):
            written[variable] = value
            uses[variable] = others
    return written


def put_back(steps: Sequence[Step]) -> dict[Symbol, Expr]:
    """The solutions, each in terms of what is given alone."""
    found: dict[Symbol, Expr] = {}
    for variable, way, _ in reversed(steps):
        value = simplify(way.solved.value)
        found[variable] = simplify(value.substitute(found)) if found else value
    return found
