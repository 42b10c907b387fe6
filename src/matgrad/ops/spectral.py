"""Eigenvalues of symmetric matrices, singular values, and the norms made of them.

The derivatives hold where the eigenvalues or singular values concerned are distinct and the
rank is full (Magnus, 1985; Magnus & Neudecker, 2019, ch. 9; Townsend, 2016, for the SVD).
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Dim, Shape, minimum
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import arithmetic, elementwise, linear_map as lm, matrix_functions, power, structure, trace
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, number, ones
from matgrad.ops.matrix_functions import require_symmetric
from matgrad.ops.registry import FUNCTIONS, function
from matgrad.ops.transpose import orient, oriented, transpose


def _positive_factor(x: Expr) -> tuple[Expr, Expr]:
    """Take a positive number out of a matrix."""
    common, rest = arithmetic.content(x)
    if common < 0:
        common, rest = -common, arithmetic.scale(-1, rest)
    return number(common), rest


class OfSymmetric(Expr):
    """A function of the spectrum of a symmetric matrix."""

    __slots__ = ()
    rank = 50

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return FUNCTIONS[cls.name].build(*args)


class Eigenvalues(OfSymmetric):
    """The eigenvalues in ascending order. dλ = diag(Vᵀ dX V) (Matrix Cookbook, eq. 67)."""

    __slots__ = ()
    name = "eigenvalues"
    reason = Phrase("differential of the eigenvalues", "特征值的微分", "Matrix Cookbook, eq. 67")
    legend = Phrase("λ(S) are the eigenvalues of S in ascending order", "λ(S) 是 S 按升序排列的特征值")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows, ONE)

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts
        if facts & Fact.POSITIVE_DEFINITE:
            return Fact.POSITIVE
        return Fact.NONNEGATIVE if facts & Fact.POSITIVE_SEMIDEFINITE else Fact.NONE

    def linear_map(self, index: int) -> lm.LinearMap:
        v = eigenvectors(self.args[0])
        shape = self.args[0].shape
        return lm.compose(lm.DiagonalPart(shape), lm.two_sided(transpose(v), v, shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.eigh(values[0])[0]

    def notation(self) -> Notation:
        return call("eigenvalues", r"\lambda", unicode="λ")


@function(
    "eigenvalues",
    "eigvalsh",
    numpy="linalg.eigvalsh",
    sought=("eig", "eigs", "eigvals", "eigh", "spectrum"),
    example="sum(exp(eigenvalues(X)))",
    given="X: n×n symmetric",
)
def eigenvalues(x: Expr) -> Expr:
    """The eigenvalues of a symmetric matrix in ascending order, as a column.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    if x.is_scalar:
        return x
    require_symmetric(x, "an eigenvalue")
    factor, rest = _positive_factor(x)
    return arithmetic.multiply(factor, Eigenvalues.intern((rest,)))


