"""What is done to every block of a stack at once: made to be computed, never shown.

A matrix M(i) for i = 1..N is computed as the stack of its values, one below the other. As with all that is
made to be computed, derivatives are taken before (:mod:`matgrad.rewrite.lifting_blocks`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.ops.robust_values import Computed


class Stacked(Computed):
    """An operation on the blocks of stacks. ``data`` is ``("stacked", operation, count, shapes)``.

    ``shapes`` are those of a block of each operand, or nothing for one that all blocks share, and that of a
    block of the result, of which a sum has one in all.
    """

    __slots__ = ()
    kind = "stacked"

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        rows, columns = data[3][-1]
        return (rows, columns) if data[1] == "sum" else (data[2] * rows, columns)

    @property
    def operation(self) -> str:
        """What is done."""
        return str(self.data[1])

    def infer_facts(self) -> Fact:
        return Fact.NONE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        count, shapes = xp.size(self.data[2]), self.data[3]
        work = _BLOCKS[self.operation]
        found = []
        for place in range(count):
            blocks = [
                value if not shape else _block(xp, value, place, shape)
                for value, shape in zip(values, shapes[:-1], strict=True)
            ]
            found.append(work(xp, *blocks))
        if self.operation != "sum":
            return xp.grid([[block] for block in found])
        total = xp.zeros(xp.size(self.rows), xp.size(self.columns))
        for block in found:
            total = xp.add(total, block)
        return total

    def planned(self, plan: Planning, *values: Array) -> Array:
        xp: Any = plan.arrays
        if not getattr(xp, "structured", False):
            return self.numeric(plan.arrays, *values)
        sizes = tuple(tuple(xp.size(d) for d in shape) for shape in self.data[3])
        rows, columns = (xp.size(dim) for dim in self.shape)
        return plan.primitive("stacked", values, rows, columns, self.operation, xp.size(self.data[2]), sizes)


def _block(xp: Arrays, stack: Array, place: int, shape: tuple[Dim, Dim]) -> Array:
    rows = xp.size(shape[0])
    return xp.part(stack, slice(place * rows, (place + 1) * rows), slice(0, xp.size(shape[1])))


def _total(xp: Arrays, a: Array) -> Array:
    rows, columns = xp.shape(a)
    return xp.matmul(xp.matmul(xp.ones(1, rows), a), xp.ones(columns, 1))


_BLOCKS: dict[str, Callable[..., Array]] = {
    "product": lambda xp, a, b: xp.matmul(a, b),
    "transpose": lambda xp, a: xp.transpose(a),
    "inverse": lambda xp, a: xp.inv(a),
    "log_det": lambda xp, a: xp.log_det(a),
    "det": lambda xp, a: xp.det(a),
    "trace": lambda xp, a: _total(xp, xp.hadamard(a, xp.eye(xp.shape(a)[0]))),
    "total": _total,
    "weighted": lambda xp, s, a: xp.scalar_times(s, a),
    "spread": lambda xp, a: a,
    "sum": lambda xp, a: a,
}


def stacked(operation: str, count: Dim, result: Shape, *operands: tuple[Expr, Shape | tuple[()]]) -> Expr:
    """An operation on the blocks of stacks.

    Parameters
    ----------
    operation : str
        What is done.
    count : Dim
        How many blocks there are.
    result : tuple of Dim
        The shape of a block of the result.
    *operands : tuple of (Expr, tuple of Dim)
        The operands with the shapes of their blocks; an empty one for what all blocks share.
    """
    shapes = (*(shape for _, shape in operands), result)
    return Stacked.of(*(stack for stack, _ in operands), more=(operation, count, shapes))


SCALAR_BLOCK = (ONE, ONE)
