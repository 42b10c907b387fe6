"""Equations in several powers of the unknown that have a closed form: two powers, and quadratic ones.

Of a positive definite X these are aX + bX⁻¹ + S = 0 and XBX + cX = A, which X⁻¹AX⁻¹ = B becomes.
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, add, content, multiply, scale, subtract, summands
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Number, eye, is_zero, number
from matgrad.ops.matrix_functions import sqrtm
from matgrad.ops.matrix_power import MatrixPower, matrix_power
from matgrad.ops.power import power, split_exponent, sqrt
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import NOT_ZERO, Solved, is_positive

TWO_POWERS = Phrase("the equation holds two powers of {what}")
QUADRATIC = Phrase("the equation is quadratic in {what}: the root that is positive")
QUADRATIC_MATRIX = Phrase(
    "the equation is quadratic in {what}, which commutes with {rest}: the root that is positive definite",
    "Higham (2008)",
    "sec. 6.1",
)

GEOMETRIC_MEAN = Phrase(
    "the equation is {left} = {a}: {what} is the geometric mean of {a} and {b}",
    "Bhatia (2007)",
    "sec. 4.1",
)
SANDWICH = Phrase(
    "the equation is quadratic in {what}: the root that is positive definite",
    "Higham (2008)",
    "sec. 6.1",
)


def solve_in_powers(form: Expr, unknown: Symbol) -> tuple[Solved, Phrase, Expr] | None:
    """Solve a sum of powers of a positive number, or a quadratic equation for a positive definite X.

    Parameters
    ----------
    form : Expr
        What is zero, multiplied out.
    unknown : Symbol
        The number or the matrix.

    Returns
    -------
    tuple of (Solved, Phrase, Expr), or None
        The solution, how it was found, and the function of the unknown that was found first; ``None`` of
        other equations.
    """
    if unknown.is_scalar and unknown.facts & Fact.POSITIVE:
        return _of_number(form, unknown)
    if unknown.has(Fact.POSITIVE_DEFINITE) and not unknown.is_scalar:
        return _of_matrix(form, unknown) or _of_sandwich(form, unknown)
    return None


def coefficients_by_power(form: Expr, x: Symbol) -> dict[Expr, Expr] | None:
    """What stands before each power of a number; ``None`` where there is more than powers of it."""
    found: dict[Expr, list[Expr]] = {}
    for term in summands(form):
        split = _split_power(term, x)
        if split is None:
            return None
        found.setdefault(split[0], []).append(split[1])
    return {exponent: simplify(add(*coefficients)) for exponent, coefficients in found.items()}


def _of_number(form: Expr, x: Symbol) -> tuple[Solved, Phrase, Expr] | None:
    parts = coefficients_by_power(form, x)
    if parts is None:
        return None
    if len(parts) == 2:
        (p, a), (q, b) = parts.items()
        ratio = simplify(multiply(number(-1), b, power(a, number(-1))))
        difference = simplify(subtract(p, q))
        value = power(ratio, power(difference, number(-1)))
        conditions = () if isinstance(difference, Number) else (_not_equal(difference),)
        return Solved(simplify(value), conditions), TWO_POWERS.filled(what=x), power(x, difference)
    exponents = [e.value for e in parts if isinstance(e, Number)]
    if len(parts) != 3 or len(exponents) != 3:
        return None
    low, middle, high = sorted(exponents)
    if middle - low != high - middle:
        return None
    c, b, a = (parts[number(e)] for e in (low, middle, high))
    if not is_positive(a):
        a, b, c = (simplify(scale(-1, each)) for each in (a, b, c))
    if not (is_positive(a) and _is_not_negative(scale(-1, c))):
        return None
    root = sqrt(subtract(multiply(b, b), scale(4, multiply(a, c))))
    value = multiply(number(Fraction(1, 2)), power(a, number(-1)), subtract(root, b))
    step = power(value, number(1 / (high - middle)))
    return Solved(simplify(step)), QUADRATIC.filled(what=power(x, number(high - middle))), x


def _not_equal(difference: Expr) -> Phrase:
    """That the exponents differ: a − 1 is not zero."""
    return NOT_ZERO.filled(what=content(difference)[1])


def _is_not_negative(x: Expr) -> bool:
    """Whether a number is known not to be negative; a sum over data of such numbers is none."""
    if x.facts & Fact.NONNEGATIVE or is_positive(x):
        return True
    if isinstance(x, IndexedSum):
        return _is_not_negative(x.args[0])
    return (
        isinstance(x, Product) and not x.chain and x.coefficient > 0 and all(map(_is_not_negative, x.scalars))
    )


def _split_power(term: Expr, x: Symbol) -> tuple[Expr, Expr] | None:
    """The exponent of x in a term, and what stands before the power."""
    factors = term.scalars if isinstance(term, Product) and not term.chain else (term,)
    coefficient = term.coefficient if isinstance(term, Product) else Fraction(1)
    exponents, rest = [number(0)], [number(coefficient)]
    if isinstance(term, Product) and term.chain:
        factors = (*term.scalars, multiply(*term.chain))
    for factor in factors:
        if isinstance(factor, Number):
            rest.append(factor)
            continue
        base, exponent = split_exponent(factor)
        if base is x and x not in postorder(exponent):
            exponents.append(exponent)
        elif x in postorder(factor):
            return None
        else:
            rest.append(factor)
    return simplify(add(*exponents)), multiply(*rest)


def _of_matrix(form: Expr, x: Symbol) -> tuple[Solved, Phrase, Expr] | None:
    """aX + bX⁻¹ + S = 0 with a and b of opposite signs: X = (√(S² − 4ab I) − S)/2a."""
    of_x: list[Expr] = []
    of_inverse: list[Expr] = []
    rest: list[Expr] = []
    for term in summands(form):
        front, core = number(1), term
        if isinstance(term, Product) and len(term.chain) == 1:
            front, core = multiply(number(term.coefficient), *term.scalars), term.chain[0]
        if x not in postorder(term):
            rest.append(term)
        elif x in postorder(front) or core not in (x, inv(x)):
            return None
        else:
            (of_x if core is x else of_inverse).append(front)
    if not (of_x and of_inverse and rest):
        return None
    a, b, s = simplify(add(*of_x)), simplify(add(*of_inverse)), simplify(add(*rest))
    if not is_positive(a):
        a, b, s = (simplify(scale(-1, each)) for each in (a, b, s))
    if not (is_positive(a) and is_positive(scale(-1, b)) and s.has(Fact.SYMMETRIC)):
        return None
    inside = add(matrix_power(s, number(2)), multiply(scale(-4, multiply(a, b)), eye(x.rows)))
    value = multiply(number(Fraction(1, 2)), power(a, number(-1)), subtract(sqrtm(inside), s))
    return Solved(simplify(value)), QUADRATIC_MATRIX.filled(what=x, rest=s), x


def _of_sandwich(form: Expr, x: Symbol) -> tuple[Solved, Phrase, Expr] | None:
    """XBX + cX = A with definite B and A: X = ½(√B)⁻¹(√(c²I + 4√B A √B) − cI)(√B)⁻¹."""
    found: dict[int, list[Expr]] = {0: [], 1: [], 2: []}
    for term in summands(form):
        degree, core = _sandwiched(term, x)
        if x in postorder(core):
            return None
        found[degree].append(core)
    if not (found[0] and found[2]):
        return None
    a, c, b = (simplify(add(*found[degree])) if found[degree] else number(0) for degree in (0, 1, 2))
    if not b.has(Fact.POSITIVE_DEFINITE):
        a, b, c = (simplify(scale(-1, each)) for each in (a, b, c))
    a = simplify(scale(-1, a))
    if not (b.has(Fact.POSITIVE_DEFINITE) and a.has(Fact.POSITIVE_DEFINITE)):
        return None
    root = sqrtm(b)
    inner = multiply(root, a, root)
    if is_zero(c):
        middle = sqrtm(simplify(inner))
        said = GEOMETRIC_MEAN.filled(what=x, left=multiply(x, b, x), a=a, b=inv(b))
    else:
        inside = add(multiply(power(c, number(2)), eye(x.rows)), scale(4, inner))
        middle = scale(Fraction(1, 2), subtract(sqrtm(inside), multiply(c, eye(x.rows))))
        said = SANDWICH.filled(what=multiply(root, x, root))
    return Solved(simplify(multiply(inv(root), middle, inv(root)))), said, x


def _sandwiched(term: Expr, x: Symbol) -> tuple[int, Expr]:
    """0 and A of a term A, 1 and c of cX, 2 and B of XBX."""
    front: Expr = number(1)
    chain: tuple[Expr, ...] = (term,)
    if isinstance(term, Product) and term.chain:
        front, chain = multiply(number(term.coefficient), *term.scalars), term.chain
    if chain == (x,):
        return 1, front
    if len(chain) == 1 and isinstance(chain[0], MatrixPower) and chain[0].args == (x, number(2)):
        return 2, multiply(front, eye(x.rows))
    if len(chain) > 2 and chain[0] is x and chain[-1] is x:
        return 2, multiply(front, *chain[1:-1])
    return 0, term
