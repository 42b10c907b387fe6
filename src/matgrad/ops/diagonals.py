"""Diagonals: the diagonal matrix of a column, and the column of a diagonal."""

from __future__ import annotations

from typing import ClassVar

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, split_scalars
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import Eye, Ones, eye, is_zero, number, ones, zeros
from matgrad.ops.orientation import orient
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.transpose import transpose


class Diag(Expr):
    """The diagonal matrix of a column."""

    __slots__ = ()
    name = "diag"
    linearity = "each"
    moves_entries = True
    reading_cost = 1.2
    reason = Phrase("diag is linear")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if args[0].columns is not ONE:
            raise ShapeError(
                phrase("diag makes a matrix of a column; {x} is not one", x=args[0].describe()),
                fix=phrase("diagonal({x}) for the diagonal of a matrix", x=args[0]),
            )
        return (args[0].rows, args[0].rows)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return diag(args[0])

    def infer_facts(self) -> Fact:
        inner = self.args[0].facts
        facts = Fact.DIAGONAL | inner & (Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)
        if inner & Fact.POSITIVE:
            facts |= Fact.POSITIVE_DEFINITE
        elif inner & Fact.NONNEGATIVE:
            facts |= Fact.POSITIVE_SEMIDEFINITE
        return facts

    def linear_map(self, index: int) -> LinearMap:
        return DiagonalMap(self.args[0].shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.diag(values[0])

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self

    def notation(self) -> Notation:
        return call("diag", r"\operatorname{diag}")


@function("diag", example="tr(diag(x)*A)", given="x: n, A: n×n")
def diag(x: Expr) -> Expr:
    """The diagonal matrix of a column; of a square matrix, the column of its diagonal (as NumPy has it).

    Raises
    ------
    ShapeError
        When the operand is neither a column nor square.
    """
    if x.is_scalar:
        return x
    if x.columns is not ONE:
        return diag(transpose(x)) if x.is_row else diagonal(x)
    if isinstance(x, Ones):
        return eye(x.rows)
    if is_zero(x):
        return zeros(x.rows, x.rows)
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], diag(split[1]))
    if isinstance(x, Sum):
        return _diag_of_sum(x)
    if isinstance(x, DiagonalPart) and x.args[0].facts & Fact.DIAGONAL:
        return x.args[0]
    return Diag.intern((x,))


def _diag_of_sum(x: Sum) -> Expr:
    common, rest = content(x)
    return scale(common, Diag.intern((rest,)))


class DiagonalPart(Expr):
    """The diagonal of a square matrix, as a column."""

    __slots__ = ()
    name = "diagonal"
    linearity = "each"
    reason = Phrase("the diagonal is linear")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a diagonal"), phrase("diag(v) to make a matrix of a column"))
        return (args[0].rows, ONE)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return diagonal(args[0])

    def infer_facts(self) -> Fact:
        inner = self.args[0].facts
        facts = inner & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)
        if inner & Fact.POSITIVE_DEFINITE:
            facts |= Fact.POSITIVE
        elif inner & Fact.POSITIVE_SEMIDEFINITE:
            facts |= Fact.NONNEGATIVE
        return facts

    def linear_map(self, index: int) -> LinearMap:
        return DiagonalPartMap(self.args[0].shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.diagonal(values[0])

    def notation(self) -> Notation:
        return call("diagonal", r"\operatorname{diag}", unicode="diag")


@function("diagonal", numpy=("diagonal", "diag"), example="sum(diagonal(X) .* b)", given="X: n×n, b: n")
def diagonal(x: Expr) -> Expr:
    """The diagonal of a square matrix, as a column.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    if x.is_scalar:
        return x
    if x.is_vector:
        return diag(x)
    require_square(x, phrase("a diagonal"), phrase("diag(v) to make a matrix of a column"))
    if isinstance(x, Eye):
        return ones(x.rows)
    if is_zero(x):
        return zeros(x.rows)
    if isinstance(x, Diag):
        return x.args[0]
    if isinstance(x, Sum):
        return add(*(diagonal(term) for term in x.args))
    if isinstance(x, Product):
        return _diagonal_of_product(x)
    upright = orient(x)[0]  # a matrix and its transpose have one diagonal
    known = composed(DiagonalPart, upright)
    return DiagonalPart.intern((upright,)) if known is None else known


def _diagonal_of_product(x: Product) -> Expr:
    """Scalars out, diagonal factors at the ends out, the diagonal of an outer product a ⊙ b."""
    chain = list(x.chain)
    outside: list[Expr] = []
    for end in (0, -1):
        while len(chain) > 1 and isinstance(chain[end], Diag):
            outside.append(chain.pop(end).args[0])
    scalars = (number(x.coefficient), *x.scalars)
    rest = multiply(*chain)
    narrow = next((place for place, factor in enumerate(chain[:-1]) if factor.columns is ONE), None)
    if narrow is not None:
        column, row = multiply(*chain[: narrow + 1]), multiply(*chain[narrow + 1 :])
        inner = hadamard(column, transpose(row))
    elif isinstance(rest, Product) and rest.chain == tuple(chain):
        inner = DiagonalPart.intern((orient(rest)[0],))
    else:
        inner = diagonal(rest)
    return multiply(*scalars, hadamard(inner, *outside) if outside else inner)


@dataclass(frozen=True, slots=True)
class DiagonalMap(LinearMap):
    """v ↦ diag(v). On vec it puts entry i at place (i, i): the columns e_i ⊗ e_i."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase("tr(A diag(v)) = diagonal(A)ᵀv")
    kronecker_reason: ClassVar[Phrase | None] = Phrase("vec(A diag(x) B) = (Bᵀ ∗ A) x", "Khatri & Rao (1968)")

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0], self.domain[0])

    def apply(self, v: Expr) -> Expr:
        return diag(v)

    def adjoint(self) -> LinearMap:
        return DiagonalPartMap(self.codomain)


@dataclass(frozen=True, slots=True)
class DiagonalPartMap(LinearMap):
    """V ↦ the column of its diagonal entries; the adjoint of :class:`Diagonal`."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase("aᵀ diagonal(V) = tr(diag(a)V)")

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0], ONE)

    def apply(self, v: Expr) -> Expr:
        return diagonal(v)

    def adjoint(self) -> LinearMap:
        return DiagonalMap(self.codomain)
