"""Local derivatives: of one variable of the graph with respect to another, and how they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import project
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.lazy import cached_property
from matgrad.explanation.graph import Graph
from matgrad.explanation.lines import Formula, Side
from matgrad.explanation.sides import Applied, Deferred
from matgrad.ops.arithmetic import add, multiply
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose
from matgrad.ops.trigonometric import cos, sin


@dataclass(frozen=True)
class Link:
    """The derivative of one variable, or of the whole, with respect to one that it is made of."""

    graph: Graph
    user: Symbol | None
    derivative: Derivative
    simplify: Simplifier

    @property
    def meaning(self) -> Expr:
        """The definition of the variable, or the whole, in the variables that it is made of."""
        return self.derivative.function

    @property
    def operand(self) -> Symbol:
        """The variable with respect to which it is differentiated."""
        return self.derivative.variable

    @cached_property
    def matrix(self) -> Expr:
        """The Jacobian on vec, in numerator layout."""
        return self.graph.named(self.simplify(self.derivative.on_vec))

    @cached_property
    def held(self) -> tuple[Symbol, ...]:
        """The other variables in the definition that depend on the operand as well."""
        others = [s for s in self.graph.operands(self.meaning) if s is not self.operand]
        return tuple(
            s
            for s in others
            if s in self.graph.definitions
            and self.operand in set(postorder(self.graph.down_to(s, self._between(s))))
        )

    def _between(self, symbol: Symbol) -> list[Symbol]:
        names = list(self.graph.definitions)
        start = names.index(self.operand) + 1 if self.operand in names else 0
        return names[start : names.index(symbol) + 1]

    def check(self) -> tuple[Formula, Formula]:
        """The matrix against the map of the engine, in a direction without symmetries."""
        direction = tried_direction(self.operand)
        moved = pushforward(self.meaning, self.operand, direction)
        return Formula(multiply(self.matrix, vec(direction))), Formula(vec(moved))


def along_structure(
    matrix: Callable[[], Expr], shown: Side, operand: Symbol, turned: bool
) -> tuple[Side, Side]:
    """The claim that a matrix on vec, shown in a layout, is that one on every direction of a variable."""
    if project(cos(operand), operand) is cos(operand) and not operand.has(Fact.SYMMETRIC):
        return Deferred(lambda: transpose(matrix()) if turned else matrix()), shown
    column = vec(tried_direction(operand))
    return Deferred(lambda: multiply(matrix(), column)), Applied(shown, column, turned)


def tried_direction(operand: Symbol) -> Expr:
    """A direction in which a variable may move, without symmetries besides those of the variable."""
    return project(add(cos(operand), sin(operand)), operand)
