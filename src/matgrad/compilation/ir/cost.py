"""What values cost: multiplications and additions, and an estimate of time for comparing plans."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.compilation.ir.program import Value

START = 3000.0
"""What starting a primitive costs, counted in multiplications of a matrix product."""

ENTRY = 6.0
"""What one entry costs in a computation that only passes over memory, counted likewise."""

FUNCTION = 40.0
"""What one entry of a function such as exp costs, counted likewise."""

_FREE = frozenset(
    {
        "input", "number", "constant", "transpose", "part", "item", "diagonal", "eye", "ones", "zeros",
        "unit", "selection", "broadcast_row", "broadcast_column",
    }
)  # fmt: skip


_UNBLOCKED = frozenset(
    {
        "cholesky_factor", "lu_factor", "cholesky", "inverse_cholesky", "inverse_lu", "inverse_triangular",
        "adjugate",
    }
)  # fmt: skip
"""Factorisations and inverses, which run at half the speed of a product."""


def product_flops(rows: int, inner: int, columns: int) -> int:
    """The additions and multiplications of a matrix product."""
    return 2 * rows * inner * columns


def flops(v: Value) -> int:
    """The additions and multiplications (and function values) that a value takes."""
    entries = v.rows * v.columns
    first = v.args[0] if v.args else v
    n = first.rows
    if v.op in _FREE or v.op in ("reshape", "grid", "take_rows", "take_columns", "tril", "diag"):
        return 0
    if v.op == "matmul":
        return product_flops(v.rows, first.columns, v.columns) if first.columns > 1 else entries
    if v.op == "gram":
        return first.rows * v.rows * (v.rows + 1)
    if v.op == "weighted_gram":
        return first.rows * v.rows * (v.rows + 2)
    if v.op == "kron" and any(arg.op == "eye" for arg in v.args):
        return 0
    if v.op == "block_products":
        x, spread = v.args
        return product_flops(x.columns, x.rows, spread.columns)
    if v.op == "kron_apply":
        a, b, m = v.args
        by_right = 0 if b.op == "eye" else product_flops(b.rows, b.columns, a.columns * m.columns)
        return by_right + (0 if a.op == "eye" else product_flops(a.rows, a.columns, b.rows * m.columns))
    if v.op in ("inner", "row_inner"):
        return 2 * first.rows * first.columns
    if v.op == "sum":
        free = [c for c in v.params if abs(c) == 1]
        return entries * (2 * len(v.args) - 1 - len(free))
    if v.op == "hadamard":
        return entries * (len(v.args) - 1)
    if v.op in ("total", "row_sums", "column_sums", "max", "is_max", "column_max"):
        return first.rows * first.columns
    if v.op == "trace":
        return n
    if v.op in ("cholesky", "cholesky_factor"):
        return n**3 // 3
    if v.op == "lu_factor":
        return 2 * n**3 // 3
    if v.op in ("solve_cholesky", "solve_lu"):
        return 2 * v.rows**2 * v.columns
    if v.op == "solve_triangular":
        return v.rows**2 * v.columns
    if v.op == "inverse_cholesky":
        return 2 * v.rows**3 // 3
    if v.op == "inverse_lu":
        return 4 * v.rows**3 // 3
    if v.op == "inverse_triangular":
        return v.rows**3 // 3
    if v.op == "adjugate":
        return 4 * v.rows**3 // 3
    if v.op == "det_hessian":
        return 4 * v.rows**2
    if v.op == "norms":
        return 2 * first.rows * first.columns
    if v.op in ("log_det_cholesky", "log_det_lu", "det_cholesky", "det_lu"):
        return 2 * n
    if v.op in ("eigh", "svd", "pinv", "expm", "logm", "sqrtm", "sylvester", "matrix_power_by"):
        return (
            {"eigh": 9, "svd": 14, "pinv": 20}.get(v.op, 25) * first.rows * first.columns * min(first.shape)
        )
    if v.op == "matrix_power":
        return product_flops(n, n, n) * int(v.params[0]).bit_length()
    if v.op in ("softmax", "log_softmax"):
        return 5 * entries
    if v.op == "logsumexp":
        return 4 * first.rows * first.columns
    return entries


def effort(v: Value) -> float:
    """An estimate of the time of a value, in multiplications of a matrix product."""
    if v.op in _FREE:
        return 0.0
    entries = v.rows * v.columns
    work = float(flops(v))
    if v.op in (
        "apply",
        "softmax",
        "log_softmax",
        "power_by",
        "logaddexp",
        "log_cosh",
        "power_or_zero",
        "xlogy",
    ):
        work = FUNCTION * entries
    elif v.op == "logsumexp":
        work = FUNCTION * v.args[0].rows * v.args[0].columns
    elif v.op == "matmul" and 1 in (v.rows, v.columns, v.args[0].columns):
        work = ENTRY * max(entries, v.args[0].rows * v.args[0].columns)
    elif v.op in ("solve_cholesky", "solve_lu", "solve_triangular"):
        work *= 1.3 if v.columns > 8 else 3
    elif v.op in _UNBLOCKED:
        work *= 2
    elif v.op in (
        "kron",
        "face_split",
        "reshape",
        "grid",
        "take_rows",
        "take_columns",
        "tril",
        "diag",
        "scatter_rows",
    ):
        work = ENTRY * entries
    elif v.op == "sum":
        work = ENTRY * entries * (len(v.args) - 1)
    elif work <= 4 * entries or v.op in ("inner", "total", "row_sums", "column_sums", "row_inner"):
        work = ENTRY * max(entries, work)
    return START + work


def total_effort(values: Iterable[Value]) -> float:
    """The effort of all values together."""
    return sum(effort(value) for value in values)
