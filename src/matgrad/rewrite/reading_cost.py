"""What an expression costs to read: the measure by which simplification chooses.

The cost is close to the length of the line that a textbook would print. It is counted over the
tree, so an expression that occurs twice costs twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.ops.arithmetic import Product, Sum, content
from matgrad.ops.indices.members import Family, Member
from matgrad.ops.leaves import Number, Unit
from matgrad.ops.power import Power
from matgrad.ops.transpose import Transpose

BRACKETS = 0.6
"""A pair of brackets."""

CAP = 1e12
"""Costs stop growing here, where deeply shared graphs would overflow."""


def _needs_brackets(arg: Expr) -> bool:
    return arg.form in ("sum", "infix")


def _has_denominator(term: Expr) -> bool:
    """Whether a term is a quotient with more than one name below the line."""
    return isinstance(term, Product) and any(
        isinstance(s, Power) and s.args[0].args and isinstance(s.exponent, Number) and s.exponent.value < 0
        for s in term.scalars
    )


def _sum_cost(node: Expr, args: list[float]) -> float:
    assert isinstance(node, Sum)
    common, _ = content(node)
    # A number common to all terms is written once, before a bracket.
    shared = 0.6 * (len(args) - 1) - BRACKETS if abs(common) != 1 else 0.0
    fractions = 0.5 * sum(_has_denominator(arg) for arg in node.args)
    return sum(args) + 1.0 * (len(args) - 1) + 0.2 - shared + fractions


def _product_cost(node: Expr, args: list[float]) -> float:
    assert isinstance(node, Product)
    args = [*args[: node.data[1]], *_with_members(node.chain, args[node.data[1] :])]
    number = 0.0 if abs(node.coefficient) == 1 else 0.6 if node.coefficient.denominator == 1 else 0.9
    sign = 0.2 if node.coefficient < 0 else 0.0
    return (
        number
        + sign
        + sum(args)
        + sum(BRACKETS for arg in node.args if _needs_brackets(arg))
        + 0.1 * len(args)
    )


def _with_members(chain: Sequence[Expr], args: list[float]) -> list[float]:
    """The costs of a chain in which e_iᵀX and Xᵀe_i of the stack X of a family are members."""
    costs = list(args)
    for place, factor in enumerate(chain):
        before = chain[place - 1] if place else None
        after = chain[place + 1] if place + 1 < len(chain) else None
        is_row = isinstance(before, Transpose) and isinstance(before.args[0], Unit)
        is_column = isinstance(after, Unit)
        stack = factor.args[0] if isinstance(factor, Transpose) else factor
        if not isinstance(stack, Family):
            continue
        # With two indices a member has a place on both sides: e_iᵀW alone is a row that nobody named.
        both = is_row and is_column
        if both if len(stack.ranges) == 2 else is_row if stack is factor else is_column:
            costs[place] = 0.0
    return costs


def _infix_cost(node: Expr, args: list[float]) -> float:
    return sum(args) + 0.8 * (len(args) - 1) + sum(BRACKETS for arg in node.args if arg.form == "sum")


def _power_cost(node: Expr, args: list[float]) -> float:
    base = node.args[0]
    exponent = node.args[1]
    if node.is_scalar and isinstance(exponent, Number) and exponent.value == -1:
        return args[0] + 0.1 + (0.0 if not base.args else BRACKETS)
    entrywise = 1.6 if isinstance(node, Power) and not node.is_scalar else 0.0
    return (
        args[0] + 0.6 * args[1] + entrywise + (0.2 if isinstance(base, Symbol) or not base.args else BRACKETS)
    )


def _postfix_cost(node: Expr, args: list[float]) -> float:
    arg = node.args[0]
    if isinstance(node, Member) and arg.is_family:
        return 1.2
    bracketed = arg.form in ("product", "sum", "infix")
    return args[0] + 0.4 + (BRACKETS if bracketed else 0.0)


def _call_cost(node: Expr, args: list[float]) -> float:
    return node.reading_cost + sum(args) + 0.3 * (len(args) - 1)


def _over_cost(node: Expr, args: list[float]) -> float:
    """A sum or a product over an index: its sign, what stands below it, and the body in brackets."""
    return 1.6 + args[0] + (BRACKETS if node.args[0].form == "sum" else 0.0)


_COSTS: dict[str, Callable[[Expr, list[float]], float]] = {
    "sum": _sum_cost,
    "product": _product_cost,
    "infix": _infix_cost,
    "power": _power_cost,
    "postfix": _postfix_cost,
    "call": _call_cost,
    "over": _over_cost,
}
"""By the form in which an operation is written."""


class Cost:
    """Costs of expressions, remembered for as long as the object lives."""

    def __init__(self) -> None:
        self._known: dict[Expr, float] = {}

    def __call__(self, expr: Expr) -> float:
        known = self._known
        if expr not in known:
            if all(arg in known for arg in expr.args):
                known[expr] = self._of(expr)
                return known[expr]
            for node in postorder(expr, lambda n: n not in known):
                known[node] = self._of(node)
        return known[expr]

    def _of(self, node: Expr) -> float:
        if not node.args:
            return node.reading_cost
        args = [self._known[arg] for arg in node.args]
        return min(CAP, _COSTS[node.form](node, args))
