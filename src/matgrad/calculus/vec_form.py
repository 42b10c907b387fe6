"""vec of an expression as matrices on vec of its variables: (Bᵀ ⊗ A) vec X, with D, L and ∗ for structure.

The rules are those of Magnus & Neudecker (2019, ch. 2 and 3): each map states its matrix on vec, and the
structure of a variable the matrix that takes its independent entries to vec.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.calculus.linear_terms import LinearTerm, linear_terms
from matgrad.calculus.pullback import pullback
from matgrad.calculus.structure import structure_of
from matgrad.core.dims import ONE
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number, subtract
from matgrad.ops.diagonals import diagonal
from matgrad.ops.khatri_rao import khatri_rao
from matgrad.ops.kronecker import commutation
from matgrad.ops.leaves import Eye, eye, is_zero, number, zeros
from matgrad.ops.maps import Inner
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose
from matgrad.ops.vec_matrices import duplication, elimination, vech

_MN_1980 = "Magnus & Neudecker (1980)"

LINEAR = Phrase("vec is linear", "Magnus & Neudecker (2019)", "ch. 2, sec. 4")
DUPLICATION = Phrase("vec(X) = D vech(X) for symmetric X", _MN_1980, "sec. 3")
LOWER = Phrase("vec(X) = Lᵀ vech(X) for lower triangular X", _MN_1980, "sec. 5")
UPPER = Phrase("vec(X) = K Lᵀ vech(Xᵀ) for upper triangular X", _MN_1980, "sec. 5")
SKEW = Phrase("vec(X) = (I − K) Lᵀ vech(X) for skew X", "Magnus (1988)", "ch. 6")
DIAGONAL = Phrase("vec(X) = (I ∗ I) x for diagonal X with the diagonal x", "Rao & Rao (1998)", "prop. 6.4.2")
TRACE = Phrase("tr(AᵀB) = vec(A)ᵀvec(B)", "Matrix Cookbook", "eq. 521")
BILINEAR = Phrase("tr(ABCD) = vec(Dᵀ)ᵀ(Cᵀ ⊗ A)vec(B)", "Magnus & Neudecker (2019)", "thm. 2.3")
QUADRATIC = Phrase("tr(XᵀAXB) = vec(X)ᵀ(Bᵀ ⊗ A)vec(X)", "Magnus & Neudecker (2019)", "ch. 2, sec. 4")


@dataclass(frozen=True, slots=True)
class Entries:
    """The independent entries of a variable.

    Attributes
    ----------
    variable : Symbol
        X.
    vector : Expr
        They, one below the other: vec X, vech X or the diagonal.
    spread : Expr
        The matrix with vec X = ``spread`` ``vector``.
    reason : Phrase or None
        The rule that says so, where they are fewer than the entries of X.
    """

    variable: Symbol
    vector: Expr
    spread: Expr
    reason: Phrase | None = None


@dataclass(frozen=True, slots=True)
class TermOnVec:
    """A term of an expression, and what is its vec.

    Attributes
    ----------
    term : LinearTerm
        The term.
    whole : Expr
        J with vec(term) = J vec(X).
    entries : Entries
        The independent entries of X.
    """

    term: LinearTerm
    whole: Expr
    entries: Entries

    @property
    def matrix(self) -> Expr:
        """J with vec(term) = J v for the independent entries v."""
        return multiply(self.whole, self.entries.spread)

    @property
    def reasons(self) -> tuple[Phrase, ...]:
        """The rules it takes."""
        unknown = self.term.unknown
        of_trace = any(isinstance(part, Inner) for part in self.term.map.parts) and not unknown.is_vector
        found = [*self.term.reasons, TRACE if of_trace else None, self.entries.reason]
        return tuple(reason for reason in found if reason is not None)


@dataclass(frozen=True, slots=True)
class VecForm:
    """The vec of an expression: J₁ v₁ + J₂ v₂ + … + r, or vᵀMv + gᵀv + c for a quadratic scalar.

    Attributes
    ----------
    terms : tuple of TermOnVec
        Its linear terms, each with its own matrix.
    rest : Expr
        r, a column; what does not depend on the variables.
    square : Expr or None
        M, where the expression is a scalar that is quadratic in one variable, or bilinear in two.
    """

    terms: tuple[TermOnVec, ...]
    rest: Expr
    square: Expr | None = None

    @property
    def parts(self) -> tuple[tuple[Entries, Expr], ...]:
        """For each variable its independent entries, and the whole matrix on all its entries."""
        found: dict[Symbol, tuple[Entries, list[Expr]]] = {}
        for each in self.terms:
            found.setdefault(each.entries.variable, (each.entries, []))[1].append(each.whole)
        return tuple((entries, add(*matrices)) for entries, matrices in found.values())


def entries_of(variable: Symbol) -> Entries:
    """The independent entries of a variable by what is declared of it."""
    n, facts = variable.rows, variable.facts
    structure = structure_of(variable)
    plain = Entries(variable, vec(variable), eye(variable.rows * variable.columns))
    if structure is None or structure.is_curved or not variable.is_square or variable.is_scalar:
        return plain
    if facts & Fact.DIAGONAL:
        return Entries(variable, diagonal(variable), khatri_rao(eye(n), eye(n)), DIAGONAL)
    if facts & Fact.SYMMETRIC:
        return Entries(variable, vech(variable), duplication(n), DUPLICATION)
    if facts & Fact.SKEW:
        turned = subtract(eye(n * n), commutation(n, n))
        return Entries(variable, vech(variable), multiply(turned, transpose(elimination(n))), SKEW)
    if facts & Fact.LOWER_TRIANGULAR:
        return Entries(variable, vech(variable), transpose(elimination(n)), LOWER)
    if facts & Fact.UPPER_TRIANGULAR:
        spread = multiply(commutation(n, n), transpose(elimination(n)))
        return Entries(variable, vech(transpose(variable)), spread, UPPER)
    return plain


def vec_form(expr: Expr, unknowns: Sequence[Symbol]) -> VecForm | None:
    """The vec of an expression that is linear in variables; ``None`` where it is not.

    A scalar may be quadratic in the only one, or bilinear in two.
    """
    found = linear_terms(expr, unknowns)
    if found is None:
        if not expr.is_scalar or len(unknowns) > 2:
            return None
        return _quadratic(expr, unknowns[0]) if len(unknowns) == 1 else _bilinear(expr, *unknowns)
    terms = []
    for term in found.terms:
        entries = entries_of(term.unknown)
        terms.append(TermOnVec(term, term.map.kronecker(), entries))
    return VecForm(tuple(terms), vec(found.rest))


def _quadratic(expr: Expr, unknown: Symbol) -> VecForm | None:
    """VᵀMv + gᵀv + c with half the Hessian for M, or the half of its terms that are not transposes."""
    try:
        gradient = pullback(expr, unknown, number(1))
    except NotDifferentiableError:
        return None
    slope = linear_terms(gradient, [unknown])
    if slope is None or not slope.terms:
        return None
    entries = entries_of(unknown)
    whole = scale(Fraction(1, 2), add(*(term.map.kronecker() for term in slope.terms)))
    square = multiply(transpose(entries.spread), _without_transposes(whole), entries.spread)
    row = transpose(vec(slope.rest))
    start = linear_terms(multiply(row, vec(unknown)), [unknown])
    linear: tuple[TermOnVec, ...] = ()
    if not is_zero(row) and start is not None and start.terms:
        linear = (TermOnVec(start.terms[0], row, entries),)
    constant = expr.substitute({unknown: zeros(*unknown.shape)})
    return VecForm(linear, constant, square)


def _bilinear(expr: Expr, first: Symbol, second: Symbol) -> VecForm | None:
    """UᵀMv of the entries u and v of two variables, where a scalar is linear in each and nothing else."""
    try:
        slope = linear_terms(pullback(expr, first, number(1)), [second])
    except NotDifferentiableError:
        return None
    if slope is None or not slope.terms or not is_zero(slope.rest):
        return None
    if first in postorder(slope.map_of(second).kronecker()) or not is_zero(
        expr.substitute({first: zeros(*first.shape)})
    ):
        return None
    left, right = entries_of(first), entries_of(second)
    square = multiply(transpose(left.spread), slope.map_of(second).kronecker(), right.spread)
    return VecForm((), zeros(ONE, ONE), square)


def _without_transposes(matrix: Expr) -> Expr:
    """½(N + Nᵀ) is N in a quadratic form."""
    if not isinstance(matrix, Sum):
        return matrix
    kept: list[Expr] = []
    for term in matrix.args:
        if transpose(term) in kept:
            place = kept.index(transpose(term))
            kept[place] = scale(2, kept[place])
        else:
            kept.append(term)
    return add(*kept)


def written_product(*factors: Expr) -> Expr:
    """A product as it is written: what would make vec(AXB) of (Bᵀ ⊗ A) vec X is not made."""
    front = Fraction(1)
    scalars: list[Expr] = []
    chain: list[Expr] = []
    for factor in factors:
        value, rest = _number_in_front(factor)
        front *= value
        if isinstance(rest, Product) and not rest.is_scalar:
            scalars += rest.scalars
            chain += [inner for inner in rest.chain if not isinstance(inner, Eye)]
        elif rest.is_scalar:
            scalars.append(rest)
        elif not isinstance(rest, Eye):
            chain.append(rest)
    scalars = [scalar for scalar in scalars if scalar is not number(1)]
    if len(chain) < 2:
        return multiply(number(front), *scalars, *chain)
    return Product.intern((*scalars, *chain), (front, len(scalars)))


def _number_in_front(x: Expr) -> tuple[Fraction, Expr]:
    """The number in front of a factor, also where all terms of a sum have it: ½(I − K)."""
    if not isinstance(x, Sum):
        return split_number(x)
    sizes = {abs(split_number(term)[0]) for term in x.args}
    common = sizes.pop() if len(sizes) == 1 else Fraction(1)
    return (Fraction(1), x) if common == 1 else (common, scale(1 / common, x))


def written_sum(terms: Sequence[Expr]) -> Expr:
    """The terms of a sum as they are written, in that order."""
    kept = [term for term in terms if not is_zero(term)]
    if not kept:
        return terms[0]
    return kept[0] if len(kept) == 1 else Sum.intern(tuple(kept), ("as given",))
