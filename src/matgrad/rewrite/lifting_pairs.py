"""Sums over the rows of one sample in which those of another stand as a matrix: Σ_i e_i w(i)ᵀ (C − 1 r_iᵀ).

The gradient of Σ_ij f(‖x_i − y_j‖²) is such a sum. It is W C − diag(W 1) R for the matrix W of all weights,
which is one of functions of squared distances. Both samples are taken from the mean of one of them first, so
that no more cancels than in the distances themselves. Only what is computed is written so.
"""

from __future__ import annotations

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.ops.activations import Erf, Gelu, Sigmoid, Softplus
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, subtract
from matgrad.ops.diagonals import Diag, diag
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import Number, Ones, number, ones
from matgrad.ops.piecewise import Abs, Relu
from matgrad.ops.power import Exp, Power
from matgrad.ops.robust_pairs import FromMean, PairProducts, SquaredDistances, squared_distances
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.trigonometric import Asinh, Atan, Cos, Cosh, Sin, Sinh, Tanh
from matgrad.rewrite.lifting_one import Lifting, depends

_SMOOTH = (Exp, Sigmoid, Softplus, Erf, Gelu, Sin, Cos, Atan, Sinh, Cosh, Tanh, Asinh, Abs, Relu)
"""Entrywise functions that a small error of their argument changes as little."""


def sum_of_pairs(term: Expr, name: str, count: Dim) -> Expr | None:
    """The matrix form of the sum of such a term over an index from 1 to a number, if it has one."""
    front: list[Expr] = [number(1)]
    chain: tuple[Expr, ...] = (term,)
    if isinstance(term, Product):
        front, chain = [number(term.coefficient), *term.scalars], term.chain
    if depends(front, name):
        return None
    pairs = _Pairs(name, count)
    for place, factor in enumerate(chain):
        if name not in factor.indices:
            continue
        before = chain[place - 1] if place else factor
        rows = isinstance(before, Transpose) and isinstance(before.args[0], Ones)
        if isinstance(factor, Hadamard):
            # 1ᵀ ((w 1ᵀ) ⊙ D) is wᵀD, and (w 1ᵀ) ⊙ D is diag(w) D.
            split = _weighted_rows(factor)
            left, right = chain[: place - 1 if rows else place], chain[place + 1 :]
        elif place + 1 < len(chain) and isinstance(factor, (Transpose, Diag)):
            split, rows = (factor.args[0], chain[place + 1]), isinstance(factor, Transpose)
            left, right = chain[:place], chain[place + 2 :]
        else:
            continue
        if split is None or depends(right, name):
            return None
        found = pairs.summed(left, *split, by_index=rows)
        return None if found is None else multiply(*front, found, *right)
    return None


def _weighted_rows(node: Hadamard) -> tuple[Expr, Expr] | None:
    """The w and D of (w 1ᵀ) ⊙ D."""
    if len(node.args) != 2:
        return None
    for one, other in (node.args, node.args[::-1]):
        if isinstance(one, Product) and one.chain and isinstance(one.chain[-1], Transpose):
            last = one.chain[-1].args[0]
            if isinstance(last, Ones) and last.columns is ONE and len(one.chain) > 1:
                return multiply(number(one.coefficient), *one.scalars, *one.chain[:-1]), other
    return None


