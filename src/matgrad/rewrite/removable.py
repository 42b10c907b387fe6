"""Quotients that have a limit where they are 0/0: sin(t)/t, (1 − cos t)/t², cos(t)/t − sin(t)/t².

Whatever is a function of one number, or of the entries of one matrix, is expanded in a Laurent series
about the point where a denominator vanishes. Where no negative power is left, its value near that point
is that of the series: the limit there, and beside it the digits that the quotient would lose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from matgrad.core.expr import Expr, postorder
from matgrad.core.records import dataclass
from matgrad.core.substitution import rewrite_bottom_up, with_equal_operands
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import Number, Ones, Pi, number
from matgrad.ops.power import Power, power
from matgrad.ops.robust_values import Away, Near, Norm
from matgrad.rewrite.series import NoSeriesError, Series, context
from matgrad.rewrite.squares import squared

SHARE = 5
"""The series is used within this share of its radius of convergence."""

FARTHEST = Fraction(3, 2)
"""And no farther than this."""

KEPT = 24
"""Terms with which the series has the digits of a double within that share."""

POINTS = (Fraction(0), Fraction(1), Fraction(-1))
"""Where denominators are tried, besides the zeros of those that are linear."""


def removed(roots: Sequence[Expr]) -> list[Expr]:
    """Expressions with their removable singularities removed, from the whole to the parts."""
    if not any(_is_pole(node) for node in postorder(roots)):
        return list(roots)
    done: dict[Expr, Expr] = {}
    whole: set[Expr] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node in done:
            continue
        if node not in whole:
            changed = _without_singularity(node)
            if changed is not None:
                done[node] = changed
                continue
            whole.add(node)
            missing = [arg for arg in node.args if arg not in done]
            if missing:
                stack += [node, *missing]
                continue
        done[node] = with_equal_operands(node, tuple(done[arg] for arg in node.args))
    return [done[root] for root in roots]


def _is_pole(node: Expr) -> bool:
    return isinstance(node, Power) and isinstance(node.exponent, Number) and node.exponent.value < 0


# ---- functions of one number -----------------------------------------------------------------


def _atom(node: Expr) -> Expr | None:
    """What a part is a function of by itself; ``None`` for operations on numbers."""
    if node.is_scalar:
        root = squared(node)
        if root is not None and not root.is_scalar:
            return Norm.of(root)
    if isinstance(node, (Number, Ones, Pi, Sum, Power, Hadamard, Elementwise)) or _is_scaled(node):
        return None
    return node


def _is_scaled(node: Expr) -> bool:
    """Whether a product is one of scalars, or of numbers and one matrix."""
    return isinstance(node, Product) and len(node.chain) <= 1


def _operands(node: Expr) -> Iterable[Expr]:
    return node.args[:1] if isinstance(node, Power) and isinstance(node.exponent, Number) else node.args


def _split(node: Expr) -> tuple[set[Expr], list[Expr]]:
    """The numbers and matrices of which an expression is a function, entry by entry; and its parts above."""
    found: set[Expr] = set()
    above: list[Expr] = []
    stack, seen = [node], {node}
    while stack:
        part = stack.pop()
        atom = _atom(part)
        if atom is not None:
            found.add(atom)
            continue
        above.append(part)
        fresh = [arg for arg in _operands(part) if arg not in seen]
        seen.update(fresh)
        stack += fresh
    return found, above


def _atoms(node: Expr) -> set[Expr]:
    """The numbers and matrices of which an expression is a function, entry by entry."""
    return _split(node)[0]


def _series(node: Expr, variable: Expr, point: Fraction, known: dict[Expr, Series]) -> Series:
    """The series of a function of one variable about a point."""
    if node in known:
        return known[node]
    if _atom(node) is not None:
        result = Series.variable(point)
        result = result if node is variable else result.power(Fraction(2))
    elif isinstance(node, Number):
        result = Series.constant(node.value)
    elif isinstance(node, Ones):
        result = Series.constant(Fraction(1))
    elif isinstance(node, Pi):
        result = Series.constant(+context().pi)
    else:
        if isinstance(node, Power) and not isinstance(node.exponent, Number):
            raise NoSeriesError
        result = _of_operands(node, [_series(arg, variable, point, known) for arg in _operands(node)])
    known[node] = result
    return result


def _of_operands(node: Expr, operands: Sequence[Series]) -> Series:
    if isinstance(node, Power):
        assert isinstance(node.exponent, Number)
        return operands[0].power(node.exponent.value)
    if isinstance(node, Elementwise):
        return operands[0].through(node.entry)
    first, *rest = operands
    for other in rest:
        first = first + other if isinstance(node, Sum) else first * other
    return first * Series.constant(node.coefficient) if isinstance(node, Product) else first


# ---- finding and removing --------------------------------------------------------------------


def _factors(term: Expr) -> tuple[Fraction, list[Expr]]:
    """A term as a number times factors, of each other by entries or by scalars."""
    coefficient = Fraction(1)
    factors = [term]
    if isinstance(term, Product):
        coefficient, factors = term.coefficient, [*term.scalars]
        if len(term.chain) == 1 and isinstance(term.chain[0], Hadamard):
            factors += term.chain[0].args
        elif term.chain:
            factors.append(multiply(*term.chain))
    elif isinstance(term, Hadamard):
        factors = list(term.args)
    return coefficient, factors


def _poles(factors: Iterable[Expr]) -> Iterator[Expr]:
    """The bases of negative powers, in sums of some depth too."""
    for factor in factors:
        if _is_pole(factor):
            yield factor.args[0]
        elif isinstance(factor, (Sum, Product, Hadamard)) and _is_scaled_or_sum(factor):
            yield from _poles(factor.args)


def _is_scaled_or_sum(node: Expr) -> bool:
    return not isinstance(node, Product) or _is_scaled(node)


def _without_singularity(node: Expr) -> Expr | None:
    """A product or a sum whose poles are lifted by other factors or terms; ``None`` where none are."""
    terms = node.args if isinstance(node, Sum) else (node,)
    if not isinstance(node, (Sum, Product, Hadamard)):
        return None
    split = [_factors(term) for term in terms]
    if len(terms) == 1 and not _are_functions(split[0][1]):
        return None
    tried: set[Expr] = set()
    for base in _poles([factor for _, factors in split for factor in factors]):
        if base in tried:
            continue
        tried.add(base)
        of = _atoms(base)
        if len(of) != 1:
            continue
        (variable,) = of
        groups = _functions_of(variable, split, node)
        if all(group.whole is None for group in groups):
            continue
        for point in _zeros(base, variable):
            changed = _removed_at(groups, variable, point)
            if changed is not None:
                return changed
    return _under_one_operation(node) if isinstance(node, Sum) else None


def _under_one_operation(node: Sum) -> Expr | None:
    """The sum vec(X) + vec(Y), or one of diagonal matrices, as one of X + Y where that lifts poles."""
    groups: dict[object, list[Expr]] = {}
    for term in node.args:
        core = content(term)[1]
        kind = (type(core), core.data, core.args[0].shape) if core.moves_entries else term
        groups.setdefault(kind, []).append(term)
    result, changed = [], False
    for terms in groups.values():
        inner = None
        if len(terms) > 1:
            inside = [scale(front, core.args[0]) for front, core in map(content, terms)]
            inner = _without_singularity(add(*inside))
        if inner is None:
            result += terms
        else:
            core = content(terms[0])[1]
            result.append(core.rebuild((inner,), core.data))
            changed = True
    return add(*result) if changed else None


def _zeros(base: Expr, variable: Expr) -> Iterator[Fraction]:
    """Where a denominator vanishes."""
    points = list(POINTS)
    if isinstance(base, Sum) and variable.is_scalar:
        start, slope = _linear(base, variable)
        if slope:
            points = [-start / slope]
    elif base is variable:
        points = [Fraction(0)]
    for point in points:
        try:
            if _series(base, variable, point, {}).order > 0:
                yield point
        except NoSeriesError:
            continue


def _linear(base: Sum, variable: Expr) -> tuple[Fraction, Fraction]:
    """The a and b of a + b t; b is 0 where it is no such sum."""
    start, slope = Fraction(0), Fraction(0)
    for term in base.args:
        coefficient, factors = (Fraction(term.value), []) if isinstance(term, Number) else _factors(term)
        if not factors:
            start += coefficient
        elif len(factors) == 1 and (factors[0] is variable or _norm_of(factors[0]) is variable):
            slope += coefficient
        else:
            return Fraction(0), Fraction(0)
    return start, slope


def _norm_of(node: Expr) -> Expr | None:
    """The norm that a root of a sum of squares is."""
    is_root = isinstance(node, Power) and node.exponent is number(Fraction(1, 2))
    return _atom(node.args[0]) if is_root else None


@dataclass(frozen=True)
class _Group:
    """The terms of a sum that have the same factors besides functions of a variable.

    Attributes
    ----------
    terms : list of (Fraction, list of Expr)
        The functions, each a number times factors.
    rest : tuple of Expr
        The common factors.
    whole : Expr or None
        The sum of the functions, where it may have a limit.
    """

    terms: list[tuple[Fraction, list[Expr]]]
    rest: tuple[Expr, ...]
    whole: Expr | None


def _functions_of(variable: Expr, split: Sequence[tuple[Fraction, list[Expr]]], node: Expr) -> list[_Group]:
    """The terms of a sum by their factors besides functions of a variable."""
    groups: dict[tuple[Expr, ...], list[tuple[Fraction, list[Expr]]]] = {}
    for coefficient, factors in split:
        own = [factor for factor in factors if _atoms(factor) <= {variable}]
        rest = tuple(factor for factor in factors if factor not in own)
        groups.setdefault(rest, []).append((coefficient, own))
    shapes = (variable.shape, *((node.shape,) if variable.is_scalar else ()))
    found = []
    for rest, terms in groups.items():
        whole = None
        if len(terms) > 1 or _are_functions(terms[0][1]):
            parts = [_term(coefficient, own) for coefficient, own in terms]
            same = all(part.shape == parts[0].shape for part in parts)
            whole = add(*parts) if same and parts[0].shape in shapes else None
        found.append(_Group(terms, rest, whole if whole is not None and _can_have_limit(whole) else None))
    return found


def _term(coefficient: Fraction, own: Sequence[Expr]) -> Expr:
    return multiply(number(coefficient), _together(own))


def _are_functions(factors: Iterable[Expr]) -> bool:
    """Whether some factors are more than powers: powers alone have the poles that they have."""
    return any(isinstance(part, (Elementwise, Sum)) for factor in factors for part in _split(factor)[1])


def _can_have_limit(whole: Expr) -> bool:
    """Whether a function has a pole, and more than powers, which may lift it."""
    return _are_functions([whole]) and any(_is_pole(part) for part in _split(whole)[1])


def _removed_at(groups: Sequence[_Group], variable: Expr, point: Fraction) -> Expr | None:
    """The sum with the functions put together that have a limit only together."""
    changed, result = False, []
    for group in groups:
        near = None if group.whole is None else _near(group.whole, variable, point)
        if near is None:
            result += [_together([_term(*term), *group.rest]) for term in group.terms]
        else:
            changed = True
            result.append(_together([near, *group.rest]))
    return add(*result) if changed else None


def _together(factors: Sequence[Expr]) -> Expr:
    """The product of scalars and of matrices by entries."""
    scalars = [factor for factor in factors if factor.is_scalar]
    matrices = [factor for factor in factors if not factor.is_scalar]
    return multiply(*scalars, *([hadamard(*matrices)] if matrices else []))


def _near(whole: Expr, variable: Expr, point: Fraction) -> Expr | None:
    """A function of one variable, by its series near a point where that has no negative power."""
    known: dict[Expr, Series] = {}
    try:
        series = _series(whole, variable, point, known)
    except NoSeriesError:
        return None
    # Parts without a pole are computed as they are.
    if series.order < 0 or all(part.order >= 0 for part in known.values()):
        return None
    terms = [series.at(k) for k in range(KEPT)]
    reach = _reach(terms)
    away = Away.of(variable, more=(point, reach))
    return Near.of(variable, _moved(whole, variable, away), more=(point, reach, _kept(terms, reach)))


def _reach(terms: Sequence[object]) -> Fraction:
    """How far from the point the series is used."""
    ctx = context()
    roots = [abs(c) ** (-ctx.one / k) for k, c in enumerate(terms) if c and k >= KEPT // 2]  # type: ignore[arg-type]
    radius = min(roots, default=ctx.mpf(100))
    return min(FARTHEST, Fraction(round(float(radius / SHARE), 3)).limit_denominator(1000))


def _kept(terms: Sequence[object], reach: Fraction) -> tuple[Fraction, ...]:
    """The coefficients as doubles, without those that no digit of the value depends on."""
    numbers = [Fraction(float(c)) for c in terms]  # type: ignore[arg-type]
    sizes = [float(abs(c) * reach**k) for k, c in enumerate(numbers)]
    last = max((k for k, size in enumerate(sizes) if size > 1e-20 * max(sizes)), default=0)
    return tuple(numbers[: last + 1])


def _moved(whole: Expr, variable: Expr, away: Expr) -> Expr:
    """A function of the variable at another place."""

    def leaf(node: Expr) -> Expr | None:
        if node is variable:
            return away
        return power(away, number(2)) if _atom(node) is variable else None

    return rewrite_bottom_up(whole, leaf)
