"""Sums over an index at once: what is recorded for one member becomes what is computed of the stack of all.

The term of a sum is recorded once, with leaves that stand for the member at the index. Then every value that
depends on the index is made again of stacks, as ``vmap`` of JAX does with batching rules (Frostig, Johnson &
Leary, 2018), and the sum is taken as early as linearity allows: Σ A_i B_i is one product of matrices, and
what does not depend on the index is computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Primitive, Shape, Value
from matgrad.compilation.ir.primitives.stacks import (
    CONTRACT,
    EACH,
    MEMBER,
    PLACED_AT,
    SUM_EACH,
    UNIT_AT,
    WEIGHTED_SUM,
)
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.plan.each_member import FACTORISED, SIGNS, EachMember, NotStackedError

LARGEST_IDENTITY = 1_000_000
"""Unit vectors of more entries are not written out."""

_ALIKE = frozenset(
    {
        ir.POWER,
        ir.APPLY,
        ir.LOGADDEXP,
        ir.LOG_COSH,
        ir.POLYGAMMA,
        ir.MAXIMUM,
        ir.ARCTAN2,
        ir.SELECT,
        ir.XLOGY,
        ir.CALL_EACH,
    }
)
"""What is computed of a stack as of its members, where all operands are stacks."""


_PARTS = {
    ir.EIGH: ("eigenvalues", "eigenvectors"),
    ir.SVD: ("left_vectors", "singular_values", "right_vectors"),
}
"""What the parts of decompositions are called."""


class Stacking(EachMember):
    """Makes stacks of what depends on an index.

    Parameters
    ----------
    recorder : Recorder
        Makes the values.
    name : str
        The name of the index.
    count : int
        How many values it has.
    """

    def __init__(self, recorder: Recorder, name: str, count: int) -> None:
        super().__init__(recorder, name, count)
        self._rules: dict[Primitive, Callable[[Value], Value]] = {
            MEMBER: lambda v: v.args[0],
            UNIT_AT: self._unit,
            PLACED_AT: self._refused,
            ir.TRANSPOSE: self._turned,
            ir.SCALE: lambda v: recorder.scale(v.params[0], self.stack(v.args[0])),
            ir.SUM: self._sum,
            ir.HADAMARD: self._hadamard,
            ir.SCALAR_TIMES: self._scalar_times,
            ir.POWER_BY: self._power_by,
            ir.POWER_OR_ZERO: self._power_by,
            ir.MATMUL: self._matmul,
            ir.INNER: self._inner,
            ir.SOLVE_CHOLESKY: self._solve,
            ir.SOLVE_LU: self._solve,
            ir.SOLVE_TRIANGULAR: self._solve,
            ir.REQUIRE_NONZERO: self._require,
            ir.NORMS: self._norms,
            ir.SOFTMAX: self._normalised,
            ir.LOG_SOFTMAX: self._normalised,
            ir.LOGSUMEXP: self._normalised,
            ir.EIGH: lambda v: self.stacks[v.args[0]],
            ir.SVD: lambda v: self.stacks[v.args[0]],
            ir.ITEM: self._of_spectrum,
            ir.REQUIRE_GAPS: self._require_gaps,
            EACH: self._each_again,
            SUM_EACH: self._sum_again,
            CONTRACT: self._contract_again,
        }

    def sum(self, body: Value) -> Value:
        """The sum of a value over the index."""
        self._note(body)
        return self._reduced(body)

    def column(self, body: Value) -> Value:
        """The column of a scalar at all values of the index."""
        self._note(body)
        return self.stack(body) if self.depends[body] else self._line(body)

    # ---- sums ----------------------------------------------------------------------------------------

    def _reduced(self, v: Value) -> Value:
        xp, op = self.recorder, v.op
        if not self.depends[v]:
            return xp.scale(self.count, v)
        if op is ir.SCALE:
            return xp.scale(v.params[0], self._reduced(v.args[0]))
        if op is ir.TRANSPOSE:
            return xp.transpose(self._reduced(v.args[0]))
        if op is ir.SUM:
            return xp.sum([(c, self._reduced(a)) for c, a in zip(v.params, v.args, strict=True)], v.shape)
        if op is ir.TRACE:
            return xp.trace(self._reduced(v.args[0]))
        if op is ir.TOTAL:
            return xp.total(self._reduced(v.args[0]))
        at, rest = self._at_place(v)
        if at is not None:
            return self._put_in(self._line(rest), at)
        if op is PLACED_AT:
            if v.params[0] == self.name:
                return self._put_in(self.stack(v.args[0]), v)
            return self.recorder.make(op, (self._reduced(v.args[0]),), v.shape, v.params)
        found = self._product_reduced(v)
        if found is not None:
            return found
        if v.shape == (1, 1):
            return xp.total(self.stack(v))
        return self.recorder.make(SUM_EACH, (self.stack(v),), v.shape, (1, self.count), v.facts & SIGNS)

    def _product_reduced(self, v: Value) -> Value | None:
        """The sum of a product: factors that do not change leave it, others meet in one product."""
        xp, op = self.recorder, v.op
        changing = [self.depends[arg] for arg in v.args]
        if op is ir.HADAMARD and not all(changing):
            kept = [a for a, c in zip(v.args, changing, strict=True) if not c]
            moving = [a for a, c in zip(v.args, changing, strict=True) if c]
            inner = moving[0] if len(moving) == 1 else xp.make(op, moving, v.shape)
            self._note(inner)
            return xp.hadamard(*kept, self._reduced(inner))
        if len(v.args) == 2 and not all(changing):
            return self._linear_reduced(v, changing[0])
        if op is ir.GRAM:
            return xp.gram(self.stack(v.args[0]))
        if op is ir.INNER:
            return self._inner_reduced(v)
        if op is ir.WEIGHTED_GRAM and v.args[1].columns == 1:
            return xp.weighted_gram(self.stack(v.args[0]), self.stack(v.args[1]))
        if op is ir.MATMUL:
            return self._contracted(v.args[0], v.args[1], v.shape)
        if op is ir.SCALAR_TIMES:
            r, c = v.shape
            scalar, members = v.args
            if self._is_placed(members):
                return self._distributed(scalar, members)
            weights = self.stack(v.args[0])
            if c == 1:
                return xp.matmul(xp.transpose(self._rows(self.stack(members), r)), weights)
            return self.recorder.make(WEIGHTED_SUM, (weights, self.stack(members)), (r, c))
        return None

    def _linear_reduced(self, v: Value, first: bool) -> Value | None:
        """The sum of a bilinear value of which one operand changes."""
        xp, op = self.recorder, v.op
        a, b = v.args
        maps: dict[Primitive, Callable[[Value, Value], Value]] = {
            ir.MATMUL: xp.matmul,
            ir.INNER: xp.inner,
            ir.SCALAR_TIMES: xp.scalar_times,
            ir.SCALE_ROWS: xp.scale_rows,
            ir.SCALE_COLUMNS: xp.scale_columns,
            ir.ROW_INNER: xp.row_inner,
            ir.KRON: xp.kron,
        }
        if op not in maps:
            return None
        return maps[op](self._reduced(a), b) if first else maps[op](a, self._reduced(b))

    def _contracted(self, a: Value, b: Value, shape: Shape) -> Value:
        """Σ A_i B_i."""
        xp = self.recorder
        if b.op is ir.TRANSPOSE and self._at_place(b.args[0])[0] is not None:
            at, rest = self._at_place(b.args[0])
            assert at is not None
            return xp.transpose(self._put_in(self._line(xp.matmul(rest, self._transposed(a))), at))
        if a.columns == 1:
            return xp.matmul(xp.transpose(self._rows(self.stack(a), a.rows)), self.stack(b))
        if a.op is ir.TRANSPOSE:
            return xp.matmul(xp.transpose(self.stack(a.args[0])), self.stack(b))
        if b.op is ir.TRANSPOSE and a.columns != 1 and shape[0] == 1:
            return xp.transpose(self._contracted(b.args[0], self._transposed(a), shape[::-1]))
        return self.recorder.make(CONTRACT, (self.stack(a), self.stack(b)), shape, (self.count,))

    def _inner_reduced(self, v: Value) -> Value:
        """Σ tr(A_iᵀ B_i): what all members share is taken out, as in Σ tr(A_i X B_i) = tr(X Σ B_i A_i)."""
        xp = self.recorder
        for one, other in (v.args, v.args[::-1]):
            if other.op is not ir.MATMUL or other.kind != "matrix":
                continue
            a, b = other.args
            if not self.depends[a] and a.kind == "matrix":
                return xp.inner(a, self._reduced_product(one, self._transposed(b)))
            if not self.depends[b] and b.kind == "matrix":
                return xp.inner(b, self._reduced_product(self._transposed(a), one))
        if v.args[0].kind == "matrix" and any(a.op is ir.TRANSPOSE for a in v.args):
            return xp.total(self.stack(v))
        return xp.inner(*map(self.stack, v.args))

    def _reduced_product(self, a: Value, b: Value) -> Value:
        made = self.recorder.matmul(a, b)
        self._note(made)
        return self._reduced(made)

    def _at_place(self, v: Value) -> tuple[Value | None, Value]:
        """The unit vector e_i and the row r of what is e_i r; no unit vector where it is no such product."""
        xp = self.recorder
        if v.op is UNIT_AT and v.params[0] == self.name:
            return v, xp.number(1)
        if v.op in (ir.MATMUL, ir.SCALAR_TIMES):
            place = 0 if v.op is ir.MATMUL else 1
            at, rest = self._at_place(v.args[place])
            if at is not None:
                other = v.args[1 - place]
                made = xp.matmul(rest, other) if place == 0 else xp.scalar_times(other, rest)
                self._note(made)
                return at, made
        return None, v

    def _line(self, row: Value) -> Value:
        """The stack of a row, which need not depend on the index."""
        xp = self.recorder
        self._note(row)
        if self.depends[row]:
            return self.stack(row)
        if row.kind == "scalar":
            return xp.scalar_times(row, xp.ones(self.count, 1))
        return xp.repeated_rows(xp.transpose(row), (self.count, row.columns))

    def _is_placed(self, v: Value) -> bool:
        """Whether the index says in a value where entries stand."""
        return any(
            w.op in (UNIT_AT, PLACED_AT) and w.params[0] == self.name and w.shape[0] == max(v.shape)
            for w in live_values([v])
        )

    def _distributed(self, scalar: Value, v: Value) -> Value:
        """The sum of a scalar times what is put in places, into which the scalar is taken."""
        xp = self.recorder
        if v.op is ir.SUM:
            terms = [(c, self._distributed(scalar, a)) for c, a in zip(v.params, v.args, strict=True)]
            return xp.sum(terms, v.shape)
        if v.op is ir.SCALE:
            return xp.scale(v.params[0], self._distributed(scalar, v.args[0]))
        if v.op is ir.TRANSPOSE:
            return xp.transpose(self._distributed(scalar, v.args[0]))
        if v.op is PLACED_AT:
            inner = xp.scalar_times(scalar, v.args[0])
            made = xp.make(PLACED_AT, (inner,), v.shape, v.params)
        elif v.op is ir.MATMUL:
            made = xp.matmul(xp.scalar_times(scalar, v.args[0]), v.args[1])
        else:
            made = xp.scalar_times(scalar, v)
            self._note(made)
            if self._at_place(made)[0] is None:
                return self.recorder.make(WEIGHTED_SUM, (self.stack(scalar), self.stack(v)), v.shape)
        self._note(made)
        return self._reduced(made)

    def _put_in(self, stack: Value, at: Value) -> Value:
        """A stack among zeros, from a place on."""
        xp = self.recorder
        size = stack.rows // self.count
        before = at.params[1] * size
        after = at.rows * (1 if at.op is PLACED_AT else size) - before - stack.rows
        pieces = [xp.zeros(n, stack.columns) for n in (before, after)]
        lines = [*([pieces[0]] if before else []), stack, *([pieces[1]] if after else [])]
        return xp.grid([[piece] for piece in lines])

    # ---- stacks --------------------------------------------------------------------------------------

    def stack(self, root: Value) -> Value:
        """The stack of a value that depends on the index."""
        if root not in self.stacks:
            self._note(root)
            for value in live_values([root]):
                if self.depends[value]:
                    self._fill(value)
        if root not in self.stacks:
            raise NotStackedError(root.op.name)
        return self.stacks[root]

    def _fill(self, v: Value) -> None:
        if v in self.stacks:
            return
        if v.op is PLACED_AT or (v.op is UNIT_AT and v.rows * self.count > LARGEST_IDENTITY):
            return  # It is read by what takes it apart.
        if any(a not in self.stacks for a in v.args if self.depends[a]) and not self._picks(v):
            return
        if v.op in self._rules:
            made = self._rules[v.op](v)
        elif v.op in FACTORISED:
            made = self.stacks[v.args[0]]
        elif v.op in _ALIKE and all(self.depends[a] for a in v.args):
            made = self._alike(v)
        else:
            made = self._each(v)
        self.stacks[v] = made

    def _picks(self, v: Value) -> bool:
        """Whether it is an entry or a line of what does not depend on the index."""
        if v.op not in (ir.INNER, ir.MATMUL):
            return False
        a, b = v.args
        before = a.args[0] if v.op is ir.MATMUL and a.op is ir.TRANSPOSE else a
        of_row = before.op is UNIT_AT and (v.op is ir.INNER or before is not a) and not self.depends[b]
        return of_row or (b.op is UNIT_AT and not self.depends[a])

    def _alike(self, v: Value) -> Value:
        xp = self.recorder
        stacks = [self.stacks[a] for a in v.args]
        if v.op is ir.APPLY:
            return xp.apply(v.params[0], stacks[0])
        if v.op is ir.POWER:
            return xp.power(stacks[0], v.params[0])
        return self.recorder.make(v.op, stacks, self._tall(v), v.params, v.facts & SIGNS)

    def _rows(self, stack: Value, r: int) -> Value:
        """The rows x_iᵀ below one another, of a stack of columns."""
        return self.recorder.transpose(self.recorder.reshape(stack, r, self.count))

    def _columns(self, rows: Value) -> Value:
        """The stack of columns of which the rows are given."""
        return self.recorder.reshape(self.recorder.transpose(rows), rows.rows * rows.columns, 1)

    def _refused(self, v: Value) -> Value:
        raise NotStackedError(v.op.name)

    def _unit(self, v: Value) -> Value:
        xp = self.recorder
        if v.rows * self.count > LARGEST_IDENTITY:
            raise NotStackedError("unit vectors")
        start = v.params[1]
        return self._columns(xp.part(xp.eye(v.rows), start, start + self.count, 0, v.rows))

    def _turned(self, v: Value) -> Value:
        a = v.args[0]
        if a.columns == 1:
            return self._rows(self.stacks[a], a.rows)
        if a.rows == 1:
            return self._columns(self.stacks[a])
        return self._each_of("turned", (), (a,), v)

    def _sum(self, v: Value) -> Value:
        xp, shape = self.recorder, self._tall(v)
        terms: list[tuple[Any, Value]] = []
        for factor, arg in zip(v.params, v.args, strict=True):
            if self.depends[arg]:
                terms.append((factor, self.stacks[arg]))
            elif arg.op is ir.NUMBER or arg.op is ir.ONES:
                terms.append((factor, xp.scale(arg.params[0] if arg.params else 1, xp.ones(*shape))))
            elif arg.shape == (1, 1):
                terms.append((factor, xp.scalar_times(arg, xp.ones(*shape))))
            else:
                return self._each(v)
        return xp.sum(terms, shape)

    def _hadamard(self, v: Value) -> Value:
        xp = self.recorder
        if not all(self.depends[a] for a in v.args) and v.shape != (1, 1):
            return self._each(v)
        moving = xp.hadamard(*(self.stacks[a] for a in v.args if self.depends[a]))
        kept = [a for a in v.args if not self.depends[a]]
        return xp.scalar_times(xp.hadamard(*kept), moving) if kept else moving

    def _scalar_times(self, v: Value) -> Value:
        scalar, a = v.args
        if not self.depends[scalar]:
            return self.recorder.scalar_times(scalar, self.stacks[a])
        return self._each(v)

    def _power_by(self, v: Value) -> Value:
        a, exponent = v.args
        if self.depends[exponent]:
            return self._each(v)
        return self.recorder.make(v.op, (self.stacks[a], exponent), self._tall(v), (), v.facts & SIGNS)

    def _require(self, v: Value) -> Value:
        a, values = v.args
        if not self.depends[a]:
            raise NotStackedError(v.op.name)
        tested = self.stacks[values] if self.depends[values] else values
        return self.recorder.make(v.op, (self.stacks[a], tested), self._tall(v), (), v.facts & SIGNS)

    def _of_spectrum(self, v: Value) -> Value:
        both = v.args[0]
        if both.op not in _PARTS:
            raise NotStackedError(both.op.name)
        function = _PARTS[both.op][v.params[0]]
        return self._each_of(function, (), both.args, v)

    def _require_gaps(self, v: Value) -> Value:
        if not all(self.depends[a] for a in v.args):
            raise NotStackedError(v.op.name)
        (only,) = v.params
        return self._each_of("require_gaps", (only is not None, only or 0), v.args, v)

    def _matmul(self, v: Value) -> Value:
        xp = self.recorder
        a, b = v.args
        if self.depends[a] and not self.depends[b]:
            if a.op is ir.TRANSPOSE and a.args[0].op is UNIT_AT:
                start = a.args[0].params[1]
                return xp.part(b, start, start + self.count, 0, b.columns)
            return xp.matmul(self.stacks[a], b)
        if b.op is UNIT_AT and not self.depends[a]:
            start = b.params[1]
            return self._columns(xp.part(xp.transpose(a), start, start + self.count, 0, a.rows))
        if b.columns == 1 and not self.depends[a]:
            return self._columns(xp.matmul(self._rows(self.stacks[b], b.rows), xp.transpose(a)))
        return self._each(v)

    def _inner(self, v: Value) -> Value:
        xp = self.recorder
        for one, other in (v.args, v.args[::-1]):
            if one.op is UNIT_AT and not self.depends[other]:
                return xp.part(other, one.params[1], one.params[1] + self.count, 0, 1)
        a, b = v.args
        if a.columns == 1:
            if self.depends[a] and self.depends[b]:
                rows = [self._rows(self.stacks[x], x.rows) for x in (a, b)]
                return xp.row_inner(*rows)
            moving, kept = (a, b) if self.depends[a] else (b, a)
            return xp.matmul(self._rows(self.stacks[moving], moving.rows), kept)
        if a.rows == 1 and self.depends[a] and self.depends[b]:
            return xp.row_inner(self.stacks[a], self.stacks[b])
        return self._each(v)

    def _norms(self, v: Value) -> Value:
        (a,) = v.args
        if a.columns == 1 and not v.params[0]:
            return self.recorder.norms(self._rows(self.stacks[a], a.rows), by_row=True)
        return self._each(v)

    def _normalised(self, v: Value) -> Value:
        (a,) = v.args
        if a.columns != 1 or v.params[0] != 0:
            return self._each(v)
        made = self.recorder.normalised(v.op, self._rows(self.stacks[a], a.rows), 1)
        return made if v.op is ir.LOGSUMEXP else self._columns(made)

    def _solve(self, v: Value) -> Value:
        factor, b = v.args
        if not self.depends[factor] and b.columns == 1:
            xp = self.recorder
            wide = xp.reshape(self.stacks[b], b.rows, self.count)
            solved = xp.make(v.op, (factor, wide), (v.rows, self.count), v.params)
            return xp.reshape(solved, v.rows * self.count, 1)
        matrix = factor.args[0] if factor.op in FACTORISED else factor
        return self._each_of("solve", (), (matrix, b), v, turned=bool(v.params and v.params[-1] is True))
