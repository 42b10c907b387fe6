"""Triangles of a matrix, and its symmetric and skew parts."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Dim, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Sum, add, content, multiply, scale, split_scalars, subtract
from matgrad.ops.diagonals import diag, diagonal
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import eye, is_zero, ones
from matgrad.ops.linear_operation import LinearOperation
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import Transpose, transpose


class EntryByEntry(LinearOperation):
    """An operation that multiplies each entry by a number: its own adjoint, and on vec a diagonal matrix."""

    __slots__ = ()
    self_adjoint = True

    @classmethod
    def matrix(cls, rows: Dim, columns: Dim) -> Expr:
        return diag(vec(cls.rebuild((ones(rows, columns),), ())))


class LowerTriangle(EntryByEntry):
    """The lower triangle, diagonal included, with zeros above."""

    __slots__ = ()
    name = "tril"
    reason = Phrase("a triangle is linear")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return tril(args[0])

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & (Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)
        return facts | Fact.LOWER_TRIANGULAR if self.is_square else facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.tril(values[0])

    def notation(self) -> Notation:
        return call("tril", r"\operatorname{tril}")


@function("tril", numpy="tril", example="tr(A*tril(X))", given="A: n×n, X: n×n")
def tril(x: Expr) -> Expr:
    """The lower triangle, diagonal included, with zeros above."""
    if x.is_scalar or is_zero(x) or x.facts & Fact.LOWER_TRIANGULAR:
        return x
    if isinstance(x, LowerTriangle):
        return x
    if x.facts & Fact.UPPER_TRIANGULAR:
        # triu(M) = tril(Mᵀ)ᵀ has the diagonal of M.
        turned = x.args[0] if isinstance(x, Transpose) else None
        return hadamard(eye(x.rows), turned.args[0].T if isinstance(turned, LowerTriangle) else x)
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], tril(split[1]))
    if isinstance(x, Sum):
        common, rest = content(x)
        if common != 1:
            return scale(common, tril(rest))
    return LowerTriangle.intern((x,))


@function("triu", numpy="triu", example="tr(A*triu(X))", given="A: n×n, X: n×n")
def triu(x: Expr) -> Expr:
    """The upper triangle, diagonal included, with zeros below."""
    return transpose(tril(transpose(x)))


@function("sym", example="tr(A*sym(X))", given="A: n×n, X: n×n")
def sym(x: Expr) -> Expr:
    """The symmetric part (X + Xᵀ)/2 of a square matrix."""
    require_square(x, phrase("a symmetric part"), "{}'*{}")
    return scale(Fraction(1, 2), add(x, transpose(x)))


@function("skew", example="tr(A*skew(X))", given="A: n×n, X: n×n")
def skew(x: Expr) -> Expr:
    """The skew part (X − Xᵀ)/2 of a square matrix."""
    require_square(x, phrase("a skew part"), "{}'*{}")
    return scale(Fraction(1, 2), subtract(x, transpose(x)))


class HalfLowerPart(EntryByEntry):
    """Φ(X): the lower triangle with half the diagonal."""

    __slots__ = ()
    name = "half_tril"
    reason = Phrase("a triangle is linear")
    legend = Phrase(
        "Φ(M) is the lower triangle of M with half its diagonal",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], "Φ", "tril({})")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return half_lower(args[0])

    def infer_facts(self) -> Fact:
        return Fact.LOWER_TRIANGULAR | self.args[0].facts & (Fact.CONSTANT | Fact.NONNEGATIVE)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x = values[0]
        half = xp.diag(xp.diagonal(xp.scale(Fraction(1, 2), x)))
        return xp.subtract(xp.tril(x), half)

    def notation(self) -> Notation:
        return Notation(
            "half_tril({0})", "Φ({0})", r"\operatorname{{half\_tril}}\left({0}\right)", "half_tril({0})"
        )


@function("half_tril", "phi_lower", example="tr(A*half_tril(X))", given="A: n×n, X: n×n")
def half_lower(x: Expr) -> Expr:
    """Φ(X): the lower triangle of a square matrix with half the diagonal.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    HalfLowerPart.shape_rule((x,), ())
    if x.is_scalar:
        return scale(Fraction(1, 2), x)
    if is_zero(x):
        return x
    if x.facts & Fact.DIAGONAL:
        return scale(Fraction(1, 2), x)
    if x.facts & Fact.UPPER_TRIANGULAR:
        return scale(Fraction(1, 2), diag(diagonal(x)))
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], half_lower(split[1]))
    if isinstance(x, Sum):
        common, rest = content(x)
        if common != 1:
            return scale(common, half_lower(rest))
    return HalfLowerPart.intern((x,))
