"""Inner products uᵀv of columns, and sums 1ᵀv of their entries, by what the columns are."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.diagonals import DiagonalPart
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.indices.guard import delta
from matgrad.ops.leaves import Ones, Unit, dimension, is_zero, number
from matgrad.ops.power import Power
from matgrad.ops.reshaping import Reshape, is_vec
from matgrad.ops.trace import inner_product, trace
from matgrad.ops.transpose import Transpose

_PAIR = (Fraction(1), 0)


def scalar_product(u: Expr, v: Expr) -> Expr:
    """The inner product uᵀv of two columns that are single factors."""
    if isinstance(u, Unit) and isinstance(v, Unit):
        known = unit_vectors(u.T, v)
        if known is not None:
            return known
    if isinstance(v, Ones) or (isinstance(v, Unit) and not isinstance(u, Ones)):
        u, v = v, u
    if isinstance(u, Ones):
        return total(v)
    composite = (Hadamard, Power)
    if isinstance(u, composite) or isinstance(v, composite):
        return total(hadamard(u, v))
    if is_vec(u) and is_vec(v) and u.args[0].shape == v.args[0].shape:
        return inner_product(u.args[0], v.args[0])
    return _node(u, v)


def total(v: Expr) -> Expr:
    """The sum of the entries of a column."""
    if is_zero(v):
        return number(0)
    row = _ones_row(v)
    if isinstance(v, Ones):
        return _known(number_of_ones(row, v))
    if v.facts & Fact.SIMPLEX:
        return number(1)
    if isinstance(v, Product) and v.data[1] + (v.coefficient != 1) and len(v.chain) == 1:
        return multiply(number(v.coefficient), *v.scalars, total(v.chain[0]))
    if isinstance(v, DiagonalPart):
        return _known(sum_of_diagonal(row, v))
    if isinstance(v, Sum) and len(v.args) <= 4:
        # Differences from a mean sum to zero; other sums stay as they are written.
        whole = add(*(total(term) for term in v.args))
        if is_zero(whole):
            return whole
    if isinstance(v, Hadamard) and len(v.args) == 2:
        return _known(sum_of_products(row, v))
    if isinstance(v, Power) and v.args[1] is number(2):
        return _known(sum_of_squares(row, v))
    if isinstance(v, Product):
        return multiply(row, *v.args)
    if is_vec(v):
        return _known(sum_of_vec(row, v))
    return Product.intern((row, v), _PAIR)


def _known(result: Expr | None) -> Expr:
    assert result is not None
    return result


def _ones_row(v: Expr) -> Expr:
    return Ones.intern((), (v.rows,)).T


def _is_ones_row(x: Expr) -> bool:
    return isinstance(x, Transpose) and isinstance(x.args[0], Ones)


def _node(u: Expr, v: Expr) -> Expr:
    if isinstance(u, Ones) or isinstance(v, Ones):
        return total(v if isinstance(u, Ones) else u)
    if isinstance(u, Product) and len(u.chain) == 1:
        # The transpose of −Σ_i a_i may be Σ_i (−a_i)ᵀ, which is no product that would be taken apart.
        return multiply(number(u.coefficient), *u.scalars, scalar_product(u.chain[0], v))
    if isinstance(u, Product) or isinstance(v, Product):
        return multiply(u.T, v)
    if v.key < u.key and not isinstance(u, Unit):
        u, v = v, u
    if isinstance(v, Unit):
        u, v = v, u
    return Product.intern((u.T, v), _PAIR)


@identity(
    Product,
    Transpose,
    Unit,
    reason=Phrase("unit vectors are orthonormal"),
    on=("e(1, 3)'", "e(2, 3)"),
    given="n: dimension",
    data=_PAIR,
)
def unit_vectors(row: Expr, column: Expr) -> Expr | None:
    """e_iᵀe_j = δ_ij."""
    u = row.args[0]
    if not isinstance(u, Unit):
        return None
    if u is column:
        return number(1)
    return delta(u.data[0], column.data[0], u.data[1])


@identity(
    Product,
    Transpose,
    Ones,
    reason=Phrase("a sum of ones"),
    on=("ones(n)'", "ones(n)"),
    given="n: dimension",
    data=_PAIR,
)
def number_of_ones(row: Expr, column: Expr) -> Expr | None:
    """1ᵀ1 = n."""
    return dimension(column.rows) if _is_ones_row(row) else None


@identity(
    Product,
    Transpose,
    DiagonalPart,
    reason=Phrase("the trace sums the diagonal", "Magnus & Neudecker (2019)", "ch. 1, sec. 10"),
    on=("ones(n)'", "diagonal(X)"),
    given="X: n×n",
    data=_PAIR,
)
def sum_of_diagonal(row: Expr, column: Expr) -> Expr | None:
    """1ᵀ diagonal(X) = tr(X)."""
    return trace(column.args[0]) if _is_ones_row(row) else None


@identity(
    Product,
    Transpose,
    Hadamard,
    reason=Phrase("sum(a ⊙ b) = aᵀb"),
    on=("ones(n)'", "a .* b"),
    given="a: n, b: n",
    data=_PAIR,
)
def sum_of_products(row: Expr, column: Expr) -> Expr | None:
    """1ᵀ(a ⊙ b) = aᵀb."""
    return _node(*column.args) if _is_ones_row(row) and len(column.args) == 2 else None


@identity(
    Product,
    Transpose,
    Power,
    reason=Phrase("a sum of squares"),
    on=("ones(n)'", "a.^2"),
    given="a: n",
    data=_PAIR,
)
def sum_of_squares(row: Expr, column: Expr) -> Expr | None:
    """1ᵀ(a ⊙ a) = aᵀa."""
    is_sum = _is_ones_row(row) and column.args[1] is number(2)
    return _node(column.args[0], column.args[0]) if is_sum else None


@identity(
    Product,
    Transpose,
    Reshape,
    reason=Phrase("sum(vec X) = 1ᵀX1"),
    on=("ones(m*n)'", "vec(X)"),
    given="X: m×n",
    data=_PAIR,
)
def sum_of_vec(row: Expr, column: Expr) -> Expr | None:
    """1ᵀ vec(X) = 1ᵀX1."""
    if not _is_ones_row(row) or not is_vec(column):
        return None
    x = column.args[0]
    return multiply(_ones_row(x), x, Ones.intern((), (x.columns,)))


@identity(
    Product,
    Transpose,
    Reshape,
    reason=Phrase("vec(A)ᵀvec(B) = tr(AᵀB)", "Matrix Cookbook", "eq. 521"),
    on=("vec(A)'", "vec(X)"),
    given="A: m×n, X: m×n",
    data=_PAIR,
)
def inner_product_of_vecs(row: Expr, column: Expr) -> Expr | None:
    """vec(A)ᵀvec(B) = tr(AᵀB)."""
    u = row.args[0]
    if not (is_vec(u) and is_vec(column) and u.args[0].shape == column.args[0].shape):
        return None
    return inner_product(u.args[0], column.args[0])


@identity(
    Product,
    Expr,
    Expr,
    reason=Phrase("aᵀ(b ⊙ c) = (a ⊙ b)ᵀc"),
    on=("a'", "b .* x"),
    given="a: n, b: n, x: n",
    data=_PAIR,
)
def inner_products(row: Expr, column: Expr) -> Expr | None:
    """aᵀ(b ⊙ c) = 1ᵀ(a ⊙ b ⊙ c), and the row of a product of columns."""
    if not row.is_row or not column.is_vector or not any(_is_of_columns(u) for u in (row.T, column)):
        return None
    result = scalar_product(row.T, column)
    is_same = isinstance(result, Product) and set(result.args) in ({row, column}, {column.T, row.T})
    return None if is_same else result


def _is_of_columns(u: Expr) -> bool:
    return isinstance(u, (Hadamard, Power))
