"""Matrices on vec read as operators: Kronecker products and their kin, sums and products of them.

What has such a structure is taken apart into matrices of the size of the variables, computed together;
nothing of the size of the whole is formed. What has none is computed, or applied by compiled code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from matgrad import kronecker
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale
from matgrad.ops.diagonals import Diag, diagonal
from matgrad.ops.inverse import Inverse
from matgrad.ops.khatri_rao import KhatriRao
from matgrad.ops.kronecker import Commutation, Kron
from matgrad.ops.leaves import Eye, number
from matgrad.ops.transpose import Transpose
from matgrad.ops.vec_matrices import Duplication, Elimination

Array = Any

Values = tuple[Sequence[Array], Sequence[Any]]
"""The arrays that were computed, and the operators of what is applied by code."""

Making = Callable[[Values], Any]
"""What makes an operator of them."""

_ON_VEC = (Kron, Commutation, Duplication, Elimination, KhatriRao)
"""What is of the size of a vec; a diagonal matrix or an identity alone tells of no structure."""

_CONSTANTS: dict[type[Expr], Any] = {
    Eye: kronecker.identity,
    Commutation: kronecker.commutation,
    Duplication: kronecker.duplication,
    Elimination: kronecker.elimination,
}
"""Operators that only sizes tell of."""

_NAME = 12
"""Texts up to this length name a matrix in messages."""


def is_on_vec(matrix: Expr) -> bool:
    """Whether a matrix is made of what lives on vec, by sums, products, transposes and inverses."""
    if isinstance(matrix, _ON_VEC):
        return True
    if isinstance(matrix, (Sum, Product, Transpose, Inverse)):
        return any(is_on_vec(arg) for arg in matrix.args)
    return False


def has_structure(matrix: Expr) -> bool:
    """Whether a matrix is made of what lives on vec, or is diagonal, or diagonal plus something else."""
    return (
        is_on_vec(matrix)
        or _is_diagonal(matrix)
        or (isinstance(matrix, Sum) and any(_is_diagonal(term) for term in matrix.args))
    )


class Structure:
    """The structure of a matrix for arrays of certain sizes.

    Parameters
    ----------
    matrix : Expr
        The matrix.
    sizes : mapping of str to int
        The number that each symbolic dimension stands for.
    applied : bool
        Whether what has no structure is applied by code rather than computed.

    Attributes
    ----------
    computed : list of Expr
        What is to be computed.
    coded : list of Expr
        What is to be applied by code.
    """

    def __init__(self, matrix: Expr, sizes: Mapping[str, int], *, applied: bool) -> None:
        self._sizes = sizes
        self._applied = applied
        self.computed: list[Expr] = []
        self.coded: list[Expr] = []
        self._make = self._read(matrix)

    def made(self, arrays: Sequence[Array], operators: Sequence[Any]) -> Any:
        """The operator of the values that were computed."""
        return self._make((arrays, operators))

    # ---- what is computed -------------------------------------------------------------------------

    def _array(self, expr: Expr) -> Callable[[Values], Array]:
        """An array among those that are computed."""
        if expr not in self.computed:
            self.computed.append(expr)
        place = self.computed.index(expr)
        return lambda values: values[0][place]

    def _matrix(self, expr: Expr) -> Making:
        array = self._array(expr)
        text = str(expr)
        name = text if len(text) <= _NAME and " " not in text else ""
        shape = self._shape(expr)
        return lambda values: kronecker.Dense(np.reshape(array(values), shape), name)

    def _shape(self, expr: Expr) -> tuple[int, int]:
        return expr.rows.value(self._sizes), expr.columns.value(self._sizes)

    def _without_structure(self, expr: Expr) -> Making:
        """A matrix of low rank by its two parts; else its entries, or code that applies it."""
        cut = self._low_rank(expr)
        if cut is not None:
            left, right = (self._matrix(part) for part in cut)
            return lambda values: left(values) @ right(values)
        rows, columns = self._shape(expr)
        if not self._applied or min(rows, columns) == 1:
            return self._matrix(expr)
        self.coded.append(expr)
        place = len(self.coded) - 1
        return lambda values: kronecker.as_operator(values[1][place])

    def _low_rank(self, expr: Expr) -> tuple[Expr, Expr] | None:
        """A product cut where it is narrowest, if its two parts hold fewer entries than the whole."""
        if not isinstance(expr, Product) or len(expr.chain) < 2:
            return None
        rows, columns = self._shape(expr)
        chain = expr.chain
        widths = [left.columns.value(self._sizes) for left in chain[:-1]]
        narrow = min(range(len(widths)), key=widths.__getitem__)
        if widths[narrow] * (rows + columns) >= rows * columns:
            return None
        front = multiply(*expr.scalars) if expr.scalars else None
        left = multiply(*([front] if front is not None else []), *chain[: narrow + 1])
        return scale(expr.coefficient, left), multiply(*chain[narrow + 1 :])

    # ---- what has structure -----------------------------------------------------------------------

    def _read(self, expr: Expr) -> Making:
        if isinstance(expr, Kron):
            return self._kron(expr, [])
        if isinstance(expr, (Eye, Commutation, Duplication, Elimination)):
            return self._constant(expr)
        if isinstance(expr, Diag):
            entries = self._array(expr.args[0])
            return lambda values: kronecker.diagonal(np.ravel(entries(values)))
        if _is_declared_diagonal(expr):
            entries = self._array(diagonal(expr))
            return lambda values: kronecker.diagonal(np.ravel(entries(values)))
        if isinstance(expr, KhatriRao):
            a, b = (self._matrix(arg) for arg in expr.args)
            return lambda values: kronecker.khatri_rao(a(values), b(values))
        if isinstance(expr, Transpose) and is_on_vec(expr):
            inner = self._read(expr.args[0])
            return lambda values: inner(values).T
        if isinstance(expr, Inverse) and is_on_vec(expr):
            return self._inverse(expr)
        if isinstance(expr, Sum):
            return self._sum(expr)
        if isinstance(expr, Product):
            return self._product(expr)
        return self._without_structure(expr)

    def _inverse(self, expr: Inverse) -> Making:
        """The inverse by structure; of a matrix no larger than a variable also without."""
        inner = self._read(expr.args[0])
        shapes = [symbol.shape for symbol in symbols_of(expr).values()]
        is_small = any(dim.value(self._sizes) >= self._shape(expr)[0] for shape in shapes for dim in shape)

        def inverse(values: Values) -> Any:
            made = inner(values)
            try:
                return made.inverse()
            except kronecker.NoRuleError:
                if not is_small:
                    raise
                return kronecker.Dense(made.to_dense(), made.label).inverse()

        return inverse

    def _constant(self, expr: Expr) -> Making:
        sizes = [dim.value(self._sizes) for dim in expr.data]
        make: Any = _CONSTANTS[type(expr)]
        made = make(*sizes)
        return lambda values: made

    def _kron(self, expr: Kron, numbers: Sequence[Expr]) -> Making:
        """A ⊗ B ⊗ …, with numbers taken into the smallest factor that is computed, if there is one."""
        args = list(expr.args)
        computed = [i for i, arg in enumerate(args) if not self._keeps_structure(arg)]
        if numbers and computed:
            place = min(computed, key=lambda i: math.prod(self._shape(args[i])))
            args[place] = multiply(*numbers, args[place])
        factors = [self._factor(arg) for arg in args]
        return lambda values: kronecker.kron(*(make(values) for make in factors))

    @staticmethod
    def _keeps_structure(expr: Expr) -> bool:
        return isinstance(expr, (Eye, Diag)) or is_on_vec(expr)

    def _factor(self, expr: Expr) -> Making:
        """A factor of ⊗, which is of the size of a variable: a matrix, unless its structure is kept."""
        return self._read(expr) if self._keeps_structure(expr) else self._matrix(expr)

    def _sum(self, expr: Sum) -> Making:
        structured = [t for t in expr.args if is_on_vec(t) or _is_diagonal(t)]
        rest = [t for t in expr.args if t not in structured]
        if not structured:
            return self._without_structure(expr)
        makers = [self._read(t) for t in structured]
        low = [t for t in rest if self._low_rank(t) is not None]
        if len(low) > 1:
            makers.append(self._beside_each_other(low))
        else:
            makers += [self._without_structure(t) for t in low]
        plain = [t for t in rest if t not in low]
        if plain:
            makers.append(self._without_structure(add(*plain)))
        return lambda values: kronecker.total([make(values) for make in makers])

    def _beside_each_other(self, terms: Sequence[Expr]) -> Making:
        """The sum of matrices of low rank, u uᵀ + v vᵀ = [u, v][u, v]ᵀ."""
        cuts = [cut for term in terms if (cut := self._low_rank(term)) is not None]
        lefts, rights = ([self._matrix(cut[side]) for cut in cuts] for side in (0, 1))

        def made(values: Values) -> Any:
            left = np.hstack([make(values).to_dense() for make in lefts])
            right = np.vstack([make(values).to_dense() for make in rights])
            return kronecker.Dense(left) @ kronecker.Dense(right)

        return made

    def _product(self, expr: Product) -> Making:
        if not is_on_vec(expr) and not (len(expr.chain) == 1 and _is_diagonal(expr.chain[0])):
            return self._without_structure(expr)
        (first, *others) = expr.chain
        if not others and isinstance(first, Kron) and not all(map(self._keeps_structure, first.args)):
            return self._kron(first, [number(expr.coefficient), *expr.scalars])
        makers: list[Making] = []
        run: list[Expr] = []
        for part in expr.chain:
            if is_on_vec(part) or _is_diagonal(part):
                if run:
                    makers.append(self._without_structure(multiply(*run)))
                    run = []
                makers.append(self._read(part))
            else:
                run.append(part)
        if run:
            makers.append(self._without_structure(multiply(*run)))
        scalar = self._array(multiply(*expr.scalars)) if expr.scalars else None
        coefficient = expr.coefficient
        front: Any = int(coefficient) if coefficient.denominator == 1 else float(coefficient)

        def make(values: Values) -> Any:
            made = kronecker.product([maker(values) for maker in makers])
            return made.times(front if scalar is None else front * np.ravel(scalar(values))[0])

        return make


def _is_diagonal(expr: Expr) -> bool:
    """Whether a matrix is diagonal by its form or declared so, with a number in front."""
    if isinstance(expr, Product):
        return len(expr.chain) == 1 and _is_diagonal(expr.chain[0])
    return isinstance(expr, (Diag, Eye)) or _is_declared_diagonal(expr)


def _is_declared_diagonal(expr: Expr) -> bool:
    return isinstance(expr, Symbol) and not expr.is_scalar and bool(expr.facts & Fact.DIAGONAL)
