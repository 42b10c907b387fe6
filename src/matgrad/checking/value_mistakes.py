"""Mistakes that show in the value of an answer: factors, signs, terms, transposes, missing facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import isfinite
from typing import Any

from matgrad.calculus.structure import adjective_of, structure_of
from matgrad.checking.case import Case, Field, Finding, Target, written
from matgrad.checking.combination import combination
from matgrad.checking.trial import CLOSE, NOISE, Point, confirmed, entries, same_shape
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import FACT_ADJECTIVES, Fact, closure
from matgrad.core.records import dataclass
from matgrad.numeric.sizes import dims_in
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, subtract
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.identities.scalar_products import total
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import commutation
from matgrad.ops.leaves import Number, Ones, dimension, is_zero, number
from matgrad.ops.power import Exp, exp, power
from matgrad.ops.softmax import LogSumExp, Softmax
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import sym
from matgrad.rewrite.expanding import expanded

LARGEST = 60
"""Factors with a larger denominator or numerator are no slip of the pen."""

LARGEST_SUM = 8
"""Sums of more terms than this are not looked at term by term."""

_TURNED = 0.2
"""How far-fetched it is that a wrong answer is meant in another layout."""

_NARROWING = (
    (Fact.SYMMETRIC, 0.0),
    (Fact.DIAGONAL, 0.5),
    (Fact.ORTHOGONAL, 0.4),
    (Fact.SKEW, 0.7),
    (Fact.POSITIVE, 0.4),
    (Fact.ORTHONORMAL_COLUMNS, 0.5),
)
"""Facts under which an answer may become right, and how far-fetched each is."""

_SQUARE = Fact.SYMMETRIC | Fact.DIAGONAL | Fact.ORTHOGONAL | Fact.SKEW


def rational(value: float) -> Fraction | None:
    """The simple fraction that a machine number is, if it is one."""
    found = Fraction(value).limit_denominator(LARGEST)
    if abs(found.numerator) > LARGEST or abs(value - float(found)) > CLOSE * max(1.0, abs(value)):
        return None
    return found


def fraction_text(value: Fraction) -> str:
    """A factor as it is written."""
    return written(number(value))


def constant_factor(case: Case) -> Iterator[Finding]:
    """The answer is a number times the derivative."""
    for place, target in enumerate(case.targets):
        ratio = ratio_to(case, target.expr)
        if ratio is None or ratio in (0, 1) or not confirmed(case.expr, scale(ratio, target.expr)):
            continue
        yield replace(off_by(ratio, 1.0 + _TURNED * place), target=target)


def off_by(ratio: Fraction, cost: float) -> Finding:
    """What is said of an answer that is a number times the derivative."""
    if ratio == -1:
        return Finding("sign", cost)
    fields = {"factor": fraction_text(ratio), "remedy": fraction_text(1 / ratio)}
    return Finding("factor" if ratio > 0 else "sign_and_factor", cost, fields)


def ratio_to(case: Case, right: Expr, given: Expr | None = None) -> Fraction | None:
    """The number that the answer, or what is given, is times an expression, as far as a few points tell."""
    found = {rational(r) if r is not None else None for r in _ratios(case, right, given)}
    return found.pop() if len(found) == 1 else None


def _ratios(case: Case, right: Expr, given: Expr | None = None) -> list[float | None]:
    """At each point the number that the answer is times an expression, where it is one."""
    ratios: list[float | None] = []
    for point in case.trial.points:
        a, b = point.value(case.expr if given is None else given), point.value(right)
        if a is None or b is None or not same_shape(a, b) or point.xp.largest(b) < NOISE:
            return [None]
        found = combination([entries(b)], entries(a), CLOSE)
        ratio = None if found.weights is None else float(found.weights[0])
        ratios.append(ratio if ratio and isfinite(ratio) else None)
    return ratios or [None]


def scalar_factor(case: Case) -> Iterator[Finding]:
    """The answer is the derivative but for a scalar expression: n, ‖x‖, det X."""
    for place, target in enumerate(case.targets):
        ratios = _ratios(case, target.expr)
        if None in ratios:
            continue
        for cost, excess in _scalar_excess(case, target, [r for r in ratios if r is not None]):
            if not confirmed(case.expr, multiply(excess.whole, target.expr)):
                continue
            kind = "missing" if excess.is_missing else "extra"
            also = Finding("sign", 1.0) if excess.is_negative else None
            fields: dict[str, Field] = {"factor": excess.shown}
            yield Finding(f"scalar_factor_{kind}", 1.3 + place + cost, fields, also=also, target=target)


@dataclass(frozen=True, slots=True)
class _Excess:
    """A scalar expression by which something is too large, or its inverse, which is missing."""

    whole: Expr
    shown: Expr
    is_missing: bool
    is_negative: bool


def _scalar_excess(case: Case, target: Target, ratios: list[float]) -> Iterator[tuple[float, _Excess]]:
    """The scalar expressions that have given values at the points, and how far-fetched they are."""
    for scalar in _scalars(case, target):
        values = [point.value(scalar) for point in case.trial.points]
        sizes = [float(v[0][0]) for v in values if v is not None]
        if len(sizes) < len(values) or any(not 1e-9 <= abs(size) <= 1e100 for size in sizes):
            continue
        for exponent in (-1, 1, -2, 2):
            numbers = {rational(ratio * size**-exponent) for ratio, size in zip(ratios, sizes, strict=True)}
            factor = numbers.pop() if len(numbers) == 1 else None
            if not factor:
                continue
            if (
                factor < 0
                and isinstance(scalar, Sum)
                and exponent % 2
                and any(map(_is_negative, scalar.args))
            ):
                # In −(1 − aᵀw) the factor that people see is aᵀw − 1.
                scalar, factor = scale(-1, scalar), -factor
            whole = multiply(number(factor), power(scalar, number(exponent)))
            shown = multiply(number(abs(factor)), power(scalar, number(exponent)))
            inverse = multiply(number(1 / abs(factor)), power(scalar, number(-exponent)))
            cost = (0.3 if factor != 1 else 0) + 0.2 * (abs(exponent) - 1)
            yield cost, _Excess(whole, inverse if exponent < 0 else shown, exponent < 0, factor < 0)


def term_with_scalar(case: Case) -> Iterator[Finding]:
    """In one term of the derivative a scalar expression is missing or too much."""
    for place, target in enumerate(case.targets[:2]):
        for opened, parts in enumerate(_terms_of(target.expr)):
            if 1 < len(parts) <= LARGEST_SUM:
                for finding in _in_one_of(case, target, parts):
                    yield replace(finding, cost=finding.cost + place + 0.3 * opened)


def _in_one_of(case: Case, target: Target, parts: Sequence[Expr]) -> Iterator[Finding]:
    """The scalar expressions that are missing or too much in one of some terms."""
    for i, part in enumerate(parts):
        rest = add(*(p for j, p in enumerate(parts) if j != i))
        ratios = _ratios(case, part, subtract(case.expr, rest))
        if None in ratios:
            continue
        for cost, excess in _scalar_excess(case, target, [r for r in ratios if r is not None]):
            if confirmed(case.expr, add(rest, multiply(excess.whole, part))):
                kind = "missing" if excess.is_missing else "extra"
                fields = {"factor": excess.shown, "term": part}
                given = scale(-1, part)
                also = Finding("term_sign", 1.3, {"old": given}) if excess.is_negative else None
                yield Finding(f"term_scalar_{kind}", 1.45 + cost, fields, also=also)


def _is_negative(expr: Expr) -> bool:
    """Whether a term stands behind a minus sign."""
    value = expr.value if isinstance(expr, Number) else getattr(expr, "coefficient", 1)
    return bool(value < 0)


def _scalars(case: Case, target: Target) -> list[Expr]:
    """The scalar expressions that a factor may be: sizes, and scalar parts of what is known."""
    nodes = postorder([case.function, target.expr, case.expr])
    found = [node for node in nodes if node.is_scalar and not isinstance(node, Number)]
    sizes = [dimension(dim) for dim in dims_in(nodes) if not dim.is_integer]
    sizes.sort(key=lambda size: (size.size, str(size)))
    lines = [node for node in nodes if node.is_vector and isinstance(node, (Symbol, Sum))]
    lengths = [multiply(transpose(v), v) for v in lines]
    norms = [power(length, number(Fraction(1, 2))) for length in lengths]
    sums = [total(exp(node.args[0])) for node in nodes if isinstance(node, (LogSumExp, Softmax))]
    exponents = [node.args[0] for node in nodes if isinstance(node, Exp) and node.is_scalar]
    parts = [exp(term) for exponent in exponents if isinstance(exponent, Sum) for term in exponent.args]
    return list(dict.fromkeys([*sizes, *found, *norms, *lengths, *sums, *parts]))


def terms(case: Case) -> Iterator[Finding]:
    """A term of the derivative is lost, has the wrong sign or factor, or is one too many."""
    for place, target in enumerate(case.targets):
        for opened, right in enumerate(_terms_of(target.expr)):
            found = _weights(case, right, case.expr)
            if found is not None and confirmed(
                case.expr, add(*(scale(c, t) for c, t in zip(found, right, strict=True)))
            ):
                for finding in _unequal(found, right, _TURNED * place):
                    is_lost = finding.mistake == "lost_term"
                    more = opened * (0.2 if is_lost else 0.1)
                    more += 0.15 if is_lost and not opened and _opens_complements(target.expr) else 0.0
                    yield replace(finding, cost=finding.cost + more, target=target)
        as_written = list(case.expr.args) if isinstance(case.expr, Sum) else [case.expr]
        for own in (terms_in(case.expr), as_written):
            found = _weights(case, own, target.expr) if len(own) > 1 else None
            if found is not None and confirmed(
                target.expr, add(*(scale(c, t) for c, t in zip(found, own, strict=True)))
            ):
                yield from (replace(f, target=target) for f in _own_terms(found, own, _TURNED * place))


def _terms_of(expr: Expr) -> list[list[Expr]]:
    """The terms of an expression as it stands, behind a scalar at most, and once it is multiplied out."""
    whole = terms_in(expr)
    if len(whole) == 1 and isinstance(expr, Product):
        # Of Aᵀ(s ⊙ (c − α𝟏)) the terms stand inside.
        parts = [expanded(part) if isinstance(part, Hadamard) else part for part in expr.args]
        whole = terms_in(multiply(number(expr.coefficient), *parts))
    inside = expr.chain[0] if isinstance(expr, Product) and len(expr.chain) == 1 else expr
    if not isinstance(inside, Sum):
        return [whole] if len(whole) > 1 else []
    front = [number(expr.coefficient), *expr.scalars] if isinstance(expr, Product) else []
    plain = [multiply(*front, part) for part in inside.args]
    return [plain] if set(plain) == set(whole) else [plain, whole]


def _opens_complements(expr: Expr) -> bool:
    """Whether a factor is 1 − y, which nobody multiplies out: the slope σ(1 − σ)."""
    factors = expr.args if isinstance(expr, (Product, Hadamard)) else ()
    sums = (factor for factor in factors if isinstance(factor, Sum))
    return any(isinstance(part, (Number, Ones)) for one in sums for part in one.args)


def terms_in(expr: Expr) -> list[Expr]:
    """The terms of an expression once it is multiplied out."""
    opened = expanded(expr)
    return list(opened.args) if isinstance(opened, Sum) else [opened]


def _weights(case: Case, parts: list[Expr], whole: Expr) -> list[Fraction] | None:
    """Numbers c with c₁ T₁ + … + cₖ Tₖ equal to the whole, where they are determined and simple."""
    if len(parts) > LARGEST_SUM:
        return None
    for points in (case.trial.points, case.trial.many_points):
        weights, is_settled = _combination(points, parts, whole)
        if is_settled:
            return weights
    return None


def _combination(
    points: Sequence[Point], parts: list[Expr], whole: Expr
) -> tuple[list[Fraction] | None, bool]:
    """The numbers, and whether these points settle what they are or that there are none."""
    columns: list[list[Any]] = [[] for _ in parts]
    goal: list[Any] = []
    for point in points:
        values = [point.value(part) for part in parts]
        value = point.value(whole)
        for column, v in zip(columns, values, strict=True):
            if value is None or v is None or not same_shape(v, value):
                return None, True
            column += entries(v)
        assert value is not None
        goal += entries(value)
    if not goal:
        return None, True
    found = combination(columns, goal, CLOSE)
    if found.weights is None:
        return None, found.settled
    weights = [w for c in found.weights if (w := rational(float(c))) is not None]
    return (weights if len(weights) == len(parts) else None), True


def _unequal(weights: list[Fraction], parts: list[Expr], place: float) -> Iterator[Finding]:
    """What is wrong where the answer is a combination of the right terms."""
    odd = [(w, p) for w, p in zip(weights, parts, strict=True) if w != 1]
    common = max(set(weights), key=lambda w: (weights.count(w), w > 0, w == 1))
    is_usual = weights.count(common) > 1 or len({abs(w) for w in weights}) == 1
    if common not in (0, 1) and len(set(weights)) == 2 and is_usual:
        # All terms have one factor, and one of them something else as well.
        rest = [w / common for w in weights]
        beside = [f for f in _unequal(rest, parts, place) if f.also is None]
        for one in beside[:1]:
            yield replace(one, cost=one.cost + 0.8, also=off_by(common, 1.0))
    elif len(odd) == 2 and odd[0][0] != odd[1][0]:
        one, other = (_of_term(w, p) for w, p in odd)
        # Where a term is lost as well, a fact that is not declared explains more with less.
        yield replace(one, cost=(2.5 if 0 in (odd[0][0], odd[1][0]) else 2.1) + place, also=other)
    lost = [p for w, p in odd if w == 0]
    doubled = [p for w, p in odd if w == 2]
    if len(lost) == len(doubled) == 1 and len(odd) == 2:
        yield Finding("term_for_another", 1.65 + place, {"old": lost[0], "new": doubled[0]})
    if not odd or len(odd) == len(parts):
        return
    cost = 1.3 + place + 1.1 * (len(odd) - 1)
    if all(w == 0 for w, _ in odd):
        yield Finding("lost_term", cost, {"term": add(*(p for _, p in odd))})
    elif all(w == -1 for w, _ in odd):
        several = 1.3 + place + 0.08 * (len(odd) - 1)
        yield Finding("term_sign", several, {"old": scale(-1, add(*(p for _, p in odd)))})
    elif len(odd) == 1:
        yield Finding("term_factor", cost - 0.05, {"term": odd[0][1], "given": scale(odd[0][0], odd[0][1])})


def _of_term(weight: Fraction, term: Expr) -> Finding:
    """What is wrong with a term that is there so many times."""
    if weight == 0:
        return Finding("lost_term", 1.3, {"term": term})
    if weight == -1:
        return Finding("term_sign", 1.3, {"old": scale(-1, term)})
    return Finding("term_factor", 1.25, {"term": term, "given": scale(weight, term)})


def _own_terms(weights: list[Fraction], parts: list[Expr], place: float) -> Iterator[Finding]:
    """What is wrong where the derivative is a combination of the terms of the answer."""
    odd = [(w, p) for w, p in zip(weights, parts, strict=True) if w != 1]
    if not odd or len(odd) == len(parts):
        return
    cost = 1.3 + place + 1.1 * (len(odd) - 1)
    if all(w == 0 for w, _ in odd):
        yield Finding("extra_term", cost, {"old": add(*(p for _, p in odd))})
    elif all(w == -1 for w, _ in odd):
        yield Finding("term_sign", cost + 0.01, {"old": odd[0][1]})
    elif len(odd) == 1:
        (weight, part), *_ = odd
        yield Finding("term_factor", cost - 0.04, {"term": scale(weight, part), "given": part})


def facts(case: Case) -> Iterator[Finding]:
    """The answer is right if more were known of a variable: 2Ax is, if A is symmetric."""
    symbols = [s for s in case.trial.symbols if not s.is_scalar and s.label != case.change.label]
    for target in case.targets[:2]:
        for fact, cost in _NARROWING:
            for symbol in symbols:
                if not _may_have(symbol, fact):
                    continue
                points = case.trial.draw({symbol.label: fact})
                if not points or not case.trial.close(case.expr, target.expr, points):
                    continue
                if all(is_nothing(point, target.expr) for point in points):
                    continue  # with it nothing is left of the derivative
                if _holds_under({symbol: fact}, case.expr, target.expr):
                    own = 0.6 if symbol is case.variable else 0.0
                    yield fact_finding(case, {symbol: fact}, 1.6 + cost + own)
    square = [s for s in symbols if _may_have(s, Fact.SYMMETRIC) and s is not case.variable]
    if 2 <= len(square) <= 4:
        together = dict.fromkeys(square, Fact.SYMMETRIC)
        points = case.trial.draw({s.label: fact for s, fact in together.items()})
        for target in case.targets[:2]:
            near = points and case.trial.close(case.expr, target.expr, points)
            if near and _holds_under(together, case.expr, target.expr):
                yield fact_finding(case, together, 1.9)


_EXCLUDES = (
    (Fact.SKEW, (Fact.SYMMETRIC,)),
    (Fact.SYMMETRIC, (Fact.SKEW,)),
    (Fact.DIAGONAL, (Fact.SKEW, Fact.ORTHOGONAL)),
    (Fact.ORTHOGONAL, (Fact.DIAGONAL, Fact.POSITIVE_SEMIDEFINITE)),
)
"""Facts that make next to nothing of a matrix which has one of the others: symmetric and skew is zero."""


def is_nothing(point: Point, expr: Expr) -> bool:
    """Whether an expression is zero at a point, but for rounding."""
    value = point.value(expr)
    return value is not None and not point.xp.largest(value) > NOISE


def _may_have(symbol: Symbol, fact: Fact) -> bool:
    if symbol.facts & fact == fact:
        return False
    for one, others in _EXCLUDES:
        if fact & one == one and any(symbol.has(other) for other in others):
            return False
    if fact & _SQUARE:
        return symbol.is_square
    return not (fact & Fact.ORTHONORMAL_COLUMNS and (symbol.is_square or symbol.is_vector or symbol.is_row))


def _holds_under(more: dict[Symbol, Fact], a: Expr, b: Expr) -> bool:
    """Whether two expressions are equal once more is known of variables."""
    known = {
        s: Symbol.stand_in(s.label, s.rows, s.columns, closure(s.facts | fact)) for s, fact in more.items()
    }
    return confirmed(a.substitute(known), b.substitute(known))


def fact_finding(case: Case, more: dict[Symbol, Fact], cost: float) -> Finding:
    """What is said where an answer is right once more is known of variables."""
    names = ", ".join(written(symbol) for symbol in more)
    fact = next(iter(more.values()))
    declaration = ", ".join(f"{s.label}: {_shape(s)} {FACT_ADJECTIVES[fact].english}" for s in more)
    fields: dict[str, Field] = {
        "answer": case.expr,
        "names": names,
        "fact": FACT_ADJECTIVES[fact],
        "declaration": declaration,
    }
    return Finding("fact" if len(more) == 1 else "facts", cost, fields, hint="declare")


def _shape(symbol: Symbol) -> str:
    return f"{symbol.rows}×{symbol.columns}" if not symbol.is_vector else str(symbol.rows)


def matrices_in(case: Case) -> list[Symbol]:
    """The variables of an answer that are no numbers."""
    found = symbols_of(case.expr)
    return [s for s in found.values() if s.label != case.change.label and not s.is_scalar]


def throughout(case: Case) -> Iterator[Finding]:
    """A variable of the answer is written wrongly wherever it occurs."""
    symbols = matrices_in(case)
    for symbol in symbols:
        choices: list[tuple[str, float, Expr]] = [("throughout", 1.6, scale(-1, symbol))]
        if symbol.is_square and transpose(symbol) is not symbol:
            choices.append(("transpose_throughout", 1.5, transpose(symbol)))
        if symbol.is_square:
            choices.append(("throughout", 1.7, inv(symbol)))
        for mistake, cost, other in choices:
            if _mended(case, {symbol: other}):
                yield Finding(mistake, cost, {"old": symbol, "new": other})
    for first, second in combinations(symbols, 2):
        if first.shape == second.shape and _mended(case, {first: second, second: first}):
            yield Finding("symbols_swapped", 1.6, {"old": first, "new": second})


def _mended(case: Case, changes: dict[Symbol, Expr]) -> bool:
    """Whether the answer is right once variables of it are replaced."""
    try:
        changed = case.expr.substitute(changes)
    except MatgradError:
        return False
    return any(case.trial.same(changed, target.expr) for target in case.targets[:2])


def whole_answer(case: Case) -> Iterator[Finding]:
    """Something is still to be done with the whole answer: symmetrise it, take its trace."""
    expr = case.expr
    if expr.is_square and not expr.is_scalar:
        for target in case.targets:
            by_symmetric = case.variable.has(Fact.SYMMETRIC) and target.view.form == "gradient"
            if by_symmetric and case.trial.same(sym(expr), target.expr):
                yield Finding("not_symmetric", 1.1, {"name": case.variable})
        trace_of = trace(expr)
        for view in case.wanted:
            is_due = view.form == "differential" and view.shape == trace_of.shape
            if is_due and case.trial.same(trace_of, view.expr()):
                yield Finding("trace_missing", 1.1)


def structure_ignored(case: Case) -> Iterator[Finding]:
    """The structure of the variable was left out of account, or its diagonal counted twice."""
    variable = case.variable
    if case.question.order != 1 or not case.function.is_scalar or structure_of(variable) is None:
        return
    general = case.views.derivatives.first().unstructured
    if general.shape == case.expr.shape:
        if case.trial.same(case.expr, general):
            yield Finding("structure_ignored", 1.1, {"name": variable, "fact": adjective_of(variable)})
        elif variable.has(Fact.SYMMETRIC) and case.trial.same(case.expr, add(general, transpose(general))):
            yield Finding("diagonal_twice", 1.1, {"name": variable})


def rows_stacked(case: Case) -> Iterator[Finding]:
    """The Jacobian is right where vec stacks the rows instead of the columns."""
    function, variable = case.function, case.variable
    for target in case.targets:
        view = target.view
        if view.form != "jacobian" or view.stacked != "vec" or view.layout is None:
            continue
        if function.is_scalar or view.convention == "independent":
            continue
        of_function = commutation(function.rows, function.columns)
        of_variable = commutation(variable.columns, variable.rows)
        upright = transpose(target.expr) if view.layout == "denominator" else target.expr
        turned = of_function @ upright @ of_variable
        turned = transpose(turned) if view.layout == "denominator" else turned
        if case.trial.same(case.expr, turned):
            yield Finding("rows_stacked", 1.2)


def zero(case: Case) -> Iterator[Finding]:
    """The answer is zero and the derivative is not."""
    if is_zero(case.expr):
        yield Finding("zero", 0.5, {"name": case.variable})
