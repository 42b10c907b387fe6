"""Derivatives to be compiled: expressions for gradients, pullbacks and pushforwards, each verified."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of, project
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import add
from matgrad.ops.leaves import number
from matgrad.ops.trace import inner_product
from matgrad.rewrite.simplify import simplify
from matgrad.verify.claims import inner
from matgrad.verify.derivative import verify_claim


def gradient_of(f: Expr, x: Symbol, *, verify: bool = True) -> Expr:
    """The gradient of a scalar expression, within the structure of the variable.

    Raises
    ------
    VerificationError
        When it disagrees with the difference quotient.
    """
    gradient = simplify(project(pullback(simplify(f), x, number(1)), x))
    if verify:
        verify_claim(f, x, [gradient], lambda xp, at, v: inner(xp, at[0], v), what="the gradient")
    return gradient


def pullback_of(expr: Expr, x: Symbol, cotangent: Symbol, *, verify: bool = True) -> Expr:
    """L*[G]: the gradient of ⟨G, F⟩, within the structure of the variable.

    Raises
    ------
    VerificationError
        When it disagrees with the difference quotient.
    """
    result = simplify(project(pullback(simplify(expr), x, cotangent), x))
    if verify:
        paired = inner_product(cotangent, expr)
        verify_claim(paired, x, [result], lambda xp, at, v: inner(xp, at[0], v), what="the pullback")
    return result


def pushforward_of(
    expr: Expr, variables: Sequence[Symbol], changes: Sequence[Symbol], *, verify: bool = True
) -> Expr:
    """The change of an expression when several variables change.

    Raises
    ------
    VerificationError
        When it disagrees with the difference quotient.
    """
    plain = simplify(expr)
    terms = [pushforward(plain, x, dx) for x, dx in zip(variables, changes, strict=True)]
    for x, dx, term in zip(variables, changes, terms, strict=True) if verify else ():
        verify_claim(expr, x, [term], lambda xp, at, v: at[0], change=dx, what="the pushforward")
    return simplify(add(*terms))


def changes_of(variables: Sequence[Symbol], taken: Collection[str]) -> list[Symbol]:
    """A symbol dX for each of some variables, with names that are free."""
    used = set(taken)
    changes = []
    for variable in variables:
        changes.append(differential_of(variable, used))
        used.add(changes[-1].label)
    return changes


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with _ behind it while it is taken."""
    while name in taken:
        name += "_"
    return name
