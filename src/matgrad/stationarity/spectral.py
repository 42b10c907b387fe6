"""Stationary points that are problems of eigenvalues or of singular values.

Procrustes (Schönemann, 1966), principal components and Rayleigh quotients (Horn & Johnson, 2013, sec. 4.2),
discriminants (Fisher, 1936), total least squares (Golub & Van Loan, 1980): each is known by its equation,
which is compared with the one that the problem has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from matgrad.calculus.linear_terms import linear_terms
from matgrad.calculus.pullback import pullback
from matgrad.core.dims import ZERO, same
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import (
    Product,
    add,
    content,
    multiply,
    scale,
    split_number,
    subtract,
    summands,
)
from matgrad.ops.blocks import grid, part
from matgrad.ops.eigenvalues import eigenvectors, lambda_min, top_eigenvector
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number
from matgrad.ops.matrix_power import matrix_power
from matgrad.ops.power import Power, power, split_exponent
from matgrad.ops.singular_values import polar
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import sym
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.components import loadings
from matgrad.stationarity.curvature import Shape, curvature
from matgrad.stationarity.linear import INVERTIBLE, NOT_ZERO, is_positive
from matgrad.stationarity.solving import multiplied_out
from matgrad.stationarity.verdicts import NATURES, POINT
from matgrad.verify.equality import same_value

_HORN = "Horn & Johnson (2013)"

LARGEST = Phrase(
    "{trace} is largest at the eigenvectors of the largest eigenvalues of {what}",
    _HORN,
    "cor. 4.3.39",
)
OTHERS = Phrase("other eigenvectors are stationary too, and saddles but for the smallest eigenvalues")
TRACE = Phrase("{what} is largest at the polar factor of {matrix}", "Schönemann (1966)")
RAYLEIGH = Phrase(
    "the quotient is largest at the eigenvector of the largest eigenvalue of {what}", _HORN, "thm. 4.2.2"
)
FISHER = Phrase("{above}/{below} is at most {bound}, by the Cauchy-Schwarz inequality", "Fisher (1936)")
SHARPE = Phrase("{above}/√({below}) is at most √({bound}), by the Cauchy-Schwarz inequality", "Sharpe (1966)")
SINGULAR = Phrase(
    "{what} is largest at the singular vectors of the largest singular value of {matrix}", "Hotelling (1936)"
)
FULL_RANK = Phrase("{what} has full rank")
OTHER_PAIRS = Phrase(
    "with the other sign it is smallest; pairs of other singular values are stationary too, and saddles"
)
TOTAL = Phrase(
    "{what} is the smallest value of the quotient, the smallest eigenvalue of a matrix",
    "Golub & Van Loan (1980)",
)
UP_TO_A_FACTOR = Phrase("the quotient does not change with the length of {what}")
BELOW = Phrase("{what} is below the eigenvalues of {matrix}")


@dataclass(frozen=True, slots=True)
class Spectral:
    """The solution of such a problem.

    Attributes
    ----------
    value : Expr
        The unknown.
    nature : str
        What it is there.
    why : tuple of Phrase
        Why.
    conditions : tuple of Phrase
        Under which conditions.
    """

    value: Expr
    nature: str
    why: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...] = ()


def spectral_solution(function: Expr, variables: Sequence[Symbol], equation: Expr) -> Spectral | None:
    """The solution of a problem of eigenvalues or singular values; ``None`` where it is none of those here.

    Parameters
    ----------
    function : Expr
        f.
    variables : sequence of Symbol
        Its variables; more than one are none of these problems.
    equation : Expr
        The gradient by the first, on its tangent space.
    """
    if len(variables) != 1:
        return None
    (x,) = variables
    try:
        if x.facts & Fact.ORTHONORMAL_COLUMNS and not x.is_scalar:
            return _procrustes(function, equation, x) or _components(equation, x)
        if x.is_vector and not x.is_scalar:
            return _quotient(function, x)
        fitted = loadings(function, equation, x)
        return None if fitted is None else Spectral(*fitted)
    except MatgradError:
        return None
    return None


def _terms(expr: Expr) -> tuple[Expr, ...]:
    return summands(multiplied_out(expr))


def _procrustes(function: Expr, equation: Expr, q: Symbol) -> Spectral | None:
    """F = tr(MᵀQ) + c: the polar factor of M, where the equation is M − Q sym(QᵀM) = 0."""
    free = [term for term in _terms(equation) if q not in postorder(term)]
    if not free:
        return None
    m = scale(2 if q.is_square else 1, add(*free))
    if not same_value(equation, subtract(m, multiply(q, sym(multiply(transpose(q), m))))):
        return None
    front, rest = content(simplify(m))
    bent = curvature(function, [q])
    if front > 0 and bent is not None and bent.shape is Shape.CONVEX:
        # Of a loss the point is asked for where it is smallest.
        front, rest = -front, simplify(scale(-1, rest))
    return Spectral(
        polar(rest),
        "maximum" if front > 0 else "minimum",
        (TRACE.filled(what=trace(multiply(transpose(rest), q)), matrix=rest),),
        _at_full_rank(rest),
    )


def _at_full_rank(x: Expr) -> tuple[Phrase, ...]:
    """When the polar factor of a matrix is defined: otherwise several UVᵀ are."""
    if x.facts & Fact.INVERTIBLE:
        return ()
    kind = NOT_ZERO if x.is_vector or x.is_scalar else INVERTIBLE if x.is_square else FULL_RANK
    return (kind.filled(what=x),)


def _components(equation: Expr, w: Symbol) -> Spectral | None:
    """F = ½ tr(WᵀAW) + c: eigenvectors of A, where the equation is AW − W WᵀAW = 0."""
    linear: list[Expr] = []
    for term in _terms(equation):
        front, rest = split_number(term)
        if isinstance(rest, Product) and rest.chain and rest.chain[-1] is w:
            if all(w not in postorder(factor) for factor in rest.args[:-1]):
                linear.append(multiply(number(front), *rest.args[:-1]))
        elif rest is w:
            linear.append(multiply(number(front), eye(w.rows)))
    if not linear:
        return None
    a = simplify(add(*linear))
    if a.T is not a or not a.is_square:
        return None
    tangent = subtract(multiply(a, w), multiply(w, transpose(w), a, w))
    if not same_value(equation, tangent):
        return None
    front, rest = content(a)
    n, k = w.shape
    if w.is_vector:
        value, opposite = top_eigenvector(rest), top_eigenvector(scale(-1, rest))
    else:
        value, opposite = (part(eigenvectors(rest), (ZERO, n, *at)) for at in ((n - k, n), (ZERO, k)))
    nature = "maximum" if front > 0 else "minimum"
    largest = LARGEST.filled(what=rest, trace=trace(multiply(transpose(w), rest, w)))
    if not w.is_vector and same(k, n):
        return Spectral(value, nature, (largest,))
    return Spectral(value, nature, (largest, _at_other_end(w, opposite, nature), OTHERS))


def _at_other_end(x: Symbol, value: Expr, nature: str) -> Phrase:
    """Where it is smallest, if it is largest at what is called the solution, and the other way round."""
    return POINT.filled(what=x, value=value, nature=NATURES["minimum" if nature == "maximum" else "maximum"])


@dataclass(frozen=True, slots=True)
class Quadratic:
    """xᵀPx + 2gᵀx + c."""

    p: Expr
    g: Expr
    c: Expr

    @property
    def is_form(self) -> bool:
        """Whether it is xᵀPx alone."""
        return is_zero(self.g) and is_zero(self.c)


def quadratic_of(expr: Expr, x: Symbol) -> Quadratic | None:
    """The parts of a quadratic function of a column; ``None`` where it is none."""
    slope = linear_terms(simplify(pullback(expr, x, number(1))), [x])
    if slope is None:
        return None
    half = Fraction(1, 2)
    p = simplify(scale(half, slope.map_of(x).kronecker()))
    c = simplify(expr.substitute({x: scale(0, x)}))
    return Quadratic(p, simplify(scale(half, slope.rest)), c)


def _quotients(function: Expr, x: Symbol) -> Iterator[tuple[Expr, Expr]]:
    """The ways in which a function is a quotient: what stands above, and what below."""
    for factor in function.scalars if isinstance(function, Product) else ():
        base, exponent = split_exponent(factor)
        is_below = isinstance(factor, Power) and isinstance(exponent, Number) and exponent.value == -1
        if is_below and x in postorder(base):
            yield multiply(base, function), base


def _quotient(function: Expr, x: Symbol) -> Spectral | None:
    ratio = _ratio_to_length(function, x)
    if ratio is not None:
        return ratio
    for above, below in _quotients(function, x):
        over, under = quadratic_of(above, x), quadratic_of(below, x)
        if over is None or under is None:
            continue
        if over.is_form and under.is_form:
            return _rayleigh(above, over.p, under.p, x)
        if is_zero(under.g) and isinstance(under.p, Eye) and under.c is number(1):
            return _total(over, x)
    return None


def _ratio_to_length(function: Expr, x: Symbol) -> Spectral | None:
    """dᵀx / √(xᵀSx), largest along S⁻¹d."""
    for factor in function.scalars if isinstance(function, Product) else ():
        base, exponent = split_exponent(factor)
        if not (isinstance(exponent, Number) and exponent.value == Fraction(-1, 2)) or x not in postorder(
            base
        ):
            continue
        above = linear_terms(multiply(power(base, number(Fraction(1, 2))), function), [x])
        under = quadratic_of(base, x)
        if above is None or not is_zero(above.rest) or under is None or not under.is_form:
            continue
        if under.p.has(Fact.POSITIVE_DEFINITE) or isinstance(under.p, Eye):
            d = simplify(transpose(above.map_of(x).kronecker()))
            bound = simplify(multiply(transpose(d), inv(under.p), d))
            said = SHARPE.filled(above=multiply(transpose(d), x), below=base, bound=bound)
            why, nonzero = (said, UP_TO_A_FACTOR.filled(what=x)), NOT_ZERO.filled(what=d)
            return Spectral(multiply(inv(under.p), d), "maximum", why, (nonzero,))
    return None


def _rayleigh(above: Expr, a: Expr, b: Expr, x: Symbol) -> Spectral | None:
    """XᵀAx / xᵀBx: the eigenvector of the largest eigenvalue of B^(−½) A B^(−½)."""
    length = UP_TO_A_FACTOR.filled(what=x)
    if isinstance(a, Product) and len(a.chain) == 2 and a.chain[0].is_vector and a.chain[0].T is a.chain[1]:
        if not b.has(Fact.POSITIVE_DEFINITE):
            return None
        front = multiply(number(a.coefficient), *a.scalars)
        natures = {1: "maximum", -1: "minimum"}
        nature = next(
            (name for sign, name in natures.items() if is_positive(scale(sign, front))), "not known"
        )
        d = a.chain[0]
        squared = power(multiply(transpose(d), x), number(2))
        form, bound = (multiply(transpose(y), m, y) for y, m in ((x, b), (d, inv(b))))
        said = FISHER.filled(above=squared, below=form, bound=simplify(bound))
        return Spectral(multiply(inv(b), d), nature, (said, length), (NOT_ZERO.filled(what=d),))
    if isinstance(b, Eye):
        other = _at_other_end(x, top_eigenvector(scale(-1, a)), "maximum")
        return Spectral(top_eigenvector(a), "maximum", (RAYLEIGH.filled(what=a), other, length))
    if not b.has(Fact.POSITIVE_DEFINITE):
        return None
    root = matrix_power(b, number(Fraction(-1, 2)))
    whole = multiply(root, a, root)
    value, least = (multiply(root, top_eigenvector(scale(sign, whole))) for sign in (1, -1))
    other = _at_other_end(x, least, "maximum")
    return Spectral(value, "maximum", (RAYLEIGH.filled(what=multiply(inv(b), a)), other, length))


def _total(over: Quadratic, x: Symbol) -> Spectral:
    """(xᵀPx + 2gᵀx + c)/(1 + xᵀx): the Rayleigh quotient of (x, 1), smallest at (λI − P)⁻¹g."""
    whole = grid([[over.p, over.g], [transpose(over.g), over.c]])
    least = lambda_min(whole)
    shifted = subtract(over.p, multiply(least, eye(x.rows)))
    value = scale(-1, multiply(inv(shifted), over.g))
    condition = BELOW.filled(what=least, matrix=over.p)
    return Spectral(value, "minimum", (TOTAL.filled(what=least),), (condition,))


def singular_pair(
    function: Expr, u: Symbol, v: Symbol
) -> tuple[dict[Symbol, Expr], str, tuple[Phrase, ...], tuple[Phrase, ...]] | None:
    """The unit columns where uᵀKv is largest, their nature, why, and conditions; ``None`` of others."""
    if not (u.is_vector and v.is_vector):
        return None
    slope = linear_terms(simplify(pullback(function, u, number(1))), [v])
    if slope is None or not slope.terms or not is_zero(slope.rest):
        return None
    k = simplify(slope.map_of(v).kronecker())
    if u in postorder(k) or not is_zero(simplify(subtract(function, multiply(transpose(u), k, v)))):
        return None
    front, k = content(k)
    sign = 1 if front > 0 else -1
    first = top_eigenvector(simplify(multiply(k, transpose(k))))
    second = multiply(transpose(k), first)
    length = power(trace(multiply(transpose(second), second)), number(Fraction(-1, 2)))
    values = {u: first, v: multiply(length, second)}
    nature = "maximum" if sign > 0 else "minimum"
    what = multiply(transpose(u), k, v)
    return values, nature, (SINGULAR.filled(what=what, matrix=k), OTHER_PAIRS), ()
