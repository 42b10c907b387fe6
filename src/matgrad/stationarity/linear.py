"""The solution of an equation that is linear in its unknown, as an expression."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.calculus.linear_terms import LinearTerm, LinearTerms
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import ALONG_DIAGONALS, BANDS, TRIANGULAR, Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, split_number, summands
from matgrad.ops.hadamard import hadamard
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Eye, Number, Ones, Unit, is_zero, number
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.power import Power, power
from matgrad.ops.reshaping import reshape, vec
from matgrad.ops.stein import stein
from matgrad.ops.sylvester import sylvester
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify

INVERTIBLE = Phrase("{what} is invertible")
NOT_ZERO = Phrase("{what} is not zero")
NO_ZEROS = Phrase("no entry of {what} is zero")
NO_COMMON = Phrase("{left} and {right} have no eigenvalue in common")
NO_RECIPROCALS = Phrase("no eigenvalue of {left} is the reciprocal of one of {right}")


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution, and under which conditions it is the only one.

    Attributes
    ----------
    value : Expr
        The unknown.
    conditions : tuple of Phrase
        What must hold for it.
    """

    value: Expr
    conditions: tuple[Phrase, ...] = ()


def solve_linear(terms: LinearTerms, unknown: Symbol) -> Solved | None:
    """Solve Σ L(X) + R = 0 for X; ``None`` where no form of the solution is known.

    Parameters
    ----------
    terms : LinearTerms
        The terms in X, and the rest R, of the shape of X.
    unknown : Symbol
        X.
    """
    own = terms.of(unknown)
    if not own or terms.rest.shape != unknown.shape or len(own) < len(terms.terms):
        return None
    right = scale(-1, terms.rest)
    if unknown.is_scalar:
        factor = simplify(add(*(term.map.apply(number(1)) for term in own)))
        return _divided(factor, right)
    for way in (_entrywise, _one_term, _column, _two_terms, _on_vec):
        found = way(own, right, unknown)
        if found is not None:
            return found
    return None


def is_positive(expr: Expr) -> bool:
    """Whether a number is known to be positive; a sum over data that are positive is."""
    if expr.facts & Fact.POSITIVE:
        return True
    if isinstance(expr, IndexedSum):
        return is_positive(expr.args[0])
    if isinstance(expr, Power) and expr.is_scalar:
        return is_positive(expr.args[0])
    if isinstance(expr, Product) and expr.coefficient > 0:
        chain = expr.chain
        inside = len(chain) == 3 and chain[0].T is chain[2] and isinstance(chain[2], Ones)
        inner = [
            factor for factor in chain if not isinstance(factor, Unit) and not isinstance(factor.T, Unit)
        ]
        if len(inner) == 1 < len(chain) and isinstance(inner[0], Family):
            # A member of positive numbers.
            return bool(inner[0].facts & Fact.POSITIVE) and all(is_positive(x) for x in expr.scalars)
        definite = not chain or (inside and chain[1].has(Fact.POSITIVE_DEFINITE))
        return definite and all(is_positive(scalar) for scalar in expr.scalars)
    return isinstance(expr, Sum) and all(is_positive(term) for term in expr.args)


