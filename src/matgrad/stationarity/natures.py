"""Is a stationary point a minimum, a maximum, a saddle? From the structure of the function, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.linear_terms import linear_terms
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import differential_of, is_curved
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, add, content, multiply, scale, split_number
from matgrad.ops.blocks import grid
from matgrad.ops.indices.members import Family
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import Commutation, Kron
from matgrad.ops.leaves import Number, is_zero, number
from matgrad.ops.power import Power, log, power, split_exponent
from matgrad.ops.transpose import transpose
from matgrad.printing.names import unicode_name
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.coefficients import where_coefficients_are_positive
from matgrad.stationarity.curvature import Curvature, Shape, curvature
from matgrad.stationarity.domain import insides, sign_of_sum
from matgrad.stationarity.linear import is_positive
from matgrad.stationarity.solving import multiplied_out

IN_TERMS_OF = Phrase("in terms of {name} = {what}: {reason}")
HESSIAN_POSITIVE = Phrase("the Hessian there, {what}, is positive definite")
HESSIAN_NEGATIVE = Phrase("the Hessian there, {what}, is negative definite")
SEMIDEFINITE = Phrase("the Hessian, {what}, is positive semidefinite everywhere")
NEGATIVE_SEMIDEFINITE = Phrase("the Hessian, {what}, is negative semidefinite everywhere")
SECOND_POSITIVE = Phrase("the second derivative there, {what}, is positive")
SECOND_NEGATIVE = Phrase("the second derivative there, {what}, is negative")
FIRST_POSITIVE = Phrase("the first derivative there that is not zero, {what} of order {order}, is positive")
FIRST_NEGATIVE = Phrase("the first derivative there that is not zero, {what} of order {order}, is negative")
RISES = Phrase(
    "the function rises on both sides: the first derivative there that is not zero has order {order}"
)
FALLS = Phrase(
    "the function falls on both sides: the first derivative there that is not zero has order {order}"
)
BY_DERIVATIVES = (SECOND_POSITIVE, SECOND_NEGATIVE, FIRST_POSITIVE, FIRST_NEGATIVE, RISES, FALLS)
SHORT = 8
"""The size up to which a number whose sign decides is told rather than the signs of coefficients."""
HIGHEST = 6
"""The order up to which derivatives of a number are taken where those before are zero."""
POSITIVE_AS = Phrase(
    "the second derivative, {what}, is positive there: what logarithms and roots are taken of is positive"
)
NEGATIVE_AS = Phrase(
    "the second derivative, {what}, is negative there: what logarithms and roots are taken of is positive"
)
LOGARITHM = Phrase("the function is positive, and its logarithm tells: {reason}")
JOINT_POSITIVE = Phrase("the Hessian there by {names}, {what}, is positive definite")
JOINT_NEGATIVE = Phrase("the Hessian there by {names}, {what}, is negative definite")
JOINT_BOTH = Phrase("the Hessian there by {names}, {what}, has eigenvalues of both signs")
BOTH_SIGNS = Phrase("the Hessian {what} has eigenvalues of both signs where {n} > 1")
IF_POSITIVE = Phrase("a minimum if {names} > 0: declare that")
IF_POSITIVE_MAXIMUM = Phrase("a maximum if {names} > 0: declare that")
IF_ENTRIES = Phrase("a minimum if the entries of {names} are positive: declare that")
IF_ENTRIES_MAXIMUM = Phrase("a maximum if the entries of {names} are positive: declare that")
BY_SIGN = Phrase("a minimum where {what} > 0, a maximum where {what} < 0")
BY_SIGN_MAXIMUM = Phrase("a maximum where {what} > 0, a minimum where {what} < 0")
UNKNOWN = Phrase("the Hessian there, {what}, has no sign that is known without the data")
NOT_BENT = Phrase("the curvature is not known")
FOR_FIXED = Phrase("by {what}, the others fixed or at their own point")
LINEAR_IN_EACH = Phrase(
    "the function is linear in each variable alone, not in all together: it rises one way and falls another"
)


@dataclass(frozen=True, slots=True)
class Nature:
    """What a stationary point is, and why."""

    name: str
    why: tuple[Phrase, ...]


def nature_of(
    function: Expr,
    variables: Sequence[Symbol],
    point: dict[Symbol, Expr] | None,
    atom: Expr | None = None,
    *,
    constrained: bool = False,
) -> Nature:
    """Of what nature a stationary point is, and where that is not known, what would have to be declared.

    Parameters
    ----------
    function, variables, point, atom, constrained
        As for :func:`known_nature`.
    """
    found = known_nature(function, variables, point, atom, constrained=constrained)
    if found.name != "not known":
        return found
    where = where_coefficients_are_positive(function, variables)
    by_sign = [r for r in found.why if r.english in (BY_SIGN.english, BY_SIGN_MAXIMUM.english)]
    if by_sign:
        (what,) = (value for _, value in by_sign[0].fields)
        is_short = isinstance(what, Expr) and what.tree_size <= SHORT
        return found if where is None or is_short else Nature(found.name, (where,))
    open_ones = [
        symbol
        for symbol in symbols_of(function).values()
        if symbol not in variables and not symbol.facts & Fact.NONNEGATIVE and _is_of_numbers(symbol)
    ]
    numbers = [symbol for symbol in open_ones if symbol.is_scalar]
    alone = [[symbol] for symbol in open_ones]
    for chosen in (*alone, *([numbers] if len(numbers) > 1 else [])):
        then = _if_positive(function, variables, chosen, constrained=constrained)
        if then is not None:
            return Nature(found.name, (*found.why, then))
    return found if where is None else Nature(found.name, (where,))


def _is_of_numbers(symbol: Symbol) -> bool:
    """Whether it is a number or a column of numbers, that may be declared positive."""
    if isinstance(symbol, Family):
        return symbol.is_of_numbers
    return symbol.is_scalar or symbol.is_vector


def _positive(symbol: Symbol) -> Symbol:
    if isinstance(symbol, Family):
        return Family.of(
            symbol.label, symbol.ranges, *symbol.member_shape, symbol.member_facts | Fact.POSITIVE
        )
    return Symbol.make(symbol.label, *symbol.shape, symbol.facts | Fact.POSITIVE)


def _if_positive(
    function: Expr, variables: Sequence[Symbol], chosen: Sequence[Symbol], *, constrained: bool
) -> Phrase | None:
    """What the point would be if some data were declared positive."""
    try:
        changed = function.substitute({symbol: _positive(symbol) for symbol in chosen})
        then = known_nature(changed, variables, None, None, constrained=constrained)
    except MatgradError:
        return None
    if then.name not in ("minimum", "maximum"):
        return None
    names = ", ".join(unicode_name(symbol.label) for symbol in chosen)
    if all(symbol.is_scalar for symbol in chosen):
        said = IF_POSITIVE if then.name == "minimum" else IF_POSITIVE_MAXIMUM
    else:
        said = IF_ENTRIES if then.name == "minimum" else IF_ENTRIES_MAXIMUM
    return said.filled(names=names)


def known_nature(
    function: Expr,
    variables: Sequence[Symbol],
    point: dict[Symbol, Expr] | None,
    atom: Expr | None = None,
    *,
    constrained: bool = False,
) -> Nature:
    """Of what nature a stationary point is.

    Parameters
    ----------
    function : Expr
        f.
    variables : sequence of Symbol
        By which it is stationary.
    point : dict of Symbol to Expr, or None
        The closed form, where there is one.
    atom : Expr, optional
        The function of the only variable in which the equation was linear.
    constrained : bool
        Whether linear constraints hold: then the function need not rise and fall along them where its
        Hessian has both signs, and they are not linear in terms of a function of the variable.
    """
    if any(is_curved(variable) for variable in variables):
        return Nature("not known", (NOT_BENT,))
    for form in dict.fromkeys((function, simplify(function))):
        bent = _from_curvature(curvature(form, variables))
        if bent is not None:
            return bent
    bent = _from_logarithm(function, variables)
    if bent is not None:
        return bent
    if point is not None and all(variable.is_scalar for variable in variables) and len(variables) > 1:
        return _from_joint_hessian(function, variables, point, constrained=constrained)
    if len(variables) == 1:
        (variable,) = variables
        for other in () if constrained else _other_forms(function, variable, atom):
            changed, stand_in, said = other
            bent = next(
                (
                    bent
                    for form in dict.fromkeys((changed, multiplied_out(changed, stand_in)))
                    if (bent := _from_curvature(curvature(form, [stand_in]))) is not None
                ),
                None,
            )
            if bent is not None:
                why = tuple(IN_TERMS_OF.filled(name=stand_in, what=said, reason=r) for r in bent.why)
                return Nature(bent.name, why)
        if point is not None:
            found_there = _from_hessian(function, variable, point)
            if not (constrained and found_there.name == "saddle"):
                return found_there
    return Nature("not known", (NOT_BENT,))


def _from_curvature(found: Curvature | None) -> Nature | None:
    if found is None or found.shape in (Shape.CONSTANT, Shape.AFFINE):
        return None
    return Nature("minimum" if found.shape is Shape.CONVEX else "maximum", found.reasons)


def _from_logarithm(function: Expr, variables: Sequence[Symbol]) -> Nature | None:
    """Of a positive function with a concave logarithm, as densities have, and of its negative."""
    front, rest = content(function)
    if not rest.facts & Fact.POSITIVE:
        return None
    bent = curvature(multiplied_out(simplify(log(rest))), variables)
    if bent is None or bent.shape is not Shape.CONCAVE:
        return None
    why = tuple(LOGARITHM.filled(reason=reason) for reason in bent.reasons)
    return Nature("maximum" if front > 0 else "minimum", why)


def _from_joint_hessian(
    function: Expr, variables: Sequence[Symbol], point: dict[Symbol, Expr], *, constrained: bool
) -> Nature:
    """By the Hessian of several numbers together: its leading minors, by Sylvester's criterion."""
    try:
        slopes = [pullback(function, x, number(1)) for x in variables]
        rows = [
            [simplify(pullback(slope, x, number(1)).substitute(point)) for x in variables] for slope in slopes
        ]
    except MatgradError:
        return Nature("not known", (NOT_BENT,))
    names = ", ".join(unicode_name(variable.label) for variable in variables)
    what = grid(rows)
    minors = [_determinant([row[:k] for row in rows[:k]]) for k in range(1, len(rows) + 1)]
    signs = [1 if is_positive(m) else -1 if is_positive(scale(-1, m)) else 0 for m in minors]
    if all(sign > 0 for sign in signs):
        return Nature("minimum", (JOINT_POSITIVE.filled(names=names, what=what),))
    if all(sign == (-1) ** k for k, sign in enumerate(signs, 1)):
        return Nature("maximum", (JOINT_NEGATIVE.filled(names=names, what=what),))
    # Two eigenvalues of one sign have a positive product, which a determinant of even size is made of.
    if not constrained and (signs[1] < 0 or (0 not in signs and len(signs) > 1)):
        return Nature("saddle", (JOINT_BOTH.filled(names=names, what=what),))
    return Nature("not known", (UNKNOWN.filled(what=what),))


