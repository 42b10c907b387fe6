"""Sums that have digits which the products of their terms lack, and those that have none to lose."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import ONES, SCALAR_TIMES, SCALE


def is_exact_difference(v: Value) -> bool:
    """Whether a sum is a difference such as X − 1uᵀ, which has digits that the products of its terms lack."""

    def exact(term: Value) -> bool:
        # A mean or any other number that is repeated is as it is, however it was computed.
        return term.op.is_spread or (
            term.op.is_exact and all(arg.op is ONES or arg.op is SCALE or exact(arg) for arg in term.args)
        )

    return min(v.params) < 0 < max(v.params) and all(exact(term) for term in v.args)


def scalars_apart(terms: Sequence[Value]) -> tuple[list[Value | None], list[Value]]:
    """The 1×1 factors of all terms, and what they are factors of; the terms as they are where one has none.

    A product of a number is rounded already, so that a difference of two has no digits that the difference of
    what is made of them lacks; X − s 1 1ᵀ has.
    """
    if all(v.op is SCALAR_TIMES and not (v.args[1].op is ONES or v.args[1].op.is_spread) for v in terms):
        return [v.args[0] for v in terms], [v.args[1] for v in terms]
    return [None] * len(terms), list(terms)
