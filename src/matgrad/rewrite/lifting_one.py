"""What depends on one index, lifted: s(i) = e_iᵀs as s, c(i) = C e_i as C; its sum, a product with ones."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE, ZERO, Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.blocks import part
from matgrad.ops.diagonals import diag, diagonal
from matgrad.ops.hadamard import hadamard
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import Unit, eye, number, ones
from matgrad.ops.transpose import Transpose, transpose


class Lifting:
    """Lifts what depends on one index, operands first."""

    def __init__(self, name: str, count: Dim) -> None:
        self.name, self.count = name, count
        self.done: dict[Expr, Expr | None] = {}

    def of(self, root: Expr) -> Expr | None:
        """The column s of a scalar s(i), the matrix C of a column c(i); ``None`` where there is none."""
        for node in postorder(root, lambda n: n not in self.done, lambda n: self.name in n.indices):
            self.done[node] = self._of(node)
        return self.done[root]

    def _of(self, node: Expr) -> Expr | None:
        if self.name not in node.indices:
            if node.columns is not ONE:
                return None
            spread = ones(self.count)
            return multiply(node, spread) if node.is_scalar else multiply(node, transpose(spread))
        if isinstance(node, Unit):
            return self._unit(node)
        if isinstance(node, Product):
            return self._product(node)
        if isinstance(node, IndexedSum) and node.columns is ONE:
            if any(self.name in end.names for end in node.range):
                return None
            body = self.of(node.args[0])
            return None if body is None else indexed_sum(body, *node.data)
        if node.columns is not ONE or node.binds or isinstance(node, Guard):
            return None
        operands = []
        for arg in node.args:
            known = None if self.name not in arg.indices else self.done[arg]
            if known is None and self.name in arg.indices:
                return None
            operands.append(known)
        try:
            return node.lift(operands, self.count)
        except MatgradError:
            return None

    def _unit(self, node: Unit) -> Expr | None:
        """e_{i+s} is the column i of a part of the identity."""
        place, length = node.data
        if set(place.indices) != {self.name}:
            return None
        shift = place.substitute({self.name: ZERO})
        if place - shift != Dim.unknown(self.name):
            return None
        if not shift.terms and length is self.count:
            return eye(length)
        try:
            return part(eye(length), (ZERO, length, shift, shift + self.count))
        except MatgradError:  # a guard keeps the index from the places that there are not: [i < n] e_{i+1}
            return None

    def _product(self, node: Product) -> Expr | None:
        scalars = [self.of(s) for s in node.scalars if self.name in s.indices]
        if None in scalars:
            return None
        front = [number(node.coefficient), *(s for s in node.scalars if self.name not in s.indices)]
        weights = [s for s in scalars if s is not None]
        chain = node.chain
        if not any(self.name in factor.indices for factor in chain):
            if node.is_scalar:
                return multiply(*front, *chain, entrywise(weights))
            if chain[-1].columns is not ONE:
                return None
            return multiply(*front, *chain, transpose(entrywise(weights)))
        if node.is_scalar:
            value = self._scalar_chain(chain)
            return None if value is None else multiply(*front, entrywise([*weights, value]))
        if chain[-1].columns is not ONE:
            return None
        column = self.column(chain)
        if column is None:
            return None
        if weights:
            column = multiply(column, diag(entrywise(weights)))
        return multiply(*front, column)

    def column(self, chain: Sequence[Expr]) -> Expr | None:
        """The matrix of a chain that ends in a column: M c(i) is (M C) e_i."""
        if any(self.name in factor.indices for factor in chain[:-1]):
            return None
        last = self.of(chain[-1])
        return None if last is None else multiply(*chain[:-1], last)

    def _scalar_chain(self, chain: Sequence[Expr]) -> Expr | None:
        """The column of a chain from a row to a column."""
        row = self.of(transpose(chain[0])) if self.name in chain[0].indices else None
        if self.name in chain[0].indices and row is None:
            return None
        if row is None:
            column = self.column(chain)
            return None if column is None else transpose(column)
        if not any(self.name in factor.indices for factor in chain[1:]):
            return multiply(transpose(row), *chain[1:])
        column = self.column(chain[1:])
        if column is None:
            return None
        if (
            isinstance(chain[0], Transpose)
            and isinstance(chain[0].args[0], Unit)
            and isinstance(chain[-1], Unit)
        ):
            return diagonal(multiply(transpose(row), column))
        if column is row:
            return multiply(_squares(transpose(row)), ones(row.rows))
        return multiply(hadamard(transpose(row), transpose(column)), ones(row.rows))


def _squares(x: Expr) -> Expr:
    return hadamard(x, x)


def entrywise(columns: Sequence[Expr]) -> Expr:
    """The product of columns entry by entry."""
    return columns[0] if len(columns) == 1 else hadamard(*columns)


def summed(body: Expr, name: str, count: Dim) -> Expr | None:
    """The sum of a body over an index from 1 to a number; ``None`` where it has no matrix form."""
    if name not in body.indices:
        return None
    lifting = Lifting(name, count)
    if body.is_row:
        turned = summed(transpose(body), name, count)
        return None if turned is None else transpose(turned)
    if body.columns is ONE:
        if isinstance(body, Product) and not body.is_scalar:
            split = _weighted(lifting, body)
            if split is not None:
                return split
        value = lifting.of(body)
        if value is None:
            return None
        spread = ones(count)
        return multiply(transpose(spread), value) if body.is_scalar else multiply(value, spread)
    return _outer(lifting, body) if isinstance(body, Product) else None


def _weighted(lifting: Lifting, body: Product) -> Expr | None:
    """Σ_i s(i) M c(i) = M C s."""
    inner = [s for s in body.scalars if lifting.name in s.indices]
    front = [number(body.coefficient), *(s for s in body.scalars if lifting.name not in s.indices)]
    weights = [lifting.of(s) for s in inner]
    if None in weights or not weights:
        return None
    if not any(lifting.name in factor.indices for factor in body.chain):
        total = multiply(transpose(ones(lifting.count)), entrywise([w for w in weights if w is not None]))
        return multiply(*front, total, *body.chain)
    column = lifting.column(body.chain)
    if column is None:
        return None
    return multiply(*front, column, entrywise([w for w in weights if w is not None]))


def _outer(lifting: Lifting, body: Product) -> Expr | None:
    """Σ_i s(i) L c(i) d(i)ᵀ R = L C diag(s) Dᵀ R."""
    cut = next((k for k, factor in enumerate(body.chain) if factor.columns is ONE), None)
    inner = [lifting.of(s) for s in body.scalars if lifting.name in s.indices]
    front = [number(body.coefficient), *(s for s in body.scalars if lifting.name not in s.indices)]
    if None in inner:
        return None
    weights = [w for w in inner if w is not None]
    if not any(lifting.name in factor.indices for factor in body.chain):
        total = multiply(transpose(ones(lifting.count)), entrywise(weights))
        return multiply(*front, total, *body.chain)
    if cut is None:
        return None
    left, right = body.chain[: cut + 1], body.chain[cut + 1 :]
    c = lifting.column(left) if depends(left, lifting.name) else None
    turned = [transpose(factor) for factor in reversed(right)]
    d = lifting.column(turned) if depends(right, lifting.name) else None
    if (depends(left, lifting.name) and c is None) or (depends(right, lifting.name) and d is None):
        return None
    middle = [diag(entrywise(weights))] if weights else []
    if c is None:
        assert d is not None
        tail = multiply(*middle, ones(lifting.count)) if middle else ones(lifting.count)
        return multiply(*front, *left, transpose(multiply(d, tail)))
    if d is None:
        tail = multiply(*middle, ones(lifting.count)) if middle else ones(lifting.count)
        return multiply(*front, multiply(c, tail), *right)
    return multiply(*front, c, *middle, transpose(d))


def depends(factors: Sequence[Expr], name: str) -> bool:
    """Whether an index stands in one of the factors."""
    return any(name in factor.indices for factor in factors)
