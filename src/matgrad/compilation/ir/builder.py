"""Makes the values of a program: interned, with the identities that hold for every matrix applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from matgrad.compilation.ir.numbers import BARE, Scalar
from matgrad.compilation.ir.primitive import Primitive, Shape, Value
from matgrad.compilation.ir.primitives import (
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    DIAG,
    DIAGONAL,
    EYE,
    FILLED_IN,
    GRID,
    INPUT,
    KRON,
    NUMBER,
    ONES,
    PART,
    RESHAPE,
    SCALAR_TIMES,
    SCALE,
    SELECTION,
    SIZE,
    SUM,
    TRANSPOSE,
    TRIL,
    UNIT,
    ZEROS,
)
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.ir.sizes import Size
from matgrad.compilation.ir.stored import NeedsEntriesError, Stored
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact, closure, reach, turned_bands


class Builder:
    """Makes values; equal ones are the same object.

    Transposes are moved outwards (AᵀBᵀ is made as (BA)ᵀ) and numbers in front of factors too, so
    that what is equal up to transposition or scaling is computed once.
    """

    partial: bool
    """Whether parts of a product are made from parts of its factors, without the product."""

    explicit_inverse: bool
    """Whether inverses are multiplied by; otherwise products with them are solves."""

    formed: set[Value]
    """Inverses that are formed in any case, so that products with them may as well use them."""

    structured: bool
    """Whether primitives may be used that only some backends write: the structured ones."""

    held: Mapping[str, Stored]
    """How arguments are held that are no arrays."""

    def __init__(self) -> None:
        self._table: dict[tuple[Any, ...], Value] = {}
        self._turned: dict[Value, Value] = {}
        self.count = 0

    def make(
        self,
        op: Primitive,
        args: Sequence[Value],
        shape: Shape,
        params: tuple[Any, ...] = (),
        facts: Fact = Fact.NONE,
    ) -> Value:
        """The one value of this primitive on these operands, as given."""
        key = (op, *(arg.index for arg in args), shape, params)
        value = self._table.get(key)
        if value is None:
            stored = None
            if self.held:
                args, stored = self._holding(op, args, shape, params)
            value = Value(self.count, op, tuple(args), params, shape, closure(facts), stored)
            self._table[key] = value
            self.count += 1
        return value

    def _holding(
        self, op: Primitive, args: Sequence[Value], shape: Shape, params: tuple[Any, ...]
    ) -> tuple[Sequence[Value], Stored | None]:
        """The operands as a primitive can read them, filled in where it must, and how its value is held."""
        if op is INPUT:
            return args, self.held.get(params[0]) if 1 not in shape else None
        while any(arg.stored is not None for arg in args):
            trial = Value(-1, op, tuple(args), params, shape)
            try:
                if op.stored is None:
                    raise NeedsEntriesError
                return args, op.stored(trial)
            except NeedsEntriesError:
                # What factorises a sparse matrix can be read as long as nothing else has to be filled in.
                loose = [a for a in args if a.stored is not None and not a.op.is_factorisation]
                args = [self._filled(a) if a in loose or not loose else a for a in args]
        return args, None

    def _filled(self, a: Value) -> Value:
        """A sparse value as an array with all its zeros."""
        if a.stored is None:
            return a
        if a.op.is_factorisation:
            return self.make(a.op, [self._filled(arg) for arg in a.args], a.shape, a.params, a.facts)
        if a.op is TRANSPOSE:
            return self.transpose(self._filled(a.args[0]))
        return self.make(FILLED_IN, (a,), a.shape, (), a.facts)

    def knowing(self, value: Value, facts: Fact) -> Value:
        """A value of which more is known.

        It is the same value: what is known of one only grows, and this is where it does (an analysis of
        classes of equal terms: Willsey et al., 2021, egg, sec. 4).
        """
        value.facts |= facts
        return value

    def resume(self, values: Sequence[Value]) -> None:
        """Go on from values that another builder made."""
        for value in values:
            key = (value.op, *(arg.index for arg in value.args), value.shape, value.params)
            self._table[key] = value
            self.count = max(self.count, value.index + 1)

    def known(self, op: Primitive, args: Sequence[Value], shape: Shape, params: tuple[Any, ...] = ()) -> bool:
        """Whether that value was made before."""
        return (op, *(arg.index for arg in args), shape, params) in self._table

    # ---- leaves ----------------------------------------------------------------------------------

    def input(self, name: str, shape: Shape, facts: Fact) -> Value:
        """An argument."""
        return self.make(INPUT, (), shape, (name,), facts)

    def number(self, value: Scalar | Size) -> Value:
        """A 1×1 value known in advance, or the size of a dimension."""
        if isinstance(value, Size):
            return self.make(SIZE, (), (1, 1), (value,), Fact.POSITIVE)
        facts = Fact.POSITIVE if value > 0 else Fact.NONNEGATIVE if value == 0 else Fact.NONE
        if isinstance(value, int):
            value = Fraction(value)
        return self.make(NUMBER, (), (1, 1), (value,), facts)

    def zeros(self, shape: Shape) -> Value:
        """All zeros."""
        return self.number(0) if shape == (1, 1) else self.make(ZEROS, (), shape, (), Fact.NONNEGATIVE)

    def ones(self, shape: Shape) -> Value:
        """All ones."""
        return self.number(1) if shape == (1, 1) else self.make(ONES, (), shape, (), Fact.POSITIVE)

    def eye(self, n: int) -> Value:
        """The identity."""
        if n == 1:
            return self.number(1)
        facts = Fact.DIAGONAL | Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL | Fact.NONNEGATIVE
        return self.make(EYE, (), (n, n), (), facts)

    def unit(self, place: int, n: int) -> Value:
        """The column e of length n with its 1 at a place counted from 0."""
        return self.number(1) if n == 1 else self.make(UNIT, (), (n, 1), (place,), Fact.NONNEGATIVE)

    def selection(self, selection: Selection) -> Value:
        """The matrix of a selection."""
        rows, columns = selection.shape
        if rows == 1:
            return self.number(1)
        facts = Fact.NONNEGATIVE
        if selection.kind == "commutation":
            if 1 in selection.sizes:
                return self.eye(rows)
            facts |= Fact.ORTHOGONAL
            if selection.sizes[0] == selection.sizes[1]:
                facts |= Fact.SYMMETRIC
        return self.make(SELECTION, (), (rows, columns), (selection,), facts)

    # ---- numbers in front ------------------------------------------------------------------------

    def split(self, a: Value) -> tuple[Scalar, Value]:
        """Write a value as a number times the rest."""
        if a.op is SCALE:
            return a.params[0], a.args[0]
        if a.op is NUMBER:
            return a.params[0], self.number(1)
        return BARE, a

    def scale(self, factor: Scalar, a: Value) -> Value:
        """A number times a value."""
        if isinstance(factor, int):
            factor = Fraction(factor)
        if factor is BARE or factor == 1:
            return a
        if factor == 0 or a.op is ZEROS:
            return self.zeros(a.shape)
        if a.op is NUMBER:
            return self.number(factor * a.params[0])
        if a.op is SCALE:
            return self.scale(factor * a.params[0], a.args[0])
        if a.op is SUM:
            return self.sum([(factor * c, v) for c, v in zip(a.params, a.args, strict=True)], a.shape)
        keep = Fact.SYMMETRIC | PATTERN | ALONG_DIAGONALS
        if factor > 0:
            keep |= Fact.POSITIVE | Fact.NONNEGATIVE | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE
        return self.make(SCALE, (a,), a.shape, (factor,), a.facts & keep)

    def sum(self, terms: Sequence[tuple[Scalar, Value]], shape: Shape) -> Value:
        """A combination of values of one shape; like terms are collected."""
        total: dict[Value, Scalar] = {}
        constant: Scalar = Fraction(0)
        for coefficient, value in terms:
            if value.op is ZEROS:
                continue
            front, rest = self.split(value)
            if front is not BARE:
                coefficient = coefficient * front
            if rest.op is NUMBER:
                constant += coefficient
            else:
                before = total.get(rest)
                total[rest] = coefficient if before is None else before + coefficient
        kept = [(value, c) for value, c in total.items() if c != 0]
        if constant != 0:
            kept.append((self.number(1), constant))
        if not kept:
            return self.zeros(shape)
        if len(kept) == 1:
            return self.scale(kept[0][1], kept[0][0])
        if all(value.op is TRANSPOSE for value, _ in kept) and min(shape) > 0:
            return self.transpose(self.sum([(c, v.args[0]) for v, c in kept], (shape[1], shape[0])))
        kept.sort(key=lambda term: term[0].index)
        facts = Fact.SYMMETRIC | PATTERN | ALONG_DIAGONALS | Fact.NONNEGATIVE | Fact.POSITIVE_SEMIDEFINITE
        signs = Fact.NONNEGATIVE | Fact.POSITIVE_SEMIDEFINITE
        for value, c in kept:
            known = reach(value.facts) if value.facts & PATTERN else value.facts
            facts &= known if c > 0 else known & ~signs
        if facts & Fact.NONNEGATIVE and any(v.facts & Fact.POSITIVE for v, _ in kept):
            facts |= Fact.POSITIVE
        if facts & Fact.POSITIVE_SEMIDEFINITE and any(v.facts & Fact.POSITIVE_DEFINITE for v, _ in kept):
            facts |= Fact.POSITIVE_DEFINITE
        elif len(kept) == 2 and kept[0][1] == kept[1][1] and kept[0][0] is self.transpose(kept[1][0]):
            facts |= Fact.SYMMETRIC
        return self.make(SUM, [v for v, _ in kept], shape, tuple(c for _, c in kept), facts)

    def add(self, a: Value, b: Value) -> Value:
        """The sum of two values of one shape."""
        return self.sum([(Fraction(1), a), (Fraction(1), b)], a.shape)

    def subtract(self, a: Value, b: Value) -> Value:
        """The difference of two values of one shape."""
        return self.sum([(Fraction(1), a), (Fraction(-1), b)], a.shape)

    def repeated_rows(self, v: Value, shape: Shape) -> Value:
        """The matrix 1 vᵀ for a column v."""
        if shape[0] == 1:
            return self.transpose(v)
        if v.op is ONES or v.op is ZEROS:
            return self.ones(shape) if v.op is ONES else self.zeros(shape)
        front, v = self.split(v)
        facts = v.facts & (Fact.POSITIVE | Fact.NONNEGATIVE)
        if shape[1] == 1:
            value = self.make(SCALAR_TIMES, (v, self.ones(shape)), shape, (), facts)
            return self.scale(front, self.ones(shape) if v.op is NUMBER else value)
        return self.scale(front, self.make(BROADCAST_ROW, (v,), shape, (), facts))

    def repeated_columns(self, v: Value, shape: Shape) -> Value:
        """The matrix v 1ᵀ for a column v."""
        if shape[1] == 1:
            return v
        if shape[0] == 1:
            return self.transpose(self.repeated_rows(v, (shape[1], 1)))
        if v.op is ONES or v.op is ZEROS:
            return self.ones(shape) if v.op is ONES else self.zeros(shape)
        front, v = self.split(v)
        facts = v.facts & (Fact.POSITIVE | Fact.NONNEGATIVE)
        return self.scale(front, self.make(BROADCAST_COLUMN, (v,), shape, (), facts))

    # ---- rearrangements --------------------------------------------------------------------------

    def transpose(self, a: Value) -> Value:
        """The transpose."""
        if a.symmetric or a.kind == "scalar":
            return a
        if a.op is TRANSPOSE:
            return a.args[0]
        turned = self._turned.get(a)
        if turned is None:
            turned = self._turned[a] = self._transposed(a)
        return turned

    def _transposed(self, a: Value) -> Value:
        rows, columns = a.shape
        if a.op is SCALE:
            return self.scale(a.params[0], self.transpose(a.args[0]))
        if a.op is KRON:
            left, right = (self.transpose(arg) for arg in a.args)
            return self.make(KRON, (left, right), (columns, rows), (), a.facts & Fact.NONNEGATIVE)
        if a.op in (ZEROS, ONES):
            return self.zeros((columns, rows)) if a.op is ZEROS else self.ones((columns, rows))
        if a.op is SELECTION and a.params[0].kind == "commutation":
            return self.selection(Selection("commutation", a.params[0].sizes[::-1]))
        if a.op is TRIL and (a.args[0].op is TRANSPOSE or a.args[0].symmetric):
            strict, upper = a.params
            return self._triangle(self.transpose(a.args[0]), strict, not upper)
        if a.op is BROADCAST_COLUMN:
            return self.repeated_rows(a.args[0], (columns, rows))
        if a.op is BROADCAST_ROW:
            return self.repeated_columns(a.args[0], (columns, rows))
        keep = Fact.POSITIVE | Fact.NONNEGATIVE | Fact.ORTHOGONAL | Fact.INVERTIBLE | Fact.SKEW
        keep |= Fact.PERMUTATION | ALONG_DIAGONALS
        facts = a.facts & keep | turned_bands(a.facts)
        if a.facts & Fact.LOWER_TRIANGULAR:
            facts |= Fact.UPPER_TRIANGULAR
        if a.facts & Fact.UPPER_TRIANGULAR:
            facts |= Fact.LOWER_TRIANGULAR
        return self.make(TRANSPOSE, (a,), (columns, rows), (), facts)

    def reshape(self, a: Value, rows: int, columns: int) -> Value:
        """The same entries column by column in another shape."""
        if a.shape == (rows, columns):
            return a
        if a.op in (ZEROS, ONES):
            return self.zeros((rows, columns)) if a.op is ZEROS else self.ones((rows, columns))
        if a.op is RESHAPE:
            return self.reshape(a.args[0], rows, columns)
        if a.kind == "vector" and (columns, rows) == a.shape:
            return self.transpose(a)
        if a.op is TRANSPOSE and a.kind == "vector":
            return self.reshape(a.args[0], rows, columns)
        if a.op is SCALE:
            return self.scale(a.params[0], self.reshape(a.args[0], rows, columns))
        if rows == 1 and columns > 1:
            return self.transpose(self.reshape(a, columns, 1))
        return self.make(RESHAPE, (a,), (rows, columns), (), a.facts & (Fact.POSITIVE | Fact.NONNEGATIVE))

    def diag(self, v: Value) -> Value:
        """The diagonal matrix of a column."""
        if v.kind == "scalar":
            return v
        if v.op is ONES:
            return self.eye(v.rows)
        if v.op is ZEROS:
            return self.zeros((v.rows, v.rows))
        if v.op is SCALE:
            return self.scale(v.params[0], self.diag(v.args[0]))
        facts = Fact.DIAGONAL | Fact.SYMMETRIC
        if v.facts & Fact.POSITIVE:
            facts |= Fact.POSITIVE_DEFINITE
        if v.facts & Fact.NONNEGATIVE:
            facts |= Fact.POSITIVE_SEMIDEFINITE | Fact.NONNEGATIVE
        return self.make(DIAG, (v,), (v.rows, v.rows), (), facts)

    def diagonal(self, a: Value) -> Value:
        """The diagonal of a square matrix as a column."""
        if a.kind == "scalar":
            return a
        if a.op is TRANSPOSE:
            return self.diagonal(a.args[0])
        if a.op is DIAG:
            return a.args[0]
        if a.op in (EYE, ZEROS, ONES):
            return self.zeros((a.rows, 1)) if a.op is ZEROS else self.ones((a.rows, 1))
        if a.op is SCALE:
            return self.scale(a.params[0], self.diagonal(a.args[0]))
        return self.make(DIAGONAL, (a,), (a.rows, 1), (), a.facts & (Fact.POSITIVE | Fact.NONNEGATIVE))

    def tril(self, a: Value, *, strict: bool = False, upper: bool = False) -> Value:
        """The lower or upper triangle, without the diagonal if ``strict``."""
        if upper and 1 in a.shape:
            return self.transpose(self.tril(self.transpose(a), strict=strict))
        if upper:
            return self._triangle(a, strict, upper)
        if a.op is ZEROS or (strict and a.rows == 1):
            return self.zeros(a.shape)
        if not strict and (a.columns == 1 or a.facts & Fact.LOWER_TRIANGULAR):
            return a
        if a.rows == 1:
            return self.grid([[self.part(a, 0, 1, 0, 1), self.zeros((1, a.columns - 1))]])
        return self._triangle(a, strict, upper=False)

    def _triangle(self, a: Value, strict: bool, upper: bool) -> Value:
        facts = a.facts & Fact.NONNEGATIVE
        if a.rows == a.columns:
            facts |= Fact.UPPER_TRIANGULAR if upper else Fact.LOWER_TRIANGULAR
        return self.make(TRIL, (a,), a.shape, (strict, upper), facts)

    def part(self, a: Value, r0: int, r1: int, c0: int, c1: int) -> Value:
        """The block A[r0:r1, c0:c1]."""
        shape = (r1 - r0, c1 - c0)
        if shape == a.shape:
            return a
        if 0 in shape:
            return self.zeros(shape)
        if a.op is TRANSPOSE:
            return self.transpose(self.part(a.args[0], c0, c1, r0, r1))
        if a.op in (ZEROS, ONES):
            return self.zeros(shape) if a.op is ZEROS else self.ones(shape)
        if a.op is SCALE:
            return self.scale(a.params[0], self.part(a.args[0], r0, r1, c0, c1))
        if shape[0] == 1 and shape[1] > 1 and a.symmetric:
            return self.transpose(self.part(a, c0, c1, r0, r1))
        if a.op is PART:
            s0, _, d0, _ = a.params
            return self.part(a.args[0], s0 + r0, s0 + r1, d0 + c0, d0 + c1)
        facts = a.facts & (Fact.POSITIVE | Fact.NONNEGATIVE)
        return self.make(PART, (a,), shape, (r0, r1, c0, c1), facts)

    def grid(self, blocks: Sequence[Sequence[Value]]) -> Value:
        """Blocks put together row by row; empty ones vanish."""
        wide = [j for j, block in enumerate(blocks[0]) if block.columns]
        tall = [line for line in blocks if line[0].rows]
        if tall and wide and (len(tall) < len(blocks) or len(wide) < len(blocks[0])):
            return self.grid([[line[j] for j in wide] for line in tall])
        if len(blocks) == 1 and len(blocks[0]) == 1:
            return blocks[0][0]
        rows = sum(line[0].rows for line in blocks)
        columns = sum(block.columns for block in blocks[0])
        flat = [block for line in blocks for block in line]
        facts = Fact.POSITIVE | Fact.NONNEGATIVE
        for block in flat:
            facts &= block.facts
        return self.make(GRID, flat, (rows, columns), (len(blocks[0]),), facts)
