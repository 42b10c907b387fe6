"""Plans for sparse data: what products with it cost, and when it may be filled in."""

from __future__ import annotations

from matgrad.compilation.ir.cost import ENTRY, SPARSE, SPARSE_START, effort
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import FILLED_IN, INPUT, MATRIX_POWER, SCALAR_TIMES, SUM, TRANSPOSE
from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.sparse_rules import IMPOSSIBLE, cells, is_operator, product_flops
from matgrad.compilation.ir.stored import Stored
from matgrad.core.errors import EvaluationError
from matgrad.core.words import phrase

SMALL = 1 << 20
"""A sparse matrix of so many entries, stored or not, is filled in where that is needed: 8 MB."""


def product_cost(a: Stored | None, b: Stored | None, left: tuple[int, int], right: tuple[int, int]) -> float:
    """The cost of a product of which one factor at least is sparse or an operator."""
    operators = [x for x in (a, b) if x is not None and x.is_operator]
    if operators:
        both = a is not None and b is not None
        columns = right[1] if a is not None else left[0]
        return IMPOSSIBLE if both else SPARSE_START + columns * (SPARSE_START + ENTRY * sum(left))
    cost = SPARSE_START + SPARSE * product_flops(a, b, left, right)
    if a is not None and b is not None:
        return 2 * cost  # The places of the entries are found as well.
    return cost + ENTRY * left[0] * right[1]


def filled_part(v: Value) -> Value | None:
    """What is filled in of a term of a sum that could do without; nothing where nothing is."""
    if v.op in (TRANSPOSE, MATRIX_POWER, SCALAR_TIMES, SUM):
        return next((part for arg in v.args if (part := filled_part(arg)) is not None), None)
    return v if v.op is FILLED_IN else None


def unfilled(xp: Recorder, v: Value) -> Value:
    """A factor as it is held, where it was filled in."""
    if v.op is FILLED_IN:
        return v.args[0]
    if v.op is TRANSPOSE and v.args[0].op is FILLED_IN:
        return xp.transpose(v.args[0].args[0])
    return v


def forming_cost(v: Value) -> float:
    """The cost of forming a sum in which something is sparse, or filled in."""
    filled = [part for arg in v.args if (part := filled_part(arg)) is not None]
    if any(is_operator(part.args[0]) for part in filled):
        return IMPOSSIBLE
    return effort(v) + sum(effort(part) for part in filled)


def refuse_filling(program: Program) -> None:
    """Refuse a program that fills in more of a sparse matrix than its results hold.

    Raises
    ------
    EvaluationError
        Naming what would be filled in, and what reads every entry of it.
    """
    notation = Notation({})
    for v in program.values:
        if v.op is FILLED_IN and is_operator(v.args[0]):
            raise EvaluationError(
                phrase(
                    "{x} is a linear operator, of which only products with arrays are known, "
                    "but {program} reads its entries",
                    x=notation.of(v.args[0]),
                    program=_reader(program, notation, v),
                ),
                fix=phrase("{x} as an array, or as a sparse one", x=_argument(v.args[0])),
            )
    results = sum(cells(v) for v in program.outputs if v.stored is None)
    for v in program.values:
        if v.op is not FILLED_IN or cells(v) <= max(SMALL, results):
            continue
        raise EvaluationError(
            phrase(
                "{x} is sparse, but {program} reads every entry of it: filled in, its "
                "{rows}×{columns} entries take {number}",
                x=notation.of(v.args[0]),
                program=_reader(program, notation, v),
                rows=v.rows,
                columns=v.columns,
                number=_bytes(8 * cells(v)),
            ),
            fix=phrase("{x}.toarray(), if there is memory for it", x=_argument(v.args[0])),
        )
    for v in program.values:
        if v.op.is_inverse and v.args[0].stored is not None and cells(v) > 32 * SMALL:
            raise EvaluationError(
                phrase(
                    "{v} has no zeros, though its matrix is sparse: its {rows}×{columns} "
                    "entries take {number}",
                    v=notation.of(v),
                    rows=v.rows,
                    columns=v.columns,
                    number=_bytes(8 * cells(v)),
                ),
                fix=phrase("its product with a vector, which is a solve"),
            )


def _reader(program: Program, notation: Notation, v: Value) -> str:
    """What reads a value, in notation."""
    readers = [user for user in program.values if v in user.args]
    if not readers:
        return "the result"
    if readers[0].op is TRANSPOSE:
        return _reader(program, notation, readers[0])
    text = notation.of(readers[0])
    return text.replace(notation.of(v), notation.of(v.args[0]))


def _argument(v: Value) -> str:
    """The first argument that a value is made of and that is sparse."""
    while v.op is not INPUT:
        v = next(arg for arg in v.args if arg.stored is not None)
    return str(v.params[0])


def _bytes(count: float) -> str:
    """Memory in a readable unit."""
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count / 1e6:.3g} MB"
