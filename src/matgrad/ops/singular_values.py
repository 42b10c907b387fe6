"""Singular values and vectors, and the norms made of them.

The derivatives hold where the eigenvalues or singular values concerned are distinct and the
rank is full (Magnus, 1985; Magnus & Neudecker, 2019, ch. 9; Townsend, 2016, for the SVD).
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Dim, Shape, minimum
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import content, multiply, scale, subtract
from matgrad.ops.diagonals import DiagonalPartMap, diag
from matgrad.ops.eigenvalues import positive_factor, reciprocal_gaps
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, number
from matgrad.ops.orientation import orient, oriented
from matgrad.ops.piecewise import absolute, sign
from matgrad.ops.power import Power, power, sqrt, square
from matgrad.ops.pseudoinverse import pinv, singular_shifts
from matgrad.ops.registry import function
from matgrad.ops.sylvester import SylvesterSolve
from matgrad.ops.trace import inner_product, trace
from matgrad.ops.transpose import transpose

_COINCIDE = Phrase("where singular values coincide or vanish")
_TOP_REPEATED = Phrase("where the largest singular value is repeated")
_RANK = Phrase("where the rank is not full")


class OfMatrix(Expr):
    """A function of the singular value decomposition of a matrix."""

    __slots__ = ()
    rank = 50

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.make(args[0], data)

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        """The canonical expression of this operation."""
        return cls.intern((x,), data)


def _rank(x: Expr) -> Dim:
    return minimum(x.rows, x.columns)


class SingularValues(OfMatrix):
    """The singular values in descending order. dσ = diag(Uᵀ dX V)."""

    __slots__ = ()
    name = "singular_values"
    no_derivative = _COINCIDE
    reason = Phrase("differential of the singular values", "Townsend (2016)")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (_rank(args[0]), ONE)

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return singular_values(x)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        u, v = left_singular_vectors(x), right_singular_vectors(x)
        k = _rank(x)
        return lm.compose(DiagonalPartMap((k, k)), lm.two_sided(transpose(u), v, x.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.svd(values[0])[1]

    def notation(self) -> Notation:
        return call("singular_values")


@function(
    "singular_values",
    "svdvals",
    numpy="linalg.svdvals",
    sought=("svd",),
    example="sum(exp(singular_values(X)))",
    given="X: m×n",
)
def singular_values(x: Expr) -> Expr:
    """The min(m, n) singular values in descending order, as a column."""
    if x.is_scalar:
        return absolute(x)
    if x.is_vector or x.is_row:
        return sqrt(inner_product(x, x))
    factor, rest = positive_factor(x)
    return multiply(factor, SingularValues.intern((orient(rest)[0],)))


class SingularVectors(OfMatrix):
    """The left or right singular vectors, in the order of the singular values. ``data``: the side.

    With F_ij = 1/(σ_j² − σ_i²) and P = Uᵀ dX V (Townsend, 2016):
    dU = U (F ⊙ (P Σ + Σ Pᵀ)) + (I − UUᵀ) dX V Σ⁻¹; dV is dU of the transpose.
    """

    __slots__ = ()
    name = "singular_vectors"
    joins_factors = True
    no_derivative = _COINCIDE
    needs_gaps = True
    reason = Phrase("differential of the singular vectors", "Townsend (2016)")
    legend = Phrase(
        "X = U diag(σ) Vᵀ is the singular value decomposition: U(X) and V(X) are its factors",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        return (x.rows if data[0] == "left" else x.columns, _rank(x))

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return left_singular_vectors(x) if data[0] == "left" else right_singular_vectors(x)

    def infer_facts(self) -> Fact:
        return Fact.ORTHONORMAL_COLUMNS

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        left = self.data[0] == "left"
        shape = x.shape if left else (x.columns, x.rows)
        u = self
        v = right_singular_vectors(x) if left else left_singular_vectors(x)
        sigma = diag(singular_values(x))
        gaps = _square_gaps(singular_values(x))
        k = _rank(x)
        inner = lm.two_sided(transpose(u), v, shape)
        mixed = lm.add_maps(
            lm.Right(sigma, (k, k)), lm.compose(lm.Left(sigma, (k, k)), lm.Transposition((k, k)))
        )
        inside = lm.compose(lm.Left(u, (k, k)), lm.HadamardBy(gaps), mixed, inner)
        rest = subtract(eye(u.rows), multiply(u, transpose(u)))
        outside = lm.two_sided(rest, multiply(v, inv(sigma)), shape)
        whole = lm.add_maps(inside, outside)
        return whole if left else lm.compose(whole, lm.Transposition(x.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        u, sigma, v = xp.svd(values[0])
        xp.require_gaps(sigma)
        xp.require_nonzero(sigma)
        return u if self.data[0] == "left" else v

    def notation(self) -> Notation:
        side = self.data[0]
        letter = "U" if side == "left" else "V"
        return call(f"{side}_singular_vectors", unicode=letter)


def _square_gaps(sigma: Expr) -> Expr:
    return reciprocal_gaps(square(sigma))


@function("left_singular_vectors", example="sum(A .* left_singular_vectors(X))", given="A: 3×2, X: 3×2")
def left_singular_vectors(x: Expr) -> Expr:
    """The left singular vectors U of X = U diag(σ) Vᵀ, as many as min(m, n).

    In each the entry of largest magnitude is positive.
    """
    if x.is_scalar:
        return sign(x)
    return SingularVectors.intern((positive_factor(x)[1],), ("left",))


@function("right_singular_vectors", example="sum(A .* right_singular_vectors(X))", given="A: 3×2, X: 2×3")
def right_singular_vectors(x: Expr) -> Expr:
    """The right singular vectors V of X = U diag(σ) Vᵀ, as many as min(m, n)."""
    if x.is_scalar:
        return number(1)
    return SingularVectors.intern((positive_factor(x)[1],), ("right",))


class SpectralNorm(OfMatrix):
    """The largest singular value. dσ = uᵀ dX v with the first singular vectors."""

    __slots__ = ()
    name = "spectral_norm"
    no_derivative = _TOP_REPEATED
    reason = Phrase("differential of the spectral norm")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return spectral_norm(x)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> LinearMap:
        u, v = top_singular_vector(self.args[0], "left"), top_singular_vector(self.args[0], "right")
        return lm.Inner(multiply(u, transpose(v)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.part(xp.svd(values[0])[1], slice(0, 1), slice(0, 1))

    def notation(self) -> Notation:
        return Notation(
            "spectral_norm({0})", "‖{0}‖₂", r"\sigma_{{\max}}\left({0}\right)", "spectral_norm({0})"
        )


@singular_shifts.register
def _(scalar: Power) -> list[Expr]:
    if not isinstance(scalar.args[0], SpectralNorm) or scalar.args[1] is not number(2):
        return []
    y = scalar.args[0].args[0]
    return [multiply(y, y.T), multiply(y.T, y)]


@function("spectral_norm", "sigma_max", "σ_max", "σmax", example="spectral_norm(A*X)", given="A: p×m, X: m×n")
def spectral_norm(x: Expr) -> Expr:
    """The spectral norm: the largest singular value."""
    if x.is_scalar:
        return absolute(x)
    if x.is_vector or x.is_row:
        return sqrt(inner_product(x, x))
    factor, rest = positive_factor(x)
    known = composed(SpectralNorm, rest)
    return multiply(factor, SpectralNorm.intern((orient(rest)[0],)) if known is None else known)


class TopSingularVector(OfMatrix):
    """The first left or right singular vector. ``data`` is the side.

    du = (σ² I − XXᵀ)⁺ (σ dX v + X dXᵀ u), from σu = Xv and σv = Xᵀu.
    """

    __slots__ = ()
    name = "top_singular_vector"
    no_derivative = _TOP_REPEATED
    needs_gaps = True
    reason = Phrase("differential of a singular vector")
    legend = Phrase(
        "u₁(X) and v₁(X) are the left and right singular vectors of the largest singular value of X",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows if data[0] == "left" else args[0].columns, ONE)

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return top_singular_vector(x, data[0])

    def infer_facts(self) -> Fact:
        return Fact.ORTHONORMAL_COLUMNS

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        left = self.data[0] == "left"
        u, v = self, top_singular_vector(x, "right" if left else "left")
        sigma = spectral_norm(x)
        y = x if left else transpose(x)
        gap = subtract(multiply(square(sigma), eye(u.rows)), multiply(y, transpose(y)))
        inverse = pinv(gap)
        direct = lm.two_sided(multiply(sigma, inverse), v, y.shape)
        flipped = lm.compose(
            lm.two_sided(multiply(inverse, y), u, (y.columns, y.rows)), lm.Transposition(y.shape)
        )
        whole = lm.add_maps(direct, flipped)
        return whole if left else lm.compose(whole, lm.Transposition(x.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        u, sigma, v = xp.svd(values[0])
        xp.require_gaps(sigma, only=0)
        if xp.shape(sigma)[0] == 1:
            # A column or row has no second value that a largest value of zero would repeat.
            xp.require_nonzero(sigma)
        vectors = u if self.data[0] == "left" else v
        return xp.part(vectors, slice(0, xp.shape(vectors)[0]), slice(0, 1))

    def notation(self) -> Notation:
        letter = "u" if self.data[0] == "left" else "v"
        name = f"top_{self.data[0]}_singular_vector"
        return Notation(
            f"{name}({{0}})",
            f"{letter}₁({{0}})",
            rf"{letter}_{{{{\mathrm{{{{top}}}}}}}}\left({{0}}\right)",
            f"{name}({{0}})",
        )


def top_singular_vector(x: Expr, side: str) -> Expr:
    """The first singular vector on the left or right side."""
    if x.is_scalar:
        return sign(x) if side == "left" else number(1)
    return TopSingularVector.intern((positive_factor(x)[1],), (side,))


@function("top_left_singular_vector", example="a'*top_left_singular_vector(X)", given="a: m, X: m×n")
def top_left_singular_vector(x: Expr) -> Expr:
    """The left singular vector of the largest singular value."""
    return top_singular_vector(x, "left")


@function("top_right_singular_vector", example="a'*top_right_singular_vector(X)", given="a: n, X: m×n")
def top_right_singular_vector(x: Expr) -> Expr:
    """The right singular vector of the largest singular value."""
    return top_singular_vector(x, "right")


class NuclearNorm(OfMatrix):
    """The sum of the singular values. d‖X‖_* = tr((UVᵀ)ᵀ dX) at full rank (Watson, 1992)."""

    __slots__ = ()
    name = "nuclear_norm"
    no_derivative = _RANK
    reason = Phrase("differential of the nuclear norm", "Watson (1992)")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return nuclear_norm(x)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> LinearMap:
        return lm.Inner(polar(self.args[0]))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        sigma = xp.svd(values[0])[1]
        return xp.matmul(xp.ones(1, xp.shape(sigma)[0]), sigma)

    def notation(self) -> Notation:
        return Notation("nuclear_norm({0})", "‖{0}‖_*", r"\left\|{0}\right\|_*", "nuclear_norm({0})")


@function("nuclear_norm", "trace_norm", example="nuclear_norm(A*X)", given="A: p×m, X: m×n")
def nuclear_norm(x: Expr) -> Expr:
    """The nuclear norm: the sum of the singular values."""
    if x.is_scalar:
        return absolute(x)
    if x.is_vector or x.is_row:
        return sqrt(inner_product(x, x))
    if x.facts & Fact.POSITIVE_SEMIDEFINITE:
        return trace(x)
    factor, rest = positive_factor(x)
    known = composed(NuclearNorm, rest)
    return multiply(factor, NuclearNorm.intern((orient(rest)[0],)) if known is None else known)


class Polar(OfMatrix):
    """The polar factor UVᵀ of X = U diag(σ) Vᵀ, at full rank.

    With Q = UVᵀ, its change solves (XQᵀ) dQ + dQ (QᵀX) = dX − Q dXᵀ Q: apply QᵀQ or QQᵀ = I to the
    differential of X = (XQᵀ) Q (Higham, 2008, ch. 8).
    """

    __slots__ = ()
    name = "polar"
    joins_factors = True
    no_derivative = _RANK
    needs_gaps = True
    reason = Phrase("differential of the polar factor", "Higham (2008)", "ch. 8")
    legend = Phrase(
        "polar(X) = UVᵀ for the singular value decomposition X = U diag(σ) Vᵀ",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return polar(x)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.SYMMETRIC

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        shape = x.shape
        turned = lm.compose(lm.two_sided(self, self, (shape[1], shape[0])), lm.Transposition(shape))
        right_side = lm.add_maps(lm.Identity(shape), lm.negated(turned))
        left = multiply(x, transpose(self))
        right = multiply(transpose(self), x)
        return lm.compose(SylvesterSolve(left, right, shape), right_side)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        u, sigma, v = xp.svd(values[0])
        xp.require_nonzero(sigma)
        return xp.matmul(u, xp.transpose(v))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        return call("polar", r"\operatorname{polar}")


@function("polar", example="sum(A .* polar(X))", given="A: m×n, X: m×n")
def polar(x: Expr) -> Expr:
    """The polar factor UVᵀ of X = U diag(σ) Vᵀ, at full rank."""
    if x.is_scalar:
        return sign(x)
    if x.is_vector:
        return multiply(power(inner_product(x, x), number(Fraction(-1, 2))), x)
    if x.is_row:
        return transpose(polar(transpose(x)))
    common, rest = content(x)
    return scale(1 if common > 0 else -1, oriented(Polar, rest, parity=-1))