def _determinant(rows: Sequence[Sequence[Expr]]) -> Expr:
    """By the first row, multiplied out: the signs of its terms are to be seen."""
    first, *others = rows
    if not others:
        return first[0]
    terms = [
        multiply(number((-1) ** k), entry, _determinant([[*row[:k], *row[k + 1 :]] for row in others]))
        for k, entry in enumerate(first)
    ]
    return simplify(multiplied_out(add(*terms)))


def _other_forms(function: Expr, variable: Symbol, atom: Expr | None) -> list[tuple[Expr, Symbol, Expr]]:
    """The function in terms of X⁻¹, or of a power of a positive number: convexity there is as good."""
    found: list[tuple[Expr, Symbol, Expr]] = []
    taken = names_in(function)
    capital = next(letter for letter in ("P", "Q", "Theta", "Omega", "P0") if letter not in taken)
    small = next(letter for letter in ("p", "q", "tau", "theta", "p0") if letter not in taken)
    if variable.is_square and not variable.is_scalar:
        facts = variable.facts & (Fact.POSITIVE_DEFINITE | Fact.SYMMETRIC | Fact.INVERTIBLE)
        stand_in = Symbol.make(capital, *variable.shape, facts)
        found += _with(function, variable, inv(stand_in), stand_in, inv(variable))
    elif variable.facts & Fact.POSITIVE and (variable.is_scalar or variable.is_vector):
        stand_in = Symbol.make(small, *variable.shape, Fact.POSITIVE)
        exponents: list[Expr] = [number(Fraction(*e)) for e in ((-1, 1), (-1, 2), (1, 2))]
        if isinstance(atom, Power):
            inverse = power(atom.exponent, number(-1))
            exponents = [inverse, *exponents]
            if not isinstance(inverse, Number):
                exponents.insert(1, scale(-1, inverse))
        for exponent in dict.fromkeys(exponents):
            value = power(stand_in, exponent)
            found += _with(function, variable, value, stand_in, power(variable, power(exponent, number(-1))))
    return found


