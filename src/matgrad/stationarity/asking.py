"""What is asked to be declared where that makes a closed form known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.stationarity.point import StationaryPoint
from matgrad.stationarity.quadratic_constraints import ellipsoid

Find = Callable[..., StationaryPoint]


def ask_for_definite(
    function: Expr, variables: Sequence[Symbol], constraints: Sequence[Expr], find: Find
) -> None:
    """Ask whether B of xᵀBx = c is positive definite, and c positive, where only then there is a closed form.

    Raises
    ------
    ArgumentError
        Where that is so.
    """
    bent = [constraint for constraint in constraints if linear_terms(constraint, variables) is None]
    data = [s for s in symbols_of(bent).values() if s not in variables and s.is_square]
    declared = {s: Symbol.make(s.label, *s.shape, s.facts | _definite(s)) for s in data}
    changed: dict[Expr, Expr] = {old: new for old, new in declared.items() if old is not new}
    if not changed:
        return
    try:
        at = find(
            function.substitute(changed),
            variables,
            [constraint.substitute(changed) for constraint in constraints],
            check=False,
        )
    except MatgradError:
        return
    if at.solutions:
        open_ones = [s for s in data if s in changed]
        said = [
            f"{s.label}: positive scalar" if s.is_scalar else f"{s.label}: {s.rows}×{s.rows} spd"
            for s in open_ones
        ]
        raise ArgumentError(
            phrase(
                "a closed form with the constraint {constraint} = 0 is known where that is an ellipsoid",
                constraint=bent[0],
            ),
            fix=phrase("declare {what}", what=", ".join(said)),
        )


def _definite(symbol: Symbol) -> Fact:
    return Fact.POSITIVE if symbol.is_scalar else Fact.POSITIVE_DEFINITE


def ask_for_square(
    function: Expr, variables: Sequence[Symbol], constraints: Sequence[Expr], find: Find
) -> None:
    """Ask whether Q of QᵀQ = I is square, where only then there is a closed form.

    Raises
    ------
    ArgumentError
        Where that is so.
    """
    if not len(variables) == len(constraints) == 1:
        return
    (q,), (constraint,) = variables, constraints
    names = list(q.rows.symbols)
    if q.is_square or q.is_vector or len(names) != 1 or ellipsoid(constraint, q, [function]) is None:
        return
    sizes = {names[0]: q.columns}
    square = Symbol.make(q.label, q.columns, q.columns, q.facts)
    try:
        at = find(function.substitute(sizes), [square], [constraint.substitute(sizes)], check=False)
    except MatgradError:
        return
    if at.solutions:
        raise ArgumentError(
            phrase(
                "no closed form is known for {q} with more rows than columns; for a square one there is",
                q=q.label,
            ),
            fix=phrase("declare {q}: {n}×{n}", q=q.label, n=str(q.columns)),
        )
