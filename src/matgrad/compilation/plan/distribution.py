"""Which values of a program are split over machines when its data are split along one dimension.

A split dimension must be carried along entry by entry or summed over. Where a value would have it
twice (m×m), or needs all of it in one place (a factorisation), the program cannot be distributed, and
the reason is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.program import Program, Value
from matgrad.core.errors import ArgumentError


class Split(Enum):
    """How a value lies on several machines."""

    WHOLE = "whole"
    ROWS = "rows"
    COLUMNS = "columns"
    ANY = "any"
    """A constant that can be made to lie however its neighbours do."""


WHOLE, ROWS, COLUMNS, ANY = Split.WHOLE, Split.ROWS, Split.COLUMNS, Split.ANY

_TURNED = {ROWS: COLUMNS, COLUMNS: ROWS, WHOLE: WHOLE, ANY: ANY}

_ENTRYWISE = frozenset(
    {
        "sum", "scale", "scalar_times", "hadamard", "power", "power_by", "apply", "logaddexp", "log_cosh",
        "power_or_zero", "xlogy",
    }
)  # fmt: skip
_CONSTANTS = frozenset({"number", "constant", "zeros", "ones", "eye", "unit", "selection"})

_TWICE = "it has the split dimension as rows and as columns, which no machine may hold"
_NEEDS_ALL = "it needs all of a matrix that is split over machines"
_INTERLEAVED = "its entries mix those of all machines in another order"


class _RefusalError(Exception):
    """Why a value cannot be distributed."""


def distribute(program: Program, inputs: Mapping[str, Split]) -> dict[Value, Split]:
    """How each value of a program lies, from how its arguments lie.

    Parameters
    ----------
    program : Program
        What is computed.
    inputs : mapping of str to Split
        How the arguments lie.

    Raises
    ------
    ArgumentError
        When the program cannot be distributed, with the value that stands in the way and the reason.
    """
    length = next(
        (value.shape[0 if inputs[name] is ROWS else 1] for name, value in program.inputs.items()
         if inputs[name] in (ROWS, COLUMNS)),
        -1,
    )  # fmt: skip
    found: dict[Value, Split] = {}
    notation = Notation({})
    for value in program.values:
        try:
            if value.op == "input":
                found[value] = inputs[value.params[0]]
            else:
                found[value] = _rule(value, [found[arg] for arg in value.args], length)
        except _RefusalError as reason:
            raise ArgumentError(
                f"{notation.of(value)} cannot be distributed: {reason}",
                fix="compute it on one machine, with backend='numpy' and NumPy arrays",
            ) from None
    return found


def _rule(value: Value, args: Sequence[Split], length: int) -> Split:
    if value.op in _CONSTANTS:
        return ANY if length in value.shape else WHOLE
    if value.op in _ENTRYWISE:
        return _same(args)
    if value.op in _RULES:
        return _RULES[value.op](value, args, length)
    if any(split in (ROWS, COLUMNS) for split in args):
        raise _RefusalError(_NEEDS_ALL)
    return ANY if set(args) == {ANY} else WHOLE


def _same(args: Sequence[Split]) -> Split:
    """Operands of one shape, or single numbers."""
    states = set(args)
    if {ROWS, COLUMNS} <= states:
        raise _RefusalError(_TWICE)
    for state in (ROWS, COLUMNS, WHOLE):
        if state in states:
            return state
    return ANY


def _matmul(value: Value, args: Sequence[Split], length: int) -> Split:
    a, b = args
    if a is ROWS and b is COLUMNS:
        raise _RefusalError(_TWICE)
    if (a is ROWS and b is ROWS) or (a is COLUMNS and b is COLUMNS):
        raise _RefusalError(_TWICE)
    if a is ROWS:
        return ROWS
    if b is COLUMNS:
        return COLUMNS
    # What is left sums over the split dimension, or does not have it.
    return WHOLE


def _gram(value: Value, args: Sequence[Split], length: int) -> Split:
    if COLUMNS in args[:1]:
        raise _RefusalError(_TWICE)
    return WHOLE


def _scale_rows(value: Value, args: Sequence[Split], length: int) -> Split:
    v, a = args
    return _same([v, a])


def _scale_columns(value: Value, args: Sequence[Split], length: int) -> Split:
    a, v = args
    return _same([a, _TURNED[v]])


def _broadcast_column(value: Value, args: Sequence[Split], length: int) -> Split:
    if args[0] is ROWS and value.columns == length and value.columns > 1:
        raise _RefusalError(_TWICE)
    return args[0] if args[0] is ROWS or length not in value.shape else ANY


def _broadcast_row(value: Value, args: Sequence[Split], length: int) -> Split:
    if args[0] is ROWS and value.rows == length and value.rows > 1:
        raise _RefusalError(_TWICE)
    return COLUMNS if args[0] is ROWS else ANY if length in value.shape else args[0]


def _row_sums(value: Value, args: Sequence[Split], length: int) -> Split:
    return ROWS if args[0] is ROWS else WHOLE


def _column_sums(value: Value, args: Sequence[Split], length: int) -> Split:
    return ROWS if args[0] is COLUMNS else WHOLE


def _total(value: Value, args: Sequence[Split], length: int) -> Split:
    _same(args)
    return WHOLE


def _norms(value: Value, args: Sequence[Split], length: int) -> Split:
    return ROWS if args[0] is ROWS and value.params[0] else WHOLE


def _over_norms(value: Value, args: Sequence[Split], length: int) -> Split:
    a, norms = args
    return _same([a, norms]) if value.args[1].kind == "vector" else a


def _row_inner(value: Value, args: Sequence[Split], length: int) -> Split:
    return ROWS if _same(args) is ROWS else WHOLE


def _logsumexp(value: Value, args: Sequence[Split], length: int) -> Split:
    along = ROWS if value.params[0] == 0 else COLUMNS
    return WHOLE if args[0] in (along, WHOLE, ANY) else ROWS


def _transpose(value: Value, args: Sequence[Split], length: int) -> Split:
    return _TURNED[args[0]]


def _reshape(value: Value, args: Sequence[Split], length: int) -> Split:
    if args[0] in (ROWS, COLUMNS):
        raise _RefusalError(_INTERLEAVED)
    return args[0]


def _kron(value: Value, args: Sequence[Split], length: int) -> Split:
    left, right = value.args
    if "scalar" in (left.kind, right.kind):
        return _same(args)
    if left.columns == right.rows == 1 or left.rows == right.columns == 1:
        return _same(args)
    if any(split in (ROWS, COLUMNS) for split in args):
        raise _RefusalError(_INTERLEAVED)
    return WHOLE


def _grid(value: Value, args: Sequence[Split], length: int) -> Split:
    states = {split for split in args if split is not ANY}
    width = value.params[0]
    if states <= {WHOLE}:
        return WHOLE
    if (states == {ROWS} and width == len(args)) or (states == {COLUMNS} and width == 1):
        return states.pop()
    raise _RefusalError("its blocks lie on the machines in different ways")


def _part(value: Value, args: Sequence[Split], length: int) -> Split:
    r0, r1, c0, c1 = value.params
    if (args[0] is ROWS and r1 - r0 == 1) or (args[0] is COLUMNS and c1 - c0 == 1):
        return WHOLE
    return args[0]


def _solve(value: Value, args: Sequence[Split], length: int) -> Split:
    if args[0] in (ROWS, COLUMNS) or args[1] is ROWS:
        raise _RefusalError(_NEEDS_ALL)
    return args[1]


def _is_max(value: Value, args: Sequence[Split], length: int) -> Split:
    if args[0] in (ROWS, COLUMNS) and value.kind == "matrix":
        raise _RefusalError("the place of the largest entry is found in a split vector only")
    return args[0]


def _face_split(value: Value, args: Sequence[Split], length: int) -> Split:
    split = _same(args)
    if split is COLUMNS:
        raise _RefusalError(_INTERLEAVED)
    return split


def _block_products(value: Value, args: Sequence[Split], length: int) -> Split:
    if COLUMNS in args:
        raise _RefusalError(_INTERLEAVED)
    return WHOLE


_Rule = Callable[[Value, Sequence[Split], int], Split]

_RULES: dict[str, _Rule] = {
    "solve_cholesky": _solve,
    "solve_lu": _solve,
    "solve_triangular": _solve,
    "is_max": _is_max,
    "face_split": _face_split,
    "block_products": _block_products,
    "matmul": _matmul,
    "gram": _gram,
    "weighted_gram": _gram,
    "scale_rows": _scale_rows,
    "scale_columns": _scale_columns,
    "broadcast_column": _broadcast_column,
    "broadcast_row": _broadcast_row,
    "row_sums": _row_sums,
    "column_sums": _column_sums,
    "column_max": _column_sums,
    "total": _total,
    "inner": _total,
    "max": _total,
    "norms": _norms,
    "over_norms": _over_norms,
    "row_inner": _row_inner,
    "softmax": lambda value, args, length: args[0],
    "log_softmax": lambda value, args, length: args[0],
    "logsumexp": _logsumexp,
    "transpose": _transpose,
    "reshape": _reshape,
    "kron": _kron,
    "grid": _grid,
    "part": _part,
}
"""How a primitive treats a split dimension; those not listed need all of their operands."""