def _with(
    function: Expr, variable: Symbol, value: Expr, stand_in: Symbol, said: Expr
) -> list[tuple[Expr, Symbol, Expr]]:
    try:
        changed = simplify(function.substitute({variable: value}))
    except MatgradError:
        return []
    return [(changed, stand_in, said)]


def hessian(function: Expr, variable: Symbol) -> Expr:
    """The Hessian on vec."""
    change = differential_of(variable, names_in(function))
    gradient = pullback(function, variable, number(1))
    return simplify(linear_map_of(pushforward(gradient, variable, change), change).kronecker())


def _from_hessian(function: Expr, variable: Symbol, point: dict[Symbol, Expr]) -> Nature:
    try:
        second = hessian(function, variable)
        there = simplify(second.substitute(point))
    except MatgradError:
        return Nature("not known", (NOT_BENT,))
    positive, negative = Fact.POSITIVE_DEFINITE, scale(-1, there)
    if there.is_scalar:
        if there.facts & Fact.POSITIVE or (isinstance(there, Number) and there.value > 0):
            return Nature("minimum", (SECOND_POSITIVE.filled(what=there),))
        if negative.facts & Fact.POSITIVE or (isinstance(there, Number) and there.value < 0):
            return Nature("maximum", (SECOND_NEGATIVE.filled(what=there),))
        if is_zero(there):
            return _from_higher(second, variable, point)
        by_domain = _from_domain(function, variable, second, point)
        if by_domain is not None:
            return by_domain
        sign, what = _sign_of(there)
        if sign and not isinstance(what, Number):
            said = BY_SIGN if sign > 0 else BY_SIGN_MAXIMUM
            return Nature("not known", (said.filled(what=what),))
    elif there.has(positive):
        return Nature("minimum", (HESSIAN_POSITIVE.filled(what=there),))
    elif simplify(negative).has(positive):
        return Nature("maximum", (HESSIAN_NEGATIVE.filled(what=there),))
    elif second is there and there.has(Fact.POSITIVE_SEMIDEFINITE):
        return Nature("minimum", (SEMIDEFINITE.filled(what=there),))
    elif second is there and simplify(negative).has(Fact.POSITIVE_SEMIDEFINITE):
        return Nature("maximum", (NEGATIVE_SEMIDEFINITE.filled(what=there),))
    elif structure_of(variable) is None and _has_both_signs(there, point):
        return Nature("saddle", (BOTH_SIGNS.filled(what=there, n=str(variable.rows)),))
    return Nature("not known", (UNKNOWN.filled(what=there),))


