"""Inverses, powers, functions, traces and determinants of what other operations give."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, multiply, scale
from matgrad.ops.cholesky import Cholesky
from matgrad.ops.determinant import Determinant, LogDet, det, logdet
from matgrad.ops.diagonals import Diag, DiagonalPart, diag, diagonal
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.identities.scalar_products import total
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.kronecker import Kron, kron
from matgrad.ops.leaves import dimension, number
from matgrad.ops.matrix_functions import Expm, Logm, Sqrtm, expm, logm
from matgrad.ops.matrix_power import MatrixPower, matrix_power
from matgrad.ops.power import exp, power, sqrt
from matgrad.ops.real_matrix_power import RealMatrixPower, is_definite
from matgrad.ops.reshaping import Reshape
from matgrad.ops.trace import Trace, trace
from matgrad.ops.transpose import transpose

_MN = "Magnus & Neudecker (2019)"
_HIGHAM = "Higham (2008)"
_COOKBOOK = "Matrix Cookbook"

# ---- inverses and powers ---------------------------------------------------------------------


@identity(
    Inverse,
    MatrixPower,
    reason=Phrase("inverse of a power"),
    on=("X^k",),
    given="X: n×n invertible, k: integer",
)
def inverse_of_power(x: Expr) -> Expr | None:
    """(Xᵏ)⁻¹ = X⁻ᵏ."""
    return matrix_power(x.args[0], scale(-1, x.args[1]))


@identity(
    Inverse,
    RealMatrixPower,
    reason=Phrase("inverse of a power"),
    on=("X^t",),
    given="X: n×n spd, t: scalar",
)
def inverse_of_real_power(x: Expr) -> Expr | None:
    """(Xᵗ)⁻¹ = X⁻ᵗ."""
    return matrix_power(x.args[0], scale(-1, x.args[1]))


@identity(
    Inverse,
    Sqrtm,
    reason=Phrase("inverse of a root", _HIGHAM, "ch. 6"),
    on=("sqrtm(X)",),
    given="X: n×n spd",
)
def inverse_of_root(x: Expr) -> Expr | None:
    """(X^(1/2))⁻¹ = X^(−1/2) for a positive definite X."""
    return matrix_power(x.args[0], number(Fraction(-1, 2))) if is_definite(x.args[0]) else None


@identity(
    RealMatrixPower,
    Diag,
    reason=Phrase("power of a diagonal matrix"),
    on=("diag(x)", "t"),
    given="x: n positive, t: scalar",
)
def real_power_of_diagonal(x: Expr, exponent: Expr) -> Expr | None:
    """diag(x)ᵗ = diag(xᵗ)."""
    return diag(power(x.args[0], exponent))


@identity(
    Logm,
    RealMatrixPower,
    reason=Phrase("logarithm of a power", _HIGHAM, "ch. 11"),
    on=("X^t",),
    given="X: n×n spd, t: scalar",
)
def logarithm_of_real_power(x: Expr) -> Expr | None:
    """log(Xᵗ) = t log X."""
    return multiply(x.args[1], logm(x.args[0]))


@identity(
    Determinant,
    RealMatrixPower,
    reason=Phrase("determinant of a power", _COOKBOOK, "eq. 22"),
    on=("X^(1/3)",),
    given="X: n×n spd",
)
def determinant_of_real_power(x: Expr) -> Expr | None:
    """det(Xᵗ) = det(X)ᵗ."""
    return power(det(x.args[0]), x.args[1])


@identity(
    LogDet,
    RealMatrixPower,
    reason=Phrase("log det of a power", _COOKBOOK, "eq. 22"),
    on=("X^t",),
    given="X: n×n spd, t: scalar",
)
def logdet_of_real_power(x: Expr) -> Expr | None:
    """log det Xᵗ = t log det X."""
    return multiply(x.args[1], logdet(x.args[0]))


@identity(
    Inverse,
    Diag,
    reason=Phrase("inverse of a diagonal matrix"),
    on=("diag(x)",),
    given="x: n positive",
)
def inverse_of_diagonal(x: Expr) -> Expr | None:
    """diag(x)⁻¹ = diag(1/x)."""
    return diag(power(x.args[0], number(-1)))


@identity(
    Inverse,
    Kron,
    reason=Phrase("inverse of ⊗", _MN, "ch. 2, sec. 2"),
    on=("kron(A, B)",),
    given="A: m×m invertible, B: n×n invertible",
)
def inverse_of_kron(x: Expr) -> Expr | None:
    """(A ⊗ B)⁻¹ = A⁻¹ ⊗ B⁻¹."""
    return kron(*(inv(factor) for factor in x.args)) if _all_square(x) else None


@identity(
    Inverse,
    Expm,
    reason=Phrase("inverse of an exponential", _HIGHAM, "ch. 10"),
    on=("expm(X)",),
    given="X: n×n",
)
def inverse_of_expm(x: Expr) -> Expr | None:
    """exp(X)⁻¹ = exp(−X)."""
    return expm(scale(-1, x.args[0]))


@identity(
    MatrixPower,
    Inverse,
    reason=Phrase("power of an inverse"),
    on=("inv(X)", "k"),
    given="X: n×n invertible, k: integer",
)
def power_of_inverse(x: Expr, exponent: Expr) -> Expr | None:
    """(X⁻¹)ᵏ = X⁻ᵏ."""
    return matrix_power(x.args[0], scale(-1, exponent))


@identity(
    MatrixPower,
    Diag,
    reason=Phrase("power of a diagonal matrix"),
    on=("diag(x)", "k"),
    given="x: n positive, k: integer",
)
def power_of_diagonal(x: Expr, exponent: Expr) -> Expr | None:
    """diag(x)ᵏ = diag(xᵏ)."""
    return diag(power(x.args[0], exponent))


@identity(
    MatrixPower,
    Expm,
    reason=Phrase("power of an exponential", _HIGHAM, "ch. 10", context="of a matrix"),
    on=("expm(X)", "k"),
    given="X: n×n, k: integer",
)
def power_of_expm(x: Expr, exponent: Expr) -> Expr | None:
    """exp(X)ᵏ = exp(kX)."""
    return expm(multiply(exponent, x.args[0]))


# ---- functions of matrices -------------------------------------------------------------------


@identity(
    Expm,
    Logm,
    reason=Phrase("exponential of a logarithm", _HIGHAM, "ch. 11"),
    on=("logm(X)",),
    given="X: n×n spd",
)
def exponential_of_logarithm(x: Expr) -> Expr | None:
    """exp(log X) = X."""
    return x.args[0]


@identity(
    Logm,
    Expm,
    reason=Phrase("logarithm of an exponential", _HIGHAM, "ch. 11"),
    on=("expm(X)",),
    given="X: n×n symmetric",
)
def logarithm_of_exponential(x: Expr) -> Expr | None:
    """log(exp X) = X for a symmetric X."""
    return x.args[0] if x.facts & Fact.SYMMETRIC else None


@identity(
    Logm,
    Inverse,
    reason=Phrase("logarithm of an inverse", _HIGHAM, "ch. 11"),
    on=("inv(X)",),
    given="X: n×n spd",
)
def logarithm_of_inverse(x: Expr) -> Expr | None:
    """log(X⁻¹) = −log X."""
    return scale(-1, logm(x.args[0]))


@identity(
    Sqrtm,
    MatrixPower,
    reason=Phrase("root of a square", _HIGHAM, "ch. 6"),
    on=("X^2",),
    given="X: n×n spd",
)
def root_of_square(x: Expr) -> Expr | None:
    """(X²)^(1/2) = X for a positive definite X."""
    base, exponent = x.args
    return base if exponent is number(2) and base.facts & Fact.POSITIVE_DEFINITE else None


@identity(
    Sqrtm,
    Diag,
    reason=Phrase("root of a diagonal matrix", _HIGHAM, "ch. 6"),
    on=("diag(x)",),
    given="x: n positive",
)
def root_of_diagonal(x: Expr) -> Expr | None:
    """diag(x)^(1/2) = diag(√x)."""
    return diag(sqrt(x.args[0]))


@identity(
    Cholesky,
    Diag,
    reason=Phrase(
        "Cholesky factor of a diagonal matrix",
        "definition of the Cholesky factor",
    ),
    on=("diag(x)",),
    given="x: n positive",
)
def cholesky_of_diagonal(x: Expr) -> Expr | None:
    """chol(diag x) = diag(√x)."""
    return diag(sqrt(x.args[0]))


# ---- traces and diagonals --------------------------------------------------------------------


@identity(Trace, Diag, reason=Phrase("trace of a diagonal matrix"), on=("diag(x)",), given="x: n")
def trace_of_diagonal(x: Expr) -> Expr | None:
    """tr(diag x) = 1ᵀx."""
    return total(x.args[0])


@identity(
    Trace,
    Kron,
    reason=Phrase("trace of ⊗", _MN, "ch. 2, sec. 2"),
    on=("kron(A, B)",),
    given="A: m×m, B: n×n",
)
def trace_of_kron(x: Expr) -> Expr | None:
    """tr(A ⊗ B) = tr(A) tr(B)."""
    return multiply(*(trace(factor) for factor in x.args)) if _all_square(x) else None


@identity(
    Trace,
    Hadamard,
    reason=Phrase("trace of ⊙ with a diagonal matrix"),
    on=("D .* X",),
    given="D: n×n diagonal, X: n×n",
)
def trace_of_hadamard(x: Expr) -> Expr | None:
    """tr(D ⊙ X) = 1ᵀ(diagonal(D) ⊙ diagonal(X)) for a diagonal D."""
    return total(diagonal(x)) if any(f.facts & Fact.DIAGONAL for f in x.args) else None


@identity(
    DiagonalPart,
    Hadamard,
    reason=Phrase("diagonal of ⊙"),
    on=("A .* X",),
    given="A: n×n, X: n×n",
)
def diagonal_of_hadamard(x: Expr) -> Expr | None:
    """diagonal(A ⊙ B) = diagonal(A) ⊙ diagonal(B)."""
    return hadamard(*(diagonal(factor) for factor in x.args))


# ---- determinants ----------------------------------------------------------------------------


@identity(
    Determinant,
    Inverse,
    reason=Phrase("determinant of an inverse", _COOKBOOK, "eq. 21"),
    on=("inv(X)",),
    given="X: n×n invertible",
)
def determinant_of_inverse(x: Expr) -> Expr | None:
    """det(X⁻¹) = det(X)⁻¹."""
    return power(det(x.args[0]), number(-1))


@identity(
    Determinant,
    MatrixPower,
    reason=Phrase("determinant of a power", _COOKBOOK, "eq. 22"),
    on=("X^k",),
    given="X: n×n invertible, k: integer",
)
def determinant_of_power(x: Expr) -> Expr | None:
    """det(Xᵏ) = det(X)ᵏ."""
    return power(det(x.args[0]), x.args[1])


@identity(
    Determinant,
    Kron,
    reason=Phrase("determinant of ⊗", _MN, "ch. 2, sec. 2"),
    on=("kron(A, B)",),
    given="A: m×m, B: n×n",
)
def determinant_of_kron(x: Expr) -> Expr | None:
    """det(A ⊗ B) = det(A)ⁿ det(B)ᵐ for A of order m and B of order n."""
    if not _all_square(x):
        return None
    return multiply(*(power(det(f), _order_of_others(x, place)) for place, f in enumerate(x.args)))


def _order_of_others(x: Expr, place: int) -> Expr:
    """The order of the Kronecker product of the other factors."""
    return multiply(*(dimension(f.rows) for i, f in enumerate(x.args) if i != place))


@identity(
    Determinant,
    Expm,
    reason=Phrase("determinant of an exponential", _HIGHAM, "ch. 10"),
    on=("expm(X)",),
    given="X: n×n lower triangular",
)
def determinant_of_expm(x: Expr) -> Expr | None:
    """det(exp X) = exp(tr X)."""
    return exp(trace(x.args[0]))


@identity(
    LogDet,
    Inverse,
    reason=Phrase("log det of an inverse", _COOKBOOK, "eq. 21"),
    on=("inv(X)",),
    given="X: n×n spd",
)
def logdet_of_inverse(x: Expr) -> Expr | None:
    """log det(X⁻¹) = −log det X."""
    return scale(-1, logdet(x.args[0]))


@identity(
    LogDet,
    Expm,
    reason=Phrase("log det of an exponential", _HIGHAM, "ch. 10"),
    on=("expm(X)",),
    given="X: n×n",
)
def logdet_of_expm(x: Expr) -> Expr | None:
    """log det(exp X) = tr X."""
    return trace(x.args[0])


# ---- vec -------------------------------------------------------------------------------------


@identity(
    Reshape,
    Product,
    reason=Phrase("vec of an outer product", _MN, "ch. 2, sec. 4"),
    on=("a*b'",),
    given="a: 3, b: 2",
    data=(ONE * 6, ONE),
)
def vec_of_outer_product(x: Expr, rows: object, columns: object) -> Expr | None:
    """vec(abᵀ) = b ⊗ a."""
    if columns is not ONE or not isinstance(x, Product) or len(x.chain) != 2 or not x.chain[0].is_vector:
        return None
    return kron(transpose(x.chain[1]), x.chain[0])


def _all_square(x: Expr) -> bool:
    return all(factor.is_square for factor in x.args)
