"""Projectors, P² = P: which products are one by their form, and powers of one."""

from __future__ import annotations

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Ones, number
from matgrad.ops.power import Power
from matgrad.ops.pseudoinverse import Pinv
from matgrad.ops.transpose import Transpose


def projector_facts(x: Product) -> Fact:
    """What a product shows of being a projector.

    L M R is idempotent where M (R L) M = M: where M is (R L)⁻¹ or (R L)⁺, and where R L = I and M is
    idempotent or not there. That it is symmetric is seen of U M Uᵀ with a symmetric M, of XX⁺ and of X⁺X.
    """
    chain = x.chain
    if len(chain) < 2 or not x.is_square:
        return Fact.NONE
    if x.coefficient != 1 or x.scalars:
        return Fact.IDEMPOTENT if _is_of_rank_one(x) else Fact.NONE
    kept = _PROJECTOR
    while len(chain) > 1:
        first, last = chain[0], chain[-1]
        if not (first.facts & Fact.ORTHONORMAL_COLUMNS and first.T is last):
            if not ({type(first), type(last)} & {Inverse, Transpose} and _are_inverse(first, last)):
                break
            kept = Fact.IDEMPOTENT
        chain = chain[1:-1]
    if len(chain) < 2:
        return kept & (chain[0].facts if chain else _PROJECTOR)
    for place, factor in enumerate(chain):
        if isinstance(factor, (Inverse, Pinv, Transpose)):
            generalized = _is_pseudoinverse(factor)
            if _undone(factor) == chain[place + 1 :] + chain[:place]:
                at_end = place in (0, len(chain) - 1)
                return kept & (_PROJECTOR if generalized and at_end else Fact.IDEMPOTENT)
    return Fact.NONE


_PROJECTOR = Fact.IDEMPOTENT | Fact.ORTHOGONAL_PROJECTOR


def _is_pseudoinverse(x: Expr) -> bool:
    return isinstance(x.args[0] if isinstance(x, Transpose) else x, Pinv)


def _undone(x: Expr) -> tuple[Expr, ...]:
    """The factors of B where an expression is B⁻¹ or B⁺, or the transpose of such a one."""
    inner = x.args[0] if isinstance(x, Transpose) else x
    if not isinstance(inner, (Inverse, Pinv)):
        return ()
    base = inner.args[0] if inner is x else inner.args[0].T
    if not isinstance(base, Product):
        return (base,)
    return () if base.scalars or base.coefficient != 1 else base.chain


def _are_inverse(a: Expr, b: Expr) -> bool:
    return any(_undone(x) == (y,) and not _is_pseudoinverse(x) for x, y in ((a, b), (b, a)))


def _is_of_rank_one(x: Product) -> bool:
    """Whether a product reads u vᵀ / vᵀu."""
    if len(x.chain) != 2 or x.chain[0].columns is not ONE:
        return False
    u, v = x.chain
    divided = len(x.scalars) == 1 and isinstance(x.scalars[0], Power)
    if not divided and (x.scalars or not isinstance(u, Ones)):
        return False
    return multiply(number(x.coefficient), *x.scalars, v, u) is number(1)
