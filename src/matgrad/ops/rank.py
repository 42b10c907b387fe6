"""The rank of a matrix, which small changes of a matrix of full rank do not change."""

from __future__ import annotations

from typing import Any

from matgrad.core.arrays import Array, Arrays, Functions
from matgrad.core.dims import SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.leaves import Number, Ones, dimension, is_zero, number
from matgrad.ops.orientation import orient
from matgrad.ops.registry import function

_INVERTIBLE = Fact.INVERTIBLE | Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL


class MatrixRank(Expr):
    """The number of independent columns: of singular values that are not 0, up to rounding.

    It is constant near a matrix of full rank, and near others it jumps (Horn & Johnson, 2013, sec. 0.4.6).
    """

    __slots__ = ()
    name = "rank"
    no_derivative = Phrase("where the rank changes")
    reason = Phrase("the rank is constant where it does not jump", "Horn & Johnson (2013)", "sec. 0.4.6")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return rank(args[0])

    def infer_facts(self) -> Fact:
        return Fact.INTEGER | Fact.NONNEGATIVE

    def linear_map(self, index: int) -> LinearMap:
        return lm.Zero(self.args[0].shape, SCALAR)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        # What counts as 0 is decided where a pseudoinverse is: D⁺D has a 1 for each other singular value.
        singular = xp.svd(values[0])[1]
        kept = xp.hadamard(xp.diagonal(xp.pinv(xp.diag(singular))), singular)
        found = xp.map(_is_one, kept)
        return xp.matmul(xp.ones(1, xp.shape(found)[0]), found)

    def notation(self) -> Notation:
        return call("rank", numpy="matrix_rank")


def _is_one(f: Functions, t: Any) -> Any:
    return f.step(2 * t - 1)


@function("rank", "matrix_rank", numpy="linalg.matrix_rank", example="rank(X)*tr(X)", given="X: n×n")
def rank(x: Expr) -> Expr:
    """The rank of a matrix: how many of its columns are independent.

    Its derivative is 0 where the rank does not change, and does not exist elsewhere.
    """
    if is_zero(x):
        return number(0)
    if isinstance(x, Ones) or (isinstance(x, Number) and x.value):
        return number(1)
    if x.facts & _INVERTIBLE:
        return dimension(x.rows)
    for matrix in (x, x.T):
        if matrix.facts & Fact.ORTHONORMAL_COLUMNS:
            return dimension(matrix.columns)
    known = composed(MatrixRank, x)
    return MatrixRank.intern((orient(x)[0],)) if known is None else known
