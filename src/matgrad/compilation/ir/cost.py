"""What values cost: multiplications and additions, and an estimate of time for comparing plans."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.compilation.ir import sparse_rules
from matgrad.compilation.ir.primitive import Value

START = 3000.0
"""What starting a primitive costs, counted in multiplications of a matrix product."""

ENTRY = 6.0
"""What one entry costs in a computation that only passes over memory, counted likewise."""

FUNCTION = 40.0
"""What one entry of a function such as exp costs, counted likewise."""


SPARSE = 10.0
"""What a multiplication by a stored entry of a sparse matrix costs, counted likewise."""

SPARSE_START = 20_000.0
"""What starting a product with a sparse matrix costs, counted likewise."""


def flops(v: Value) -> int:
    """The additions and multiplications (and function values) that a value takes."""
    return sparse_rules.flops(v) if v.is_of_stored else v.op.flops(v)


def effort(v: Value) -> float:
    """An estimate of the time of a value, in multiplications of a matrix product."""
    if v.op.is_free:
        return 0.0
    if v.is_of_stored:
        return SPARSE_START + SPARSE * sparse_rules.flops(v)
    return START + (usual(v) if v.op.work is None else v.op.work(v))


def total_effort(values: Iterable[Value]) -> float:
    """The effort of all values together."""
    return sum(effort(value) for value in values)


# ---- flops -----------------------------------------------------------------------------------------


def nothing(v: Value) -> int:
    """What needs no arithmetic."""
    return 0


def entries(v: Value) -> int:
    """One step an entry."""
    rows, columns = v.extent
    return rows * columns


def operand_entries(v: Value) -> int:
    """One step an entry of the first operand."""
    return entries(v.args[0])


def product_flops(rows: int, inner: int, columns: int) -> int:
    """The additions and multiplications of a matrix product."""
    return 2 * rows * inner * columns


# ---- time ------------------------------------------------------------------------------------------


def usual(v: Value) -> float:
    """The time of the arithmetic, or of passing over memory where that is more."""
    work, passed = float(flops(v)), entries(v)
    return ENTRY * max(passed, work) if work <= 4 * passed else work


def passing(v: Value) -> float:
    """The time of passing over operands."""
    return ENTRY * max(entries(v), flops(v))


def moving(v: Value) -> float:
    """The time of writing the entries."""
    return ENTRY * entries(v)


def functions(v: Value) -> float:
    """The time of a function of every entry."""
    return FUNCTION * entries(v)


def unblocked(v: Value) -> float:
    """The time of factorisations and inverses, which run at half the speed of a product."""
    return 2.0 * flops(v)


def inverting(v: Value) -> float:
    """The time of an inverse from its factorisation: LAPACK's blocks leave small orders to slow loops."""
    return flops(v) * (2.0 + 5.0 * min(1.0, 100.0 / max(v.extent[0], 1)))


def solve_pace(order: int, columns: int) -> float:
    """How many times as long as those of a product the flops of a solve take.

    Few right sides wait for memory, small orders for the diagonal blocks.
    """
    return 1.5 + 3.0 * min(1.0, 120.0 / max(order, 1)) if columns > 8 else 3.0


def solving(v: Value) -> float:
    """The time of a solve."""
    rows, columns = v.extent
    return flops(v) * solve_pace(rows, columns)


def adding(rows: int, columns: int, terms: int) -> float:
    """The time of a sum.

    Each further term of matrices reads two arrays and writes one, where a product with a column reads one.
    """
    return ENTRY * (2.5 if min(rows, columns) > 1 else 1.0) * rows * columns * (terms - 1)
