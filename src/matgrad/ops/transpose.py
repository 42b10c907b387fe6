"""The transpose: pushed to the leaves, and to operations that keep it outside."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import BANDS, Fact, turned_bands
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.registry import function

_TURNED = (
    (Fact.LOWER_TRIANGULAR, Fact.UPPER_TRIANGULAR),
    (Fact.SIMPLEX, Fact.SIMPLEX_ROWS),
)
"""Facts of a matrix and of its transpose."""


class Transpose(Expr):
    """The transpose of a leaf, or of an operation that keeps it outside."""

    __slots__ = ()
    name = "transpose"
    linearity = "each"
    moves_entries = True
    form = "postfix"
    reason = Phrase("d(Xᵀ) = (dX)ᵀ", "Matrix Cookbook", "eq. 44")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].shape[1], args[0].shape[0])

    @classmethod
    def signature_of(cls, args: tuple[Expr, ...], data: Data) -> int:
        return args[0].signature

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return transpose(args[0])

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts
        result = facts & ~(
            Fact.ORTHONORMAL_COLUMNS
            | Fact.LOWER_TRIANGULAR
            | Fact.UPPER_TRIANGULAR
            | BANDS
            | Fact.SIMPLEX
            | Fact.SIMPLEX_ROWS
            | Fact.ONE_HOT
            | Fact.ONE_HOT_ROWS
        )
        result |= turned_bands(facts)
        for one, other in _TURNED:
            if facts & one:
                result |= other
            if facts & other:
                result |= one
        return result

    def linear_map(self, index: int) -> LinearMap:
        return lm.Transposition(self.args[0].shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.transpose(values[0])

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self.args[0]

    def notation(self) -> Notation:
        return Notation("{0}'", "{0}ᵀ", r"{0}^{\top}", "{0}.T")


@function("transpose", numpy="transpose", example="transpose(A*x)", given="A: m×n, x: n")
def transpose(x: Expr) -> Expr:
    """The transpose Xᵀ."""
    known = x.known_transpose
    if known is not None:
        return known
    done: dict[Expr, Expr] = {}
    stack = [x]
    while stack:
        node = stack[-1]
        known = node.known_transpose
        if known is None:
            known = _at_once(node)
        if known is None:
            operands = node.transpose_operands()
            waiting = [operand for operand in operands if operand not in done]
            if waiting:
                stack += waiting
                continue
            rule = node.transpose_rule(tuple(done[operand] for operand in operands))
            known = Transpose.intern((node,)) if rule is None else rule
            node.keep_transpose(known)
        done[node] = known
        stack.pop()
    return done[x]


def _at_once(node: Expr) -> Expr | None:
    """The transpose that the facts of a node tell."""
    if node.is_scalar or node.facts & Fact.SYMMETRIC:
        known = node
    elif node.facts & Fact.SKEW:
        known = -node
    else:
        return None
    node.keep_transpose(known)
    return known
