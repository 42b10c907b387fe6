"""Functions of ⊗ and ⊕: what they are of the factors (Horn & Johnson, 1991, ch. 4; Van Loan, 2000)."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.cholesky import Cholesky, cholesky
from matgrad.ops.determinant import LogDet, logdet
from matgrad.ops.eigenvalues import Eigenvalues, LargestEigenvalue, eigenvalues, lambda_max
from matgrad.ops.kronecker import Kron, kron
from matgrad.ops.leaves import Eye, dimension, number, ones
from matgrad.ops.matrix_functions import Expm, Sqrtm, expm, sqrtm
from matgrad.ops.matrix_power import MatrixPower, matrix_power
from matgrad.ops.power import power
from matgrad.ops.pseudoinverse import Pinv, pinv
from matgrad.ops.real_matrix_power import RealMatrixPower
from matgrad.ops.singular_values import NuclearNorm, SpectralNorm, nuclear_norm, spectral_norm
from matgrad.ops.sorting import sort

_HORN = "Horn & Johnson (1991)"
_HIGHAM = "Higham (2008)"
_VAN_LOAN = "Van Loan (2000)"


def _all(x: Expr, fact: Fact) -> bool:
    return all(factor.has(fact) for factor in x.args)


def _all_square(x: Expr) -> bool:
    return all(factor.is_square for factor in x.args)


@identity(
    Pinv,
    Kron,
    reason=Phrase("pseudoinverse of ⊗", "Magnus & Neudecker (2019)", "ch. 2, sec. 5"),
    on=("kron(A, B)",),
    given="A: m×n, B: p×q",
)
def pseudoinverse_of_kron(x: Expr) -> Expr | None:
    """(A ⊗ B)⁺ = A⁺ ⊗ B⁺."""
    return kron(*(pinv(factor) for factor in x.args))


@identity(
    LogDet,
    Kron,
    reason=Phrase("log det of ⊗", "Magnus & Neudecker (2019)", "ch. 2, sec. 2"),
    on=("kron(A, B)",),
    given="A: m×m spd, B: n×n spd",
)
def logdet_of_kron(x: Expr) -> Expr | None:
    """log det(A ⊗ B) = n log det A + m log det B, where both determinants are known to be positive."""
    if not _all_square(x) or not _all(x, Fact.POSITIVE_DEFINITE):
        return None
    whole = dimension(x.rows)
    return add(
        *(multiply(whole, power(dimension(f.rows), number(-1)), logdet(f)) for f in x.args),
    )


@identity(
    MatrixPower,
    Kron,
    reason=Phrase("power of ⊗", _HORN, "sec. 4.2"),
    on=("kron(A, B)", "k"),
    given="A: m×m invertible, B: n×n invertible, k: integer",
)
def power_of_kron(x: Expr, exponent: Expr) -> Expr | None:
    """(A ⊗ B)ᵏ = Aᵏ ⊗ Bᵏ."""
    return kron(*(matrix_power(f, exponent) for f in x.args)) if _all_square(x) else None


@identity(
    RealMatrixPower,
    Kron,
    reason=Phrase("real power of ⊗", _HIGHAM, "ch. 6"),
    on=("kron(A, B)", "t"),
    given="A: m×m spd, B: n×n spd, t: scalar",
)
def real_power_of_kron(x: Expr, exponent: Expr) -> Expr | None:
    """(A ⊗ B)ᵗ = Aᵗ ⊗ Bᵗ for positive definite factors."""
    return kron(*(matrix_power(f, exponent) for f in x.args)) if _all(x, Fact.POSITIVE_DEFINITE) else None


@identity(
    Sqrtm,
    Kron,
    reason=Phrase("root of ⊗", _HIGHAM, "ch. 6"),
    on=("kron(A, B)",),
    given="A: m×m spd, B: n×n spd",
)
def root_of_kron(x: Expr) -> Expr | None:
    """(A ⊗ B)^½ = A^½ ⊗ B^½ for positive definite factors."""
    return kron(*(sqrtm(factor) for factor in x.args)) if _all(x, Fact.POSITIVE_DEFINITE) else None


@identity(
    Cholesky,
    Kron,
    reason=Phrase("Cholesky factor of ⊗", _VAN_LOAN, "sec. 2"),
    on=("kron(A, B)",),
    given="A: m×m spd, B: n×n spd",
)
def cholesky_of_kron(x: Expr) -> Expr | None:
    """chol(A ⊗ B) = chol(A) ⊗ chol(B) for positive definite factors."""
    return kron(*(cholesky(factor) for factor in x.args)) if _all(x, Fact.POSITIVE_DEFINITE) else None


@identity(
    SpectralNorm,
    Kron,
    reason=Phrase("spectral norm of ⊗", _HORN, "thm. 4.2.15"),
    on=("kron(A, B)",),
    given="A: m×n, B: p×q",
)
def spectral_norm_of_kron(x: Expr) -> Expr | None:
    """‖A ⊗ B‖₂ = ‖A‖₂ ‖B‖₂."""
    return multiply(*(spectral_norm(factor) for factor in x.args))


@identity(
    NuclearNorm,
    Kron,
    reason=Phrase("nuclear norm of ⊗", _HORN, "thm. 4.2.15"),
    on=("kron(A, B)",),
    given="A: m×n, B: p×q",
)
def nuclear_norm_of_kron(x: Expr) -> Expr | None:
    """The singular values of A ⊗ B are the products of those of A and B."""
    return multiply(*(nuclear_norm(factor) for factor in x.args))


@identity(
    LargestEigenvalue,
    Kron,
    reason=Phrase("largest eigenvalue of ⊗", _HORN, "thm. 4.2.12"),
    on=("kron(A, B)",),
    given="A: m×m spd, B: n×n spd",
)
def largest_eigenvalue_of_kron(x: Expr) -> Expr | None:
    """λ(A ⊗ B) = λ(A) λ(B), the largest of the largest where none is negative."""
    return multiply(*(lambda_max(f) for f in x.args)) if _all(x, Fact.POSITIVE_SEMIDEFINITE) else None


@identity(
    LargestEigenvalue,
    Sum,
    reason=Phrase("largest eigenvalue of ⊕", _HORN, "thm. 4.4.5"),
    on=("kron_sum(A, B)",),
    given="A: m×m symmetric, B: n×n symmetric",
)
def largest_eigenvalue_of_kron_sum(x: Expr) -> Expr | None:
    """λ(A ⊕ B) = λ(A) + λ(B)."""
    factors = _kron_sum(x)
    if factors is None or not all(f.has(Fact.SYMMETRIC) for f in factors):
        return None
    return add(*(lambda_max(factor) for factor in factors))


@identity(
    Eigenvalues,
    Kron,
    reason=Phrase("eigenvalues of ⊗", _HORN, "thm. 4.2.12"),
    on=("kron(A, B)",),
    given="A: m×m symmetric, B: n×n symmetric",
)
def eigenvalues_of_kron(x: Expr) -> Expr | None:
    """The eigenvalues of A ⊗ B are all products λ_i μ_j of those of A and B."""
    if not _all(x, Fact.SYMMETRIC):
        return None
    return sort(kron(*(eigenvalues(factor) for factor in x.args)))


@identity(
    Eigenvalues,
    Sum,
    reason=Phrase("eigenvalues of ⊕", _HORN, "thm. 4.4.5"),
    on=("kron_sum(A, B)",),
    given="A: m×m symmetric, B: n×n symmetric",
)
def eigenvalues_of_kron_sum(x: Expr) -> Expr | None:
    """The eigenvalues of A ⊕ B are all sums λ_i + μ_j of those of A and B."""
    factors = _kron_sum(x)
    if factors is None or not all(f.has(Fact.SYMMETRIC) for f in factors):
        return None
    a, b = factors
    return sort(add(kron(eigenvalues(a), ones(b.rows)), kron(ones(a.rows), eigenvalues(b))))


@identity(
    Expm,
    Kron,
    reason=Phrase("exponential of I ⊗ A", _HIGHAM, "thm. 1.13"),
    on=("kron(eye(n), A)",),
    given="A: m×m, n: dimension",
)
def exponential_of_kron(x: Expr) -> Expr | None:
    """exp(I ⊗ A) = I ⊗ exp(A), on either side."""
    others = [factor for factor in x.args if not isinstance(factor, Eye)]
    if len(others) != 1 or not others[0].is_square:
        return None
    return kron(*(factor if isinstance(factor, Eye) else expm(factor) for factor in x.args))


@identity(
    Expm,
    Sum,
    reason=Phrase("exp(A ⊕ B) = exp(A) ⊗ exp(B)", _HIGHAM, "thm. 10.9"),
    on=("kron_sum(A, B)",),
    given="A: m×m, B: n×n",
)
def exponential_of_kron_sum(x: Expr) -> Expr | None:
    """exp(A ⊕ B) = exp(A) ⊗ exp(B): A ⊗ I and I ⊗ B commute."""
    factors = _kron_sum(x)
    return None if factors is None else kron(*(expm(factor) for factor in factors))


@identity(
    Expm,
    Product,
    reason=Phrase("exp(t(A ⊕ B)) = exp(tA) ⊗ exp(tB)", _HIGHAM, "thm. 10.9"),
    on=("t*kron_sum(A, B)",),
    given="A: m×m, B: n×n, t: scalar",
)
def exponential_of_scaled_kron_sum(x: Expr) -> Expr | None:
    """exp(t(A ⊕ B)) = exp(tA) ⊗ exp(tB)."""
    assert isinstance(x, Product)
    if len(x.chain) != 1:
        return None
    front = multiply(number(x.coefficient), *x.scalars)
    if isinstance(x.chain[0], Sum):
        factors = _kron_sum(x.chain[0])
        return None if factors is None else kron(*(expm(multiply(front, factor)) for factor in factors))
    others = [f for f in x.chain[0].args if not isinstance(f, Eye)] if isinstance(x.chain[0], Kron) else []
    if len(others) != 1 or not others[0].is_square:
        return None
    return kron(*(f if isinstance(f, Eye) else expm(multiply(front, f)) for f in x.chain[0].args))


def _kron_sum(x: Expr) -> tuple[Expr, Expr] | None:
    """The A and B of A ⊗ I + I ⊗ B; ``None`` where a sum is no Kronecker sum."""
    if len(x.args) != 2:
        return None
    for first, second in (x.args, x.args[::-1]):
        a, b = _before_eye(first), _behind_eye(second)
        if a is not None and b is not None and a[1] is b[0].rows and b[1] is a[0].rows:
            return a[0], b[0]
    return None


def _parts(term: Expr) -> tuple[Expr, Expr, Expr] | None:
    """The scalar factor of a term, and the two factors of its ⊗."""
    scalar, inner = number(1), term
    if isinstance(term, Product) and len(term.chain) == 1:
        scalar, inner = multiply(number(term.coefficient), *term.scalars), term.chain[0]
    if not isinstance(inner, Kron) or len(inner.args) != 2:
        return None
    first, second = inner.args
    return scalar, first, second


def _before_eye(term: Expr) -> tuple[Expr, object] | None:
    found = _parts(term)
    if found is None or not isinstance(found[2], Eye) or not found[1].is_square:
        return None
    return multiply(found[0], found[1]), found[2].rows


def _behind_eye(term: Expr) -> tuple[Expr, object] | None:
    found = _parts(term)
    if found is None or not isinstance(found[1], Eye) or not found[2].is_square:
        return None
    return multiply(found[0], found[2]), found[1].rows