def reduced(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """A X = R without an invertible factor that stands in front of every term on both sides."""
    while not right.is_scalar:
        leads = {_lead(term) for side in (left, right) for term in summands(side)}
        (lead,) = leads if len(leads) == 1 else (None,)
        if lead is None or not lead.is_square or not lead.has(Fact.INVERTIBLE):
            break
        left, right = (add(*(multiply(inv(lead), term) for term in summands(side))) for side in (left, right))
    return left, right


def _lead(term: Expr) -> Expr | None:
    """The first matrix of a product, of a power its base."""
    first = term.chain[0] if isinstance(term, Product) and term.chain else term
    if isinstance(first, MatrixPower):
        return first.args[0]
    return first if isinstance(first, Symbol) and not first.is_scalar else None


def plain(expr: Expr) -> Expr:
    """An expression without the number in front, which a condition on it need not have."""
    return content(expr)[1]


def _divided(factor: Expr, right: Expr) -> Solved | None:
    if is_zero(factor):
        return None
    known = (
        isinstance(factor, Number) or factor.facts & Fact.POSITIVE or scale(-1, factor).facts & Fact.POSITIVE
    )
    conditions = () if known else (NOT_ZERO.filled(what=plain(factor)),)
    return Solved(multiply(power(factor, number(-1)), right), conditions)


def _entrywise(own: Sequence[LinearTerm], right: Expr, unknown: Symbol) -> Solved | None:
    """M ⊙ X = R: X = R ⊘ M."""
    if all(term.is_two_sided for term in own):
        return None
    factors = [term.entrywise for term in own]
    if any(factor is None for factor in factors):
        return None
    whole = simplify(add(*(factor for factor in factors if factor is not None)))
    conditions = () if whole.facts & Fact.POSITIVE else (NO_ZEROS.filled(what=whole),)
    return Solved(hadamard(power(whole, number(-1)), right), conditions)


def _multiple_of_eye(matrix: Expr) -> Expr | None:
    """The c of cI, where a sum is that."""
    found = []
    for term in summands(matrix) if isinstance(matrix, Sum) and not matrix.is_scalar else ():
        front, rest = split_number(term)
        scalars: tuple[Expr, ...] = ()
        if isinstance(rest, Product) and len(rest.chain) == 1:
            scalars, rest = rest.scalars, rest.chain[0]
        if not isinstance(rest, Eye):
            return None
        found.append(multiply(number(front), *scalars))
    return add(*found) if found else None


def inverse_of(matrix: Expr) -> tuple[Expr, tuple[Phrase, ...]]:
    """The inverse of a square matrix, with the condition that it has one."""
    matrix = simplify(matrix)
    multiple = _multiple_of_eye(matrix)
    if multiple is not None:
        scalar = _divided(multiple, number(1))
        if scalar is not None:
            return scalar.value, scalar.conditions
    if matrix.is_scalar:
        scalar = _divided(matrix, number(1))
        return (inv(matrix), ()) if scalar is None else (scalar.value, scalar.conditions)
    if _is_invertible(matrix):
        return inv(matrix), ()
    return inv(matrix), (INVERTIBLE.filled(what=plain(matrix)),)


def _is_invertible(matrix: Expr) -> bool:
    """Whether a matrix is known to be invertible; positive numbers before it do not matter."""
    if isinstance(matrix, Product) and matrix.scalars and matrix.chain:
        scalars = all(is_positive(scalar) for scalar in matrix.scalars)
        return scalars and _is_invertible(multiply(*matrix.chain))
    return isinstance(matrix, Eye) or matrix.has(Fact.INVERTIBLE) or matrix.has(Fact.POSITIVE_DEFINITE)


def _one_term(own: Sequence[LinearTerm], right: Expr, unknown: Symbol) -> Solved | None:
    """c A X B = R, or c A Xᵀ B = R."""
    if len(own) != 1 or not own[0].is_two_sided:
        return None
    (term,) = own
    assert term.left is not None
    assert term.right is not None
    if not (term.left.is_square and term.right.is_square):
        return None
    scalar = _divided(term.coefficient, number(1))
    if scalar is None:
        return None
    reduced_left, right = reduced(simplify(term.left), right)
    left, one = inverse_of(reduced_left)
    behind, other = inverse_of(term.right)
    value = multiply(scalar.value, left, right, behind)
    conditions = (*scalar.conditions, *dict.fromkeys((*one, *other)))
    return Solved(transpose(value) if term.transposed else value, conditions)


def _column(own: Sequence[LinearTerm], right: Expr, unknown: Symbol) -> Solved | None:
    """J x = r for a column x."""
    if not unknown.is_vector:
        return None
    whole, right = reduced(simplify(add(*(term.map.kronecker() for term in own))), right)
    left, conditions = inverse_of(whole)
    return Solved(multiply(left, right), conditions)


def _two_terms(own: Sequence[LinearTerm], right: Expr, unknown: Symbol) -> Solved | None:
    """AX + XB = R, a Sylvester equation, and X − AXB = R, a Stein equation."""
    if len(own) != 2 or any(not term.is_two_sided or term.transposed for term in own):
        return None
    sides = []
    for term in own:
        left, right_side = number(1) if term.left is None else term.left, term.right
        if isinstance(left, Eye) and right_side is not None and not isinstance(right_side, Eye):
            right_side = multiply(term.coefficient, right_side)
        else:
            left = multiply(term.coefficient, left)
        sides.append((left, right_side))
    for (a, b), (c, d) in (sides, sides[::-1]):
        assert b is not None
        assert d is not None
        if isinstance(b, Eye) and isinstance(c, Eye):
            a, d = simplify(a), simplify(d)
            (one, a0), (other, d0) = content(a), content(d)
            if one == other != 1:
                a, d, right = a0, d0, scale(1 / one, right)
            definite, half = Fact.POSITIVE_DEFINITE, Fact.POSITIVE_SEMIDEFINITE
            certain = (a.has(definite) and d.has(half)) or (a.has(half) and d.has(definite))
            apart = NO_COMMON.filled(left=a, right=simplify(scale(-1, d)))
            return Solved(sylvester(a, d, right), () if certain else (apart,))
        if isinstance(a, Eye) and isinstance(b, Eye) and c.is_square and d.is_square:
            said = NO_RECIPROCALS.filled(left=simplify(scale(-1, c)), right=simplify(d))
            return Solved(stein(scale(-1, c), d, right), (said,))
    return None


def _on_vec(own: Sequence[LinearTerm], right: Expr, unknown: Symbol) -> Solved | None:
    """Any linear map: its matrix on vec is solved with."""
    if unknown.facts & (TRIANGULAR | BANDS | ALONG_DIAGONALS | Fact.SKEW):
        return None  # it has fewer entries than vec
    left, conditions = inverse_of(add(*(term.map.kronecker() for term in own)))
    return Solved(reshape(multiply(left, vec(right)), *unknown.shape), conditions)
