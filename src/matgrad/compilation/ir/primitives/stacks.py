"""Stacks: the members of a family below one another, computed all at once.

A stack of N arrays r×c is one value (N r)×c. What is computed entry by entry of members is computed so of
their stack; what is not is one value here, which libraries compute of arrays with three axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from matgrad.compilation.ir import split_rules
from matgrad.compilation.ir.cost import ENTRY, entries, nothing, product_flops
from matgrad.compilation.ir.primitive import Primitive, Shape, Value
from matgrad.compilation.ir.sizes import plain
from matgrad.compilation.ir.spelling import ADD, MUL, Speller, Text
from matgrad.compilation.ir.split import RefusalError, Split
from matgrad.core.records import dataclass

CUBIC = frozenset(
    {"cholesky", "inverse", "solve", "log_det", "log_det_definite", "det", "matrix_power"}
    | {"expm", "logm", "sqrtm", "eigenvalues", "eigenvectors", "left_vectors", "singular_values"}
    | {"right_vectors", "pinv", "adjugate", "sylvester", "stein"}
)
"""What takes the cube of the order of the first operand."""


@dataclass(frozen=True)
class Member:
    """How an operand of :data:`EACH` is made of members.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns of a member.
    along : tuple of bool
        Along which of the axes of the stack it changes.
    turned : bool
        Whether the transposes of the members are meant.
    """

    shape: Shape
    along: tuple[bool, ...]
    turned: bool = False


@dataclass(frozen=True)
class Each:
    """What :data:`EACH` computes of members.

    Attributes
    ----------
    function : str
        Its name in ``backends/base/library/stacks``.
    numbers : tuple
        What it needs besides members: numbers, whether, or sizes.
    shape : tuple of int
        Rows and columns of a member of the result.
    counts : tuple of int
        How many members there are along each axis of the stack.
    members : tuple of Member
        How the operands are made.
    """

    function: str
    numbers: tuple[Any, ...]
    shape: Shape
    counts: tuple[int, ...]
    members: tuple[Member, ...]

    @property
    def count(self) -> int:
        """How many members there are."""
        return prod(self.counts)


def _flops(v: Value) -> int:
    each: Each = v.params[0]
    r, c = map(plain, each.shape)
    first = max(map(plain, each.members[0].shape))
    if each.function in CUBIC:
        return plain(each.count) * 2 * first**3
    if each.function in ("matmul", "gram", "weighted_gram"):
        return plain(each.count) * product_flops(r, first, c)
    return entries(v)


def _spelled(w: Speller[Value], v: Value) -> Text:
    operands = ", ".join(w.operand(arg, ADD) for arg in v.args)
    return Text(f"each {v.params[0].function.replace('_', ' ')}({operands})")


def _summed(w: Speller[Value], v: Value) -> Text:
    return Text(f"Σ of the {v.params[1]} members of {w.operand(v.args[0], MUL)}", MUL)


def _contracted(w: Speller[Value], v: Value) -> Text:
    a, b = (w.operand(arg) for arg in v.args)
    return Text(f"Σ {a}[i] {b}[i]", MUL)


def _split_of_each(v: Value, args: Sequence[Split], length: int) -> Split:
    """Stacks whose first axis is split lie so; what all members share lies whole on every machine."""
    each: Each = v.params[0]
    moving = [split for split, member in zip(args, each.members, strict=True) if member.along[0]]
    shared = [split for split, member in zip(args, each.members, strict=True) if not member.along[0]]
    if any(split.is_split for split in shared) or Split.COLUMNS in moving:
        raise RefusalError(split_rules.NEEDS_ALL)
    return split_rules.together(moving)


def _split_of_sum(v: Value, args: Sequence[Split], length: int) -> Split:
    """A sum over the members takes a part from every machine."""
    (split,) = args
    if split is Split.COLUMNS or (v.params[0] != 1 and split.is_split):
        raise RefusalError(split_rules.NEEDS_ALL)
    return Split.WHOLE


EACH = Primitive(
    name="each", meaning="the stack of what params[0], an Each, computes of the members of the operands",
    flops=_flops, work=lambda v: ENTRY * entries(v) + 2.0 * _flops(v), spelled=_spelled, in_operand=True,
    split=_split_of_each, is_structured=True,
)  # fmt: skip
SUM_EACH = Primitive(
    name="sum_each",
    meaning="the sum of the members: params (outer, count); of outer stacks of count members each",
    flops=lambda v: entries(v.args[0]), spelled=_summed, allocates=True,
    split=_split_of_sum, is_structured=True,
)  # fmt: skip
CONTRACT = Primitive(
    name="contract", meaning="Σ A_i B_i over the params[0] members of two stacks",
    flops=lambda v: product_flops(*v.extent, v.args[1].extent[0]), spelled=_contracted, allocates=True,
    is_structured=True,
)  # fmt: skip
WEIGHTED_SUM = Primitive(
    name="weighted_sum", meaning="Σ w_i A_i: the column of weights, and the stack of the A_i",
    flops=lambda v: 2 * entries(v.args[1]),
    spelled=lambda w, v: Text(f"Σ {w.operand(v.args[0])}[i] {w.operand(v.args[1])}[i]", MUL),
    allocates=True,
    is_structured=True,
)  # fmt: skip
MEMBER = Primitive(
    name="member", meaning="the member of a stack at the index params[0]; only while sums are planned",
    flops=nothing, is_free=True, is_exact=True, in_operand=True,
    is_structured=True,
)  # fmt: skip
UNIT_AT = Primitive(
    name="unit_at",
    meaning="the unit vector with 1 at the index params[0] shifted by params[1]; only while sums are planned",
    flops=nothing, is_free=True, is_cheap_factor=True,
    is_structured=True,
)  # fmt: skip
PLACED_AT = Primitive(
    name="placed_at",
    meaning="operand 0 in a stack at the index params[0] shifted by params[1]; only while sums are planned",
    flops=nothing, is_free=True,
    is_structured=True,
)  # fmt: skip
