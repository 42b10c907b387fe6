"""Simplification that remembers: each expression once, and the rules by which."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.rewrite.rules import Rule
from matgrad.rewrite.simplify import simplify, simplify_together


class RememberingSimplifier:
    """Brings expressions to the form that a textbook would print, each one once."""

    def __init__(self) -> None:
        self._known: dict[Expr, tuple[Expr, tuple[Rule, ...]]] = {}
        self._simple: dict[Expr, Expr] = {}
        """What was simplified together, by rules that nobody has asked for."""

    def __call__(self, expr: Expr, /) -> Expr:
        """The expression simplified."""
        simple = self._simple.get(expr)
        return self._simplified(expr)[0] if simple is None else simple

    def together(self, exprs: Sequence[Expr]) -> None:
        """Simplify expressions that share parts, each part once, to be asked for one by one."""
        for expr, simple in zip(exprs, simplify_together(exprs), strict=True):
            self._simple.setdefault(expr, simple)

    def reasons(self, expr: Expr, /) -> tuple[Phrase, ...]:
        """The named rules by which an expression is simplified, in order, each once."""
        return tuple(dict.fromkeys(rule.reason for rule in self._simplified(expr)[1]))

    def _simplified(self, expr: Expr) -> tuple[Expr, tuple[Rule, ...]]:
        known = self._known.get(expr)
        if known is None:
            fired: list[Rule] = []
            simple = simplify(expr, fired)
            known = self._known[expr] = (simple, tuple(fired))
            # Simplifying again changes nothing.
            self._known.setdefault(simple, (simple, ()))
        return known
