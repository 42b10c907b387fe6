"""Eigenvalues and eigenvectors of symmetric matrices.

The derivatives hold where the eigenvalues or singular values concerned are distinct and the
rank is full (Magnus, 1985; Magnus & Neudecker, 2019, ch. 9; Townsend, 2016, for the SVD).
"""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, add, content, multiply, scale, subtract
from matgrad.ops.diagonals import DiagonalPartMap
from matgrad.ops.leaves import eye, number, ones
from matgrad.ops.power import power
from matgrad.ops.pseudoinverse import pinv, singular_shifts
from matgrad.ops.registry import FUNCTIONS, function
from matgrad.ops.requirements import require_symmetric
from matgrad.ops.transpose import transpose

_COINCIDE = Phrase("where eigenvalues coincide")
_TOP_REPEATED = Phrase("where the extreme eigenvalue is repeated")


def positive_factor(x: Expr) -> tuple[Expr, Expr]:
    """Take a positive number out of a matrix."""
    common, rest = content(x)
    if common < 0:
        common, rest = -common, scale(-1, rest)
    if isinstance(rest, Product):
        known = [scalar for scalar in rest.scalars if scalar.facts & Fact.POSITIVE]
        if known:
            others = [scalar for scalar in rest.scalars if scalar not in known]
            rest = multiply(number(rest.coefficient), *others, *rest.chain)
            return multiply(number(common), *known), rest
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
    no_derivative = _COINCIDE
    reason = Phrase("differential of the eigenvalues", "Matrix Cookbook", "eq. 67")
    legend = Phrase("λ(S) are the eigenvalues of S in ascending order")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows, ONE)

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts
        if facts & Fact.POSITIVE_DEFINITE:
            return Fact.POSITIVE
        return Fact.NONNEGATIVE if facts & Fact.POSITIVE_SEMIDEFINITE else Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        v = eigenvectors(self.args[0])
        shape = self.args[0].shape
        return lm.compose(DiagonalPartMap(shape), lm.two_sided(transpose(v), v, shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.eigh(values[0])[0]

    def notation(self) -> Notation:
        return call("eigenvalues", unicode="λ")


def _of_symmetric(cls: type[Expr], x: Expr) -> Expr:
    """Eigenvalues, with a positive factor of the matrix in front."""
    if x.is_scalar:
        return x
    require_symmetric(x, phrase("an eigenvalue"))
    factor, rest = positive_factor(x)
    known = composed(cls, rest)
    return multiply(factor, cls.intern((rest,)) if known is None else known)


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
    return _of_symmetric(Eigenvalues, x)


class Eigenvectors(OfSymmetric):
    """The orthonormal eigenvectors, in the order of the eigenvalues.

    dV = V (F ⊙ Vᵀ dX V) with F_ij = 1/(λ_j − λ_i) off the diagonal and 0 on it.
    """

    __slots__ = ()
    name = "eigenvectors"
    joins_factors = True
    no_derivative = _COINCIDE
    needs_gaps = True
    reason = Phrase("differential of the eigenvectors", "Matrix Cookbook", "eq. 68")
    legend = Phrase(
        "V(S) are the orthonormal eigenvectors of S, in the order of the eigenvalues",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    def infer_facts(self) -> Fact:
        return Fact.ORTHOGONAL

    def linear_map(self, index: int) -> LinearMap:
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
        return call("eigenvectors", unicode="V")


def reciprocal_gaps(values: Expr) -> Expr:
    """F with F_ij = 1/(v_j − v_i) off the diagonal and 0 on it."""
    n = values.rows
    differences = subtract(multiply(ones(n), transpose(values)), multiply(values, transpose(ones(n))))
    # With the identity added the diagonal is 1, its reciprocal is 1, and the identity goes again.
    return subtract(power(add(differences, eye(n)), number(-1)), eye(n))


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
    require_symmetric(x, phrase("an eigenvector"))
    return Eigenvectors.intern((positive_factor(x)[1],))


class LargestEigenvalue(OfSymmetric):
    """λ_max. dλ = vᵀ dX v with v the unit eigenvector (Matrix Cookbook, eq. 67)."""

    __slots__ = ()
    name = "lambda_max"
    mirrored = (-1, call("lambda_min", r"\lambda_{{\min}}", unicode="λ_min"))
    no_derivative = _TOP_REPEATED
    reason = Phrase("differential of an eigenvalue", "Matrix Cookbook", "eq. 67")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts
        if facts & Fact.POSITIVE_DEFINITE:
            return Fact.POSITIVE
        return Fact.NONNEGATIVE if facts & Fact.POSITIVE_SEMIDEFINITE else Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        v = top_eigenvector(self.args[0])
        return lm.Inner(multiply(v, transpose(v)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        eigen = xp.eigh(values[0])[0]
        n = xp.shape(eigen)[0]
        return xp.part(eigen, slice(n - 1, n), slice(0, 1))

    def notation(self) -> Notation:
        return call("lambda_max", r"\lambda_{{\max}}", unicode="λ_max")


@singular_shifts.register
def _(scalar: LargestEigenvalue) -> list[Expr]:
    return [scalar.args[0]]


@function(
    "lambda_max",
    "lambda_maximum",
    "λ_max",
    "λmax",
    "lambdamax",
    example="lambda_max(X)",
    given="X: n×n symmetric",
)
def lambda_max(x: Expr) -> Expr:
    """The largest eigenvalue of a symmetric matrix.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    return _of_symmetric(LargestEigenvalue, x)


@function("lambda_min", "λ_min", "λmin", "lambdamin", example="lambda_min(X)", given="X: n×n symmetric")
def lambda_min(x: Expr) -> Expr:
    """The smallest eigenvalue of a symmetric matrix.

    Raises
    ------
    DomainError
        When the matrix is not known to be symmetric.
    """
    return scale(-1, lambda_max(scale(-1, x)))


class TopEigenvector(OfSymmetric):
    """The unit eigenvector v of the largest eigenvalue. dv = (λ I − X)⁺ dX v (Magnus, 1985)."""

    __slots__ = ()
    name = "top_eigenvector"
    no_derivative = _TOP_REPEATED
    needs_gaps = True
    reason = Phrase("differential of an eigenvector", "Magnus (1985)")
    legend = Phrase(
        "v_max(S) is the unit eigenvector of the largest eigenvalue of S",
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows, ONE)

    def infer_facts(self) -> Fact:
        return Fact.ORTHONORMAL_COLUMNS

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        rest = subtract(multiply(lambda_max(x), eye(x.rows)), x)
        return lm.two_sided(pinv(rest), self, x.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        eigenvalues, vectors = xp.eigh(values[0])
        xp.require_gaps(eigenvalues, only=-1)
        n = xp.shape(vectors)[0]
        return xp.part(vectors, slice(0, n), slice(n - 1, n))

    def notation(self) -> Notation:
        return call("top_eigenvector", r"v_{{\max}}", unicode="v_max")


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
    require_symmetric(x, phrase("an eigenvector"))
    return TopEigenvector.intern((positive_factor(x)[1],))
