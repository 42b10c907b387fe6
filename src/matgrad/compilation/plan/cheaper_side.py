"""sI + UUᵀ of a member of a stack, by its cheaper side: k×k in place of n×n for U with k columns.

log det(sI + UUᵀ) = (n − k) log s + log det(sI + UᵀU), (sI + UUᵀ)⁻¹U = U(sI + UᵀU)⁻¹, and
(sI + UUᵀ)⁻¹ = (I − U(sI + UᵀU)⁻¹Uᵀ)/s (Horn & Johnson, 2013, sec. 0.7.4 and 0.8.5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number
from matgrad.ops.determinant import LogDet, logdet
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import Eye, Number, dimension, eye, number
from matgrad.ops.power import log, power
from matgrad.ops.transpose import transpose

Size = Callable[[Dim], Any]


def by_cheaper_side(expr: Expr, size: Size) -> Expr:
    """An expression with determinants and inverses of sI + UUᵀ by matrices of at most half the order.

    Parameters
    ----------
    expr : Expr
        What is computed of each member.
    size : callable
        The number that a dimension stands for.
    """

    def changed(node: Expr) -> Expr | None:
        if isinstance(node, LogDet):
            found = _thin(node.args[0], size)
            if found is None:
                return None
            s, u = found
            more = add(dimension(u.rows), scale(-1, dimension(u.columns)))
            return add(multiply(more, log(s)), logdet(_small(s, u)))
        if isinstance(node, Product):
            return _pushed_through(node, size)
        return None

    def inverted(node: Expr) -> Expr | None:
        found = _thin(node.args[0], size) if isinstance(node, Inverse) else None
        if found is None:
            return None
        s, u = found
        rest = multiply(u, inv(_small(s, u)), transpose(u))
        return multiply(power(s, number(-1)), add(eye(u.rows), scale(-1, rest)))

    # What stands beside U first: the difference loses digits that this does not.
    return rewrite_bottom_up(rewrite_bottom_up(expr, changed), inverted)


def _small(s: Expr, u: Expr) -> Expr:
    return add(multiply(s, eye(u.columns)), multiply(transpose(u), u))


def _thin(x: Expr, size: Size) -> tuple[Expr, Expr] | None:
    """The positive s and the U of sI + UUᵀ, with at most half as many columns as rows."""
    if not isinstance(x, Sum) or len(x.args) != 2:
        return None
    for first, second in (x.args, x.args[::-1]):
        s, u = _multiple_of_eye(first), _half(second)
        if s is not None and u is not None and 2 * size(u.columns) <= size(u.rows):
            return s, u
    return None


def _multiple_of_eye(x: Expr) -> Expr | None:
    if isinstance(x, Eye):
        return number(1)
    front, rest = split_number(x)
    if isinstance(rest, Eye):
        return number(front) if front > 0 else None
    if isinstance(rest, Product) and len(rest.chain) == 1 and isinstance(rest.chain[0], Eye):
        s = multiply(number(front), *rest.scalars)
        return s if s.facts & Fact.POSITIVE else None
    return None


def _half(x: Expr) -> Expr | None:
    """The U of UUᵀ, with the root of a number that is not negative in it."""
    front, rest = split_number(x)
    if not isinstance(rest, Product) or front <= 0:
        return None
    scalar = multiply(number(front), *rest.scalars)
    if not (isinstance(scalar, Number) or scalar.facts & Fact.NONNEGATIVE):
        return None
    # Of a product U = HV the order of UᵀU is not left to chance: (HV)ᵀ(HV) is not Vᵀ(HᵀH)V.
    if len(rest.chain) != 2 or rest.chain[0].T is not rest.chain[1]:
        return None
    u = rest.chain[0]
    return u if scalar is number(1) else multiply(power(scalar, number(1) / 2), u)


def _pushed_through(node: Product, size: Size) -> Expr | None:
    """A product in which an inverse stands beside its U, or behind its Uᵀ."""
    chain = node.chain
    for place, factor in enumerate(chain):
        found = _thin(factor.args[0], size) if isinstance(factor, Inverse) else None
        if found is None:
            continue
        s, u = found
        front, core = split_number(u)
        if front != 1 or (isinstance(core, Product) and core.scalars):
            continue
        own = core.chain if isinstance(core, Product) else (core,)
        turned = tuple(transpose(part) for part in reversed(own))
        small = inv(_small(s, u))
        scalars = (number(node.coefficient), *node.scalars)
        if chain[place + 1 : place + 1 + len(own)] == own:
            new = (*chain[:place], u, small, *chain[place + 1 + len(own) :])
            return multiply(*scalars, *new)
        if place >= len(own) and chain[place - len(own) : place] == turned:
            new = (*chain[: place - len(own)], small, transpose(u), *chain[place + 1 :])
            return multiply(*scalars, *new)
    return None