class _Pairs:
    """What depends on an index, as matrices of which that is the number of a column."""

    def __init__(self, name: str, count: Dim) -> None:
        self.name, self.count = name, count
        self.lifting = Lifting(name, count)

    def summed(self, left: tuple[Expr, ...], weights: Expr, rows: Expr, *, by_index: bool) -> Expr | None:
        """Σ_i c(i) w(i)ᵀD(i), or Σ_i L diag(w(i)) D(i) with an L that does not depend on i."""
        if self.name not in weights.indices or depends(left, self.name) != by_index:
            return None
        parts, matrix = self._parts(rows), self._matrix(weights)
        column = self.lifting.column(left) if by_index else None
        if parts is None or matrix is None or (by_index and column is None):
            return None
        fixed, moving = parts
        size = fixed.columns
        below = transpose(FromMean.of(scale(-1, moving), fixed))
        fixed = transpose(FromMean.of(fixed, fixed))
        if column is not None:
            turned = transpose(matrix)
            inner = subtract(multiply(turned, fixed), multiply(diag(multiply(turned, ones(size))), below))
            return multiply(column, inner)
        weights = multiply(matrix, ones(self.count))
        inner = subtract(multiply(diag(weights), fixed), multiply(matrix, below))
        return multiply(*left, inner)

    def _parts(self, rows: Expr) -> tuple[Expr, Expr] | None:
        """The C and R, as columns, of a D(i) whose rows are (c_j + r_i)ᵀ."""
        if isinstance(rows, Product):
            if depends(rows.scalars, self.name) or not rows.chain or depends(rows.chain[1:], self.name):
                return None
            inner = self._parts(rows.chain[0])
            if inner is None:
                return None
            front = [number(rows.coefficient), *rows.scalars]
            after = [transpose(factor) for factor in reversed(rows.chain[1:])]
            return multiply(*front, *after, inner[0]), multiply(*front, *after, inner[1])
        if not isinstance(rows, Sum):
            return None
        fixed, moving = [], []
        for term in rows.args:
            if self.name not in term.indices:
                fixed.append(term)
                continue
            if not (isinstance(term, Product) and isinstance(term.chain[0], Ones)) or len(term.chain) < 2:
                return None
            row = multiply(number(term.coefficient), *term.scalars, *term.chain[1:])
            if not row.is_row:
                return None
            moving.append(self.lifting.of(transpose(row)))
        found = [m for m in moving if m is not None]
        if not fixed or not found or len(found) < len(moving):
            return None
        return transpose(add(*fixed)), add(*found)

    def _matrix(self, node: Expr) -> Expr | None:
        """The matrix whose columns are those that a column is for each value of the index."""
        if self.name not in node.indices:
            return multiply(node, transpose(ones(self.count))) if node.columns is ONE else None
        if isinstance(node, Product):
            return self._product(node)
        if not isinstance(node, (Elementwise, Power, Sum, Hadamard)):
            return self.lifting.of(node)
        operands = [arg if isinstance(arg, Number) else self._matrix(arg) for arg in node.args]
        found = tuple(operand for operand in operands if operand is not None)
        if len(found) < len(operands) or (_is_steep(node) and not found[0].facts & Fact.POSITIVE):
            return None
        return node.rebuild(found, node.data)

    def _product(self, node: Product) -> Expr | None:
        if depends(node.scalars, self.name):
            return None
        front = [number(node.coefficient), *node.scalars]
        found = self._distances(node) if len(node.chain) == 2 and isinstance(node.chain[1], Ones) else None
        if found is None and len(node.chain) == 1:
            found = self._matrix(node.chain[0])
        if found is None:
            return self.lifting.of(node)
        return multiply(*front, found)

    def _distances(self, node: Product) -> Expr | None:
        """The sums of the rows of D ⊙ E as those of all pairs."""
        entries = node.chain[0]
        if (
            isinstance(entries, Power)
            and isinstance(entries.exponent, Number)
            and entries.exponent.value == 2
        ):
            parts = self._parts(entries.args[0])
            if parts is None:
                return None
            distances: Expr = squared_distances(*parts)
            return distances if isinstance(distances, SquaredDistances) else None
        if not isinstance(entries, Hadamard) or len(entries.args) != 2:
            return None
        first, second = (self._parts(arg) for arg in entries.args)
        return None if first is None or second is None else PairProducts.of(*first, *second)


def _is_steep(node: Expr) -> bool:
    """Whether a function may jump or be infinite at 0, where digits of a distance are lost."""
    if isinstance(node, Power):
        exponent = node.exponent
        return not (isinstance(exponent, Number) and exponent.value > 0 and exponent.value.denominator == 1)
    return isinstance(node, Elementwise) and not isinstance(node, _SMOOTH)
