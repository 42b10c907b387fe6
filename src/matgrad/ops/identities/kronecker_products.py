"""Products with ⊗, K, D and L side by side (Magnus & Neudecker, 2019, ch. 2 and 3)."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.dims import ONE, Dim, same
from matgrad.core.expr import Expr
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.diagonals import diag
from matgrad.ops.hadamard import hadamard
from matgrad.ops.khatri_rao import KhatriRao, khatri_rao
from matgrad.ops.kronecker import Commutation, Kron, commutation, kron
from matgrad.ops.leaves import dimension, eye
from matgrad.ops.reshaping import Reshape, is_vec, vec
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.vec_matrices import Duplication, Elimination, HadamardMatrix

_MN = "Magnus & Neudecker (2019)"
_PAIR = (Fraction(1), 0)
MIXED = Phrase("mixed product of ⊗", _MN, "ch. 2, sec. 2")


@identity(
    Product,
    Kron,
    Kron,
    reason=MIXED,
    on=("kron(A, B)", "kron(C, D)"),
    given="A: m×n, B: p×q, C: n×k, D: q×l",
    data=_PAIR,
    neighbours=True,
)
def mixed_product(left: Expr, right: Expr) -> Expr | None:
    """(A ⊗ B)(C ⊗ D) = AC ⊗ BD."""
    return _mixed_product(left.args, right.args)


@identity(
    Product,
    Kron,
    Reshape,
    reason=Phrase("vec(AXB) = (Bᵀ ⊗ A) vec(X)", _MN, "ch. 2, sec. 4"),
    on=("kron(A, B)", "vec(X)"),
    given="A: k×n, B: p×m, X: m×n",
    data=_PAIR,
    neighbours=True,
)
def kron_times_vec(left: Expr, right: Expr) -> Expr | None:
    """(A ⊗ B) vec(X) = vec(BXAᵀ)."""
    if not is_vec(right) or len(left.args) != 2:
        return None
    (a, b), x = left.args, right.args[0]
    conform = same(b.columns, x.rows) and same(a.columns, x.columns)
    return vec(multiply(b, x, transpose(a))) if conform else None


@identity(
    Product,
    Kron,
    Commutation,
    reason=Phrase("K turns ⊗ round", "Magnus & Neudecker (1979)"),
    on=("kron(B, a')", "commutation(q, n)"),
    given="B: p×q, a: n",
    data=_PAIR,
    neighbours=True,
)
def kron_times_commutation(left: Expr, right: Expr) -> Expr | None:
    """(B ⊗ aᵀ) K = aᵀ ⊗ B."""
    if len(left.args) != 2:
        return None
    b, a = left.args
    is_row = a.rows is ONE or b.rows is ONE
    return kron(a, b) if right.data == (b.columns, a.columns) and is_row else None


@identity(
    Product,
    Kron,
    Expr,
    reason=Phrase("(x ⊗ A) B = x ⊗ AB", _MN, "ch. 2, sec. 2"),
    on=("kron(x, A)", "B"),
    given="x: m, A: p×q, B: q×k",
    data=_PAIR,
    neighbours=True,
)
def column_kron_times(left: Expr, right: Expr) -> Expr | None:
    """(x ⊗ A) B = x ⊗ AB for a column x."""
    if isinstance(right, Kron) or (isinstance(right, Commutation) and len(left.args) == 2):
        return None
    place = _wide(left, [arg.columns for arg in left.args])
    return None if place is None else _with(left, place, multiply(left.args[place], right))


@identity(
    Product,
    Expr,
    Kron,
    reason=Phrase("B (xᵀ ⊗ A) = xᵀ ⊗ BA", _MN, "ch. 2, sec. 2"),
    on=("B", "kron(x', A)"),
    given="x: m, A: p×q, B: k×p",
    data=_PAIR,
    neighbours=True,
)
def times_row_kron(left: Expr, right: Expr) -> Expr | None:
    """B (xᵀ ⊗ A) = xᵀ ⊗ BA for a row xᵀ."""
    if isinstance(left, (Kron, Commutation)):
        return None
    place = _wide(right, [arg.rows for arg in right.args])
    return None if place is None else _with(right, place, multiply(left, right.args[place]))


def _wide(node: Expr, sizes: list[Dim]) -> int | None:
    """The place of the only operand that is longer than 1 where the products meet."""
    wide = [place for place, size in enumerate(sizes) if size is not ONE]
    return wide[0] if len(wide) == 1 else None


def _with(node: Expr, place: int, operand: Expr) -> Expr:
    return kron(*node.args[:place], operand, *node.args[place + 1 :])


def _mixed_product(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> Expr | None:
    """(A ⊗ B)(C ⊗ D) = AC ⊗ BD, where the factors conform, one or several at a time."""
    products: list[Expr] = []
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = [left[i]], [right[j]]
        i, j = i + 1, j + 1
        while not same(_columns(a), _rows(b)):
            if _divides(_columns(a), _rows(b)) and i < len(left):
                a.append(left[i])
                i += 1
            elif _divides(_rows(b), _columns(a)) and j < len(right):
                b.append(right[j])
                j += 1
            else:
                return None
        if len(a) > 1 and len(b) > 1:
            return None
        products.append(multiply(_join(a), _join(b)))
    if i < len(left) or j < len(right):
        return None
    if len(products) == 1 and isinstance(products[0], Product) and len(products[0].chain) > 1:
        return None
    return kron(*products)


def _columns(factors: list[Expr]) -> Dim:
    total = ONE
    for factor in factors:
        total = total * factor.columns
    return total


def _rows(factors: list[Expr]) -> Dim:
    total = ONE
    for factor in factors:
        total = total * factor.rows
    return total


def _divides(part: Dim, whole: Dim) -> bool:
    """Whether one monomial is a proper divisor of another."""
    if part is whole or len(part.terms) != 1 or len(whole.terms) != 1:
        return False
    (small, c1), (large, c2) = part.terms[0], whole.terms[0]
    powers = dict(large)
    return all(powers.get(atom, 0) >= power for atom, power in small) and (c2 / c1).denominator == 1


def _join(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else kron(*factors)


@identity(
    Product,
    Kron,
    KhatriRao,
    reason=Phrase("(A ⊗ B)(C ∗ D) = AC ∗ BD", "Khatri & Rao (1968)", "lemma 1"),
    on=("kron(A, B)", "khatri_rao(C, D)"),
    given="A: m×n, B: p×q, C: n×k, D: q×k",
    data=_PAIR,
    neighbours=True,
)
def kron_times_khatri_rao(left: Expr, right: Expr) -> Expr | None:
    """(A ⊗ B)(C ∗ D) = AC ∗ BD: column by column it is the mixed product."""
    if len(left.args) != 2:
        return None
    (a, b), (c, d) = left.args, right.args
    fits = same(a.columns, c.rows) and same(b.columns, d.rows)
    return khatri_rao(multiply(a, c), multiply(b, d)) if fits else None


@identity(
    Product,
    Transpose,
    KhatriRao,
    reason=Phrase("(A ∗ B)ᵀ(C ∗ D) = AᵀC ⊙ BᵀD", "Rao & Rao (1998)", "prop. 6.4.2"),
    on=("khatri_rao(A, B)'", "khatri_rao(C, D)"),
    given="A: m×n, B: p×n, C: m×k, D: p×k",
    data=_PAIR,
    neighbours=True,
)
def khatri_rao_times_khatri_rao(left: Expr, right: Expr) -> Expr | None:
    """(A ∗ B)ᵀ(C ∗ D) = AᵀC ⊙ BᵀD; with A = B = C = D = I it takes the diagonal of a diagonal."""
    if not isinstance(left.args[0], KhatriRao):
        return None
    (a, b), (c, d) = left.args[0].args, right.args
    if not (same(a.rows, c.rows) and same(b.rows, d.rows)):
        return None
    return hadamard(multiply(transpose(a), c), multiply(transpose(b), d))


@identity(
    Product,
    Transpose,
    Kron,
    reason=Phrase("(A ∗ B)ᵀ(C ⊗ D) = (CᵀA ∗ DᵀB)ᵀ", "Khatri & Rao (1968)", "lemma 1"),
    on=("khatri_rao(A, B)'", "kron(C, D)"),
    given="A: m×n, B: p×n, C: m×k, D: p×l",
    data=_PAIR,
    neighbours=True,
)
def khatri_rao_times_kron(left: Expr, right: Expr) -> Expr | None:
    """(A ∗ B)ᵀ(C ⊗ D) = (CᵀA ∗ DᵀB)ᵀ."""
    if not isinstance(left.args[0], KhatriRao) or len(right.args) != 2:
        return None
    (a, b), (c, d) = left.args[0].args, right.args
    if not (same(a.rows, c.rows) and same(b.rows, d.rows)):
        return None
    return transpose(khatri_rao(multiply(transpose(c), a), multiply(transpose(d), b)))


@identity(
    Product,
    KhatriRao,
    Expr,
    reason=Phrase("(Bᵀ ∗ A) x = vec(A diag(x) B)", "Khatri & Rao (1968)"),
    on=("khatri_rao(A, B)", "x"),
    given="A: m×n, B: p×n, x: n",
    data=_PAIR,
    neighbours=True,
)
def khatri_rao_times_column(left: Expr, right: Expr) -> Expr | None:
    """(A ∗ B) x = vec(B diag(x) Aᵀ): nothing of the size of A ∗ B is formed."""
    if not right.is_vector:
        return None
    a, b = left.args
    return vec(multiply(b, diag(right), transpose(a)))


@identity(
    Product,
    Commutation,
    KhatriRao,
    reason=Phrase("K (A ∗ B) = B ∗ A", "Magnus & Neudecker (1979)"),
    on=("commutation(p, m)", "khatri_rao(A, B)"),
    given="A: m×n, B: p×n",
    data=_PAIR,
    neighbours=True,
)
def commutation_times_khatri_rao(left: Expr, right: Expr) -> Expr | None:
    """K (A ∗ B) = B ∗ A: K(a ⊗ b) = b ⊗ a in each column."""
    a, b = right.args
    return khatri_rao(b, a) if left.data == (b.rows, a.rows) else None


@identity(
    Product,
    Commutation,
    Reshape,
    reason=Phrase("K vec(X) = vec(Xᵀ)", "Magnus & Neudecker (1979)"),
    on=("commutation(m, n)", "vec(X)"),
    given="X: m×n",
    data=_PAIR,
    neighbours=True,
)
def commutation_times_vec(left: Expr, right: Expr) -> Expr | None:
    """K vec(X) = vec(Xᵀ)."""
    fits = is_vec(right) and right.args[0].shape == left.data
    return vec(transpose(right.args[0])) if fits else None


@identity(
    Product,
    Commutation,
    Kron,
    reason=Phrase(
        "K_pm (A ⊗ B) = (B ⊗ A) K_qn for A of shape m×n and B of shape p×q", "Magnus & Neudecker (1979)"
    ),
    on=("commutation(p, m)", "kron(A, B)"),
    given="A: m×n, B: p×q",
    data=_PAIR,
    neighbours=True,
)
def commutation_times_kron(left: Expr, right: Expr) -> Expr | None:
    """K (A ⊗ B) = (B ⊗ A) K."""
    if len(right.args) != 2:
        return None
    a, b = right.args
    if (b.rows, a.rows) != left.data:
        return None
    return multiply(kron(b, a), commutation(b.columns, a.columns))


@identity(
    Product,
    Commutation,
    Duplication,
    reason=Phrase("K D = D", "Magnus & Neudecker (1980)"),
    on=("commutation(n, n)", "duplication(n)"),
    given="n: dimension",
    data=_PAIR,
    neighbours=True,
)
def commutation_times_duplication(left: Expr, right: Expr) -> Expr | None:
    """KD = D: the columns of D are vecs of symmetric matrices."""
    return right if left.data == (right.data[0], right.data[0]) else None


@identity(
    Product,
    Elimination,
    Duplication,
    reason=Phrase("L D = I", "Magnus & Neudecker (1980)"),
    on=("elimination(n)", "duplication(n)"),
    given="n: dimension",
    data=_PAIR,
    neighbours=True,
)
def elimination_times_duplication(left: Expr, right: Expr) -> Expr | None:
    """LD = I."""
    return eye(left.rows)


@identity(
    Product,
    Elimination,
    Transpose,
    reason=Phrase("L Lᵀ = I", "Magnus & Neudecker (1980)"),
    on=("elimination(n)", "elimination(n)'"),
    given="n: dimension",
    data=_PAIR,
    neighbours=True,
)
def elimination_times_transpose(left: Expr, right: Expr) -> Expr | None:
    """LLᵀ = I: the rows of L are different unit vectors."""
    return eye(left.rows) if right.T is left else None


@identity(
    Product,
    HadamardMatrix,
    HadamardMatrix,
    reason=Phrase("H H = n I", "Horn & Johnson (2013)", "sec. 0.9.5"),
    on=("hadamard_matrix(4)", "hadamard_matrix(4)"),
    given="n: dimension",
    data=_PAIR,
    neighbours=True,
)
def square_of_hadamard_matrix(left: Expr, right: Expr) -> Expr | None:
    """HH = nI."""
    return multiply(dimension(left.rows), eye(left.rows)) if right is left else None
