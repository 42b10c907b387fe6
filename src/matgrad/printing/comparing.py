"""Comparisons as people write them: 𝟏[x > 0], |r| > δ."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.expr import Expr
from matgrad.core.notation import Notation
from matgrad.ops.arithmetic import Sum
from matgrad.ops.leaves import Eye
from matgrad.ops.piecewise import Step
from matgrad.printing.brackets import Level, Piece
from matgrad.printing.pen import Pen
from matgrad.printing.shapes import Parts, is_bound, is_ones, parts_of, terms_in_order

ONE_WHERE = Notation("", "𝟏[{0}]", r"\mathbf{{1}}\left[{0}\right]", "")
"""1 where something holds, and 0 elsewhere."""

_ZERO = Piece("0", Level.ATOM)


def step(pen: Pen, node: Expr) -> Piece:
    """1 where a comparison holds, as an indicator."""
    if pen.medium.is_source or node.is_row:
        return pen.function(node).piece
    return pen.medium.function(ONE_WHERE, [_comparison(pen, node.args[0])])


def where(pen: Pen, node: Expr) -> Piece:
    """One of two values, with the comparison that decides."""
    condition, *values = node.args
    if not pen.medium.bare_comparisons or node.is_row or not isinstance(condition, Step):
        return pen.function(node).piece
    pieces = [_comparison(pen, condition.args[0]), *map(pen.piece, values)]
    return pen.medium.function(node.notation(), pieces)


def _comparison(pen: Pen, inner: Expr) -> Piece:
    """Where a sum is positive: what is added to it is larger than what is taken away, |r| > δ."""
    terms = terms_in_order(inner, False) if isinstance(inner, Sum) else [parts_of(inner)]
    larger = [term for term in terms if term.number > 0]
    smaller = [term for term in terms if term.number < 0]
    if not smaller or any(isinstance(f, Eye) for term in terms for f in term.chain):
        return compared(pen.piece(inner), ">", _ZERO)
    if all(map(is_bound, larger)):  # x < 1 rather than 1 > x
        return compared(_side(pen, smaller), "<", _side(pen, larger))
    return compared(_side(pen, larger), ">", _side(pen, smaller))


def compared(left: Piece, sign: str, right: Piece) -> Piece:
    """Two sides of a sign, which binds less than all that stands beside it."""
    return Piece(f"{left.text} {sign} {right.text}", Level.SUM, left.tall or right.tall)


def _side(pen: Pen, terms: Sequence[Parts]) -> Piece:
    """What stands on one side of a sign; a number stands for itself in every entry."""
    bare = [t._replace(number=abs(t.number), chain=() if is_ones(t) else t.chain) for t in terms]
    return pen.medium.sum(list(map(pen.product, bare))) if bare else _ZERO
