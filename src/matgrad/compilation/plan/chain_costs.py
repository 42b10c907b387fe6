"""What the steps of a matrix chain cost that structure makes cheaper, or dearer, than products."""

from __future__ import annotations

from matgrad.compilation.ir.cost import ENTRY, SPARSE, SPARSE_START, START, effort, solve_pace
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    EYE,
    INVERSE_KRONECKER,
    INVERSE_LOW_RANK,
    INVERSE_PATTERN,
    INVERSE_TRIANGULAR,
    TRANSPOSE,
)
from matgrad.compilation.ir.primitives.diagonal_patterns import solve_time


def base_of(v: Value) -> Value:
    """A value, or what it is the transpose of."""
    return v.args[0] if v.op is TRANSPOSE else v


def applying_kron(v: Value, columns: int) -> float:
    """The cost of A ⊗ B times a matrix, one factor after the other."""
    (m, n), (p, q) = (arg.extent for arg in v.args)
    first = 0.0 if v.args[1].op is EYE else 2.0 * n * p * q
    second = 0.0 if v.args[0].op is EYE else 2.0 * m * n * p
    return 2 * START + (first + second) * columns + ENTRY * v.extent[0] * columns


def forming(v: Value) -> float:
    """The cost of forming an inverse whose factorisation is there."""
    return effort(base_of(v))


def solving_with(v: Value, columns: int) -> float:
    """The cost of a solve with several right sides."""
    if base_of(v).op is INVERSE_KRONECKER:
        orders = sum(arg.extent[0] for arg in base_of(v).args[:2])
        return 4.0 * v.extent[0] * orders * columns + 4 * ENTRY * v.extent[0] * columns
    if base_of(v).op is INVERSE_LOW_RANK:
        return (
            4.0 * v.extent[0] * base_of(v).args[0].args[1].extent[1] * columns + ENTRY * v.extent[0] * columns
        )
    if base_of(v).op is INVERSE_PATTERN:
        pattern = base_of(v).args[0].params[0]
        return solve_time(pattern, v.extent[0], columns)
    source = base_of(v).args[0]
    if source.stored is not None:
        return SPARSE_START + 2 * SPARSE * source.stored.nonzeros * columns
    each = 1.0 if base_of(v).op is INVERSE_TRIANGULAR else 2.0
    return each * v.extent[0] ** 2 * columns * solve_pace(v.extent[0], columns)