class Eigenvectors(OfSymmetric):
    """The orthonormal eigenvectors, in the order of the eigenvalues.

    dV = V (F ⊙ Vᵀ dX V) with F_ij = 1/(λ_j − λ_i) off the diagonal and 0 on it.
    """

    __slots__ = ()
    name = "eigenvectors"
    needs_gaps = True
    reason = Phrase("differential of the eigenvectors", "特征向量的微分", "Matrix Cookbook, eq. 68")
    legend = Phrase(
        "V(S) are the orthonormal eigenvectors of S, in the order of the eigenvalues",
        "V(S) 是 S 的标准正交特征向量，次序同特征值",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    def infer_facts(self) -> Fact:
        return Fact.ORTHOGONAL

    def linear_map(self, index: int) -> lm.LinearMap:
        shape = self.args[0].shape
        gaps = reciprocal_gaps(eigenvalues(self.args[0]))
        return lm.compose(
            lm.Left(self, shape), lm.HadamardBy(gaps), lm.two_sided(transpose(self), self, shape)
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        eigenvalues, vectors = xp.eigh(values[0])
        xp.require_gaps(eigenvalues)
        return vectors

    def notation(self) -> Notation:
        return call("eigenvectors", r"V", unicode="V")


def reciprocal_gaps(values: Expr) -> Expr:
    """F with F_ij = 1/(v_j − v_i) off the diagonal and 0 on it."""
    n = values.rows
    differences = arithmetic.subtract(
        arithmetic.multiply(ones(n), transpose(values)), arithmetic.multiply(values, transpose(ones(n)))
    )
    # With the identity added the diagonal is 1, its reciprocal is 1, and the identity goes again.
    return arithmetic.subtract(power.power(arithmetic.add(differences, eye(n)), number(-1)), eye(n))


@function("eigenvectors", example="sum(A .* eigenvectors(X))", given="A: n×n, X: n×n symmetric")
def eigenvectors(x: Expr) -> Expr:
    """The orthonormal eigenvectors of a symmetric matrix, in the order of the eigenvalues.

    In each the entry of largest magnitude is positive.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    if x.is_scalar:
        return number(1)
    require_symmetric(x, "an eigenvector")
    return Eigenvectors.intern((_positive_factor(x)[1],))


class LargestEigenvalue(OfSymmetric):
    """λ_max. dλ = vᵀ dX v with v the unit eigenvector (Matrix Cookbook, eq. 67)."""

    __slots__ = ()
    name = "lambda_max"
    reason = Phrase("differential of an eigenvalue", "特征值的微分", "Matrix Cookbook, eq. 67")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts
        if facts & Fact.POSITIVE_DEFINITE:
            return Fact.POSITIVE
        return Fact.NONNEGATIVE if facts & Fact.POSITIVE_SEMIDEFINITE else Fact.NONE

    def linear_map(self, index: int) -> lm.LinearMap:
        v = top_eigenvector(self.args[0])
        return lm.Inner(arithmetic.multiply(v, transpose(v)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        eigen = xp.eigh(values[0])[0]
        n = xp.shape(eigen)[0]
        return xp.part(eigen, slice(n - 1, n), slice(0, 1))

    def notation(self) -> Notation:
        return call("lambda_max", r"\lambda_{{\max}}", unicode="λ_max")


@function("lambda_max", "lambda_maximum", "λ_max", example="lambda_max(X)", given="X: n×n symmetric")
def lambda_max(x: Expr) -> Expr:
    """The largest eigenvalue of a symmetric matrix.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    if x.is_scalar:
        return x
    require_symmetric(x, "an eigenvalue")
    factor, rest = _positive_factor(x)
    return arithmetic.multiply(factor, LargestEigenvalue.intern((rest,)))


@function("lambda_min", "λ_min", example="lambda_min(X)", given="X: n×n symmetric")
def lambda_min(x: Expr) -> Expr:
    """The smallest eigenvalue of a symmetric matrix.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    return arithmetic.scale(-1, lambda_max(arithmetic.scale(-1, x)))


class TopEigenvector(OfSymmetric):
    """The unit eigenvector v of the largest eigenvalue. dv = (λ I − X)⁺ dX v (Magnus, 1985)."""

    __slots__ = ()
    name = "top_eigenvector"
    needs_gaps = True
    reason = Phrase("differential of an eigenvector", "特征向量的微分", "Magnus (1985)")
    legend = Phrase(
        "v_max(S) is the unit eigenvector of the largest eigenvalue of S",
        "v_max(S) 是 S 最大特征值的单位特征向量",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows, ONE)

    def infer_facts(self) -> Fact:
        return Fact.ORTHONORMAL_COLUMNS

    def linear_map(self, index: int) -> lm.LinearMap:
        x = self.args[0]
        rest = arithmetic.subtract(arithmetic.multiply(lambda_max(x), eye(x.rows)), x)
        return lm.two_sided(trace.pinv(rest), self, x.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        eigenvalues, vectors = xp.eigh(values[0])
        xp.require_gaps(eigenvalues, only=-1)
        n = xp.shape(vectors)[0]
        return xp.part(vectors, slice(0, n), slice(n - 1, n))

    def notation(self) -> Notation:
        return call("top_eigenvector", r"v_{{\max}}", unicode="v_max")


def known_nullity(x: Expr) -> int:
    """1 for λ_max(S) I − S and for σ_max(Y)² I − YYᵀ, which have a null vector, else 0."""
    if not isinstance(x, arithmetic.Sum):
        return 0
    for term in x.args:
        if not isinstance(term, arithmetic.Product) or len(term.scalars) != 1 or term.chain != (eye(x.rows),):
            continue
        inner = term.scalars[0]
        if isinstance(inner, LargestEigenvalue):
            rests = [inner.args[0]]
        elif isinstance(inner, power.Power) and isinstance(inner.args[0], SpectralNorm):
            y = inner.args[0].args[0]
            rests = [arithmetic.multiply(y, y.T), arithmetic.multiply(y.T, y)]
        else:
            continue
        if any(
            r.shape == x.shape and arithmetic.add(term, arithmetic.scale(-term.coefficient, r)) is x
            for r in rests
        ):
            return 1
    return 0


@function("top_eigenvector", "v_max", example="a'*top_eigenvector(X)", given="a: n, X: n×n symmetric")
def top_eigenvector(x: Expr) -> Expr:
    """The unit eigenvector of the largest eigenvalue of a symmetric matrix.

    Its entry of largest magnitude is positive.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    if x.is_scalar:
        return number(1)
    require_symmetric(x, "an eigenvector")
    return TopEigenvector.intern((_positive_factor(x)[1],))


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
    reason = Phrase("differential of the singular values", "奇异值的微分", "Townsend (2016)")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (_rank(args[0]), ONE)

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return singular_values(x)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> lm.LinearMap:
        x = self.args[0]
        u, v = left_singular_vectors(x), right_singular_vectors(x)
        k = _rank(x)
        return lm.compose(lm.DiagonalPart((k, k)), lm.two_sided(transpose(u), v, x.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.svd(values[0])[1]

    def notation(self) -> Notation:
        return call("singular_values", r"\sigma", unicode="singular_values")


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
        return elementwise.absolute(x)
    if x.is_vector or x.is_row:
        return power.sqrt(trace.inner_product(x, x))
    factor, rest = _positive_factor(x)
    return arithmetic.multiply(factor, SingularValues.intern((orient(rest)[0],)))


class SingularVectors(OfMatrix):
    """The left or right singular vectors, in the order of the singular values. ``data``: the side.

    With F_ij = 1/(σ_j² − σ_i²) and P = Uᵀ dX V (Townsend, 2016):
    dU = U (F ⊙ (P Σ + Σ Pᵀ)) + (I − UUᵀ) dX V Σ⁻¹; dV is dU of the transpose.
    """

    __slots__ = ()
    name = "singular_vectors"
    needs_gaps = True
    reason = Phrase("differential of the singular vectors", "奇异向量的微分", "Townsend (2016)")
    legend = Phrase(
        "X = U diag(σ) Vᵀ is the singular value decomposition: U(X) and V(X) are its factors",
        "X = U diag(σ) Vᵀ 是奇异值分解，U(X) 和 V(X) 是其因子",
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

    def linear_map(self, index: int) -> lm.LinearMap:
        x = self.args[0]
        left = self.data[0] == "left"
        shape = x.shape if left else (x.columns, x.rows)
        u = self
        v = right_singular_vectors(x) if left else left_singular_vectors(x)
        sigma = structure.diag(singular_values(x))
        gaps = _square_gaps(singular_values(x))
        k = _rank(x)
        inner = lm.two_sided(transpose(u), v, shape)
        mixed = lm.add_maps(
            lm.Right(sigma, (k, k)), lm.compose(lm.Left(sigma, (k, k)), lm.Transposition((k, k)))
        )
        inside = lm.compose(lm.Left(u, (k, k)), lm.HadamardBy(gaps), mixed, inner)
        rest = arithmetic.subtract(eye(u.rows), arithmetic.multiply(u, transpose(u)))
        outside = lm.two_sided(rest, arithmetic.multiply(v, inv(sigma)), shape)
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
        return call(f"{side}_singular_vectors", letter, unicode=letter)


def _square_gaps(sigma: Expr) -> Expr:
    return reciprocal_gaps(power.square(sigma))


@function("left_singular_vectors", example="sum(A .* left_singular_vectors(X))", given="A: 3×2, X: 3×2")
def left_singular_vectors(x: Expr) -> Expr:
    """The left singular vectors U of X = U diag(σ) Vᵀ, as many as min(m, n).

    In each the entry of largest magnitude is positive.
    """
    if x.is_scalar:
        return elementwise.sign(x)
    return SingularVectors.intern((_positive_factor(x)[1],), ("left",))


@function("right_singular_vectors", example="sum(A .* right_singular_vectors(X))", given="A: 3×2, X: 2×3")
def right_singular_vectors(x: Expr) -> Expr:
    """The right singular vectors V of X = U diag(σ) Vᵀ, as many as min(m, n)."""
    if x.is_scalar:
        return number(1)
    return SingularVectors.intern((_positive_factor(x)[1],), ("right",))


class SpectralNorm(OfMatrix):
    """The largest singular value. dσ = uᵀ dX v with the first singular vectors."""

    __slots__ = ()
    name = "spectral_norm"
    reason = Phrase("differential of the spectral norm", "谱范数的微分")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return spectral_norm(x)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> lm.LinearMap:
        u, v = top_singular_vector(self.args[0], "left"), top_singular_vector(self.args[0], "right")
        return lm.Inner(arithmetic.multiply(u, transpose(v)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.part(xp.svd(values[0])[1], slice(0, 1), slice(0, 1))

    def notation(self) -> Notation:
        return Notation("spectral_norm({0})", "‖{0}‖₂", r"\left\|{0}\right\|_2", "spectral_norm({0})")


@function("spectral_norm", "sigma_max", example="spectral_norm(A*X)", given="A: p×m, X: m×n")
def spectral_norm(x: Expr) -> Expr:
    """The spectral norm: the largest singular value."""
    if x.is_scalar:
        return elementwise.absolute(x)
    if x.is_vector or x.is_row:
        return power.sqrt(trace.inner_product(x, x))
    factor, rest = _positive_factor(x)
    return arithmetic.multiply(factor, SpectralNorm.intern((orient(rest)[0],)))


class TopSingularVector(OfMatrix):
    """The first left or right singular vector. ``data`` is the side.

    du = (σ² I − XXᵀ)⁺ (σ dX v + X dXᵀ u), from σu = Xv and σv = Xᵀu.
    """

    __slots__ = ()
    name = "top_singular_vector"
    needs_gaps = True
    reason = Phrase("differential of a singular vector", "奇异向量的微分")
    legend = Phrase(
        "u₁(X) and v₁(X) are the singular vectors of the largest singular value of X",
        "u₁(X) 和 v₁(X) 是 X 最大奇异值的奇异向量",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows if data[0] == "left" else args[0].columns, ONE)

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return top_singular_vector(x, data[0])

    def infer_facts(self) -> Fact:
        return Fact.ORTHONORMAL_COLUMNS

    def linear_map(self, index: int) -> lm.LinearMap:
        x = self.args[0]
        left = self.data[0] == "left"
        u, v = self, top_singular_vector(x, "right" if left else "left")
        sigma = spectral_norm(x)
        y = x if left else transpose(x)
        gap = arithmetic.subtract(
            arithmetic.multiply(power.square(sigma), eye(u.rows)), arithmetic.multiply(y, transpose(y))
        )
        inverse = trace.pinv(gap)
        direct = lm.two_sided(arithmetic.multiply(sigma, inverse), v, y.shape)
        flipped = lm.compose(
            lm.two_sided(arithmetic.multiply(inverse, y), u, (y.columns, y.rows)), lm.Transposition(y.shape)
        )
        whole = lm.add_maps(direct, flipped)
        return whole if left else lm.compose(whole, lm.Transposition(x.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        u, sigma, v = xp.svd(values[0])
        xp.require_gaps(sigma, only=0)
        vectors = u if self.data[0] == "left" else v
        return xp.part(vectors, slice(0, xp.shape(vectors)[0]), slice(0, 1))

    def notation(self) -> Notation:
        letter = "u" if self.data[0] == "left" else "v"
        name = f"top_{self.data[0]}_singular_vector"
        return Notation(
            f"{name}({{0}})", f"{letter}₁({{0}})", rf"{letter}_1\left({{0}}\right)", f"{name}({{0}})"
        )


def top_singular_vector(x: Expr, side: str) -> Expr:
    """The first singular vector on the left or right side."""
    if x.is_scalar:
        return elementwise.sign(x) if side == "left" else number(1)
    return TopSingularVector.intern((_positive_factor(x)[1],), (side,))


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
    reason = Phrase("differential of the nuclear norm", "核范数的微分", "Watson (1992)")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return nuclear_norm(x)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> lm.LinearMap:
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
        return elementwise.absolute(x)
    if x.is_vector or x.is_row:
        return power.sqrt(trace.inner_product(x, x))
    if x.facts & Fact.POSITIVE_SEMIDEFINITE:
        return trace.trace(x)
    factor, rest = _positive_factor(x)
    return arithmetic.multiply(factor, NuclearNorm.intern((orient(rest)[0],)))


class Polar(OfMatrix):
    """The polar factor UVᵀ of X = U diag(σ) Vᵀ, at full rank.

    With Q = UVᵀ, its change solves (XQᵀ) dQ + dQ (QᵀX) = dX − Q dXᵀ Q: apply QᵀQ or QQᵀ = I to the
    differential of X = (XQᵀ) Q (Higham, 2008, ch. 8).
    """

    __slots__ = ()
    name = "polar"
    needs_gaps = True
    reason = Phrase("differential of the polar factor", "极分解因子的微分", "Higham (2008), ch. 8")
    legend = Phrase(
        "polar(X) = UVᵀ for the singular value decomposition X = U diag(σ) Vᵀ",
        "polar(X) = UVᵀ，其中 X = U diag(σ) Vᵀ 是奇异值分解",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def make(cls, x: Expr, data: Data) -> Expr:
        return polar(x)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.SYMMETRIC

    def linear_map(self, index: int) -> lm.LinearMap:
        x = self.args[0]
        shape = x.shape
        turned = lm.compose(lm.two_sided(self, self, (shape[1], shape[0])), lm.Transposition(shape))
        right_side = lm.add_maps(lm.Identity(shape), lm.negated(turned))
        left = arithmetic.multiply(x, transpose(self))
        right = arithmetic.multiply(transpose(self), x)
        return lm.compose(matrix_functions.SylvesterSolve(left, right, shape), right_side)

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
        return elementwise.sign(x)
    if x.is_vector:
        return arithmetic.multiply(power.power(trace.inner_product(x, x), number(Fraction(-1, 2))), x)
    common, rest = arithmetic.content(x)
    return arithmetic.scale(1 if common > 0 else -1, oriented(Polar, rest))
