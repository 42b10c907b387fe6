"""Matrix products, sums and solves that use the structure of their operands."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from matgrad.compilation.ir.builder_entrywise import Entrywise
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    BLOCK_PRODUCTS,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    COLUMN_SUMS,
    DIAG,
    EYE,
    FACE_SPLIT,
    GRAM,
    GRID,
    HADAMARD,
    INNER,
    INPUT,
    INVERSE_CHOLESKY,
    INVERSE_TRIANGULAR,
    KRON,
    KRON_APPLY,
    MATMUL,
    MATRIX_POWER,
    ONES,
    PERMUTED,
    POWER,
    RESHAPE,
    ROW_INNER,
    ROW_SUMS,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SCATTER_ROWS,
    SELECTION,
    SOLVE_CHOLESKY,
    SOLVE_LU,
    SOLVE_TRIANGULAR,
    SUM,
    TAKE_ROWS,
    TOTAL,
    TRACE,
    TRANSPOSE,
    UNIT,
    WEIGHTED_GRAM,
    ZEROS,
)
from matgrad.compilation.ir.selection import Selection
from matgrad.core.facts import Fact

_SIGN = Fact.POSITIVE | Fact.NONNEGATIVE
TRIANGULAR = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
_REPEATED = frozenset({BROADCAST_ROW, BROADCAST_COLUMN})


class Products(Entrywise):
    """Makes products of matrices, sums of their entries, and solves."""

    def matmul(self, a: Value, b: Value) -> Value:
        """The product of two values."""
        if a.kind == "scalar" or b.kind == "scalar":
            return self.scalar_times(a, b) if a.kind == "scalar" else self.scalar_times(b, a)
        front, a = self.split(a)
        number, b = self.split(b)
        return self.scale(front * number, self._matmul(a, b))

    def _matmul(self, a: Value, b: Value) -> Value:
        rows, inner, columns = a.rows, a.columns, b.columns
        if a.op is ZEROS or b.op is ZEROS or inner == 0:
            return self.zeros((rows, columns))
        if a.op is EYE or b.op is EYE:
            return b if a.op is EYE else a
        if inner == 1:
            return self._outer(a, b)
        if rows == 1 and columns == 1:
            return self.inner(self.transpose(a), b)
        if rows == 1:
            return self.transpose(self.matmul(self.transpose(b), self.transpose(a)))
        structured = self._structured_product(a, b)
        if structured is not None:
            return structured
        if a.op is b.op is TRANSPOSE and columns > 1:
            return self.transpose(self.matmul(b.args[0], a.args[0]))
        if a.op is TRANSPOSE and a.args[0] is b:
            return self.gram(b)
        if b.op is TRANSPOSE and b.args[0] is a:
            return self.gram(b)
        known = self._as_transposed(a, b)
        return (
            known if known is not None else self.make(MATMUL, (a, b), (rows, columns), (), self._sign(a, b))
        )

    def _as_transposed(self, a: Value, b: Value) -> Value | None:
        """The transpose of Bᵀ Aᵀ, where that was made before."""
        if columns_of_symmetric(a, b):
            flipped = (self.transpose(b), self.transpose(a))
            if self.known(MATMUL, flipped, (b.columns, a.rows)):
                # As it was made: taken for a new product it might be turned back, without an end.
                return self.transpose(self.make(MATMUL, flipped, (b.columns, a.rows)))
        return None

    @staticmethod
    def _sign(a: Value, b: Value) -> Fact:
        facts = a.facts & b.facts & (_SIGN | Fact.ORTHOGONAL)
        if a.rows == a.columns == b.columns:
            facts |= a.facts & b.facts & TRIANGULAR
        return facts

    def _outer(self, a: Value, b: Value) -> Value:
        """A column times a row."""
        rows, columns = a.rows, b.columns
        if a.op is ONES and b.op is ONES:
            return self.ones((rows, columns))
        column, row = a, self.transpose(b)
        if b.op is ONES:
            return self.repeated_columns(column, (rows, columns))
        if a.op is ONES:
            return self.repeated_rows(row, (rows, columns))
        facts = a.facts & b.facts & _SIGN
        if column is row:
            facts |= Fact.POSITIVE_SEMIDEFINITE
        elif row.index < column.index and self.known(MATMUL, (row, self.transpose(column)), (columns, rows)):
            return self.transpose(self.matmul(row, self.transpose(column)))
        return self.make(MATMUL, (a, b), (rows, columns), (), facts)

    def _structured_product(self, a: Value, b: Value) -> Value | None:
        """Products with diagonals, ones, units, selections, inverses: no multiplication."""
        if a.op is DIAG:
            return self.scale_rows(a.args[0], b)
        if b.op is DIAG:
            return self.scale_columns(a, b.args[0])
        if a.facts & Fact.DIAGONAL or b.facts & Fact.DIAGONAL:
            if a.facts & Fact.DIAGONAL:
                return self.scale_rows(self.diagonal(a), b)
            return self.scale_columns(a, self.diagonal(b))
        if b.columns == 1 and b.op in (ONES, UNIT) and is_inverse(a) and not self.is_formed(a):
            return self.solve_with(a, b)
        permuted = self._permuted(a, b) if self.structured else None
        if permuted is not None:
            return permuted
        if b.op is ONES and b.columns == 1:
            return self.row_sums(a)
        if a.op is ONES or b.op is ONES:
            return self._with_ones(a, b)
        if b.op is UNIT:
            place = b.params[0]
            return self.part(a, 0, a.rows, place, place + 1)
        if a.op is SELECTION:
            return self._select(a.params[0], b, scatter=False)
        if a.op is TRANSPOSE and a.args[0].op is SELECTION:
            return self._select(a.args[0].params[0], b, scatter=True)
        if b.op is SELECTION or (b.op is TRANSPOSE and b.args[0].op is SELECTION):
            return self.transpose(self.matmul(self.transpose(b), self.transpose(a)))
        if a.op in _REPEATED or b.op in _REPEATED:
            return self._with_broadcast(a, b)
        if a.op is KRON or b.op is KRON:
            return self._kron_product(a, b)
        if b.op is SCALE_ROWS and a.op is TRANSPOSE and a.args[0] is b.args[1]:
            return self.weighted_gram(b.args[1], b.args[0])
        if a.op is TRANSPOSE and a.args[0].op is SCALE_ROWS and a.args[0].args[1] is b:
            return self.weighted_gram(b, a.args[0].args[0])
        if a.op is GRID:
            return self._grid_product(a, b)
        return self._solve_product(a, b)

    def _permuted(self, a: Value, b: Value) -> Value | None:
        """A product with an argument that is a permutation: rows or columns in another order."""
        for behind, (p, other) in enumerate(((a, b), (b, a))):
            base = p.args[0] if p.op is TRANSPOSE else p
            if base.op is not INPUT or not base.facts & Fact.PERMUTATION or base.stored is not None:
                continue
            if other.stored is not None or other is p:
                continue
            if other.op is ONES:
                return other
            front, other = self.split(other)
            shape = (a.rows, b.columns)
            params = (p is not base, bool(behind))
            keep = other.facts & (_SIGN | Fact.ORTHOGONAL)
            return self.scale(front, self.make(PERMUTED, (base, other), shape, params, keep))
        return None

    def weighted_gram(self, a: Value, d: Value) -> Value:
        """Aᵀ diag(d) A for a column d."""
        if d.facts & Fact.NONNEGATIVE:
            return self.gram(self.scale_rows(self.apply("sqrt", d), a))
        facts = Fact.SYMMETRIC
        return self.make(WEIGHTED_GRAM, (a, d), (a.columns, a.columns), (), facts)

    def _kron_product(self, a: Value, b: Value) -> Value | None:
        """Kronecker products are multiplied factor by factor, and applied without being formed."""
        if a.op is not KRON:
            if b.columns == 1:
                return None
            turned = self._kron_product(self.transpose(b), self.transpose(a))
            return None if turned is None else self.transpose(turned)
        left, right = a.args
        if b.op is KRON and left.columns == b.args[0].rows and right.columns == b.args[1].rows:
            return self.kron(self.matmul(left, b.args[0]), self.matmul(right, b.args[1]))
        if b.columns == 1:
            x = self.reshape(b, right.columns, left.columns)
            return self.reshape(self.matmul(self.matmul(right, x), self.transpose(left)), a.rows, 1)
        if self.structured and b.op is not KRON:
            return self.make(KRON_APPLY, (left, right, b), (a.rows, b.columns))
        return None

    def _with_ones(self, a: Value, b: Value) -> Value:
        if a.op is ONES:
            return self.repeated_rows(self.column_sums(b), (a.rows, b.columns))
        return self.repeated_columns(self.row_sums(a), (a.rows, b.columns))

    def _with_broadcast(self, a: Value, b: Value) -> Value:
        """(v 1ᵀ) B = v (Bᵀ1)ᵀ and (1 vᵀ) B = 1 (Bᵀv)ᵀ, and the same from the right."""
        if a.op is BROADCAST_ROW and b.op is BROADCAST_COLUMN:
            front = self.inner(a.args[0], b.args[0])
            return self.scalar_times(front, self.ones((a.rows, b.columns)))
        if a.op is BROADCAST_COLUMN:
            return self.matmul(a.args[0], self.transpose(self.column_sums(b)))
        if b.op is BROADCAST_ROW:
            return self.matmul(self.row_sums(a), self.transpose(b.args[0]))
        if a.op is BROADCAST_ROW:
            row = self.matmul(self.transpose(b), a.args[0])
            return self.matmul(self.ones((a.rows, 1)), self.transpose(row))
        return self.matmul(self.matmul(a, b.args[0]), self.ones((1, b.columns)))

    def _select(self, selection: Selection, b: Value, *, scatter: bool) -> Value:
        """A selection matrix, or its transpose, times a matrix."""
        if selection.kind == "commutation" and b.columns == 1 and b.op is RESHAPE:
            m, n = selection.sizes if not scatter else selection.sizes[::-1]
            return self.reshape(self.transpose(self.reshape(b, m, n)), m * n, 1)
        if selection.kind == "commutation" and scatter:
            selection, scatter = Selection("commutation", selection.sizes[::-1]), False
        rows = selection.shape[1] if scatter else selection.shape[0]
        facts = b.facts & (Fact.NONNEGATIVE if scatter else _SIGN)
        op = SCATTER_ROWS if scatter else TAKE_ROWS
        return self.make(op, (b,), (rows, b.columns), (selection,), facts)

    def _solve_product(self, a: Value, b: Value) -> Value | None:
        """A⁻¹B by a solve; from the right by one with the transpose."""
        if is_inverse(a) and not self.is_formed(a):
            return self.solve_with(a, b)
        if is_inverse(b) and not self.is_formed(b):
            return self.transpose(self.solve_with(self.transpose(b), self.transpose(a)))
        return None

    def part(self, a: Value, r0: int, r1: int, c0: int, c1: int) -> Value:
        """The block A[r0:r1, c0:c1], from parts of operands where that spares the rest of A."""
        shape = (r1 - r0, c1 - c0)
        if self.partial and shape != a.shape and 0 not in shape:
            spared = self._part_of(a, r0, r1, c0, c1)
            if spared is not None:
                return spared
        return super().part(a, r0, r1, c0, c1)

    def _part_of(self, a: Value, r0: int, r1: int, c0: int, c1: int) -> Value | None:
        if a.op is MATMUL:
            left, right = a.args
            rows = self.part(left, r0, r1, 0, left.columns)
            return self.matmul(rows, self.part(right, 0, right.rows, c0, c1))
        if a.op is GRAM:
            x = a.args[0]
            rows = self.transpose(self.part(x, 0, x.rows, r0, r1))
            return self.matmul(rows, self.part(x, 0, x.rows, c0, c1))
        if a.op is SCALE_ROWS:
            v, x = a.args
            return self.scale_rows(self.part(v, r0, r1, 0, 1), self.part(x, r0, r1, c0, c1))
        if a.op is SCALE_COLUMNS:
            x, v = a.args
            return self.scale_columns(self.part(x, r0, r1, c0, c1), self.part(v, c0, c1, 0, 1))
        if a.op in (SUM, HADAMARD, APPLY, POWER):
            parts = [self.part(arg, r0, r1, c0, c1) for arg in a.args]
            if a.op is SUM:
                return self.sum(list(zip(a.params, parts, strict=True)), (r1 - r0, c1 - c0))
            if a.op is HADAMARD:
                return self.hadamard(*parts)
            return self.apply(a.params[0], parts[0]) if a.op is APPLY else self.power(parts[0], a.params[0])
        return None

    def diagonal(self, a: Value) -> Value:
        """The diagonal; of a product, from rows and columns of its factors."""
        if self.partial and a.op is MATMUL:
            return self.row_inner(a.args[0], self.transpose(a.args[1]))
        if self.partial and a.op is GRAM:
            inner = self.transpose(a.args[0])
            return self.row_inner(inner, inner)
        return super().diagonal(a)

    def _grid_product(self, a: Value, b: Value) -> Value | None:
        """Blocks times blocks, where some are zero or an identity."""
        if a.op is not GRID or not any(block.op in (ZEROS, EYE, DIAG) for block in a.args):
            return None
        width = a.params[0]
        lines = [a.args[i : i + width] for i in range(0, len(a.args), width)]
        cuts = [0]
        for block in lines[0]:
            cuts.append(cuts[-1] + block.columns)
        if any([block.columns for block in line] != [block.columns for block in lines[0]] for line in lines):
            return None
        columns = self._column_blocks(b, cuts)
        if columns is None:
            return None
        return self.grid([[self._line_times(line, column) for column in columns] for line in lines])

    def _column_blocks(self, b: Value, cuts: list[int]) -> list[list[Value]] | None:
        """The columns of blocks of a matrix whose rows are cut at given places."""
        if b.op is GRID:
            width = b.params[0]
            heights = [b.args[i].rows for i in range(0, len(b.args), width)]
            if heights == [high - low for low, high in pairwise(cuts)]:
                return [list(b.args[j::width]) for j in range(width)]
        parts = pairwise(cuts)
        return [[self.part(b, low, high, 0, b.columns) for low, high in parts]]

    def _line_times(self, line: tuple[Value, ...], column: list[Value]) -> Value:
        products = [self.matmul(block, other) for block, other in zip(line, column, strict=True)]
        return self.sum([(Fraction(1), product) for product in products], products[0].shape)

    def is_formed(self, a: Value) -> bool:
        """Whether products with an inverse multiply by it."""
        return self.explicit_inverse or (a.args[0] if a.op is TRANSPOSE else a) in self.formed

    # ---- sums and inner products -----------------------------------------------------------------

    def total(self, a: Value) -> Value:
        """The sum of all entries."""
        front, a = self.split(a)
        if a.kind == "scalar":
            return self.scale(front, a)
        if a.op is ONES:
            return self.scale(front, self.number(a.rows * a.columns))
        if a.op is TRANSPOSE:
            return self.scale(front, self.total(a.args[0]))
        if a.op in (ZEROS, EYE, DIAG):
            inner = self.diagonal(a) if a.rows > 1 or a.op is EYE else a
            return self.number(0) if a.op is ZEROS else self.scale(front, self.total(inner))
        if a.op is HADAMARD:
            *others, last = a.args
            return self.scale(front, self.inner(self.hadamard(*others), last))
        if a.op is POWER and a.params[0] == 2:
            return self.scale(front, self.inner(a.args[0], a.args[0]))
        if a.op is SCALE_ROWS:
            return self.scale(front, self.inner(a.args[0], self.row_sums(a.args[1])))
        if a.op is SCALE_COLUMNS:
            return self.scale(front, self.inner(self.column_sums(a.args[0]), a.args[1]))
        if a.op in (BROADCAST_COLUMN, BROADCAST_ROW):
            times = self.number(a.columns if a.op is BROADCAST_COLUMN else a.rows)
            return self.scale(front, self.scalar_times(times, self.total(a.args[0])))
        if a.op in (RESHAPE, ROW_SUMS, COLUMN_SUMS):
            return self.scale(front, self.total(a.args[0]))
        if a.op is ROW_INNER:
            return self.scale(front, self.inner(*a.args))
        if a.op is MATMUL and a.columns == 1:
            x, v = a.args
            if (x.args[0] if x.op is TRANSPOSE else x).op is HADAMARD:
                return self.scale(front, self.inner(self.column_sums(x), v))
        return self.scale(front, self.make(TOTAL, (a,), (1, 1), (), a.facts & _SIGN))

    def row_sums(self, a: Value) -> Value:
        """A 1 as a column."""
        front, a = self.split(a)
        if a.columns == 1:
            return self.scale(front, a)
        if a.rows == 1:
            return self.scale(front, self.total(a))
        if a.op is TRANSPOSE:
            return self.scale(front, self.column_sums(a.args[0]))
        if a.op in (EYE, DIAG):
            return self.scale(front, self.diagonal(a))
        if a.op in (ONES, ZEROS):
            inner = self.number(a.columns) if a.op is ONES else self.number(0)
            return self.scale(front, self.scalar_times(inner, self.ones((a.rows, 1))))
        if a.op is HADAMARD and len(a.args) == 2:
            return self.scale(front, self.row_inner(*a.args))
        if a.op is POWER and a.params[0] == 2:
            return self.scale(front, self.row_inner(a.args[0], a.args[0]))
        if a.op is SCALE_ROWS:
            return self.scale(front, self.hadamard(a.args[0], self.row_sums(a.args[1])))
        if a.op is SCALE_COLUMNS:
            return self.scale(front, self.matmul(*a.args))
        if a.op is BROADCAST_COLUMN:
            return self.scale(front, self.scalar_times(self.number(a.columns), a.args[0]))
        return self.scale(front, self.make(ROW_SUMS, (a,), (a.rows, 1), (), a.facts & _SIGN))

    def column_sums(self, a: Value) -> Value:
        """Aᵀ1 as a column."""
        front, a = self.split(a)
        turned = self.transpose(a)
        if turned.op is not TRANSPOSE or 1 in a.shape:
            return self.scale(front, self.row_sums(turned))
        if a.op is HADAMARD and len(a.args) == 2:
            return self.scale(front, self.row_inner(*(self.transpose(f) for f in a.args)))
        if a.op is POWER and a.params[0] == 2:
            root = self.transpose(a.args[0])
            return self.scale(front, self.row_inner(root, root))
        if a.op is SCALE_ROWS:
            return self.scale(front, self.matmul(self.transpose(a.args[1]), a.args[0]))
        if a.op is SCALE_COLUMNS:
            return self.scale(front, self.hadamard(a.args[1], self.column_sums(a.args[0])))
        return self.scale(front, self.make(COLUMN_SUMS, (a,), (a.columns, 1), (), a.facts & _SIGN))

    def inner(self, a: Value, b: Value) -> Value:
        """Σ a⊙b of two values of one shape."""
        front, a = self.split(a)
        number, b = self.split(b)
        front = front * number
        if a.kind == "scalar":
            return self.scale(front, self.hadamard(a, b))
        if a.rows == 1 and a.columns > 1:
            a, b = self.transpose(a), self.transpose(b)
        for one, other in ((a, b), (b, a)):
            if one.op is ZEROS:
                return self.number(0)
            if one.op is ONES:
                return self.scale(front, self.total(other))
            if one.op in (EYE, DIAG):
                return self.scale(front, self.inner(self.diagonal(one), self.diagonal(other)))
            if one.op is UNIT:
                place = one.params[0]
                return self.scale(front, self.part(other, place, place + 1, 0, 1))
            if one.op is BROADCAST_COLUMN:
                return self.scale(front, self.inner(one.args[0], self.row_sums(other)))
            if one.op is BROADCAST_ROW:
                return self.scale(front, self.inner(one.args[0], self.column_sums(other)))
            if one.op is MATMUL and one.args[0].columns == 1:
                left, right = one.args[0], self.transpose(one.args[1])
                return self.scale(front, self.inner(left, self.matmul(other, right)))
        if a is not b:
            for one, other in ((a, b), (b, a)):
                scaled = self.rows_scaled(one)
                if scaled is None and one.op is SCALE_COLUMNS:
                    scaled, other = self.rows_scaled(self.transpose(one)), self.transpose(other)
                if scaled is not None:
                    return self.scale(front, self.inner(scaled[0], self.row_inner(scaled[1], other)))
        if a is not b and (_exponential(a) or _exponential(b)):
            product = self.hadamard(a, b)
            if product.op is not HADAMARD or not any(_exponential(factor) for factor in product.args):
                return self.scale(front, self.total(product))
        if a.op is b.op is TRANSPOSE:
            a, b = a.args[0], b.args[0]
        if b.index < a.index:
            a, b = b, a
        apart = self.squares_of_difference(a, b) if self.held else None
        if apart is not None:
            return self.scale(front, apart)
        facts = a.facts & b.facts & _SIGN
        if a is b:
            facts |= Fact.NONNEGATIVE
        return self.scale(front, self.make(INNER, (a, b), (1, 1), (), facts))

    def row_inner(self, a: Value, b: Value) -> Value:
        """The diagonal of A Bᵀ, the row sums of A⊙B."""
        if b.index < a.index:
            a, b = b, a
        if a.columns == 1:
            return self.hadamard(a, b)
        for one, other in ((a, b), (b, a)):
            scaled = self.rows_scaled(one)
            if scaled is not None:
                return self.hadamard(scaled[0], self.row_inner(scaled[1], other))
        return self.make(ROW_INNER, (a, b), (a.rows, 1), (), a.facts & b.facts & _SIGN)

    def rows_scaled(self, a: Value) -> tuple[Value, Value] | None:
        """The d and B of a value diag(d) B."""
        if a.op is SCALE_ROWS:
            return a.args[0], a.args[1]
        if a.op is TRANSPOSE and a.args[0].op is SCALE_COLUMNS:
            inner, d = a.args[0].args
            return d, self.transpose(inner)
        return None

    def trace(self, a: Value) -> Value:
        """The sum of the diagonal."""
        front, a = self.split(a)
        if a.op is TRANSPOSE:
            a = a.args[0]
        if a.op in (EYE, DIAG, ONES, ZEROS) or a.kind == "scalar":
            return self.scale(front, self.total(self.diagonal(a)))
        if a.op is GRAM:
            return self.scale(front, self.inner(a.args[0], a.args[0]))
        if a.op is MATRIX_POWER:
            half, rest = a.params[0] // 2, a.params[0] - a.params[0] // 2
            one, other = (self._whole_power(a.args[0], k) for k in (half, rest))
            return self.scale(front, self.inner(self.transpose(one), other))
        if a.op is MATMUL and self.partial:
            return self.scale(front, self.inner(self.transpose(a.args[0]), a.args[1]))
        positive = a.facts & Fact.POSITIVE_DEFINITE
        facts = Fact.POSITIVE if positive else a.facts & _SIGN
        return self.scale(front, self.make(TRACE, (a,), (1, 1), (), facts))

    def _whole_power(self, a: Value, count: int) -> Value:
        return a if count == 1 else self.make(MATRIX_POWER, (a,), a.shape, (count,), a.facts & Fact.SYMMETRIC)

    def gram(self, a: Value) -> Value:
        """AᵀA."""
        if a.columns == 1:
            return self.inner(a, a)
        if a.rows == 1:
            return self._outer(self.transpose(a), a)
        if a.op is TRANSPOSE and a.args[0].op is DIAG:
            return self.scale_rows(a.args[0].args[0], a.args[0])
        return self.make(GRAM, (a,), (a.columns, a.columns), (), Fact.POSITIVE_SEMIDEFINITE)

    def kron(self, a: Value, b: Value) -> Value:
        """The Kronecker product."""
        if a.kind == "scalar" or b.kind == "scalar":
            return self.matmul(a, b)
        front, a = self.split(a)
        number, b = self.split(b)
        shape = (a.rows * b.rows, a.columns * b.columns)
        if a.op is ZEROS or b.op is ZEROS:
            return self.zeros(shape)
        if a.op is b.op and a.op in (EYE, ONES):
            return self.scale(front * number, self.eye(shape[0]) if a.op is EYE else self.ones(shape))
        keep = (
            Fact.SYMMETRIC | Fact.DIAGONAL | TRIANGULAR | _SIGN
            | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.ORTHOGONAL
        )  # fmt: skip
        facts = a.facts & b.facts & keep
        return self.scale(front * number, self.make(KRON, (a, b), shape, (), facts))

    def face_split(self, p: Value, x: Value) -> Value:
        """The matrix whose row i is p_i ⊗ x_i."""
        if p.columns == 1:
            return self.scale_rows(p, x)
        if x.columns == 1:
            return self.scale_rows(x, p)
        if p.rows == 1:
            return self.kron(p, x)
        if p.op is SCALE_ROWS:
            return self.scale_rows(p.args[0], self.face_split(p.args[1], x))
        front, p = self.split(p)
        number, x = self.split(x)
        facts = p.facts & x.facts & _SIGN
        value = self.make(FACE_SPLIT, (p, x), (p.rows, p.columns * x.columns), (), facts)
        return self.scale(front * number, value)

    def block_products(self, x: Value, p: Value, z: Value) -> Value:
        """The block diagonal matrix of Xᵀ diag(p_a) Z."""
        k = p.columns
        if k == 1:
            return self.matmul(self.transpose(x), self.scale_rows(p, z))
        if x.rows == 1:
            return self.kron(self.diag(self.transpose(p)), self.matmul(self.transpose(x), z))
        spread = self.face_split(p, z)
        if x.columns == z.columns == 1:
            return self.diag(self.matmul(self.transpose(spread), x))
        facts = Fact.SYMMETRIC if x is z else Fact.NONE
        return self.make(BLOCK_PRODUCTS, (x, spread), (k * x.columns, k * z.columns), (k,), facts)

    # ---- solves ----------------------------------------------------------------------------------

    def solve_with(self, inverse: Value, b: Value) -> Value:
        """A⁻¹B for a value A⁻¹, without the inverse."""
        flipped = inverse.op is TRANSPOSE
        node = inverse.args[0] if flipped else inverse
        front, b = self.split(b)
        if b.op is ZEROS:
            return b
        if b.op is EYE:
            return self.scale(front, inverse)
        source = node.args[0]
        if node.op is INVERSE_TRIANGULAR:
            value = self.make(SOLVE_TRIANGULAR, (source, b), b.shape, (node.params[0], flipped))
        elif node.op is INVERSE_CHOLESKY:
            value = self.make(SOLVE_CHOLESKY, (source, b), b.shape)
        else:
            value = self.make(SOLVE_LU, (source, b), b.shape, (flipped,))
        return self.scale(front, value)


def _exponential(a: Value) -> bool:
    """Whether a value is the exponential of an array."""
    return a.op is APPLY and a.params[0] == "exp"


def columns_of_symmetric(a: Value, b: Value) -> bool:
    """Whether a product may equal the transpose of one made before."""
    return min(a.shape + b.shape) > 1


def is_inverse(a: Value) -> bool:
    """Whether a value is an inverse, or the transpose of one."""
    return a.op.is_inverse or (a.op is TRANSPOSE and a.args[0].op.is_inverse)


def matrix_of_inverse(a: Value) -> Value:
    """The A of a value A⁻¹."""
    return a.args[0] if a.op is INVERSE_TRIANGULAR else a.args[0].args[0]
