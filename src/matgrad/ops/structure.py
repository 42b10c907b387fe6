"""Putting entries elsewhere: vec and reshape, diagonals, triangles, parts and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, THREE, ZERO, Dim, Shape, same, shape_text
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.phrase import Phrase
from matgrad.core.reason import Reason
from matgrad.ops import arithmetic, hadamard, inverse, kronecker, linear_map as lm
from matgrad.ops.leaves import Eye, Number, Ones, eye, is_zero, literal, number, ones, unit, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, orient, transpose

Bounds = tuple[Dim, Dim, Dim, Dim]
"""First row, row past the last, first column, column past the last; counted from 0."""


class Reshape(Expr):
    """The matrix of another shape with the same entries, column by column. ``data`` is the shape."""

    __slots__ = ()
    name = "reshape"
    reason = Reason("vec and its inverse are linear", "vec 及其逆是线性的")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        if not same(x.rows * x.columns, data[0] * data[1]):
            raise ShapeError(
                f"{x.describe()} has {x.rows * x.columns} entries "
                f"and cannot take the shape {shape_text((data[0], data[1]))}"
            )
        return (data[0], data[1])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return reshape(args[0], data[0], data[1])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Reshape(self.args[0].shape, self.shape)

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
    if isinstance(x, arithmetic.Sum):
        return arithmetic.add(*(reshape(term, rows, columns) for term in x.args))
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(split[0], reshape(split[1], rows, columns))
    pair = x.chain if isinstance(x, arithmetic.Product) and len(x.chain) == 2 else None
    if pair and columns is ONE and pair[0].is_vector:
        return kronecker.kron(transpose(pair[1]), pair[0])
    return Reshape.intern((x,), (rows, columns))


@function("vec", example="vec(A*X*B)", given="A: p×m, X: m×n, B: n×q")
def vec(x: Expr) -> Expr:
    """The columns of a matrix, one below the other."""
    return reshape(x, x.rows * x.columns, ONE)


def is_vec(x: Expr) -> bool:
    """Whether an expression is the vec of a matrix."""
    return isinstance(x, Reshape) and x.is_vector


@function("vech", example="vech(X)", given="X: n×n symmetric")
def vech(x: Expr) -> Expr:
    """The columns of the lower triangle, one below the other: L vec(X) with the elimination matrix."""
    inverse.require_square(x, "vech", "vec({})")
    return arithmetic.multiply(kronecker.elimination(x.rows), vec(x))


class Diag(Expr):
    """The diagonal matrix of a column."""

    __slots__ = ()
    name = "diag"
    reason = Reason("diag is linear", "diag 是线性的")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if args[0].columns is not ONE:
            raise ShapeError(
                f"diag makes a matrix of a column; {args[0].describe()} is not one",
                fix=f"diagonal({args[0]}) for the diagonal of a matrix",
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

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Diagonal(self.args[0].shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.diag(values[0])

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self

    def absorb_right(self, right: Expr) -> Expr | None:
        if isinstance(right, Diag):
            return diag(hadamard.hadamard(self.args[0], right.args[0]))
        return hadamard.hadamard(self.args[0], right) if right.is_vector else None

    def absorb_left(self, left: Expr) -> Expr | None:
        return transpose(hadamard.hadamard(self.args[0], transpose(left))) if left.is_row else None

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
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(split[0], diag(split[1]))
    if isinstance(x, arithmetic.Sum):
        return _diag_of_sum(x)
    if isinstance(x, DiagonalPart) and x.args[0].facts & Fact.DIAGONAL:
        return x.args[0]
    return Diag.intern((x,))


def _diag_of_sum(x: arithmetic.Sum) -> Expr:
    common, rest = arithmetic.content(x)
    return arithmetic.scale(common, Diag.intern((rest,)))


class DiagonalPart(Expr):
    """The diagonal of a square matrix, as a column."""

    __slots__ = ()
    name = "diagonal"
    reason = Reason("the diagonal is linear", "取对角是线性的")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "a diagonal", "diag(v) to make a matrix of a column")
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

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.DiagonalPart(self.args[0].shape)

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
    inverse.require_square(x, "a diagonal", "diag(v) to make a matrix of a column")
    if isinstance(x, Eye):
        return ones(x.rows)
    if is_zero(x):
        return zeros(x.rows)
    if isinstance(x, Diag):
        return x.args[0]
    if isinstance(x, arithmetic.Sum):
        return arithmetic.add(*(diagonal(term) for term in x.args))
    if isinstance(x, hadamard.Hadamard):
        return hadamard.hadamard(*(diagonal(factor) for factor in x.args))
    if isinstance(x, arithmetic.Product):
        return _diagonal_of_product(x)
    return DiagonalPart.intern((orient(x)[0],))


def _diagonal_of_product(x: arithmetic.Product) -> Expr:
    """Scalars out, diagonal factors at the ends out, the diagonal of an outer product a ⊙ b."""
    chain = list(x.chain)
    outside: list[Expr] = []
    for end in (0, -1):
        while len(chain) > 1 and isinstance(chain[end], Diag):
            outside.append(chain.pop(end).args[0])
    scalars = (number(x.coefficient), *x.scalars)
    rest = arithmetic.multiply(*chain)
    narrow = next((place for place, factor in enumerate(chain[:-1]) if factor.columns is ONE), None)
    if narrow is not None:
        column, row = arithmetic.multiply(*chain[: narrow + 1]), arithmetic.multiply(*chain[narrow + 1 :])
        inner = hadamard.hadamard(column, transpose(row))
    elif isinstance(rest, arithmetic.Product) and rest.chain == tuple(chain):
        inner = DiagonalPart.intern((orient(rest)[0],))
    else:
        inner = diagonal(rest)
    return arithmetic.multiply(*scalars, hadamard.hadamard(inner, *outside) if outside else inner)


class LowerTriangle(Expr):
    """The lower triangle, diagonal included, with zeros above."""

    __slots__ = ()
    name = "tril"
    reason = Reason("a triangle is linear", "取三角部分是线性的")
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

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.LowerPart(self.shape)

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
        return hadamard.hadamard(eye(x.rows), x)
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(split[0], tril(split[1]))
    if isinstance(x, arithmetic.Sum):
        common, rest = arithmetic.content(x)
        if common != 1:
            return arithmetic.scale(common, tril(rest))
    return LowerTriangle.intern((x,))


@function("triu", numpy="triu", example="tr(A*triu(X))", given="A: n×n, X: n×n")
def triu(x: Expr) -> Expr:
    """The upper triangle, diagonal included, with zeros below."""
    return transpose(tril(transpose(x)))


@function("sym", example="tr(A*sym(X))", given="A: n×n, X: n×n")
def sym(x: Expr) -> Expr:
    """The symmetric part (X + Xᵀ)/2 of a square matrix."""
    inverse.require_square(x, "a symmetric part", "{}'*{}")
    return arithmetic.scale(Fraction(1, 2), arithmetic.add(x, transpose(x)))


@function("skew", example="tr(A*skew(X))", given="A: n×n, X: n×n")
def skew(x: Expr) -> Expr:
    """The skew part (X − Xᵀ)/2 of a square matrix."""
    inverse.require_square(x, "a skew part", "{}'*{}")
    return arithmetic.scale(Fraction(1, 2), arithmetic.subtract(x, transpose(x)))


class SkewMatrix(Expr):
    """The matrix [a]× of the cross product: [a]× b = a × b, for vectors of length 3."""

    __slots__ = ()
    name = "skew_matrix"
    reason = Reason("the cross product is linear", "叉积是线性的")
    legend = Phrase(
        "[a]× is the matrix of the cross product: [a]× b = a × b",
        "[a]× 是叉积的矩阵：[a]× b = a × b",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not (args[0].columns is ONE and same(args[0].rows, THREE)):
            raise ShapeError(
                f"a cross product needs vectors of length 3; {args[0].describe()} is not one",
                fix=f"declare {args[0]}: 3",
            )
        return (THREE, THREE)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return skew_matrix(args[0])

    def infer_facts(self) -> Fact:
        return Fact.SKEW | self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.SkewOf()

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.reshape(xp.matmul(xp.constant(_SKEW_BASIS), values[0]), 3, 3)

    def absorb_right(self, right: Expr) -> Expr | None:
        if right is self.args[0]:
            return zeros(THREE)
        if right.is_vector and right.key < self.args[0].key:
            return arithmetic.scale(-1, arithmetic.multiply(skew_matrix(right), self.args[0]))
        return None

    def absorb_left(self, left: Expr) -> Expr | None:
        turned = self.absorb_right(transpose(left)) if left.is_row else None
        return None if turned is None else arithmetic.scale(-1, transpose(turned))

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
    if isinstance(x, arithmetic.Sum):
        return arithmetic.add(*(skew_matrix(term) for term in x.args))
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(split[0], skew_matrix(split[1]))
    return SkewMatrix.intern((x,))


class AxialVector(Expr):
    """(W₃₂ − W₂₃, W₁₃ − W₃₁, W₂₁ − W₁₂): the adjoint of a ↦ [a]×."""

    __slots__ = ()
    name = "axial"
    reason = Reason("the axial vector is linear", "轴向量是线性的")
    legend = Phrase(
        "ax(W) is the vector with ax(W)ᵀa = tr(Wᵀ[a]×)",
        "ax(W) 是满足 ax(W)ᵀa = tr(Wᵀ[a]×) 的向量",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not (same(args[0].rows, THREE) and same(args[0].columns, THREE)):
            raise ShapeError(f"an axial vector needs a 3×3 matrix; {args[0].describe()} is not one")
        return (THREE, ONE)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return axial(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.AxialOf()

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.matmul(xp.transpose(xp.constant(_SKEW_BASIS)), xp.reshape(values[0], 9, 1))

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
        return arithmetic.scale(2, x.args[0])
    if isinstance(x, Transpose):
        return arithmetic.scale(-1, axial(x.args[0]))
    if isinstance(x, arithmetic.Sum):
        return arithmetic.add(*(axial(term) for term in x.args))
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(split[0], axial(split[1]))
    pair = x.chain if isinstance(x, arithmetic.Product) and len(x.chain) == 2 else None
    if pair and pair[0].is_vector:
        return cross(transpose(pair[1]), pair[0])
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
    if isinstance(a, arithmetic.Sum) and not isinstance(b, arithmetic.Sum):
        return arithmetic.scale(-1, arithmetic.multiply(skew_matrix(b), a))
    return arithmetic.multiply(skew_matrix(a), b)


def selections(shape: Shape, bounds: Bounds) -> tuple[Expr, Expr]:
    """The matrices R and C with X[r₀:r₁, c₀:c₁] = R X Cᵀ: rows of identities."""
    r0, r1, c0, c1 = bounds
    return part(eye(shape[0]), (r0, r1, ZERO, shape[0])), part(eye(shape[1]), (c0, c1, ZERO, shape[1]))


class Part(Expr):
    """Some consecutive rows and columns. ``data`` is the four bounds, counted from 0."""

    __slots__ = ()
    name = "part"
    reason = Reason("a part of a matrix is linear", "取子块是线性的")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        for first, past, size, axis in (
            (data[0], data[1], x.rows, "rows"),
            (data[2], data[3], x.columns, "columns"),
        ):
            _check_bounds(x, first, past, size, axis)
        return (data[1] - data[0], data[3] - data[2])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return part(args[0], data)

    def infer_facts(self) -> Fact:
        x = self.args[0]
        facts = x.facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)
        if self.data[:2] == self.data[2:] and x.is_square:
            facts |= x.facts & (
                Fact.SYMMETRIC
                | Fact.SKEW
                | Fact.DIAGONAL
                | Fact.POSITIVE_DEFINITE
                | Fact.POSITIVE_SEMIDEFINITE
                | Fact.LOWER_TRIANGULAR
                | Fact.UPPER_TRIANGULAR
            )
        return facts

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Part(self.args[0].shape, self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        r0, r1, c0, c1 = (xp.size(d) for d in self.data)
        rows, columns = xp.shape(values[0])
        if not (0 <= r0 <= r1 <= rows and 0 <= c0 <= c1 <= columns):
            raise ShapeError(f"the part {r0}:{r1}, {c0}:{c1} is outside a {rows}×{columns} matrix")
        return xp.part(values[0], slice(r0, r1), slice(c0, c1))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if isinstance(transposed[0], Transpose):
            return None
        return part(transposed[0], (*self.data[2:], *self.data[:2]))

    def notation(self) -> Notation:
        r0, r1, c0, c1 = self.data
        axes = [(r0, r1, self.args[0].rows), (c0, c1, self.args[0].columns)]
        if self.args[0].is_vector:
            axes.pop()
        ours = ", ".join(
            ":" if (a is ZERO and b is n) else str(b) if b - a is ONE else f"{a + 1}:{b}" for a, b, n in axes
        )
        theirs = ", ".join(":" if (a is ZERO and b is n) else f"{a}:{b}" for a, b, n in axes)
        return Notation(f"{{0}}[{ours}]", f"{{0}}[{ours}]", rf"{{0}}_{{{ours}}}", f"{{0}}[{theirs}]")


def _check_bounds(x: Expr, first: Dim, past: Dim, size: Dim, axis: str) -> None:
    """Refuse what is out of bounds whatever the sizes are: the entry n + 1 of n, an empty range."""
    if _is_above(ZERO, first) or past is first or _is_above(first, past):
        raise ShapeError(f"the {axis} {first + 1} to {past} of {x.describe()} are none")
    if _is_above(past, size):
        raise ShapeError(f"{x.describe()} has {size} {axis}; there is no number {past}")


def _is_above(left: Dim, right: Dim) -> bool:
    """Whether one dimension is greater than another wherever no dimension is 0."""
    terms = (left - right).terms
    return bool(terms) and all(factor > 0 for _, factor in terms)


def part(x: Expr, bounds: Bounds) -> Expr:
    """The rows r₀ up to r₁ and columns c₀ up to c₁ of a matrix, counted from 0, the ends exclusive.

    Raises
    ------
    ShapeError
        When the matrix has no such rows or columns.
    """
    r0, r1, c0, c1 = bounds
    Part.shape_rule((x,), bounds)
    if r0 is ZERO and c0 is ZERO and r1 is x.rows and c1 is x.columns:
        return x
    shape = (r1 - r0, c1 - c0)
    if is_zero(x):
        return zeros(*shape)
    if r1 - r0 is ONE and x.rows is not ONE:
        return part(arithmetic.multiply(transpose(unit(r1, x.rows)), x), (ZERO, ONE, c0, c1))
    if c1 - c0 is ONE and x.columns is not ONE:
        return part(arithmetic.multiply(x, unit(c1, x.columns)), (r0, r1, ZERO, ONE))
    if isinstance(x, Ones):
        return ones(*shape)
    if isinstance(x, Eye) and r0 is ZERO and r1 is x.rows:
        return pad(eye(c1 - c0), shape, (c0, c1, ZERO, c1 - c0))
    if isinstance(x, Eye) and c0 is ZERO and c1 is x.columns:
        return pad(eye(r1 - r0), shape, (ZERO, r1 - r0, r0, r1))
    if isinstance(x, Transpose):
        return transpose(part(x.args[0], (c0, c1, r0, r1)))
    if isinstance(x, arithmetic.Sum):
        return arithmetic.add(*(part(term, bounds) for term in x.args))
    if isinstance(x, arithmetic.Product):
        return _part_of_product(x, bounds)
    if isinstance(x, Part):
        a0, _, b0, _ = x.data
        return part(x.args[0], (a0 + r0, a0 + r1, b0 + c0, b0 + c1))
    if isinstance(x, Grid):
        chosen = _part_of_grid(x, bounds)
        if chosen is not None:
            return chosen
    return Part.intern((x,), bounds)


def _part_of_product(x: arithmetic.Product, bounds: Bounds) -> Expr:
    """Take the rows from the first factor and the columns from the last."""
    r0, r1, c0, c1 = bounds
    chain = list(x.chain)
    if len(chain) == 1 and (x.coefficient != 1 or x.scalars):
        chain[0] = part(chain[0], bounds)
    elif len(chain) > 1:
        chain[0] = part(chain[0], (r0, r1, ZERO, chain[0].columns))
        chain[-1] = part(chain[-1], (ZERO, chain[-1].rows, c0, c1))
    return arithmetic.multiply(number(x.coefficient), *x.scalars, *chain)


def pad(x: Expr, shape: Shape, bounds: Bounds) -> Expr:
    """The matrix of that shape with x at the bounds and zeros elsewhere."""
    r0, r1, c0, c1 = bounds
    heights = [d for d in (r0, r1 - r0, shape[0] - r1) if d is not ZERO]
    widths = [d for d in (c0, c1 - c0, shape[1] - c1) if d is not ZERO]
    row = 0 if r0 is ZERO else 1
    column = 0 if c0 is ZERO else 1
    return grid(
        [
            [x if (i, j) == (row, column) else zeros(h, w) for j, w in enumerate(widths)]
            for i, h in enumerate(heights)
        ]
    )


class Grid(Expr):
    """A matrix of blocks. ``data`` is ``(columns of blocks,)``; ``args`` the blocks, row by row."""

    __slots__ = ()
    name = "block"
    reason = Reason("block by block", "逐块微分")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        width = data[0]
        rows = [args[i : i + width] for i in range(0, len(args), width)]
        for blocks in rows:
            for block in blocks[1:]:
                if not same(block.rows, blocks[0].rows):
                    raise ShapeError(
                        f"cannot put {blocks[0].describe()} and {block.describe()} side by side: "
                        f"{blocks[0].rows} rows meet {block.rows}"
                    )
        for column in zip(*rows, strict=True):
            for block in column[1:]:
                if not same(block.columns, column[0].columns):
                    raise ShapeError(
                        f"cannot put {column[0].describe()} above {block.describe()}: "
                        f"{column[0].columns} columns meet {block.columns}"
                    )
        height = rows[0][0].rows
        for blocks in rows[1:]:
            height = height + blocks[0].rows
        total = rows[0][0].columns
        for block in rows[0][1:]:
            total = total + block.columns
        return (height, total)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return grid([args[i : i + data[0]] for i in range(0, len(args), data[0])])

    @property
    def blocks(self) -> list[tuple[Expr, ...]]:
        """The blocks, row by row."""
        width = self.data[0]
        return [self.args[i : i + width] for i in range(0, len(self.args), width)]

    def bounds_of(self, index: int) -> Bounds:
        """Where the block of that index stands."""
        width = self.data[0]
        i, j = divmod(index, width)
        r0 = c0 = ZERO
        for blocks in self.blocks[:i]:
            r0 = r0 + blocks[0].rows
        for block in self.blocks[0][:j]:
            c0 = c0 + block.columns
        block = self.args[index]
        return (r0, r0 + block.rows, c0, c0 + block.columns)

    def infer_facts(self) -> Fact:
        shared = Fact(-1)
        for arg in self.args:
            shared &= arg.facts
        return shared & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Pad(self.args[index].shape, self.shape, self.bounds_of(index))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        width = self.data[0]
        return xp.grid([values[i : i + width] for i in range(0, len(values), width)])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        width = self.data[0]
        rows = [transposed[i : i + width] for i in range(0, len(transposed), width)]
        return grid([list(column) for column in zip(*rows, strict=True)])

    def notation(self) -> Notation:
        width = self.data[0]
        table = [[f"{{{i + j}}}" for j in range(width)] for i in range(0, len(self.args), width)]
        text = "[" + "; ".join(", ".join(row) for row in table) + "]"
        latex = r"\begin{{bmatrix}} " + r" \\ ".join(" & ".join(row) for row in table) + r" \end{{bmatrix}}"
        numpy = "block([" + ", ".join("[" + ", ".join(row) + "]" for row in table) + "])"
        return Notation(text, text, latex, numpy)


def grid(blocks: Sequence[Sequence[Expr]]) -> Expr:
    """A matrix of blocks given row by row.

    Raises
    ------
    ShapeError
        When blocks side by side differ in rows, or blocks below each other in columns.
    """
    width = len(blocks[0])
    if not width or any(len(row) != width for row in blocks):
        raise ShapeError("a block matrix needs the same number of blocks in every row")
    args = tuple(block for row in blocks for block in row)
    if len(args) == 1:
        return args[0]
    shape = Grid.shape_rule(args, (width,))
    if all(is_zero(block) for block in args):
        return zeros(*shape)
    if all(isinstance(block, Number) for block in args):
        return literal([[block.data[0] for block in row] for row in blocks])
    if len(blocks) == 1 and any(_is_line(block, True) for block in args):
        return grid(
            [[part for block in args for part in (block.args if _is_line(block, True) else (block,))]]
        )
    if width == 1 and any(_is_line(block, False) for block in args):
        return grid(
            [[part] for block in args for part in (block.args if _is_line(block, False) else (block,))]
        )
    return Grid.intern(args, (width,))


def _is_line(x: Expr, across: bool) -> bool:
    """Whether an expression is one row of blocks, or one column of them."""
    return isinstance(x, Grid) and x.data[0] == (len(x.args) if across else 1)


def _part_of_grid(x: Grid, bounds: Bounds) -> Expr | None:
    """The part of a block matrix that is exactly one block."""
    for index in range(len(x.args)):
        if x.bounds_of(index) == bounds:
            return x.args[index]
    return None


@function("hstack", numpy="hstack", example="sum(hstack(A, X)*b)", given="A: m×n, X: m×p, b: n+p")
def hstack(*blocks: Expr) -> Expr:
    """Matrices side by side."""
    return grid([blocks])


@function("vstack", numpy="vstack", example="b'*vstack(x, a)", given="a: n, x: m, b: m+n")
def vstack(*blocks: Expr) -> Expr:
    """Matrices one below the other."""
    return grid([[block] for block in blocks])