def _from_higher(second: Expr, variable: Symbol, point: dict[Symbol, Expr]) -> Nature:
    """By the first derivative that is not zero: of odd order it is neither a minimum nor a maximum."""
    higher = second
    for order in range(3, HIGHEST + 1):
        higher = simplify(pullback(higher, variable, number(1)))
        there = simplify(higher.substitute(point))
        if is_zero(there):
            continue
        sign = 1 if is_positive(there) else -1 if is_positive(scale(-1, there)) else 0
        if not sign:
            break
        if order % 2:
            said = RISES if sign > 0 else FALLS
            return Nature("saddle", (said.filled(order=order),))
        said = FIRST_POSITIVE if sign > 0 else FIRST_NEGATIVE
        return Nature("minimum" if sign > 0 else "maximum", (said.filled(what=there, order=order),))
    return Nature("not known", (UNKNOWN.filled(what=simplify(second.substitute(point))),))


def _from_domain(function: Expr, variable: Symbol, second: Expr, point: dict[Symbol, Expr]) -> Nature | None:
    """By the second derivative of a number, where what logarithms are taken of is positive."""
    known = insides(function, variable, point)
    sign = sign_of_sum(second, known) if known else None
    if sign is None:
        return None
    if sign.of is None:
        said = POSITIVE_AS if sign.front > 0 else NEGATIVE_AS
        return Nature("minimum" if sign.front > 0 else "maximum", (said.filled(what=second),))
    return Nature("not known", ((BY_SIGN if sign.front > 0 else BY_SIGN_MAXIMUM).filled(what=sign.of),))


