"""The derivative as maps of symbols, each verified: what compiled code is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.calculus.derivative import Derivative
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.question import Question
from matgrad.calculus.variable import differential_of
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import add
from matgrad.ops.trace import inner_product
from matgrad.results.answering import answer_to
from matgrad.results.verifying import verify_change, verify_gradient
from matgrad.rewrite.simplifier import RememberingSimplifier
from matgrad.rewrite.simplify import simplify


def gradient_of(f: Expr, x: Symbol, *, verify: bool = True) -> Expr:
    """The gradient of a scalar expression, within the structure of the variable.

    Raises
    ------
    VerificationError
        When it disagrees with the difference quotient.
    """
    gradient = answer_to(Question(f, x, form="gradient"), verify=verify).expr
    assert isinstance(gradient, Expr)
    return gradient


def pullback_of(expr: Expr, x: Symbol, cotangent: Symbol, *, verify: bool = True) -> Expr:
    """L*[G]: the gradient of ⟨G, F⟩, within the structure of the variable.

    Raises
    ------
    VerificationError
        When it disagrees with the difference quotient.
    """
    simplify = RememberingSimplifier()
    result = Derivative(simplify(expr), x, simplify).pullback(cotangent)
    if verify:
        verify_gradient(inner_product(cotangent, expr), x, result, what=phrase("the pullback"))
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
        verify_change(expr, x, term, dx, what=phrase("the pushforward"))
    return simplify(add(*terms))


def changes_of(variables: Sequence[Symbol], taken: Collection[str]) -> list[Symbol]:
    """A symbol dX for each of some variables, with names that are free."""
    used = set(taken)
    changes = []
    for variable in variables:
        changes.append(differential_of(variable, used))
        used.add(changes[-1].label)
    return changes
