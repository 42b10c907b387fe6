"""Factorisations, solves, determinants and functions of matrices."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.compilation.ir import sparse_rules, split_rules
from matgrad.compilation.ir.cost import entries, inverting, nothing, product_flops, solving, unblocked
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.spelling import ADD, MUL, POST, SUPERSCRIPTS, Speller, Text


def _cubes(numerator: int, denominator: int = 1) -> Callable[[Value], int]:
    """A multiple of the cube of the order of the first operand."""
    return lambda v: numerator * v.args[0].extent[0] ** 3 // denominator


def _general_or_symmetric(numerator: int, denominator: int) -> Callable[[Value], int]:
    """A multiple of the cube of the order of a matrix, half of it where that is symmetric."""

    def count(v: Value) -> int:
        a = v.args[0]
        matrix = a.args[0] if a.op.is_factorisation and a.args else a
        whole = numerator * v.extent[0] ** 3 // denominator
        return whole // 2 if matrix.symmetric else whole

    return count


def _times_smaller(factor: int) -> Callable[[Value], int]:
    """A multiple of m n min(m, n) for the first operand."""
    return lambda v: factor * entries(v.args[0]) * min(v.args[0].extent)


def _equation_flops(v: Value) -> int:
    """Two Schur forms."""
    return sum(25 * max(a.extent) ** 3 for a in v.args[:2])


def _equation_solve_flops(v: Value) -> int:
    m, n = v.extent
    return 5 * m * n * (m + n)


def _of_diagonal(v: Value) -> int:
    return 2 * v.args[0].extent[0]


def _solve_flops(v: Value) -> int:
    rows, columns = v.extent
    return 2 * rows**2 * columns


def _triangular_flops(v: Value) -> int:
    rows, columns = v.extent
    return rows**2 * columns


def _matrix_power_flops(v: Value) -> int:
    n, _ = v.args[0].extent
    return product_flops(n, n, n) * int(v.params[0]).bit_length()


def _matrix(w: Speller[Value], v: Value) -> str:
    """The matrix of an inverse or a solve."""
    source = v.args[0]
    return w.operand(source.args[0] if source.op.is_factorisation else source)


def _inverse(w: Speller[Value], v: Value) -> Text:
    return Text(f"{_matrix(w, v)}⁻¹", POST)


def _solve(w: Speller[Value], v: Value) -> Text:
    sign = "⁻ᵀ" if v.params and v.params[-1] is True else "⁻¹"
    return Text(f"{_matrix(w, v)}{sign} {w.operand(v.args[1], MUL)}", MUL)


def _called(name: str, place: int = 0) -> Callable[[Speller[Value], Value], Text]:
    """A function of one operand."""
    return lambda w, v: Text(f"{name}({w.operand(v.args[place], ADD)})")


def _as_operand(w: Speller[Value], v: Value) -> Text:
    return w.whole(v.args[0])


def _both(w: Speller[Value], v: Value) -> Text:
    return Text(" and ".join(w.operand(x, ADD) for x in v.args))


def _sylvester(w: Speller[Value], v: Value) -> Text:
    """As a function of the coefficients and the right side."""
    left, right = (
        f"{w.operand(x, POST)}ᵀ" if v.params[0] and x.op.name != "transpose"
        else w.operand(x.args[0] if v.params[0] else x, ADD)
        for x in v.args[0].args
    )  # fmt: skip
    return Text(f"sylvester({left}, {right}, {w.operand(v.args[1], ADD)})")


def _exponential(w: Speller[Value], v: Value) -> Text:
    return Text(f"expm({w.operand(v.args[0].args[0], ADD)})")


def _frechet(w: Speller[Value], v: Value) -> Text:
    return Text(f"L_expm({w.operand(v.args[0].args[0], ADD)}, {w.operand(v.args[1], ADD)})")


def _matrix_power(w: Speller[Value], v: Value) -> Text:
    return Text(w.operand(v.args[0]) + str(v.params[0]).translate(SUPERSCRIPTS), POST)


CHOLESKY = Primitive(
    name="cholesky", meaning="the lower triangular L with L Lᵀ = A",
    flops=_cubes(1, 3), work=unblocked, allocates=True,
)  # fmt: skip
CHOLESKY_FACTOR = Primitive(
    name="cholesky_factor", meaning="a Cholesky factorisation, for those that read one",
    flops=_cubes(1, 3), work=unblocked, spelled=_as_operand, title="Cholesky factor L",
    is_factorisation=True,
    stored=sparse_rules.of_factor,
)  # fmt: skip
SOLVE_CHOLESKY = Primitive(
    name="solve_cholesky", meaning="A⁻¹B: operand 0 is the factorisation of A, operand 1 is B",
    flops=_solve_flops, work=solving, spelled=_solve, split=split_rules.of_solve, allocates=True,
    stored=sparse_rules.of_solve,
)  # fmt: skip
LU_FACTOR = Primitive(
    name="lu_factor",
    meaning="an LU factorisation of A, for those that read one; of a symmetric A as well a Cholesky factor, "
    "where it is definite",
    flops=_general_or_symmetric(2, 3), work=unblocked, spelled=_as_operand, title="LU factors",
    is_factorisation=True,
    rule="a symmetric matrix by Cholesky, by LU only where it is not definite", otherwise=_cubes(2, 3),
    stored=sparse_rules.of_factor,
)  # fmt: skip
SOLVE_LU = Primitive(
    name="solve_lu",
    meaning="A⁻¹B, or A⁻ᵀB where params[0]: operand 0 is the factorisation, operand 1 is B",
    flops=_solve_flops, work=solving, spelled=_solve, split=split_rules.of_solve, allocates=True,
    stored=sparse_rules.of_solve,
)  # fmt: skip
SOLVE_TRIANGULAR = Primitive(
    name="solve_triangular",
    meaning="A⁻¹B for triangular A; params (lower, transposed): A⁻ᵀB where transposed",
    flops=_triangular_flops, work=solving, spelled=_solve, split=split_rules.of_solve, allocates=True,
    stored=sparse_rules.of_solve,
)  # fmt: skip
INVERSE_CHOLESKY = Primitive(
    name="inverse_cholesky", meaning="A⁻¹ from the Cholesky factorisation",
    flops=_cubes(2, 3), work=inverting, spelled=_inverse, is_inverse=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
INVERSE_LU = Primitive(
    name="inverse_lu", meaning="A⁻¹ from the LU factorisation",
    flops=_general_or_symmetric(4, 3), work=inverting, spelled=_inverse, is_inverse=True, allocates=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
INVERSE_TRIANGULAR = Primitive(
    name="inverse_triangular", meaning="A⁻¹ for triangular A; params (lower,)",
    flops=_cubes(1, 3), work=inverting, spelled=_inverse, is_inverse=True, allocates=True,
)  # fmt: skip
LOG_DET_CHOLESKY = Primitive(
    name="log_det_cholesky", meaning="log det A from the Cholesky factorisation (1×1)",
    flops=_of_diagonal, spelled=_called("log det"),
    stored=sparse_rules.of_array,
)  # fmt: skip
LOG_DET_LU = Primitive(
    name="log_det_lu", meaning="log det A from the LU factorisation (1×1); an error where det A < 0",
    flops=_of_diagonal, spelled=_called("log det"),
    stored=sparse_rules.of_array,
)  # fmt: skip
DET_CHOLESKY = Primitive(
    name="det_cholesky", meaning="det A from the Cholesky factorisation (1×1)",
    flops=_of_diagonal, spelled=_called("det"),
    stored=sparse_rules.of_array,
)  # fmt: skip
DET_LU = Primitive(
    name="det_lu", meaning="det A from the LU factorisation (1×1); zero for a singular matrix",
    flops=_of_diagonal, spelled=_called("det"), is_singular=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
ADJUGATE = Primitive(
    name="adjugate",
    meaning="det(A) A⁻¹, also of a singular A: operand 0 is the LU factorisation of A, operand 1 is A",
    flops=_cubes(4, 3), work=unblocked, spelled=_called("adj", 1), is_singular=True,
)  # fmt: skip
DET_HESSIAN = Primitive(
    name="det_hessian",
    meaning="the second derivative of det on vec(A), also at a singular A; operands as of adjugate",
    flops=lambda v: 4 * v.extent[0] ** 2, spelled=_called("Hessian of det", 1), is_singular=True,
)  # fmt: skip
PINV = Primitive(
    name="pinv",
    meaning="the Moore-Penrose inverse; at least params[0] singular values are known to be zero",
    flops=_times_smaller(20),
)  # fmt: skip
# The first power of a matrix is the matrix.
MATRIX_POWER = Primitive(
    name="matrix_power", meaning="A to the whole power params[0] ≥ 0",
    flops=_matrix_power_flops, spelled=_matrix_power, in_operand=True,
)  # fmt: skip
MATRIX_POWER_BY = Primitive(
    name="matrix_power_by", meaning="A to the whole power operand 1 (1×1)",
    flops=_times_smaller(25), in_operand=True,
)  # fmt: skip
EXPM = Primitive(
    name="expm", meaning="the matrix exponential", flops=_times_smaller(25), allocates=True,
)  # fmt: skip
EXPM_STEPS = Primitive(
    name="expm_steps",
    meaning="what exp(A) and its Fréchet derivatives share: a Padé approximant and squarings",
    flops=_times_smaller(25), spelled=_as_operand, title="steps of the exponential",
    is_factorisation=True, is_structured=True,
)  # fmt: skip
EXPM_OF_STEPS = Primitive(
    name="expm_of_steps", meaning="exp(A): operand 0 holds its steps",
    flops=nothing, spelled=_exponential, allocates=True, is_structured=True,
)  # fmt: skip
FRECHET_EXPM = Primitive(
    name="frechet_expm",
    meaning="the Fréchet derivative of exp at A in the direction of operand 1: operand 0 holds the steps of "
    "exp(A)",
    flops=lambda v: 40 * v.extent[0] ** 3, spelled=_frechet, allocates=True, is_structured=True,
    rule="the derivative of exp reads the steps of exp", otherwise=lambda v: 200 * v.extent[0] ** 3,
)  # fmt: skip
LOGM = Primitive(
    name="logm", meaning="the principal matrix logarithm", flops=_times_smaller(25), allocates=True,
)  # fmt: skip
SQRTM = Primitive(
    name="sqrtm", meaning="the principal matrix square root", flops=_times_smaller(25), allocates=True,
)  # fmt: skip
SYLVESTER = Primitive(
    name="sylvester", meaning="the X with A X + X B = C", flops=_times_smaller(25), allocates=True,
)  # fmt: skip
SYLVESTER_FACTORS = Primitive(
    name="sylvester_factors",
    meaning="the Schur forms, or eigenvectors, of A and B that all equations A X + X B = C read",
    flops=_equation_flops, work=unblocked, spelled=_both, title="Schur forms",
    is_factorisation=True, is_structured=True,
)  # fmt: skip
SOLVE_SYLVESTER = Primitive(
    name="solve_sylvester",
    meaning="the X with A X + X B = C, or with Aᵀ X + X Bᵀ = C where params[0]: operand 0 is the factors, "
    "operand 1 is C",
    flops=_equation_solve_flops, work=solving, spelled=_sylvester, allocates=True, is_structured=True,
    rule="equations A X + X B = C read one pair of Schur forms",
    otherwise=lambda v: _equation_solve_flops(v) + _equation_flops(v.args[0]),
)  # fmt: skip
STEIN = Primitive(
    name="stein", meaning="the X with X = A X B + C", flops=_times_smaller(25), allocates=True,
)  # fmt: skip
EQUATION_FACTORS = Primitive(
    name="equation_factors",
    meaning="what is factorised once of the matrix equation A₁ X B₁ + A₂ X B₂ + … = C: operands A₁, B₁, A₂, "
    "B₂, …, with Xᵀ for X behind the first params[0] terms",
    flops=_equation_flops, work=unblocked, title="factors of a matrix equation", is_factorisation=True,
)  # fmt: skip
SOLVE_EQUATION = Primitive(
    name="solve_equation",
    meaning="the X of a matrix equation, or of its adjoint where params[0]: operand 0 is its factors, "
    "operand 1 the right side",
    flops=_equation_solve_flops, work=solving, allocates=True,
)  # fmt: skip
RICCATI = Primitive(
    name="riccati",
    meaning="the stabilising X of AᵀX + XA − XGX + Q = 0, or of X = AᵀX(I + GX)⁻¹A + Q where params[0]; "
    "operands A, G, Q",
    flops=_cubes(200), work=unblocked, allocates=True,
)  # fmt: skip
EIGH = Primitive(
    name="eigh", meaning="the eigenvalues and eigenvectors of a symmetric matrix, for item",
    flops=_times_smaller(9), spelled=_as_operand, title="eigenvalues and eigenvectors",
    is_factorisation=True,
)  # fmt: skip
SVD = Primitive(
    name="svd",
    meaning="U, s, V of a matrix, for item; V with its columns the right singular vectors",
    flops=_times_smaller(14), spelled=_as_operand, title="singular value decomposition",
    is_factorisation=True,
)  # fmt: skip
ITEM = Primitive(
    name="item",
    meaning="part params[0] of operand 0: of eigh 0 is the column of ascending eigenvalues and 1 the "
    "eigenvectors; of svd 0 is U, 1 the column s, 2 is V. The entry of largest magnitude of each "
    "eigenvector, and of each column of U, is positive",
    flops=nothing, spelled=lambda w, v: Text(("λV" if v.args[0].op is EIGH else "UsV")[v.params[0]]),
    is_free=True, is_repeatable=True, in_operand=True,
)  # fmt: skip
REQUIRE_GAPS = Primitive(
    name="require_gaps",
    meaning="operand 0; an error where two entries of operand 1, a column, coincide; with a place in "
    "params[0] (from the end, if negative) only that entry is compared with the others, else None",
    flops=entries, spelled=_as_operand, in_operand=True,
)  # fmt: skip
REQUIRE_NONZERO = Primitive(
    name="require_nonzero", meaning="operand 0; an error where an entry of operand 1, a column, is zero",
    flops=entries, spelled=_as_operand, in_operand=True,
)  # fmt: skip
