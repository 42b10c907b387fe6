"""A part of a variable as the variable: an entry, a row, a column, a block, the diagonal, the transpose.

A part P(X) picks entries of X, so that P(P*(U)) = U for its adjoint P*, which puts U in their place. The
derivative by the part is that of U ↦ f(X + P*(U)) at U = 0: the other entries stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matgrad.calculus.pullback import pullback
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import LINEAR_STRUCTURE, ON_SIMPLEX, Fact, fact_words
from matgrad.core.records import dataclass
from matgrad.core.words import phrase, together
from matgrad.ops.arithmetic import add
from matgrad.ops.leaves import zeros
from matgrad.results.answering import derive
from matgrad.results.result import Result
from matgrad.rewrite.simplify import simplify

_BOUND_TOGETHER = (
    LINEAR_STRUCTURE | Fact.ORTHONORMAL_COLUMNS | Fact.IDEMPOTENT | ON_SIMPLEX
) & ~Fact.CONSTANT


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some entries of a variable.

    Attributes
    ----------
    variable : Symbol
        X.
    symbol : Symbol
        U, which stands for a change of the part, under the name of the part.
    whole : Expr
        X + P*(U).
    picked : Expr
        P(X).
    """

    variable: Symbol
    symbol: Symbol
    whole: Expr
    picked: Expr

    @property
    def is_scalar(self) -> bool:
        """Whether it is one entry."""
        return self.symbol.is_scalar

    @property
    def indices(self) -> frozenset[str]:
        """The names of the places that it is at: the i and j of X[i, j]."""
        return frozenset(_names(postorder(self.picked)) - _names([self.variable]))

    def inserted(self, function: Expr) -> Expr:
        """The function with X + P*(U) in the place of X."""
        return function.substitute({self.variable: self.whole})

    def read(self, answer: Expr) -> Expr:
        """The same of an answer, in which the name of the part is that of its entries and not of U."""
        return self.inserted(answer.substitute({self.symbol: self.picked}))

    def at_zero(self, answer: Expr) -> Expr:
        """An answer for U at U = 0, where it is the one for the part."""
        return simplify(answer.substitute({self.symbol: zeros(*self.symbol.shape)}))


def _names(nodes: Sequence[Expr]) -> set[str]:
    held = (part for node in nodes for part in (*node.shape, *node.data))
    return {name for part in held if isinstance(part, Dim) for name in part.symbols}


def _size(dim: Dim) -> int:
    return int(dim) if dim.is_integer else 0


def part_of(expr: Expr, name: str) -> Part:
    """The part of a variable that an expression picks.

    Parameters
    ----------
    expr : Expr
        Such as X[1, :], diag(X), X'.
    name : str
        What it is called.

    Raises
    ------
    ArgumentError
        When it is no part of one variable, or of one whose entries do not change one by one.
    """
    variables = list(symbols_of(expr).values())
    example = phrase("an entry X[1, 2], a row X[1, :], a block X[1:2, :], diag(X) or X'")
    if len(variables) != 1:
        raise ArgumentError(phrase("{name} is not a part of one variable", name=name), fix=example)
    (variable,) = variables
    symbol = Symbol.stand_in(name, *expr.shape)
    placed = pullback(expr, variable, symbol)
    try:
        is_part = simplify(expr.substitute({variable: placed})) is symbol
    except MatgradError:
        is_part = False
    if not is_part:
        raise ArgumentError(
            phrase("{name} is not a part of {variable}", name=name, variable=variable.label), fix=example
        )
    bound = ON_SIMPLEX if 1 in map(_size, variable.shape) else _BOUND_TOGETHER
    bound &= variable.facts
    if bound:
        words = together(fact_words(variable.facts))
        raise ArgumentError(
            phrase(
                "{variable} is {words}: a part of it does not change while the other entries stay",
                variable=variable.label,
                words=words,
            ),
            fix=phrase(
                "the derivative by {variable}, or {variable} declared without that fact",
                variable=variable.label,
            ),
        )
    return Part(variable, symbol, add(variable, placed), expr)


def derive_by_part(function: Expr, part: Part, **options: Any) -> Result:
    """The derivative by a part of a variable, verified as one by a variable of its own.

    Parameters
    ----------
    function : Expr
        F.
    part : Part
        The part.
    **options
        As for :func:`matgrad.results.derive`.

    Raises
    ------
    ArgumentError
        For components in index notation.
    """
    result = settled(derive(part.inserted(function), part.symbol, **options), part)
    return replace(result, question=replace(result.question, function=function))


def settled(result: Result, part: Part) -> Result:
    """The answer by a change of a part, as that by the part.

    Raises
    ------
    ArgumentError
        For components in index notation.
    """
    steps = []
    for step in result.differentiations:
        if not isinstance(step.answer, Expr):
            raise ArgumentError(
                phrase("components are by the entries of {variable}", variable=part.variable.label),
                fix=phrase("the derivative by {variable} in that form", variable=part.variable.label),
            )
        steps.append(replace(step, answer=part.at_zero(step.answer)))
    return replace(result, differentiations=tuple(steps), part=part.variable)
