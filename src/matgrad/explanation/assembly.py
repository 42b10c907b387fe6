"""From entries back to matrices: Σ_p A_kp X_pl is (AX)_kl.

A term is a network: its indices are joined by matrices and carry vectors. Chains become products,
closed chains traces, vectors at an index of a chain diagonal matrices, and factors with the same
indices Hadamard products. Networks that none of this reduces stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.calculus.terms import Index, Term
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr
from matgrad.explanation.entries import Axis
from matgrad.ops.arithmetic import multiply
from matgrad.ops.diagonals import diag, diagonal
from matgrad.ops.hadamard import hadamard
from matgrad.ops.kronecker import commutation, kron
from matgrad.ops.leaves import eye, number, ones, unit
from matgrad.ops.reshaping import vec
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose


class _Network:
    """The factors of a term by the indices that they have."""

    def __init__(self, term: Term, free: Sequence[Axis]) -> None:
        self.dims = dict((*free, *term.sums))
        self.bound = {index for index, _ in term.sums}
        self.scalars: list[Expr] = [number(term.coefficient)]
        self.vectors: dict[Index, Expr] = {}
        self.matrices: list[tuple[Index, Index, Expr]] = []
        for a, b in term.deltas:
            if a.isdigit() and b.isdigit():
                self.scalars.append(number(int(a == b)))  # δ₁₂ = 0
            elif a != b:
                self.put(eye(self.dims[b if a.isdigit() else a]), a, b)
        for expr, row, column in term.entries:
            self.put(expr, row, column)

    def put(self, expr: Expr, row: Index, column: Index) -> None:
        """Add an entry; where an index is a number, the row or column of that number."""
        if row.isdigit():
            row, expr = "", multiply(transpose(unit(Dim.of(int(row)), expr.rows)), expr)
        if column.isdigit():
            column, expr = "", multiply(expr, unit(Dim.of(int(column)), expr.columns))
        if row and column:
            self.put_matrix(row, column, expr)
        elif row or column:
            self.put_vector(row or column, expr if row else transpose(expr))
        else:
            self.scalars.append(expr)

    def put_vector(self, index: Index, expr: Expr) -> None:
        """Add a column at an index."""
        known = self.vectors.get(index)
        self.vectors[index] = expr if known is None else hadamard(known, expr)

    def put_matrix(self, a: Index, b: Index, expr: Expr) -> None:
        """Add a matrix between two indices; on one index it is its diagonal."""
        if a == b:
            self.put_vector(a, diagonal(expr))
        else:
            self.matrices.append((a, b, expr))

    def count(self, index: Index) -> int:
        """How many matrices meet at an index."""
        return sum(index in edge[:2] for edge in self.matrices)

    def take(self, index: Index) -> tuple[Expr, Index]:
        """Remove the first matrix at an index, turned so that its rows belong to the index."""
        place = next(k for k, edge in enumerate(self.matrices) if index in edge[:2])
        a, b, expr = self.matrices.pop(place)
        return (expr, b) if a == index else (transpose(expr), a)

    def between(self, a: Index, b: Index) -> Expr | None:
        """All matrices between two indices, multiplied entry by entry, with rows for the first."""
        found = [
            expr if edge[0] == a else transpose(expr) for *edge, expr in self.matrices if {a, b} == {*edge}
        ]
        return hadamard(*found) if found else None

    def joined(self) -> set[frozenset[Index]]:
        """The pairs of indices with a matrix between them."""
        return {frozenset(edge[:2]) for edge in self.matrices}

    def reduce(self) -> bool:
        """Carry out every sum; ``False`` where one is left."""
        while self.bound:
            index = min(self.bound, key=lambda i: (self.count(i), i))
            if self.count(index) > 2 and not self._merge():
                return False
            if self.count(index) <= 2:
                self.bound.remove(index)
                self._sum_over(index)
        return True

    def _merge(self) -> bool:
        """Multiply matrices with the same indices entry by entry; ``False`` where there are none."""
        pairs = self.joined()
        if len(pairs) == len(self.matrices):
            return False
        merged = []
        for a, b in (sorted(pair) for pair in pairs):
            whole = self.between(a, b)
            assert whole is not None
            merged.append((a, b, whole))
        self.matrices = sorted(merged, key=lambda edge: edge[:2])
        return True

    def _sum_over(self, index: Index) -> None:
        vector = self.vectors.pop(index, None)
        count = self.count(index)
        if not count:
            column = ones(self.dims[index]) if vector is None else vector
            self.scalars.append(multiply(transpose(ones(self.dims[index])), column))
            return
        left, a = self.take(index)
        if count == 1:
            column = ones(self.dims[index]) if vector is None else vector
            self._close_or_put(transpose(left), column, a)
            return
        right, b = self.take(index)
        middle = [] if vector is None else [diag(vector)]
        whole = multiply(transpose(left), *middle, right)
        if a == b and a in self.bound and not self.count(a) and a not in self.vectors:
            self.bound.remove(a)
            self.scalars.append(trace(whole))
        else:
            self.put_matrix(a, b, whole)

    def _close_or_put(self, matrix: Expr, column: Expr, index: Index) -> None:
        """A matrix times a column; with a column at its other end and nothing else it is a scalar."""
        if index in self.bound and not self.count(index) and index in self.vectors:
            self.bound.remove(index)
            self.scalars.append(multiply(transpose(self.vectors.pop(index)), matrix, column))
        else:
            self.put_vector(index, multiply(matrix, column))


def gradient_entry(term: Term, axes: Sequence[Axis]) -> Expr | None:
    """The matrix of which a term is the entry at its free indices, row before column.

    ``None`` where the network of the term reduces to no product of matrices.
    """
    network = _Network(term, axes)
    if not network.reduce():
        return None
    if not axes:
        return multiply(*network.scalars)
    if len(axes) == 1:
        ((index, dim),) = axes
        return multiply(*network.scalars, network.vectors.get(index, ones(dim)))
    (k, rows), (l, columns) = axes  # noqa: E741
    return multiply(*network.scalars, _matrix(network, k, rows, l, columns))


def _matrix(network: _Network, k: Index, rows: Dim, l: Index, columns: Dim) -> Expr:  # noqa: E741
    """What stands at two free indices: a matrix between diagonals, or a column times a row."""
    left, right = network.vectors.get(k), network.vectors.get(l)
    middle = network.between(k, l)
    if middle is None:
        return multiply(
            ones(rows) if left is None else left, transpose(ones(columns) if right is None else right)
        )
    factors = [middle]
    if left is not None:
        factors.insert(0, diag(left))
    if right is not None:
        factors.append(diag(right))
    return multiply(*factors)


def jacobian_block(term: Term, rows: Sequence[Axis], columns: Sequence[Axis]) -> Expr | None:
    """The matrix on vec of which a term is the entry: ∂F_ij/∂X_kl at row (i, j) and column (k, l).

    A product of an entry at i, k and one at j, l is an entry of their Kronecker product; where the
    pairs cross, the commutation matrix follows (Magnus & Neudecker, 1979).
    """
    network = _Network(term, (*rows, *columns))
    if not network.reduce():
        return None
    if len(rows) < 2 and len(columns) < 2:
        flat = _of_columns(network, rows, columns)
        return None if flat is None else multiply(*network.scalars, flat)
    for left, right, crossed in _pairings(rows, columns):
        block = _kronecker(network, left, right)
        if block is not None:
            whole = multiply(block, commutation(columns[0][1], columns[1][1])) if crossed else block
            return multiply(*network.scalars, whole)
    whole_or_none = _outer(network, rows, columns)
    return None if whole_or_none is None else multiply(*network.scalars, whole_or_none)


def _of_columns(network: _Network, rows: Sequence[Axis], columns: Sequence[Axis]) -> Expr | None:
    """The Jacobian of a column by a column."""
    ((i, m),) = rows or (("", ONE),)
    ((k, n),) = columns or (("", ONE),)
    if i and k:
        return _matrix(network, i, m, k, n)
    if i:
        return network.vectors.get(i, ones(m))
    return transpose(network.vectors.get(k, ones(n))) if k else number(1)


Pair = tuple[Index, Index]
"""An index of the function and one of the variable, either of which may be empty."""


def _pairings(rows: Sequence[Axis], columns: Sequence[Axis]) -> list[tuple[Pair, Pair, bool]]:
    """Which indices belong to the left and the right factor of a Kronecker product.

    On vec the column index of a matrix is the slow one and so belongs to the left factor. The last
    entry says whether the variable enters transposed.
    """
    i, j = (*(index for index, _ in rows), "", "")[:2]
    k, l = (*(index for index, _ in columns), "", "")[:2]  # noqa: E741
    if len(rows) == 2 and len(columns) == 2:
        return [((j, l), (i, k), False), ((j, k), (i, l), True)]
    if len(rows) < 2:
        return [(("", l), (i, k), False), ((i, l), ("", k), False)]
    return [((j, ""), (i, k), False), ((j, k), (i, ""), False)]


def _kronecker(network: _Network, left: Pair, right: Pair) -> Expr | None:
    """The product of the factors at two pairs of indices, if nothing joins the pairs."""
    if not network.joined() <= {frozenset(left), frozenset(right)}:
        return None
    return kron(_pair(network, *left), _pair(network, *right))


def _pair(network: _Network, a: Index, b: Index) -> Expr:
    """What stands at a row index and a column index, either of which may be empty."""
    if a and b:
        return _matrix(network, a, network.dims[a], b, network.dims[b])
    if a:
        return _column(network, a)
    return transpose(_column(network, b)) if b else number(1)


def _column(network: _Network, index: Index) -> Expr:
    return network.vectors.get(index, ones(network.dims[index]))


def _outer(network: _Network, rows: Sequence[Axis], columns: Sequence[Axis]) -> Expr | None:
    """diag(vec M) for M_ij δ_ik δ_jl, and vec(G) vec(H)ᵀ for G_ij H_kl."""
    if len(rows) != 2 or len(columns) != 2:
        return None
    (i, m), (j, n) = rows
    (k, _), (l, _) = columns  # noqa: E741
    known = network.joined()
    inner, outer = {frozenset((i, j)), frozenset((k, l))}, {frozenset((i, k)), frozenset((j, l))}
    if known <= inner:
        return multiply(vec(_pair(network, i, j)), transpose(vec(_pair(network, k, l))))
    straight = network.between(i, k) is eye(m) and network.between(j, l) is eye(n)
    if straight and known <= inner | outer:
        return diag(vec(hadamard(_pair(network, i, j), _pair(network, k, l))))
    return None
