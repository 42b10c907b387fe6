"""The NumPy expression of every primitive, or lines that make a named value, and how it lies in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.compilation.backends.numpy.algebra import ALGEBRA
from matgrad.compilation.backends.numpy.entrywise import ENTRYWISE, VIRTUAL
from matgrad.compilation.backends.numpy.products import PRODUCTS, is_thin
from matgrad.compilation.backends.numpy.text import Text, Write
from matgrad.compilation.ir.program import Value

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.writer import Writer


def write(w: Writer, v: Value) -> Text:
    """The expression of a value; text that starts with a NUL holds lines that name it by NUL."""
    return _WRITE[v.op](w, v)


def layout(w: Writer, v: Value) -> str:
    """``"C"``, ``"F"`` or ``""``: how a value lies in memory."""
    if v.kind != "matrix":
        return "C"
    if v.op == "transpose":
        return {"C": "F", "F": "C"}.get(w.layouts[v.args[0]], "")
    if v.op in (
        "sum",
        "scale",
        "scalar_times",
        "hadamard",
        "apply",
        "power",
        "power_by",
        "logaddexp",
        "log_cosh",
    ):
        orders = {w.layouts[a] for a in v.args if a.kind == "matrix" and a.op not in VIRTUAL}
        return orders.pop() if len(orders) == 1 else "C" if "F" not in orders or len(orders) > 1 else ""
    if v.op == "scale_rows":
        return w.layouts[v.args[1]]
    if v.op in ("scale_columns", "softmax", "log_softmax"):
        return w.layouts[v.args[0]]
    if v.op in ("cholesky", "cholesky_factor", "solve_cholesky", "solve_lu", "solve_triangular"):
        return "F"
    if v.op == "matmul" and is_thin(v):
        return "F"
    if v.op in ("matmul", "gram", "weighted_gram", "kron"):
        return "C"
    return ""


_WRITE: dict[str, Write] = {**ENTRYWISE, **PRODUCTS, **ALGEBRA}
