"""Reading a derivative off a differential: tr(Gᵀ dX), J vec(dX), F' dt, or entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Simplifier
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.core.arrays import Array
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation import reasons as why
from matgrad.explanation.canonical import K_TURNS, canonical, identities_between, rewriting, turned_signs
from matgrad.explanation.differentiations import NamedDifferentiation
from matgrad.explanation.lines import ENDLESS, THEREFORE, Formula, Label, Line, Point, alike, is_short_enough
from matgrad.explanation.terms import inner_product_reasons, terms_of, vec_reasons
from matgrad.explanation.unsimplified import plus, product, traced
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, split_number
from matgrad.ops.leaves import Eye, is_zero, number, zeros
from matgrad.ops.reshaping import vec
from matgrad.ops.trace import Trace, inner_product
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import tril
from matgrad.ops.vec_matrices import vech
from matgrad.printing import begins_with_minus
from matgrad.printing.index_notation import index_notation
from matgrad.printing.scripts import attached
from matgrad.verify.by_entries import components_claim

MOST_TERMS = 6
"""A vec of more terms than this is not written term by term."""


@dataclass(frozen=True)
class Reading:
    """A differential to be read, and what must come out.

    Attributes
    ----------
    differentiation : NamedDifferentiation
        Its form says what is read: a gradient, a Jacobian, a differential …
    in_names : bool
        Whether the differential is written in names for parts of the function.
    """

    differentiation: NamedDifferentiation
    in_names: bool = False

    @property
    def form(self) -> str:
        """What is read."""
        return self.differentiation.form

    @property
    def function(self) -> Expr:
        """What was differentiated."""
        return self.differentiation.function

    @property
    def answer(self) -> Expr | Components:
        """The derivative."""
        return self.differentiation.answer

    @property
    def left_side(self) -> Label:
        """What the derivative is called."""
        return self.differentiation.left

    @property
    def name(self) -> Label:
        """What the function is called."""
        return self.differentiation.name

    @property
    def variable(self) -> Symbol:
        """X."""
        return self.differentiation.variable

    @property
    def change(self) -> Symbol:
        """The symbol dX."""
        return self.differentiation.change

    @property
    def simplify(self) -> Simplifier:
        """What brings the lines to their form."""
        return self.differentiation.simplify


def read(reading: Reading, differential: Expr) -> Iterator[Line]:
    """The lines from a differential that is linear in dX to the answer.

    Lines without a left side continue the equation above; the last one is the conclusion.
    """
    form = reading.form
    if form == "differential":
        assert isinstance(reading.answer, Expr)
        if not _same_terms(differential, reading.answer):
            reasons = _simplification(differential, reading.answer, reading.simplify)
            yield Line(Formula(reading.answer), None, reasons)
    elif form == "components":
        yield from _components(reading, differential)
    elif form == "derivative":
        yield from _by_scalar(reading, differential)
    elif reading.function.is_scalar:
        yield from _gradient(reading, differential)
    else:
        yield from _jacobian(reading, differential)


def _same_terms(a: Expr, b: Expr) -> bool:
    """Whether two sums differ in the order of their terms only."""
    return isinstance(a, Sum) and isinstance(b, Sum) and set(a.args) == set(b.args)


# ---- scalar functions -------------------------------------------------------------------------------


def collected(
    differential: Expr, change: Symbol, simplify: Simplifier, in_names: bool = False
) -> tuple[list[Line], Expr]:
    """Write a scalar that is linear in dX as ⟨G, dX⟩: every term first, then all as one.

    In names for parts of the function, which are written out at the end, a gradient stays as it was found
    where simplifying it makes it no shorter.

    Returns
    -------
    lines : list of Line
        The two steps.
    gradient : Expr
        G.
    """
    terms = terms_of(differential, change)
    gradients = [pullback(term, change, number(1)) for term in terms]
    if not terms:
        return [], zeros(*change.shape)
    reasons: list[Phrase] = []
    if isinstance(differential, Trace) and len(terms) > 1:
        reasons.append(why.TRACE_LINEAR)
    elif len(terms) > 1 and not isinstance(differential, Sum):
        reasons.append(why.DISTRIBUTE)
    turned = False
    for term, gradient in zip(terms, gradients, strict=True):
        shown = inner(gradient, change)
        if alike(Formula(term), Formula(shown)):
            continue
        if _differ_in_signs(differential if len(terms) == 1 else term, shown):
            turned = len(terms) == 1  # several terms are collected in the next line
            continue
        tricks = _trace_trick(term, change)
        reasons += _with_identities(term, shown, change, tricks)
        if TURNED.intersection(tricks):
            reasons += why.symmetries(term)
    # Where nothing is done to the terms, they stand as they are.
    each = plus(*(inner(gradient, change) for gradient in gradients)) if reasons or turned else differential
    stands = turned_signs(differential, each) if turned else ()
    total = add(*(canonical(gradient)[0] for gradient in gradients))
    whole, rules = simplify(total), simplify.reasons(total)
    if in_names and is_short_enough(total, whole):
        whole, rules = total, ()
    collecting = (why.collect(change),) if len(terms) > 1 else ()
    last = inner(whole, change)
    worse = begins_with_minus(last) and not begins_with_minus(differential)
    if len(terms) == 1 and worse and _differ_in_signs(differential, last):
        return [], whole  # (x − c)ᵀ dx stands as it is to be read
    if turned and stands and _differ_in_signs(each, last):
        return [Line(Formula(last), None, stands)], whole  # ‖b − Ax‖ is turned with its argument
    if len(terms) == 1 and reasons and not rules and canonical(each)[0] is canonical(last)[0]:
        # It would say the same with its factors in another order.
        return [Line(Formula(last), None, tuple(dict.fromkeys(reasons)))], whole
    return [
        Line(Formula(each), None, tuple(dict.fromkeys(reasons)) or stands or rewriting(differential, each)),
        Line(Formula(last), None, (*collecting, *rules) or rewriting(each, last)),
    ], whole


def _differ_in_signs(a: Expr, b: Expr) -> bool:
    """Whether two products have the same factors in the same places, some of them with their signs turned."""
    chains = [_chain(split_number(side)[1]) for side in (a, b)]
    if not chains[0] or len(chains[0]) != len(chains[1]):
        return False
    pairs = [(canonical(x)[0], canonical(y)[0]) for x, y in zip(*chains, strict=True)]
    return all(x is y or x is scale(-1, y) for x, y in pairs)


def _chain(side: Expr) -> tuple[Expr, ...]:
    """The factors of a product, of one under a trace, or of the only one among numbers."""
    if isinstance(side, Trace):
        side = side.args[0]
    if not isinstance(side, Product):
        return ()
    inside = [factor for factor in side.scalars if isinstance(factor, Product) and factor.chain]
    return inside[0].chain if not side.chain and len(inside) == 1 else side.chain


TURNED = frozenset((why.SCALAR_TRANSPOSE, lm.Transposition.adjoint_reason))
"""Tricks that transpose what stands around dX: then symmetric matrices stay as they are."""


def _with_identities(term: Expr, shown: Expr, change: Symbol, tricks: list[Phrase]) -> list[Phrase]:
    """Why a term is ⟨G, dX⟩, in the names of the identities that make it so where there are any."""
    names = identities_between(term, shown)
    if change.is_vector or change.is_row:
        return [*(trick for trick in tricks if not names or trick != why.HADAMARD_COLUMNS), *names]
    # Of matrices, the tricks say already what becomes of their columns.
    return [*tricks, *(name for name in names if name not in (why.TOTAL_OF_COLUMNS, why.HADAMARD_COLUMNS))]


def _gradient(reading: Reading, differential: Expr) -> Iterator[Line]:
    """Every term as ⟨G, dX⟩, all of them as one, and the gradient."""
    change, variable = reading.change, reading.variable
    convention = reading.differentiation.convention
    lines, shown = collected(differential, change, reading.simplify, reading.in_names)
    before = differential
    for line in lines:
        assert isinstance(line.right, Formula)
        shown_now = line.right.expr
        turned = turned_signs(before, shown_now)
        if turned and not alike(line.right, Formula(before)):
            others = [reason for reason in line.reasons if reason != why.SIMPLIFIED]
            line = replace(line, reasons=tuple(dict.fromkeys((*others, *turned))))
        yield line
        before = shown_now
    answer = reading.answer
    assert isinstance(answer, Expr)
    last = [why.read_gradient(reading.name.differential(), variable)]
    projected = why.within_structure(variable, convention, shown is not answer)
    if reading.form == "jacobian":
        last.append(why.DENOMINATOR if reading.differentiation.turned else why.NUMERATOR)
        yield _conclusion(reading, differential, _stacked(reading, answer), last)
        return
    if reading.in_names and projected is None:
        yield from _in_names_first(reading, differential, shown, inner_product(shown, change), last)
        return
    last += [] if projected is None else [projected]
    half = convention == "independent" and variable.facts & (Fact.SYMMETRIC | Fact.SKEW)
    claimed = inner_product(answer, tril(change) if half else change)
    yield _conclusion(reading, differential, claimed, last)


def _in_names_first(
    reading: Reading, differential: Expr, shown: Expr, claimed: Expr, reasons: list[Phrase]
) -> Iterator[Line]:
    """The answer in the names of the derivation, then in the variables."""
    assert isinstance(reading.answer, Expr)
    claim = (Formula(differential), Formula(claimed))
    step = (Formula(shown), Formula(reading.answer))
    if reading.answer.tree_size > ENDLESS:
        yield Line(Formula(shown), reading.left_side, tuple(reasons), THEREFORE, (claim, step))
        return
    yield Line(Formula(shown), reading.left_side, tuple(reasons), THEREFORE, (claim,))
    if not alike(Formula(shown), Formula(reading.answer)):
        reasons = [why.INSERTED, *turned_signs(shown, reading.answer)]
        yield Line(Formula(reading.answer), None, tuple(reasons), claims=(step,))


def _trace_trick(term: Expr, change: Symbol) -> list[Phrase]:
    """Why a term is ⟨G, dX⟩."""
    reasons = inner_product_reasons(term, change)
    if change.is_vector or change.is_row:
        turned = lm.Transposition.adjoint_reason
        return [
            why.SCALAR_TRANSPOSE if reason is turned else reason
            for reason in reasons
            if reason not in (lm.Left.adjoint_reason,)
        ]
    return reasons


def inner(gradient: Expr, change: Symbol) -> Expr:
    """⟨G, dX⟩ as it is written: gᵀdx, tr(GᵀdX)."""
    if is_zero(gradient):
        return number(0)
    front, turned = content(transpose(gradient))
    if change.is_row:
        return product(change, turned, coefficient=front)
    whole = product(turned, change, coefficient=front)
    return whole if change.is_vector else traced(whole)


def _conclusion(reading: Reading, differential: Expr, claimed: Expr, reasons: list[Phrase]) -> Line:
    """The answer, which claims a differential."""
    assert isinstance(reading.answer, Expr)
    claim = (Formula(differential), Formula(claimed))
    return Line(Formula(reading.answer), reading.left_side, tuple(reasons), THEREFORE, (claim,))


def _simplification(before: Expr, after: Expr, simplify: Simplifier) -> tuple[Phrase, ...]:
    """The rules by which an expression was simplified, and the identities that bring it to canonical form."""
    rules = simplify.reasons(before) or identities_between(before, after)
    return rules or (() if before is after else rewriting(before, after))


# ---- matrix functions -------------------------------------------------------------------------------


def _jacobian(reading: Reading, differential: Expr) -> Iterator[Line]:
    """Vec of both sides, every term as J vec(dX), all of them as one, and the Jacobian."""
    change, function = reading.change, reading.function
    stacked = vec(change)
    terms = terms_of(differential, change)
    reasons = dict.fromkeys(reason for term in terms for reason in vec_reasons(term, change))
    parts = [matrix for term in terms for matrix in _matrices(term, change)]
    if reading.in_names:
        whole = add(*parts)
    else:
        whole = linear_map_of(pushforward(function, reading.variable, change), change).kronecker()
    jacobian, rules = reading.simplify(whole), reading.simplify.reasons(whole)
    left = None if function.is_vector else _vec_label(reading, function.is_row)
    pieces: list[Line] = []
    if 0 < len(terms) <= MOST_TERMS and not (function.is_vector and change.is_vector and not reasons):
        each = plus(*(_times(part, stacked) for part in parts))
        pieces.append(
            Line(Formula(each), None, tuple(reasons) or (why.SIMPLIFIED if left is None else why.VEC,))
        )
    collecting = (why.collect(change),) if len(terms) > 1 else ()
    if len(terms) > 1 and not rules:
        rules = tuple(name for name in rewriting(plus(*parts), jacobian) if name is K_TURNS)
    last_rules = (*collecting, *rules) or (why.SIMPLIFIED,)
    pieces.append(Line(Formula(_times(jacobian, stacked)), None, last_rules))
    for line in pieces:
        yield line if left is None else _stacked_line(line, left, differential)
        left = None
    answer = reading.answer
    assert isinstance(answer, Expr)
    letter = "H" if reading.form == "hessian" else "J"
    called = reading.name.differential() if function.is_vector else _vec_label(reading, function.is_row)
    last = [why.read_matrix(called, reading.variable, letter)]
    if reading.differentiation.free is not None:
        last.append(why.half(reading.variable))
    if reading.form == "jacobian":
        last.append(why.DENOMINATOR if reading.differentiation.turned else why.NUMERATOR)
    yield _conclusion(reading, _expected(reading, differential), _stacked(reading, answer), last)


def _times(matrix: Expr, column: Expr) -> Expr:
    """A matrix times a column, with the number common to a sum in front."""
    front, rest = content(matrix)
    if isinstance(rest, Eye):
        # The identity is the Jacobian, and must be seen.
        return Product.intern((rest, column), (front, 0))
    return product(rest, column, coefficient=front)


def _stacked_line(line: Line, left: Label, differential: Expr) -> Line:
    """The first line after both sides are stacked."""
    assert isinstance(line.right, Formula)
    return Line(line.right, left, line.reasons, claims=((Formula(vec(differential)), line.right),))


def _vec_label(reading: Reading, is_row: bool) -> Label:
    """vec(dF), or (dF)ᵀ of a row."""
    name = reading.name.differential()
    if is_row:
        return Label(f"{name.unicode}ᵀ", attached(name.latex, "^", r"\top"), f"{name.text}'")
    return Label(
        f"vec({name.unicode})", rf"\operatorname{{vec}}\left({name.latex}\right)", f"vec({name.text})"
    )


def _matrices(term: Expr, change: Symbol) -> list[Expr]:
    """The matrices on vec of the maps that a term is the sum of."""
    linear: LinearMap = linear_map_of(term, change)
    maps = linear.maps if isinstance(linear, lm.SumOfMaps) else (linear,)
    return [each.kronecker() for each in maps]


def _stacked(reading: Reading, answer: Expr) -> Expr:
    """What an answer on vec claims: J vec(dX), or J vech(dX) where X is given by half its entries."""
    step = reading.differentiation
    column = vec(reading.change) if step.free is None else vech(reading.change)
    matrix = transpose(answer) if step.form == "jacobian" and step.turned else answer
    return multiply(matrix, column)


def _expected(reading: Reading, differential: Expr) -> Expr:
    """Vec of the differential; of a gradient by half the entries, what those of X see of it."""
    free = reading.differentiation.free
    stacked = vec(differential)
    return multiply(transpose(free), stacked) if reading.form == "hessian" and free is not None else stacked


# ---- by a scalar, by entries ------------------------------------------------------------------------


def _by_scalar(reading: Reading, differential: Expr) -> Iterator[Line]:
    """F' dt, and the derivative."""
    answer, change = reading.answer, reading.change
    assert isinstance(answer, Expr)
    if not reading.in_names:
        plain = pushforward(reading.function, reading.variable, number(1))
        shown = product(answer, change)
        reasons = reading.simplify.reasons(plain) or identities_between(differential, shown)
        yield Line(Formula(shown), None, reasons or rewriting(differential, shown))
    yield _conclusion(reading, differential, multiply(change, answer), [why.divide(reading.variable)])


@dataclass(frozen=True, slots=True)
class Entries:
    """The change of F that a formula in index notation claims."""

    shown: Components
    change: Symbol

    def write(self, medium: str) -> str:
        """The formula."""
        return index_notation(self.shown, medium)

    def evaluate(self, point: Point) -> Array:
        """The sum of the components times the entries of dX."""
        exprs, claim = components_claim(self.shown)
        return claim(point.xp, [point.value(expr) for expr in exprs], point.value(self.change))


def _components(reading: Reading, differential: Expr) -> Iterator[Line]:
    """The entries of dF, and the components."""
    answer = reading.answer
    assert isinstance(answer, Components)
    entries = Entries(answer, reading.change)
    claim = (Formula(differential), entries)
    yield Line(entries, reading.left_side, (why.ENTRIES,), THEREFORE, (claim,))
