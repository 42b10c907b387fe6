"""What is computed of each member of stacks: one value of the program for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Shape, Value
from matgrad.compilation.ir.primitives.stacks import (
    EACH,
    MEMBER,
    PLACED_AT,
    SUM_EACH,
    UNIT_AT,
    Each,
    Member,
)
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.plan.functions_of_members import CALLED, WITH_SHAPE
from matgrad.core.facts import Fact

SIGNS = Fact.POSITIVE | Fact.NONNEGATIVE

AT_INDEX = frozenset({MEMBER, UNIT_AT, PLACED_AT})
"""What depends on an index by itself."""

_SPREAD = frozenset({ir.BROADCAST_ROW, ir.BROADCAST_COLUMN})
"""What libraries spread over other operands by themselves."""

FACTORISED = frozenset({ir.CHOLESKY_FACTOR, ir.LU_FACTOR})


class NotStackedError(Exception):
    """Something that is not computed of stacks."""


class EachMember:
    """Makes stacks of what depends on an index, member by member.

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
        self.recorder, self.name, self.count = recorder, name, count
        self.depends: dict[Value, bool] = {}
        self.stacks: dict[Value, Value] = {}

    def _tall(self, v: Value) -> Shape:
        return (self.count * v.rows, v.columns)

    def _each(self, v: Value) -> Value:
        function = CALLED.get(v.op)
        if function is None:
            raise NotStackedError(v.op.name)
        numbers: tuple[Any, ...] = v.params
        if function == "inverse":
            numbers = ()
        if function in WITH_SHAPE:
            numbers = v.shape
        args = tuple(a.args[0] if a.op in FACTORISED else a for a in v.args)
        return self._each_of(function, numbers, args, v)

    def _each_of(
        self,
        function: str,
        numbers: tuple[Any, ...],
        args: Sequence[Value],
        v: Value,
        *,
        turned: bool = False,
    ) -> Value:
        members, operands = [], []
        shared = function in ("combination", "hadamard") and any(a.op not in _SPREAD for a in args)
        for place, arg in enumerate(args):
            if shared and arg.op in _SPREAD:
                column = arg.args[0]
                moves = self.depends[column]
                members.append(Member(column.shape, (moves,), arg.op is ir.BROADCAST_ROW))
                operands.append(self.stacks[column] if moves else column)
                continue
            flip = arg.op is ir.TRANSPOSE and arg.kind == "matrix"
            inner = arg.args[0] if flip else arg
            moves = self.depends[inner]
            members.append(Member(inner.shape, (moves,), flip != (turned and place == 0)))
            operands.append(self.stacks[inner] if moves else inner)
        each = Each(function, numbers, v.shape, (self.count,), tuple(members))
        return self.recorder.make(EACH, operands, self._tall(v), (each,), v.facts & SIGNS)

    def _each_again(self, v: Value) -> Value:
        each: Each = v.params[0]
        members = tuple(
            Member(m.shape, (self.depends[a], *m.along), m.turned)
            for m, a in zip(each.members, v.args, strict=True)
        )
        again = Each(each.function, each.numbers, each.shape, (self.count, *each.counts), members)
        operands = [self.stacks[a] if self.depends[a] else a for a in v.args]
        return self.recorder.make(EACH, operands, self._tall(v), (again,), v.facts & SIGNS)

    def _sum_again(self, v: Value) -> Value:
        outer, count = v.params
        params = (self.count * outer, count)
        return self.recorder.make(SUM_EACH, (self.stacks[v.args[0]],), self._tall(v), params, v.facts & SIGNS)

    def _contract_again(self, v: Value) -> Value:
        a, b = v.args
        (count,) = v.params
        if a.rows == 1:
            raise NotStackedError("contract")
        inner = b.rows // count
        members = (
            Member((a.rows // count, inner), (self.depends[a], True)),
            Member((inner, b.columns), (self.depends[b], True)),
        )
        each = Each("matmul", (), v.shape, (self.count, count), members)
        operands = [self.stacks[x] if self.depends[x] else x for x in v.args]
        products = self.recorder.make(EACH, operands, (self.count * count * v.rows, v.columns), (each,))
        return self.recorder.make(SUM_EACH, (products,), self._tall(v), (self.count, count))

    def _transposed(self, v: Value) -> Value:
        """The transpose of a value, which depends on the index as it does."""
        made = self.recorder.transpose(v)
        self._note(made)
        return made

    def _note(self, made: Value) -> None:
        """See whether a value that was made meanwhile depends on the index."""
        for value in live_values([made]):
            if value not in self.depends:
                own = value.op in AT_INDEX and value.params[0] == self.name
                self.depends[value] = own or any(self.depends[a] for a in value.args)
