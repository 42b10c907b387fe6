"""Matrices that depend on an index, computed for all values of it at once as the blocks of a stack.

This is no form to be read: it is what is computed where a sum has no matrix form, as Σ_k log det(A_k + S).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.determinant import Determinant, LogDet
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.indices.members import Family, Member, Placed
from matgrad.ops.indices.stacks import SCALAR_BLOCK, stacked
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import number
from matgrad.ops.power import Power
from matgrad.ops.reshaping import vec
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose, transpose


class Columns(Protocol):
    """Lifts scalars and columns; see :mod:`matgrad.rewrite.lifting`."""

    name: str
    count: Dim

    def of(self, root: Expr) -> Expr | None: ...


class Blocks:
    """Stacks of the values of matrices that depend on an index."""

    def __init__(self, lifting: Columns) -> None:
        self.lifting, self.name, self.count = lifting, lifting.name, lifting.count
        self.done: dict[Expr, Expr | None] = {}

    def of(self, node: Expr) -> Expr | None:
        """The stack of the values of a node; ``None`` where there is none."""
        if node not in self.done:
            self.done[node] = self._of(node)
        return self.done[node]

    def scalar(self, node: Expr) -> Expr | None:
        """The column of the values of a scalar function of matrices; ``None`` where there is none."""
        if isinstance(node, LogDet):
            return self._one("log_det", node.args[0])
        if isinstance(node, Determinant):
            return self._one("det", node.args[0])
        if isinstance(node, Trace):
            return self._trace(node.args[0])
        if isinstance(node, Product) and node.chain:
            return self._chain(node)
        return None

    def summed(self, node: Expr) -> Expr | None:
        """The sum of a matrix over the index."""
        if isinstance(node, Product) and len(node.chain) == 1 and isinstance(node.chain[0], Placed):
            return self._placed(node.chain[0], node)
        if isinstance(node, Placed):
            return self._placed(node, None)
        whole = self.of(node)
        return None if whole is None else stacked("sum", self.count, node.shape, (whole, node.shape))

    def _placed(self, node: Placed, around: Product | None) -> Expr | None:
        """Σ_k [M(k)]_k is the stack of M."""
        places, lasts = node.data[:2]
        if len(places) != 1 or places[0] is not Dim.unknown(self.name) or lasts[0] is not self.count:
            return None
        inner = node.args[0]
        if around is not None:
            inner = multiply(number(around.coefficient), *around.scalars, inner)
        return self.of(inner)

    def _one(self, operation: str, inner: Expr) -> Expr | None:
        whole = self.of(inner)
        return None if whole is None else stacked(operation, self.count, SCALAR_BLOCK, (whole, inner.shape))

    def _trace(self, inner: Expr) -> Expr | None:
        if isinstance(inner, Product) and len(inner.chain) > 1:
            left, right = transpose(inner.chain[0]), multiply(*inner.chain[1:])
            scalars = [number(inner.coefficient), *inner.scalars]
            one, other = self.of(left), self.of(right)
            if one is None or other is None:
                return None
            total = stacked("total", self.count, SCALAR_BLOCK, (hadamard(one, other), left.shape))
            return self._weighted_column(scalars, total)
        return self._one("trace", inner)

    def _weighted_column(self, scalars: Sequence[Expr], column: Expr) -> Expr | None:
        free = [s for s in scalars if self.name not in s.indices]
        weights = [self.lifting.of(s) for s in scalars if self.name in s.indices]
        if None in weights:
            return None
        return multiply(
            *free, hadamard(column, *(w for w in weights if w is not None)) if weights else column
        )

    def _of(self, node: Expr) -> Expr | None:
        if self.name not in node.indices:
            return stacked("spread", self.count, node.shape, (node, ()))
        if isinstance(node, Member):
            return self._member(node)
        if node.columns is ONE or node.rows is ONE:
            column = self.lifting.of(node if node.columns is ONE else transpose(node))
            if column is not None:
                if node.is_scalar:
                    return column
                return vec(column) if node.columns is ONE else transpose(column)
        if isinstance(node, Product):
            return self._chain(node)
        if isinstance(node, Transpose):
            return self._by("transpose", node)
        if isinstance(node, Inverse):
            return self._by("inverse", node)
        entrywise = isinstance(node, (Sum, Hadamard, Elementwise)) or (
            isinstance(node, Power) and self.name not in node.args[1].indices
        )
        if not entrywise or node.is_scalar:
            return None
        operands = [
            arg if isinstance(node, Power) and place == 1 else self.of(arg)
            for place, arg in enumerate(node.args)
        ]
        if None in operands:
            return None
        try:
            found = [operand for operand in operands if operand is not None]
            return add(*found) if isinstance(node, Sum) else node.rebuild(tuple(found), node.data)
        except MatgradError:
            return None

    def _member(self, node: Member) -> Expr | None:
        stack, (places, lasts, *_) = node.args[0], node.data
        is_whole = len(places) == 1 and places[0] is Dim.unknown(self.name) and lasts[0] is self.count
        return stack if is_whole and isinstance(stack, Family) else None

    def _by(self, operation: str, node: Expr) -> Expr | None:
        (inner,) = node.args
        whole = self.of(inner)
        return None if whole is None else stacked(operation, self.count, node.shape, (whole, inner.shape))

    def _chain(self, node: Product) -> Expr | None:
        """A product: what stands behind a stack is multiplied once, with all of its blocks."""
        whole: Expr | None = None
        shape: Shape | tuple[()] = ()
        for factor in node.chain:
            depends = self.name in factor.indices
            value = self.of(factor) if depends else factor
            if value is None:
                return None
            if whole is None:
                whole, shape = value, factor.shape if depends else ()
            elif not depends:
                whole = multiply(whole, value)
                shape = (shape[0], factor.columns) if shape else ()
            else:
                rows = shape[0] if shape else whole.rows
                result = (rows, factor.columns)
                whole = stacked("product", self.count, result, (whole, shape), (value, factor.shape))
                shape = result
        if whole is None or not shape:
            return None
        free = [number(node.coefficient), *(s for s in node.scalars if self.name not in s.indices)]
        weights = [self.lifting.of(s) for s in node.scalars if self.name in s.indices]
        if None in weights:
            return None
        found = [w for w in weights if w is not None]
        if node.is_scalar:
            return multiply(*free, hadamard(whole, *found) if found else whole)
        if found:
            weight = found[0] if len(found) == 1 else hadamard(*found)
            whole = stacked("weighted", self.count, shape, (weight, SCALAR_BLOCK), (whole, shape))
        return multiply(*free, whole)
