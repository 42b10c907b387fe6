"""A rule whose right side a function makes, because what it replaces has any number of parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.leaves import number
from matgrad.rewrite.rules import Rule


@dataclass(frozen=True)
class StructureRule(Rule):
    """A rule whose right side a function makes.

    Parameters
    ----------
    head : type of Expr
        The operation that it rewrites.
    among : tuple of type of Expr
        What it needs among the operands: one of these.
    rewrite : callable
        Takes the expression; ``None`` where the rule does not fit.
    on, given : str
        An expression that it rewrites, in the text language, and its declarations.
    """

    head: type[Expr] = Expr
    among: tuple[type[Expr], ...] = ()
    rewrite: Callable[[Expr], Expr | None] = lambda _: None
    on: str = ""
    given: str = ""

    def apply(self, expr: Expr) -> Expr | None:
        """Rewrite an expression at its top; ``None`` where the rule does not fit."""
        return self.rewrite(expr) if type(expr) is self.head else None

    def needs(self, head: type) -> Iterator[frozenset[type]]:
        """What it needs among the operands of that operation."""
        if head is self.head:
            yield from (frozenset({kind}) for kind in self.among)


def split_front(term: Expr) -> tuple[Expr, Expr]:
    """A term as numbers and scalars times the rest."""
    if isinstance(term, Product) and len(term.chain) == 1:
        return multiply(number(term.coefficient), *term.scalars), term.chain[0]
    return number(1), term
