"""The cross product of vectors of length 3, its matrix [a]×, and the axial vector."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, THREE, Dim, Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_scalars
from matgrad.ops.leaves import is_zero, literal, zeros
from matgrad.ops.linear_operation import LinearOperation
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, transpose


class SkewMatrix(LinearOperation):
    """The matrix [a]× of the cross product: [a]× b = a × b, for vectors of length 3."""

    __slots__ = ()
    name = "skew_matrix"
    reason = Phrase("the cross product is linear")
    legend = Phrase(
        "[a]× is the matrix of the cross product: [a]× b = a × b",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not (args[0].columns is ONE and same(args[0].rows, THREE)):
            raise ShapeError(
                phrase("a cross product needs vectors of length 3; {x} is not one", x=args[0].describe()),
                fix=phrase("declare {x}: 3", x=args[0]),
            )
        return (THREE, THREE)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return skew_matrix(args[0])

    def infer_facts(self) -> Fact:
        return Fact.SKEW | self.args[0].facts & Fact.CONSTANT

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.reshape(xp.matmul(xp.constant(_SKEW_BASIS), values[0]), 3, 3)

    @classmethod
    def matrix(cls, rows: Dim, columns: Dim) -> Expr:
        return skew_basis()

    def notation(self) -> Notation:
        return Notation("skew_matrix({0})", "[{0}]×", r"\left[{0}\right]_{{\times}}", "skew_matrix({0})")


_SKEW_BASIS = (
    (0, 0, 0), (0, 0, 1), (0, -1, 0),
    (0, 0, -1), (0, 0, 0), (1, 0, 0),
    (0, 1, 0), (-1, 0, 0), (0, 0, 0),
)  # fmt: skip
"""The matrix with vec([a]×) = B a."""


@function("skew_matrix", "cross_matrix", example="tr(A*skew_matrix(x))", given="A: 3×3, x: 3")
def skew_matrix(x: Expr) -> Expr:
    """The matrix [a]× with [a]× b = a × b, for vectors of length 3."""
    if is_zero(x):
        return zeros(THREE, THREE)
    if isinstance(x, Sum):
        return add(*(skew_matrix(term) for term in x.args))
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], skew_matrix(split[1]))
    return SkewMatrix.intern((x,))


class AxialVector(LinearOperation):
    """(W₃₂ − W₂₃, W₁₃ − W₃₁, W₂₁ − W₁₂): the adjoint of a ↦ [a]×."""

    __slots__ = ()
    name = "axial"
    adjoint = SkewMatrix
    reason = Phrase("the axial vector is linear")
    legend = Phrase(
        "ax(W) is the vector with ax(W)ᵀa = tr(Wᵀ[a]×)",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not (same(args[0].rows, THREE) and same(args[0].columns, THREE)):
            raise ShapeError(
                phrase("an axial vector needs a 3×3 matrix; {x} is not one", x=args[0].describe())
            )
        return (THREE, ONE)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return axial(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.matmul(xp.transpose(xp.constant(_SKEW_BASIS)), xp.reshape(values[0], 9, 1))

    @classmethod
    def matrix(cls, rows: Dim, columns: Dim) -> Expr:
        return skew_basis().T

    def notation(self) -> Notation:
        return call("axial", r"\operatorname{ax}")


@function("axial", example="a'*axial(X)", given="a: 3, X: 3×3")
def axial(x: Expr) -> Expr:
    """(X₃₂ − X₂₃, X₁₃ − X₃₁, X₂₁ − X₁₂): the vector of a 3×3 matrix with ⟨X, [a]×⟩ = axial(X)ᵀa.

    Raises
    ------
    ShapeError
        When the matrix is not 3×3.
    """
    AxialVector.shape_rule((x,), ())
    if is_zero(x) or x.T is x:
        return zeros(THREE)
    if isinstance(x, SkewMatrix):
        return scale(2, x.args[0])
    if isinstance(x, Transpose):
        return scale(-1, axial(x.args[0]))
    if isinstance(x, Sum):
        return add(*(axial(term) for term in x.args))
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], axial(split[1]))
    chain = x.chain if isinstance(x, Product) else ()
    cut = next((place for place, factor in enumerate(chain, start=1) if factor.columns is ONE), None)
    if cut is not None:  # of a column and a row, u vᵀ, it is v × u
        return cross(transpose(multiply(*chain[cut:])), multiply(*chain[:cut]))
    return AxialVector.intern((x,))


def skew_basis() -> Expr:
    """The matrix B with vec([a]×) = B a."""
    return literal(_SKEW_BASIS)


@function("cross", numpy="cross", example="b'*cross(x, a)", given="a: 3, b: 3, x: 3")
def cross(a: Expr, b: Expr) -> Expr:
    """The cross product of two vectors of length 3.

    Raises
    ------
    ShapeError
        When an operand is not a vector of length 3.
    """
    SkewMatrix.shape_rule((b,), ())
    if isinstance(a, Sum) and not isinstance(b, Sum):
        return scale(-1, multiply(skew_matrix(b), a))
    return multiply(skew_matrix(a), b)
