"""Is a stationary point a minimum, a maximum, a saddle? From the structure of the function, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.linear_terms import linear_terms
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of, is_curved
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, content, multiply, scale, split_number
from matgrad.ops.indices.members import Family
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import Commutation
from matgrad.ops.leaves import Number, number
from matgrad.ops.power import Power, power, split_exponent
from matgrad.ops.transpose import transpose
from matgrad.printing.names import unicode_name
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.curvature import Curvature, Shape, curvature
from matgrad.stationarity.linear import is_positive
from matgrad.stationarity.solving import multiplied_out

IN_TERMS_OF = Phrase("in terms of {name} = {what}: {reason}")
HESSIAN_POSITIVE = Phrase("the Hessian there, {what}, is positive definite")
HESSIAN_NEGATIVE = Phrase("the Hessian there, {what}, is negative definite")
SECOND_POSITIVE = Phrase("the second derivative there, {what}, is positive")
SECOND_NEGATIVE = Phrase("the second derivative there, {what}, is negative")
BOTH_SIGNS = Phrase("the Hessian {what} has eigenvalues of both signs")
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
    if any(reason.english in (BY_SIGN.english, BY_SIGN_MAXIMUM.english) for reason in found.why):
        return found
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
    return found


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
        sign, what = _sign_of(there)
        if sign and not isinstance(what, Number):
            said = BY_SIGN if sign > 0 else BY_SIGN_MAXIMUM
            return Nature("not known", (said.filled(what=what),))
    elif there.has(positive):
        return Nature("minimum", (HESSIAN_POSITIVE.filled(what=there),))
    elif simplify(negative).has(positive):
        return Nature("maximum", (HESSIAN_NEGATIVE.filled(what=there),))
    elif _has_both_signs(there):
        return Nature("saddle", (BOTH_SIGNS.filled(what=there),))
    return Nature("not known", (UNKNOWN.filled(what=there),))


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


def _has_both_signs(matrix: Expr) -> bool:
    """Whether it is a multiple of K, whose eigenvalues are 1 and −1."""
    _, rest = split_number(matrix)
    return isinstance(rest, Commutation) and transpose(rest) is rest


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
