"""Replacing one factor of a product, in whatever holds it linearly: a chain, an entrywise product, a vec."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.core.expr import Expr
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.leaves import Number, number, ones
from matgrad.ops.power import Power, power
from matgrad.ops.transpose import Transpose, transpose

Replace = Callable[[Expr], Expr | None]


def holds(factor: Expr, x: Expr) -> bool:
    """Whether a factor holds x linearly."""
    return _replaced(factor, lambda node: node if node is x else None) is not None


def _replaced(factor: Expr, replace: Replace) -> Expr | None:
    """A factor with the first of its own factors replaced that has a replacement.

    Only operations that are linear in the operand are entered, and the powers of scalars, of which one
    factor is taken. ``None`` where there is none.
    """
    new = replace(factor)
    if new is not None:
        return new
    if isinstance(factor, Transpose):
        inner = _replaced(factor.args[0], replace)
        return None if inner is None else transpose(inner)
    if factor.is_vector or factor.is_row or factor.linearity != "each":
        turned = replace(factor.T) if not factor.is_scalar else None
        if turned is not None:
            return transpose(turned)
    if factor.is_scalar and isinstance(factor, Power) and _is_multiple(factor.exponent):
        inner = _replaced(factor.args[0], replace)
        return None if inner is None else multiply(inner, power(factor.args[0], _less_one(factor.exponent)))
    if factor.linearity == "each":
        for place, arg in enumerate(factor.args):
            inner = _replaced(arg, replace)
            if inner is not None:
                args = (*factor.args[:place], inner, *factor.args[place + 1 :])
                return factor.rebuild(args, factor.data)
    return None


def _is_multiple(exponent: Expr) -> bool:
    """Whether a power is a product of its base with itself."""
    return isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value > 1


def _less_one(exponent: Expr) -> Expr:
    """One less than a number."""
    assert isinstance(exponent, Number)
    return number(exponent.value - 1)


def _with_run(chain: Sequence[Expr], run: Sequence[Expr], new: Expr) -> list[Expr] | None:
    """A chain with a run of its factors replaced by one factor."""
    for start in range(len(chain) - len(run) + 1):
        if all(a is b for a, b in zip(chain[start:], run, strict=False)):
            return [*chain[:start], new, *chain[start + len(run) :]]
    return None


def replaced_in(node: Product, skip: int, x: Expr, new: Expr) -> list[Expr] | None:
    """The factors of a product with one x, or xᵀ, replaced; the factor of one place is left out."""
    run = x.chain if isinstance(x, Product) and not x.scalars and x.coefficient == 1 else (x,)
    turned = [factor.T for factor in reversed(run)]
    for what, put in ((run, new), (turned, transpose(new))):
        chain = _with_run(node.chain, what, put)
        if chain is not None:
            return [*node.scalars[:skip], *node.scalars[skip + 1 :], *chain]

    def replace(factor: Expr) -> Expr | None:
        if factor is x:
            return new
        if len(run) > 1 and isinstance(factor, Product):
            for what, put in ((run, new), (turned, transpose(new))):
                chain = _with_run(factor.chain, what, put)
                if chain is not None:
                    return multiply(number(factor.coefficient), *factor.scalars, *chain)
        return None

    for place, factor in enumerate(node.args):
        if place != skip:
            changed = _replaced(factor, replace)
            if changed is not None:
                args = [*node.args[:place], changed, *node.args[place + 1 :]]
                return args[:skip] + args[skip + 1 :]
    return None


def substituted(expr: Expr, x: Expr, new: Expr) -> Expr:
    """An expression with another in the place of one of its parts."""
    return rewrite_bottom_up(expr, lambda node: new if node is x else None)


def times_held(factor: Expr, x: Expr) -> int:
    """How often a factor holds x linearly."""
    count = 0
    while count < 4:
        changed = _replaced(factor, lambda node: ones(*x.shape) if node is x else None)
        if changed is None or changed is factor:
            break
        factor, count = changed, count + 1
    return count