def _sign_of(scalar: Expr) -> tuple[int, Expr]:
    """The sign in front of a number, and what has its sign but for that: Σx_i has that of N²/Σx_i."""
    front, rest = content(scalar)
    factors = rest.scalars if isinstance(rest, Product) and not rest.chain else (rest,)
    kept = []
    for factor in factors:
        base, exponent = split_exponent(factor)
        power_of = exponent.value if isinstance(exponent, Number) else None
        if is_positive(factor) or (power_of is not None and power_of.denominator == 1 and power_of % 2 == 0):
            continue
        kept.append(base if power_of is not None and power_of.denominator == 1 else factor)
    return (1 if front > 0 else -1 if front < 0 else 0), multiply(*kept) if kept else number(1)


def _has_both_signs(matrix: Expr, point: dict[Symbol, Expr]) -> bool:
    """Whether it is a multiple of K, or of (A ⊗ Aᵀ)K with an invertible A.

    K has the eigenvalues 1 and −1; the other one is the form tr(A dX A dX), which is tr(M²) with M = A dX.
    """
    _, rest = split_number(matrix)
    if isinstance(rest, Commutation):
        return transpose(rest) is rest
    if not isinstance(rest, Product) or rest.scalars or len(rest.chain) != 2:
        return False
    map_of, turned = rest.chain if isinstance(rest.chain[1], Commutation) else reversed(rest.chain)
    if not (isinstance(turned, Commutation) and transpose(turned) is turned and isinstance(map_of, Kron)):
        return False
    if len(map_of.args) != 2:
        return False
    a, other = map_of.args
    inverses = {inv(a), inv(other)} if a.is_square else set()
    known = a.has(Fact.INVERTIBLE) or any(node in inverses for node in postorder(list(point.values())))
    return a.T is other and a.is_square and known


def is_multilinear(function: Expr, variables: Sequence[Symbol]) -> bool:
    """Whether it is quadratic, and linear in each of the variables alone: its Hessian has no diagonal."""
    alone = all(linear_terms(function, [variable]) is not None for variable in variables)
    if not alone or linear_terms(function, variables) is not None:
        return False
    slopes = [pullback(function, variable, number(1)) for variable in variables]
    return all(linear_terms(slope, variables) is not None for slope in slopes)


def joined(natures: Sequence[tuple[Symbol, Nature]]) -> Nature:
    """The nature of a point that was found variable by variable, each at its own point for the others'."""
    names = {nature.name for _, nature in natures}
    why = tuple(
        FOR_FIXED_REASON.filled(what=FOR_FIXED.filled(what=variable), reason=reason)
        for variable, nature in natures
        for reason in nature.why
    )
    if len(names) == 1:
        return Nature(names.pop(), why)
    return Nature("saddle" if names == {"minimum", "maximum"} else "not known", why)


FOR_FIXED_REASON = Phrase("{what}: {reason}")
