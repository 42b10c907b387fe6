"""How primitives treat a dimension split over machines: carried along entry by entry, or summed over."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.split import RefusalError, Split

WHOLE, ROWS, COLUMNS, ANY = Split.WHOLE, Split.ROWS, Split.COLUMNS, Split.ANY

TWICE = "it has the split dimension as rows and as columns, which no machine may hold"
NEEDS_ALL = "it needs all of a matrix that is split over machines"
_INTERLEAVED = "its entries mix those of all machines in another order"

Lies = Sequence[Split]


def needing_all(v: Value, args: Lies, length: int) -> Split:
    """What needs all of its operands."""
    if any(split.is_split for split in args):
        raise RefusalError(NEEDS_ALL)
    return ANY if set(args) == {ANY} else WHOLE


def constant(v: Value, args: Lies, length: int) -> Split:
    """What is made of nothing."""
    return ANY if length in v.shape else WHOLE


def entrywise(v: Value, args: Lies, length: int) -> Split:
    """Operands of one shape, or single numbers."""
    return together(args)


def together(args: Lies) -> Split:
    """How values of one shape lie together."""
    states = set(args)
    if {ROWS, COLUMNS} <= states:
        raise RefusalError(TWICE)
    for state in (ROWS, COLUMNS, WHOLE):
        if state in states:
            return state
    return ANY


def of_matmul(v: Value, args: Lies, length: int) -> Split:
    """A product carries a split of its outer dimensions; what is left sums over it, or does not have it."""
    a, b = args
    if a is ROWS and b is COLUMNS:
        raise RefusalError(TWICE)
    if (a is ROWS and b is ROWS) or (a is COLUMNS and b is COLUMNS):
        raise RefusalError(TWICE)
    if a is ROWS:
        return ROWS
    return COLUMNS if b is COLUMNS else WHOLE


def of_gram(v: Value, args: Lies, length: int) -> Split:
    """AᵀA sums over rows."""
    if COLUMNS in args[:1]:
        raise RefusalError(TWICE)
    return WHOLE


def of_scale_columns(v: Value, args: Lies, length: int) -> Split:
    """A diag(v): the column lies along the columns."""
    a, d = args
    return together([a, d.turned])


def of_broadcast_column(v: Value, args: Lies, length: int) -> Split:
    """v 1ᵀ."""
    if args[0] is ROWS and v.columns == length and v.columns > 1:
        raise RefusalError(TWICE)
    return args[0] if args[0] is ROWS or length not in v.shape else ANY


def of_broadcast_row(v: Value, args: Lies, length: int) -> Split:
    """1 vᵀ."""
    if args[0] is ROWS and v.rows == length and v.rows > 1:
        raise RefusalError(TWICE)
    return COLUMNS if args[0] is ROWS else ANY if length in v.shape else args[0]


def of_row_sums(v: Value, args: Lies, length: int) -> Split:
    """One number a row."""
    return ROWS if args[0] is ROWS else WHOLE


def of_column_sums(v: Value, args: Lies, length: int) -> Split:
    """One number a column."""
    return ROWS if args[0] is COLUMNS else WHOLE


def of_total(v: Value, args: Lies, length: int) -> Split:
    """One number of all entries."""
    together(args)
    return WHOLE


def of_norms(v: Value, args: Lies, length: int) -> Split:
    """The norm of all entries, or of each row."""
    return ROWS if args[0] is ROWS and v.params[0] else WHOLE


def of_over_norms(v: Value, args: Lies, length: int) -> Split:
    """An array over its norm, or over those of its rows."""
    a, norms = args
    return together([a, norms]) if v.args[1].kind == "vector" else a


def of_row_inner(v: Value, args: Lies, length: int) -> Split:
    """Row sums of a product."""
    return ROWS if together(args) is ROWS else WHOLE


def as_operand(v: Value, args: Lies, length: int) -> Split:
    """As its operand lies."""
    return args[0]


def of_logsumexp(v: Value, args: Lies, length: int) -> Split:
    """One number a column or a row."""
    along = ROWS if v.params[0] == 0 else COLUMNS
    return WHOLE if args[0] in (along, WHOLE, ANY) else ROWS


def of_transpose(v: Value, args: Lies, length: int) -> Split:
    """Rows become columns."""
    return args[0].turned


def of_reshape(v: Value, args: Lies, length: int) -> Split:
    """The entries of all machines in another order."""
    if args[0].is_split:
        raise RefusalError(_INTERLEAVED)
    return args[0]


def of_kron(v: Value, args: Lies, length: int) -> Split:
    """A product with a number, an outer product, or entries in another order."""
    left, right = v.args
    if "scalar" in (left.kind, right.kind):
        return together(args)
    if left.columns == right.rows == 1 or left.rows == right.columns == 1:
        return together(args)
    if any(split.is_split for split in args):
        raise RefusalError(_INTERLEAVED)
    return WHOLE


def of_grid(v: Value, args: Lies, length: int) -> Split:
    """Blocks beside one another, or below."""
    states = {split for split in args if split is not ANY}
    width = v.params[0]
    if states <= {WHOLE}:
        return WHOLE
    if (states == {ROWS} and width == len(args)) or (states == {COLUMNS} and width == 1):
        return states.pop()
    raise RefusalError("its blocks lie on the machines in different ways")


def of_part(v: Value, args: Lies, length: int) -> Split:
    """One row or column of what is split is whole."""
    r0, r1, c0, c1 = v.params
    if (args[0] is ROWS and r1 - r0 == 1) or (args[0] is COLUMNS and c1 - c0 == 1):
        return WHOLE
    return args[0]


def of_solve(v: Value, args: Lies, length: int) -> Split:
    """Each column by itself."""
    if args[0].is_split or args[1] is ROWS:
        raise RefusalError(NEEDS_ALL)
    return args[1]


def of_is_max(v: Value, args: Lies, length: int) -> Split:
    """Found in a vector only."""
    if args[0].is_split and v.kind == "matrix":
        raise RefusalError("the place of the largest entry is found in a split vector only")
    return args[0]


def of_face_split(v: Value, args: Lies, length: int) -> Split:
    """Each row by itself."""
    split = together(args)
    if split is COLUMNS:
        raise RefusalError(_INTERLEAVED)
    return split


def of_block_products(v: Value, args: Lies, length: int) -> Split:
    """Products that sum over rows."""
    if COLUMNS in args:
        raise RefusalError(_INTERLEAVED)
    return WHOLE
