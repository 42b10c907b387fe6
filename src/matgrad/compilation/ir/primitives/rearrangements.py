"""The same entries in other places."""

from __future__ import annotations

from matgrad.compilation.ir import degrees, sparse_rules, split_rules
from matgrad.compilation.ir.cost import entries, moving, nothing
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.spelling import ADD, POST, Speller, Text


def _transpose(w: Speller[Value], v: Value) -> Text:
    return Text(w.operand(v.args[0]) + "ᵀ", POST)


def _filled(w: Speller[Value], v: Value) -> Text:
    return Text(f"dense({w.operand(v.args[0], ADD)})")


def _reshape(w: Speller[Value], v: Value) -> Text:
    return Text(f"{'vec' if v.columns == 1 else 'unvec'}({w.operand(v.args[0], ADD)})")


def _part(w: Speller[Value], v: Value) -> Text:
    first = v.args[0]
    r0, r1, c0, c1 = v.params
    rows = f"{r0 + 1}" if r1 == r0 + 1 else f"{r0 + 1}:{r1}"
    columns = f"{c0 + 1}" if c1 == c0 + 1 else f"{c0 + 1}:{c1}"
    whole = first.kind == "vector"
    inside = (rows if first.columns == 1 else columns) if whole else f"{rows}, {columns}"
    return Text(f"{w.operand(first)}[{inside}]", POST)


def _triangle(w: Speller[Value], v: Value) -> Text:
    strict, upper = v.params
    return Text(f"{'strictly ' if strict else ''}{'triu' if upper else 'tril'}({w.operand(v.args[0], ADD)})")


TRANSPOSE = Primitive(
    name="transpose", meaning="the transpose",
    flops=nothing, spelled=_transpose, degree=degrees.linear, split=split_rules.of_transpose,
    is_free=True, is_repeatable=True, is_structure=True, is_exact=True, in_operand=True,
    stored=sparse_rules.of_transpose,
)  # fmt: skip
RESHAPE = Primitive(
    name="reshape",
    meaning="the same entries column by column (Fortran order) in the shape of the value",
    flops=nothing, work=moving, spelled=_reshape, degree=degrees.linear, split=split_rules.of_reshape,
    is_exact=True, in_operand=True,
)  # fmt: skip
TRIL = Primitive(
    name="tril", meaning="the lower or upper triangle, with or without the diagonal: params (strict, upper)",
    flops=nothing, work=moving, spelled=_triangle, degree=degrees.linear, allocates=True,
    stored=sparse_rules.as_first,
)  # fmt: skip
DIAG = Primitive(
    name="diag", meaning="the diagonal matrix of a column",
    flops=nothing, work=moving, degree=degrees.linear, is_virtual=True, is_spread=True,
    is_on_diagonal=True, is_structure=True, allocates=True,
)  # fmt: skip
DIAGONAL = Primitive(
    name="diagonal", meaning="the diagonal of a square matrix, a column",
    flops=nothing, degree=degrees.linear, is_free=True, is_inline=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
GRID = Primitive(
    name="grid", meaning="blocks put together; params[0] operands to a row of blocks",
    flops=nothing, work=moving, split=split_rules.of_grid, allocates=True,
    stored=sparse_rules.of_grid,
)  # fmt: skip
PART = Primitive(
    name="part", meaning="A[r0:r1, c0:c1] with params (r0, r1, c0, c1)",
    flops=nothing, spelled=_part, degree=degrees.linear, split=split_rules.of_part,
    is_free=True, is_inline=True, is_exact=True, in_operand=True,
    stored=sparse_rules.of_part,
)  # fmt: skip
# A commutation of a row or a column is a view where one of its sizes is 1.
TAKE_ROWS = Primitive(
    name="take_rows", meaning="row index[r] of A as row r; index = params[0].indices()",
    flops=nothing, work=moving, degree=degrees.linear, takes_number=True, in_operand=True,
)  # fmt: skip
TAKE_COLUMNS = Primitive(
    name="take_columns", meaning="column index[c] of A as column c; index = params[0].indices()",
    flops=nothing, work=moving, takes_number=True, in_operand=True,
)  # fmt: skip
SCATTER_ROWS = Primitive(
    name="scatter_rows",
    meaning="the matrix with Σ of the rows r with index[r] = i as row i: selectionᵀ A",
    flops=entries, work=moving, degree=degrees.linear, allocates=True,
)  # fmt: skip
FILLED_IN = Primitive(
    name="filled_in", meaning="a sparse matrix with all its zeros, as an array",
    flops=nothing, work=moving, spelled=_filled, degree=degrees.linear, is_exact=True, allocates=True,
    is_structured=True,
    stored=lambda v: None,
)  # fmt: skip
