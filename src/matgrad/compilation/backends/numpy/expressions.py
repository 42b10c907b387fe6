"""The NumPy expression of every primitive, or lines that make a named value, and how it lies in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.compilation.backends.numpy.algebra import ALGEBRA
from matgrad.compilation.backends.numpy.entrywise import ENTRYWISE
from matgrad.compilation.backends.numpy.products import PRODUCTS, is_thin
from matgrad.compilation.backends.numpy.text import Text, Write
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    CHOLESKY,
    CHOLESKY_FACTOR,
    GRAM,
    HADAMARD,
    KRON,
    LOG_COSH,
    LOG_SOFTMAX,
    LOGADDEXP,
    MATMUL,
    POWER,
    POWER_BY,
    SCALAR_TIMES,
    SCALE,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SOFTMAX,
    SOLVE_CHOLESKY,
    SOLVE_LU,
    SOLVE_TRIANGULAR,
    SUM,
    TRANSPOSE,
    WEIGHTED_GRAM,
)

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.writer import Writer


def write(w: Writer, v: Value) -> Text:
    """The expression of a value; text that starts with a NUL holds lines that name it by NUL."""
    return _WRITE[v.op.name](w, v)


def layout(w: Writer, v: Value) -> str:
    """``"C"``, ``"F"`` or ``""``: how a value lies in memory."""
    if v.kind != "matrix":
        return "C"
    if v.op is TRANSPOSE:
        return {"C": "F", "F": "C"}.get(w.layouts[v.args[0]], "")
    if v.op in (
        SUM,
        SCALE,
        SCALAR_TIMES,
        HADAMARD,
        APPLY,
        POWER,
        POWER_BY,
        LOGADDEXP,
        LOG_COSH,
    ):
        orders = {w.layouts[a] for a in v.args if a.kind == "matrix" and not a.op.is_spread}
        return orders.pop() if len(orders) == 1 else "C" if "F" not in orders or len(orders) > 1 else ""
    if v.op is SCALE_ROWS:
        return w.layouts[v.args[1]]
    if v.op in (SCALE_COLUMNS, SOFTMAX, LOG_SOFTMAX):
        return w.layouts[v.args[0]]
    if v.op in (CHOLESKY, CHOLESKY_FACTOR, SOLVE_CHOLESKY, SOLVE_LU, SOLVE_TRIANGULAR):
        return "F"
    if v.op is MATMUL and is_thin(v):
        return "F"
    if v.op in (MATMUL, GRAM, WEIGHTED_GRAM, KRON):
        return "C"
    return ""


_WRITE: dict[str, Write] = {**ENTRYWISE, **PRODUCTS, **ALGEBRA}
