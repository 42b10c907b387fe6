"""Lagrange multipliers, and which constraint holds which variable."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import add, split_number, summands
from matgrad.ops.trace import inner_product


def with_multipliers(
    function: Expr, variables: Sequence[Symbol], constraints: Sequence[Expr]
) -> tuple[Expr, list[Symbol]]:
    """The Lagrange function, and its multipliers."""
    whole = function
    for constraint in constraints:
        if linear_terms(constraint, variables) is None:
            listed = ", ".join(variable.label for variable in variables)
            raise ArgumentError(
                phrase(
                    "the constraint {constraint} = 0 is not linear in {listed}",
                    constraint=constraint,
                    listed=listed,
                ),
                fix=phrase("linear constraints; x' B x = 1 or X' X = I, where a closed form is known"),
            )
        if not any(variable in symbols_of(constraint).values() for variable in variables):
            raise ArgumentError(
                phrase(
                    "the constraint {constraint} = 0 holds no variable that may change", constraint=constraint
                )
            )
    found = multipliers_of(constraints, names_in([function, *constraints]))
    for multiplier, constraint in zip(found, constraints, strict=True):
        whole = add(whole, inner_product(multiplier, constraint))
    return whole, found


def multipliers_of(
    constraints: Sequence[Expr], taken: Collection[str], *, symmetric: bool = False
) -> list[Symbol]:
    """A Lagrange multiplier for each constraint."""
    found = []
    for place, constraint in enumerate(constraints):
        is_matrix = not (constraint.is_scalar or constraint.is_vector)
        base = "Lambda" if is_matrix else "lambda"
        name = base if len(constraints) == 1 else f"{base}_{place + 1}"
        while name in taken:
            name += "0"
        facts = Fact.SYMMETRIC if symmetric and is_matrix else Fact.NONE
        found.append(Symbol.make(name, constraint.rows, constraint.columns, facts))
    return found


def paired(variables: Sequence[Symbol], constraints: Sequence[Expr]) -> dict[Symbol, Expr]:
    """The constraint of each variable; empty where one holds several of them."""
    found: dict[Symbol, Expr] = {}
    for constraint in constraints:
        inside = [x for x in variables if x in symbols_of(constraint).values()]
        if len(inside) == 1:
            found[inside[0]] = constraint
    return found if len(found) == len(variables) else {}


def sign_in(constraint: Expr, variable: Symbol) -> Fraction:
    """The number in front of XᵀBX in a constraint."""
    terms = summands(constraint)
    return next(split_number(term)[0] for term in terms if variable in symbols_of(term).values())
