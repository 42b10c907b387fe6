"""Rows and columns: repeated, scaled, and what is computed of each."""

from __future__ import annotations

from matgrad.compilation.ir import degrees, sparse_rules, split_rules
from matgrad.compilation.ir.cost import FUNCTION, entries, functions, nothing, operand_entries, passing
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.spelling import ADD, MUL, POST, Speller, Text, with_sign


def _twice(v: Value) -> int:
    return 2 * operand_entries(v)


def _scale_rows(w: Speller[Value], v: Value) -> Text:
    return Text(f"diag({w.operand(v.args[0], ADD)}) {w.operand(v.args[1], MUL)}", MUL)


def _scale_columns(w: Speller[Value], v: Value) -> Text:
    negative, text = w.term(v.args[0], MUL)
    return with_sign(negative, f"{text} diag({w.operand(v.args[1], ADD)})", MUL)


def _total(w: Speller[Value], v: Value) -> Text:
    return Text(f"sum({w.operand(v.args[0], ADD)})")


def _trace(w: Speller[Value], v: Value) -> Text:
    return Text(f"tr({w.operand(v.args[0], ADD)})")


def _norm(w: Speller[Value], v: Value) -> Text:
    return Text(f"norm({w.operand(v.args[0], ADD)})")


def _over_norms(w: Speller[Value], v: Value) -> Text:
    return Text(f"unit({w.operand(v.args[0], ADD)})")


def _inner(w: Speller[Value], v: Value) -> Text:
    a, b = v.args
    if a.kind == "vector":
        return Text(f"{w.operand(a)}ᵀ{w.operand(b, POST)}", MUL)
    return Text(f"tr({w.operand(a)}ᵀ {w.operand(b, MUL)})")


def _row_inner(w: Speller[Value], v: Value) -> Text:
    return Text(f"diag({w.operand(v.args[0], MUL)} {w.operand(v.args[1])}ᵀ)")


SCALE_ROWS = Primitive(
    name="scale_rows", meaning="diag(v) A: operand 0 is a column v (m×1), operand 1 is A (m×n)",
    flops=entries, spelled=_scale_rows, degree=degrees.multilinear, split=split_rules.entrywise,
    takes_number=True, is_inline=True, allocates=True,
    stored=sparse_rules.as_second,
)  # fmt: skip
SCALE_COLUMNS = Primitive(
    name="scale_columns", meaning="A diag(v): operand 0 is A (m×n), operand 1 a column v (n×1)",
    flops=entries, spelled=_scale_columns, degree=degrees.multilinear, split=split_rules.of_scale_columns,
    takes_number=True, is_inline=True, allocates=True,
    stored=sparse_rules.as_first,
)  # fmt: skip
BROADCAST_COLUMN = Primitive(
    name="broadcast_column", meaning="the column v repeated: v 1ᵀ, of the shape of the value",
    flops=nothing, spelled=lambda w, v: Text(f"{w.operand(v.args[0])} 1ᵀ", MUL),
    degree=degrees.linear, split=split_rules.of_broadcast_column, is_free=True, is_virtual=True,
    is_spread=True, is_structure=True, is_cheap_factor=True, is_exact=True, allocates=True,
)  # fmt: skip
BROADCAST_ROW = Primitive(
    name="broadcast_row",
    meaning="the row vᵀ repeated: 1 vᵀ, of the shape of the value; the operand is v, a column",
    flops=nothing, spelled=lambda w, v: Text(f"1 {w.operand(v.args[0])}ᵀ", MUL),
    degree=degrees.linear, split=split_rules.of_broadcast_row, is_free=True, is_virtual=True,
    is_spread=True, is_structure=True, is_cheap_factor=True, is_exact=True, allocates=True,
)  # fmt: skip
TOTAL = Primitive(
    name="total", meaning="the sum of all entries (1×1)",
    flops=operand_entries, work=passing, spelled=_total, degree=degrees.linear, split=split_rules.of_total,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
ROW_SUMS = Primitive(
    name="row_sums", meaning="A 1, a column",
    flops=operand_entries, work=passing, degree=degrees.linear, split=split_rules.of_row_sums,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
COLUMN_SUMS = Primitive(
    name="column_sums", meaning="Aᵀ1, a column",
    flops=operand_entries, work=passing, degree=degrees.linear, split=split_rules.of_column_sums,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
INNER = Primitive(
    name="inner", meaning="Σ a⊙b = tr(AᵀB) of two values of one shape (1×1)",
    flops=_twice, work=passing, spelled=_inner, degree=degrees.multilinear, split=split_rules.of_total,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
ROW_INNER = Primitive(
    name="row_inner", meaning="the row sums of A⊙B, a column: the diagonal of A Bᵀ",
    flops=_twice, work=passing, spelled=_row_inner, degree=degrees.multilinear,
    split=split_rules.of_row_inner, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
NORMS = Primitive(
    name="norms",
    meaning="the root of the sum of squares of all entries (1×1), or where params[0] of each row, a column; "
    "without overflow or underflow of the squares",
    flops=_twice, spelled=_norm, split=split_rules.of_norms, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
OVER_NORMS = Primitive(
    name="over_norms",
    meaning="operand 0 over operand 1, its norm (1×1) or the norms of its rows (a column); 0 for 0/0",
    flops=entries, spelled=_over_norms, split=split_rules.of_over_norms, allocates=True,
)  # fmt: skip
TRACE = Primitive(
    name="trace", meaning="the sum of the diagonal (1×1)",
    flops=lambda v: v.args[0].extent[0], spelled=_trace, degree=degrees.linear,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
MAX = Primitive(
    name="max", meaning="the largest entry (1×1)",
    flops=operand_entries, split=split_rules.of_total, allocates=True,
)  # fmt: skip
IS_MAX = Primitive(
    name="is_max",
    meaning="1 at the largest entry (the first of equals, column by column), 0 elsewhere",
    flops=operand_entries, split=split_rules.of_is_max, allocates=True,
)  # fmt: skip
COLUMN_MAX = Primitive(
    name="column_max", meaning="the largest entry of each column, a column",
    flops=operand_entries, split=split_rules.of_column_sums, allocates=True,
)  # fmt: skip
SOFTMAX = Primitive(
    name="softmax", meaning="exp(x)/Σ exp(x), down each column (params[0] = 0) or along each row (1)",
    flops=lambda v: 5 * entries(v), work=functions, split=split_rules.as_operand, allocates=True,
)  # fmt: skip
LOG_SOFTMAX = Primitive(
    name="log_softmax", meaning="x − log Σ exp(x), down each column (params[0] = 0) or along each row (1)",
    flops=lambda v: 5 * entries(v), work=functions, split=split_rules.as_operand, allocates=True,
)  # fmt: skip
LOGSUMEXP = Primitive(
    name="logsumexp", meaning="log Σ exp(x) down each column (params[0] = 0) or along each row (1), a column",
    flops=lambda v: 4 * operand_entries(v), work=lambda v: FUNCTION * operand_entries(v),
    split=split_rules.of_logsumexp, allocates=True,
)  # fmt: skip
