"""Functions of square matrices: exponential, logarithm, square root."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed, identity
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import scale
from matgrad.ops.frechet import ANALYTIC, Analytic, MatrixFunction, frechet, frechet_matrix
from matgrad.ops.frechet_values import matrix
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Eye, eye, is_zero, zeros
from matgrad.ops.orientation import oriented
from matgrad.ops.power import exp, log, sqrt
from matgrad.ops.registry import function
from matgrad.ops.sylvester import SylvesterSolve


class Expm(MatrixFunction):
    """The matrix exponential."""

    __slots__ = ()
    name = "expm"
    grows_fast = True
    reason = Phrase("differential of the matrix exponential", "Higham (2008)", "ch. 10")

    def infer_facts(self) -> Fact:
        facts = super().infer_facts() | Fact.INVERTIBLE
        if facts & Fact.SYMMETRIC:
            facts |= Fact.POSITIVE_DEFINITE
        if self.args[0].facts & Fact.SKEW:
            facts |= Fact.ORTHOGONAL
        return facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.expm(values[0])

    def notation(self) -> Notation:
        return call("expm")


@function("expm", numpy="linalg.expm", example="tr(A*expm(X))", given="A: n×n, X: n×n")
def expm(x: Expr) -> Expr:
    """The exponential of a square matrix (for the exponential of every entry, see exp).

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    Expm.shape_rule((x,), ())
    if x.is_scalar:
        return exp(x)
    if is_zero(x):
        return eye(x.rows)
    known = composed(Expm, x)
    return oriented(Expm, x) if known is None else known


class Logm(MatrixFunction):
    """The principal logarithm of a matrix without eigenvalues on the closed negative real axis."""

    __slots__ = ()
    name = "logm"
    reason = Phrase("differential of the matrix logarithm", "Higham (2008)", "ch. 11")

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.logm(values[0])

    def notation(self) -> Notation:
        return call("logm")


@function("logm", numpy="linalg.logm", example="tr(A*logm(X))", given="A: n×n, X: n×n spd")
def logm(x: Expr) -> Expr:
    """The principal logarithm of a square matrix (for the logarithm of every entry, see log).

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    Logm.shape_rule((x,), ())
    if x.is_scalar:
        return log(x)
    if isinstance(x, Eye):
        return zeros(*x.shape)
    known = composed(Logm, x)
    return oriented(Logm, x) if known is None else known


class Sqrtm(MatrixFunction):
    """The principal square root: S with S S = X. dS solves S dS + dS S = dX (Higham, 2008, ch. 6)."""

    __slots__ = ()
    name = "sqrtm"
    reason = Phrase("differential of the matrix square root", "Higham (2008)", "ch. 6")

    def infer_facts(self) -> Fact:
        return super().infer_facts() | self.args[0].facts & (
            Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.INVERTIBLE
        )

    def linear_map(self, index: int) -> LinearMap:
        if self.facts & Fact.DIAGONAL:
            return lm.Left(scale(Fraction(1, 2), inv(self)), self.shape)
        return SylvesterSolve(self, self, self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.sqrtm(values[0])

    def notation(self) -> Notation:
        return Notation("sqrtm({0})", "{0}^(1/2)", "{0}^{{1/2}}", "sqrtm({0})")


@identity(
    Sqrtm,
    Expr,
    reason=Phrase("powers of a projector", "Horn & Johnson (2013)", "sec. 1.1"),
    on=("P",),
    given="P: n×n orthogonal projector",
)
def root_of_projector(x: Expr) -> Expr | None:
    """The root of P is P where P² = P."""
    return x if x.facts & Fact.IDEMPOTENT else None


@function("sqrtm", numpy="linalg.sqrtm", example="tr(A*sqrtm(X))", given="A: n×n, X: n×n spd")
def sqrtm(x: Expr) -> Expr:
    """The principal square root of a square matrix (for the root of every entry, see sqrt).

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    Sqrtm.shape_rule((x,), ())
    if x.is_scalar:
        return sqrt(x)
    if isinstance(x, Eye) or is_zero(x):
        return x
    known = composed(Sqrtm, x)
    if known is None:
        known = root_of_projector(x)
    return oriented(Sqrtm, x) if known is None else known


def _of_logarithm(xp: Arrays, a: Array) -> Array:
    """That of the exponential at log(A), inverted (Higham, 2008, thm. 3.5)."""
    return xp.inv(matrix(xp, xp.expm, xp.logm(a), ()))


def _of_root(xp: Arrays, a: Array) -> Array:
    """From S dS + dS S = dA for S = A^(1/2)."""
    root, identity = xp.sqrtm(a), xp.eye(xp.shape(a)[0])
    return xp.inv(xp.add(xp.kron(identity, root), xp.kron(xp.transpose(root), identity)))


ANALYTIC["expm"] = Analytic(lambda a, _: expm(a), lambda a, _: expm(a), lambda xp, a, _: xp.expm(a))
ANALYTIC["logm"] = Analytic(
    lambda a, _: logm(a), lambda a, _: inv(a), lambda xp, a, _: xp.logm(a), _of_logarithm
)
ANALYTIC["sqrtm"] = Analytic(
    lambda a, _: sqrtm(a),
    lambda a, _: scale(Fraction(1, 2), inv(sqrtm(a))),
    lambda xp, a, _: xp.sqrtm(a),
    _of_root,
)


def _register(name: str) -> None:
    """Give the Fréchet derivative of a function of one matrix its names in the language."""

    @function(f"frechet_{name}", example=f"tr(A*frechet_{name}(X, B))", given="A: n×n, X: n×n spd, B: n×n")
    def derivative(x: Expr, *directions: Expr) -> Expr:
        """The Fréchet derivative of a matrix function at X in the given directions."""
        return frechet(name, x, (), directions)

    @function(
        f"frechet_matrix_{name}",
        example=f"frechet_matrix_{name}(X)*vec(B)",
        given="X: n×n spd constant, B: n×n",
    )
    def matrix(x: Expr, *directions: Expr) -> Expr:
        """The matrix on vec of the Fréchet derivative of a matrix function at X."""
        return frechet_matrix(name, x, (), directions)


for _name in ("expm", "logm", "sqrtm"):
    _register(_name)
