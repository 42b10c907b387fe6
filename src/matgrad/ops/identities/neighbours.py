"""Products of diagonal and skew matrices, powers and orthogonal matrices side by side."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.dims import THREE
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, add, multiply, scale
from matgrad.ops.cross_product import SkewMatrix, skew_basis, skew_matrix
from matgrad.ops.diagonals import Diag, diag
from matgrad.ops.hadamard import hadamard
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Literal, Ones, eye, ones, zeros
from matgrad.ops.matrix_power import matrix_power, split_power
from matgrad.ops.transpose import Transpose, transpose

_PAIR = (Fraction(1), 0)


@identity(
    Product,
    Diag,
    Diag,
    reason=Phrase("diag(a) diag(b) = diag(a ⊙ b)"),
    on=("diag(a)", "diag(b)"),
    given="a: n, b: n",
    data=_PAIR,
    neighbours=True,
)
def product_of_diagonals(left: Expr, right: Expr) -> Expr | None:
    """diag(a) diag(b) = diag(a ⊙ b)."""
    return diag(hadamard(left.args[0], right.args[0]))


@identity(
    Product,
    Diag,
    Expr,
    reason=Phrase("diag(a) b = a ⊙ b"),
    on=("diag(a)", "b"),
    given="a: n, b: n",
    data=_PAIR,
    neighbours=True,
)
def diagonal_times_column(left: Expr, right: Expr) -> Expr | None:
    """diag(a) b = a ⊙ b."""
    return hadamard(left.args[0], right) if right.is_vector else None


@identity(
    Product,
    Expr,
    Diag,
    reason=Phrase("bᵀ diag(a) = (a ⊙ b)ᵀ"),
    on=("b'", "diag(a)"),
    given="a: n, b: n",
    data=_PAIR,
    neighbours=True,
)
def row_times_diagonal(left: Expr, right: Expr) -> Expr | None:
    """bᵀ diag(a) = (a ⊙ b)ᵀ."""
    return transpose(hadamard(right.args[0], transpose(left))) if left.is_row else None


@identity(
    Product,
    Transpose,
    Expr,
    reason=Phrase("columns that sum to 1", "Horn & Johnson (2013)", "sec. 8.7"),
    on=("ones(3)'", "Y"),
    given="Y: 3×2 simplex",
    data=_PAIR,
    neighbours=True,
)
def sums_of_columns(left: Expr, right: Expr) -> Expr | None:
    """𝟏ᵀY = 𝟏ᵀ where every column of Y sums to 1, as those of one-hot labels do."""
    sums = isinstance(left.args[0], Ones) and right.facts & Fact.SIMPLEX and not right.is_vector
    return transpose(Ones.intern((), (right.columns,))) if sums else None


@identity(
    Product,
    Expr,
    Ones,
    reason=Phrase("rows that sum to 1", "Horn & Johnson (2013)", "sec. 8.7"),
    on=("Y", "ones(2)"),
    given="Y: 3×2 simplex rows",
    data=_PAIR,
    neighbours=True,
)
def sums_of_rows(left: Expr, right: Expr) -> Expr | None:
    """Y𝟏 = 𝟏 where every row of Y sums to 1, as those of one-hot labels do."""
    return ones(left.rows) if left.facts & Fact.SIMPLEX_ROWS and not left.is_row else None


@identity(
    Product,
    SkewMatrix,
    Expr,
    reason=Phrase("a × b = −b × a"),
    on=("skew_matrix(b)", "a"),
    given="a: 3, b: 3",
    data=_PAIR,
    neighbours=True,
)
def cross_product_turned(left: Expr, right: Expr) -> Expr | None:
    """[b]× a = −[a]× b, in the order of operands, and 0 where the two are one."""
    a = left.args[0]
    if right is a:
        return zeros(THREE)
    return scale(-1, multiply(skew_matrix(right), a)) if right.is_vector and right.key < a.key else None


@identity(
    Product,
    Expr,
    SkewMatrix,
    reason=Phrase("a × b = −b × a"),
    on=("a'", "skew_matrix(b)"),
    given="a: 3, b: 3",
    data=_PAIR,
    neighbours=True,
)
def cross_product_turned_in_rows(left: Expr, right: Expr) -> Expr | None:
    """aᵀ[b]× = −bᵀ[a]×."""
    turned = cross_product_turned(right, transpose(left)) if left.is_row else None
    return None if turned is None else scale(-1, transpose(turned))


@identity(
    Product,
    Kron,
    Literal,
    reason=Phrase("(cᵀ ⊗ I) vec([a]×) = a × c"),
    on=("kron(c', eye(3))", "[0,0,0; 0,0,1; 0,-1,0; 0,0,-1; 0,0,0; 1,0,0; 0,1,0; -1,0,0; 0,0,0]"),
    given="c: 3",
    data=_PAIR,
    neighbours=True,
)
def cross_product_from_the_right(left: Expr, right: Expr) -> Expr | None:
    """(cᵀ ⊗ I) B = −[c]×, where vec([a]×) = B a."""
    row, *rest = left.args
    fits = right is skew_basis() and row.is_row and rest == [eye(THREE)]
    return scale(-1, skew_matrix(transpose(row))) if fits else None


@identity(
    Product,
    Expr,
    Expr,
    reason=Phrase("powers of one matrix", "Horn & Johnson (2013)", "sec. 0.2"),
    on=("inv(X)", "X^3"),
    given="X: n×n invertible",
    data=_PAIR,
)
def powers_of_one_matrix(left: Expr, right: Expr) -> Expr | None:
    """XᵃXᵇ = Xᵃ⁺ᵇ."""
    if left is right and isinstance(left, SkewMatrix):
        return None  # a × (a × b) shows what [a]×² b does not: it is −[a]×ᵀ[a]× b
    base, exponent = split_power(left)
    other, more = split_power(right)
    return matrix_power(base, add(exponent, more)) if base is other else None


@identity(
    Product,
    Expr,
    Expr,
    reason=Phrase("orthonormal columns", "Horn & Johnson (2013)", "sec. 2.1"),
    on=("Q'", "Q"),
    given="Q: 3×2 orthonormal",
    data=_PAIR,
)
def orthonormal_columns(left: Expr, right: Expr) -> Expr | None:
    """QᵀQ = I, and QQᵀ = I for a square Q."""
    if left.T is not right:
        return None
    if right.facts & Fact.ORTHONORMAL_COLUMNS:
        return eye(right.columns)
    return eye(left.rows) if left.facts & Fact.ORTHOGONAL else None
