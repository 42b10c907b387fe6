"""vec and its inverses: the same entries, column by column, in another shape."""

from __future__ import annotations

from typing import ClassVar

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Dim, Shape, same, shape_text
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Sum, add, multiply, split_scalars
from matgrad.ops.leaves import eye, is_zero, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import transpose


class Reshape(Expr):
    """The matrix of another shape with the same entries, column by column. ``data`` is the shape."""

    __slots__ = ()
    name = "reshape"
    linearity = "each"
    moves_entries = True
    reason = Phrase("vec and its inverse are linear")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        if not same(x.rows * x.columns, data[0] * data[1]):
            raise ShapeError(
                phrase(
                    "{x} has {rows} entries and cannot take the shape {shape}",
                    x=x.describe(),
                    rows=x.rows * x.columns,
                    shape=shape_text((data[0], data[1])),
                )
            )
        return (data[0], data[1])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return reshape(args[0], data[0], data[1])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        return ReshapeMap(self.args[0].shape, self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.reshape(values[0], xp.size(self.data[0]), xp.size(self.data[1]))

    def notation(self) -> Notation:
        if self.is_vector:
            return call("vec", r"\operatorname{vec}")
        m, n = self.data
        return Notation(
            f"reshape({{0}}, {m}, {n})",
            f"unvec({{0}}, {m}×{n})",
            rf"\operatorname{{unvec}}_{{{m}\times {n}}}\left({{0}}\right)",
            f"reshape({{0}}, ({m}, {n}), order='F')",
        )


@function("reshape", "unvec", example="sum(A .* reshape(x, m, n))", given="A: m×n, x: m*n")
def reshape(x: Expr, rows: Dim, columns: Dim) -> Expr:
    """The matrix of that shape with the same entries, column by column (Fortran order).

    Raises
    ------
    ShapeError
        When the number of entries differs.
    """
    if x.shape == (rows, columns):
        return x
    Reshape.shape_rule((x,), (rows, columns))
    if is_zero(x):
        return zeros(rows, columns)
    if isinstance(x, Reshape):
        return reshape(x.args[0], rows, columns)
    if columns is ONE and x.is_row:
        return transpose(x)
    if rows is ONE and x.is_vector:
        return transpose(x)
    if rows is ONE:
        return transpose(reshape(x, columns, ONE))
    if isinstance(x, Sum):
        return add(*(reshape(term, rows, columns) for term in x.args))
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], reshape(split[1], rows, columns))
    known = composed(Reshape, x, rows, columns)
    return Reshape.intern((x,), (rows, columns)) if known is None else known


@function("vec", example="vec(A*X*B)", given="A: p×m, X: m×n, B: n×q")
def vec(x: Expr) -> Expr:
    """The columns of a matrix, one below the other."""
    return reshape(x, x.rows * x.columns, ONE)


def is_vec(x: Expr) -> bool:
    """Whether an expression is the vec of a matrix."""
    return isinstance(x, Reshape) and x.is_vector


@dataclass(frozen=True, slots=True)
class ReshapeMap(LinearMap):
    """V ↦ the matrix of another shape with the same vec."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase("tr(AᵀB) = vec(A)ᵀvec(B)", "Matrix Cookbook", "eq. 521")
    kronecker_reason: ClassVar[Phrase | None] = None

    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return reshape(v, *self.codomain)

    def adjoint(self) -> LinearMap:
        return ReshapeMap(self.codomain, self.domain)

    def kronecker(self) -> Expr:
        return eye(self.domain[0] * self.domain[1])
