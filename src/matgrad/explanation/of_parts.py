"""By a part of a variable, or at a point: the derivation by the whole variable, and what is read off it."""

from __future__ import annotations

from dataclasses import replace

from matgrad.calculus.pullback import pullback
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.lines import MEDIA, THEREFORE, Formula, Label, Line
from matgrad.ops.leaves import number, zeros
from matgrad.results import Result

PART = Phrase("the entries of the part; the others stay as they are")
POINT = Phrase("insert the values at the point")


def require_gradient(result: Result) -> None:
    """Refuse what is not read off a gradient.

    Raises
    ------
    ArgumentError
        Naming the derivative by the whole variable.
    """
    if result.part is not None and not (result.order == 1 and result.function.is_scalar):
        raise ArgumentError(
            phrase(
                "steps by {variable}, a part of {part}, are shown of gradients",
                variable=result.variable.label,
                part=result.part.label,
            ),
            fix=phrase("the derivative by {part}", part=result.part.label),
        )


def by_part(derivation: Derivation, result: Result) -> Derivation:
    """The derivation by the whole variable, and the part of its gradient."""
    answer, symbol = result.expr, result.variable
    assert isinstance(answer, Expr)
    moved = pullback(result.derivatives.function, symbol, number(1))
    exact = moved.substitute({symbol: zeros(*symbol.shape)})
    return _with(derivation, result, PART, exact, answer)


def at_point(derivation: Derivation, result: Result) -> Derivation:
    """The derivation of the derivative as a function, and its value at a point."""
    answer, whole = result.expr, derivation.result
    assert isinstance(answer, Expr)
    assert isinstance(whole, Expr)
    return _with(derivation, result, POINT, whole.substitute(dict(result.point)), answer)


def _with(derivation: Derivation, result: Result, reason: Phrase, exact: Expr, answer: Expr) -> Derivation:
    left = Label(*(result.left_side(medium) for medium in MEDIA))
    line = Line(Formula(answer), left, (reason,), THEREFORE, ((Formula(exact), Formula(answer)),))
    return replace(derivation, lines=(*derivation.lines, line), result=answer)
