"""Simplification that remembers: each expression once, and the rules by which."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.rewrite.rules import Rule
from matgrad.rewrite.simplify import simplify


class RememberingSimplifier:
    """Brings expressions to the form that a textbook would print, each one once."""

    def __init__(self) -> None:
        self._known: dict[Expr, tuple[Expr, tuple[Rule, ...]]] = {}

    def __call__(self, expr: Expr, /) -> Expr:
        """The expression simplified."""
        return self._simplified(expr)[0]

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
