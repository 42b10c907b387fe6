"""An equation solved for its unknown: where it is linear in X, in X⁻¹, or in another function of X alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import product as combinations

from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase
from matgrad.ops.activations import Sigmoid
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number, subtract, summands
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import Number, is_zero, number, ones, zeros
from matgrad.ops.matrix_functions import Expm, Logm, expm, logm
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.piecewise import absolute, sign
from matgrad.ops.power import Exp, Log, Power, exp, log, power, split_exponent
from matgrad.ops.transpose import transpose
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import Solved, is_positive, solve_linear
from matgrad.stationarity.powers import solve_in_powers

LINEAR = Phrase("the equation is linear in {what}")
MULTIPLIED = Phrase("the equation is multiplied by {what}")
DIVIDED = Phrase("the equation is divided by {what}, which is never zero")
ZERO_WITH = Phrase("the equation is divided by {what}, which is zero only where the rest is")
FROM_LEFT = Phrase("the equation is multiplied by {what} from the left")
FROM_RIGHT = Phrase("the equation is multiplied by {what} from the right")
FROM_BOTH = Phrase("the equation is multiplied by {what} from both sides")
ENTRY_BY_ENTRY = Phrase("the equation is multiplied by {what} entry by entry")
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Way:
    """How an equation was solved.

    Attributes
    ----------
    solved : Solved
        The solution.
    form : Expr
        The form of the equation that was solved: as it stands, multiplied out, or multiplied by something.
    atom : Expr
        The function of X in which the equation is linear: X itself, X⁻¹, a power.
    stand_in : Symbol or None
        What stands for that function; ``None`` where it is X.
    by : Phrase or None
        What the equation was multiplied by, in words.
    said : Phrase or None
        What kind of equation it is, where it is not linear in the atom.
    """

    solved: Solved
    form: Expr
    atom: Expr
    stand_in: Symbol | None = None
    by: Phrase | None = None
    said: Phrase | None = None

    @property
    def reasons(self) -> tuple[Phrase, ...]:
        """What was done, in words."""
        multiplied = () if self.by is None else (self.by,)
        return (*multiplied, LINEAR.filled(what=self.atom) if self.said is None else self.said)


def solve(equation: Expr, unknown: Symbol) -> Way | None:
    """Solve ``equation`` = 0 for an unknown; ``None`` where it is linear in no function of it alone."""
    forms = list(_forms(equation, unknown))
    for itself in (True, False):
        for form, by in forms:
            for atom in [unknown] if itself else _atoms(form, unknown):
                found = _solve_in(form, atom, unknown)
                if found is not None:
                    solved, stand_in = found
                    return Way(solved, form, atom, stand_in, by)
    for form, by in forms:
        in_powers = solve_in_powers(form, unknown)
        if in_powers is not None:
            solved, said, atom = in_powers
            return Way(solved, form, atom, None, by, said)
    return None


def _solve_in(form: Expr, atom: Expr, unknown: Symbol) -> tuple[Solved, Symbol | None] | None:
    """Solve where a form is linear in a function of the unknown, and that can be inverted."""
    if atom is unknown:
        terms = linear_terms(form, [unknown])
        solved = None if terms is None else solve_linear(terms, unknown)
        return None if solved is None else (solved, None)
    facts = atom.facts & ~Fact.CONSTANT
    stand_in = Symbol.stand_in("U", atom.rows, atom.columns, facts)
    try:
        replaced = replaced_by(form, atom, stand_in)
        if replaced is None or _depends(replaced, unknown):
            return None
        terms = linear_terms(replaced, [stand_in])
        solved = None if terms is None else solve_linear(terms, stand_in)
        if solved is None:
            return None
        value = inverted(atom, simplify(solved.value), unknown)
    except MatgradError:  # the function of X has no such value, as 0 is no inverse
        return None
    return None if value is None else (Solved(value, solved.conditions), stand_in)


def replaced_by(form: Expr, atom: Expr, stand_in: Symbol) -> Expr | None:
    """A form with a stand-in for each occurrence of an atom, its transpose and its powers."""
    base, exponent = split_exponent(atom) if isinstance(atom, Power) else (atom, number(1))
    turned = transpose(atom)

    def leaf(node: Expr) -> Expr | None:
        if node is atom:
            return stand_in
        if node is turned:
            return transpose(stand_in)
        if isinstance(node, Power) and isinstance(atom, Power) and node.args[0] is base:
            mine, of_atom = node.exponent, exponent
            if isinstance(mine, Number) and isinstance(of_atom, Number):
                return power(stand_in, number(mine.value / of_atom.value))
        return None

    return rewrite_bottom_up(form, leaf)


def _depends(expr: Expr, unknown: Symbol) -> bool:
    return any(node is unknown for node in postorder(expr))


def inverted(atom: Expr, value: Expr, unknown: Symbol) -> Expr | None:
    """The X with u(X) = value, for a function u that can be inverted; ``None`` where it cannot."""
    while atom is not unknown:
        if isinstance(atom, Inverse):
            atom, value = atom.args[0], inv(value)
        elif isinstance(atom, Power) and isinstance(atom.exponent, Number):
            exponent = atom.exponent.value
            if is_zero(value) and exponent > 0:
                atom, value = atom.args[0], zeros(*value.shape)
                continue
            is_odd = exponent.denominator == 1 and exponent % 2 == 1
            if not (atom.args[0].facts & Fact.POSITIVE or is_odd):
                return None
            atom, value = atom.args[0], _each(partial(_root, exponent), value)
        elif isinstance(atom, Exp):
            atom, value = atom.args[0], _each(log, value)
        elif isinstance(atom, Log):
            atom, value = atom.args[0], _exponential(value)
        elif isinstance(atom, Logm):
            atom, value = atom.args[0], expm(value)
        elif (
            isinstance(atom, Expm) and value.has(Fact.POSITIVE_DEFINITE) and atom.args[0].has(Fact.SYMMETRIC)
        ):
            atom, value = atom.args[0], logm(value)
        elif isinstance(atom, Sigmoid):
            one = ones(*value.shape)
            odds = hadamard(value, power(subtract(one, value), number(-1)))
            atom, value = atom.args[0], log(odds)
        else:
            stand_in = unknown
            terms = linear_terms(subtract(atom, value), [stand_in])
            solved = None if terms is None else solve_linear(terms, stand_in)
            return None if solved is None or solved.conditions else solved.value
    return value


def _exponential(value: Expr) -> Expr:
    """exp, with exp(a + c log z) = zᶜ ⊙ exp(a), and exp(a𝟏) = exp(a)𝟏 in it."""
    powers: list[Expr] = []
    numbers: list[Expr] = []
    rest: list[Expr] = []
    value = multiplied_out(value)
    for term in summands(value):
        front, inner = split_number(term)
        multiple = None if value.is_scalar else _multiple(term, ones(*value.shape))
        if isinstance(inner, Log):
            powers.append(power(inner.args[0], number(front)))
        elif multiple is not None:
            numbers.append(multiple)
        else:
            rest.append(term)
    factors = [*powers, *([exp(add(*rest))] if rest else [])] or [ones(*value.shape)]
    return multiply(exp(add(*numbers)) if numbers else number(1), hadamard(*factors))


def _root(exponent: Fraction, value: Expr) -> Expr:
    """The root of a number, of what is positive, or an odd one: −2 of −8."""
    whole = partial(power, exponent=number(1 / exponent))
    if exponent in (1, -1) or exponent.denominator != 1 or exponent % 2 == 0 or is_positive(value):
        return whole(value)
    if is_positive(scale(-1, value)):
        return scale(-1, whole(scale(-1, value)))
    return hadamard(sign(value), whole(absolute(value)))


def _each(function: Callable[[Expr], Expr], value: Expr) -> Expr:
    """A function of every entry; of c𝟏 it is a multiple of 𝟏 again."""
    terms = summands(value)
    ones_of = ones(*value.shape)
    numbers = [_multiple(term, ones_of) for term in terms]
    if value.is_scalar or any(found is None for found in numbers):
        return function(value)
    return multiply(function(add(*(found for found in numbers if found is not None))), ones_of)


def _multiple(term: Expr, of: Expr) -> Expr | None:
    """The c of c𝟏; ``None`` where a term is no such multiple."""
    if term is of:
        return number(1)
    if isinstance(term, Product) and term.chain == (of,):
        return multiply(number(term.coefficient), *term.scalars)
    return None


_INVERTED = (Inverse, Power, Exp, Log, Sigmoid, Expm, Logm)


def _atoms(form: Expr, unknown: Symbol) -> Iterator[Expr]:
    """The functions of the unknown that an equation may be linear in, but itself."""
    for node in dependent_nodes(form, unknown):
        if isinstance(node, _INVERTED):
            yield node


def _forms(equation: Expr, unknown: Symbol) -> Iterator[tuple[Expr, Phrase | None]]:
    """The equation as it stands, multiplied out, and multiplied by what clears its denominators.

    Before that, it is divided by the numbers in front of it that matter for none of its solutions.
    """
    seen: set[Expr] = set()
    rest, divided = _divided(equation, unknown)
    starts = [(equation, None)] if divided is None else [(equation, None), (rest, divided)]
    for start, before in starts:
        for form, by in _all_forms(start, unknown):
            if form not in seen and not is_zero(form):
                seen.add(form)
                yield form, before if before is not None else by


def forms_of(equation: Expr, unknown: Symbol) -> Iterator[Expr]:
    """The forms in which an equation is tried: as it stands, multiplied out, divided, multiplied."""
    return (form for form, _ in _forms(equation, unknown))


def _divided(equation: Expr, unknown: Symbol) -> tuple[Expr, Phrase | None]:
    """The equation without numbers in front that are never zero, or only where the rest is zero too."""
    if not isinstance(equation, Product):
        return equation, None
    moving = [factor for factor in equation.scalars if _depends(factor, unknown)]
    never = [factor for factor in moving if _is_never_zero(factor)]
    rest = multiply(equation, *(power(factor, number(-1)) for factor in never))
    with_rest = [factor for factor in moving if factor not in never and _is_zero_with(factor, rest)]
    if not never and not with_rest:
        return equation, None
    rest = simplify(multiply(rest, *(power(factor, number(-1)) for factor in with_rest)))
    said = ZERO_WITH if with_rest else DIVIDED
    return rest, said.filled(what=multiply(*never, *with_rest))


def _is_never_zero(factor: Expr) -> bool:
    """Of a number, where it is defined: exp, what is positive, what stands below a line."""
    is_below = isinstance(factor, Power) and isinstance(factor.exponent, Number) and factor.exponent.value < 0
    return bool(factor.facts & Fact.POSITIVE) or isinstance(factor, Exp) or is_below


def _is_zero_with(factor: Expr, rest: Expr) -> bool:
    """Whether zᵀPz, or a power of it, stands before a product that ends in z: P positive definite."""
    base, exponent = split_exponent(factor)
    if not (isinstance(exponent, Number) and exponent.value > 0 and isinstance(base, Product)):
        return False
    if not isinstance(rest, Product) or not rest.chain or not base.chain or base.scalars:
        return False
    chain = base.chain
    is_form = len(chain) == 2 or (len(chain) == 3 and chain[1].has(Fact.POSITIVE_DEFINITE))
    return is_form and chain[0].T is chain[-1] and rest.chain[-1] is chain[-1]


def _all_forms(equation: Expr, unknown: Symbol) -> Iterator[tuple[Expr, Phrase | None]]:
    yield equation, None
    plain = multiplied_out(equation, unknown)
    yield plain, None
    for form, by in _cleared(plain, unknown):
        yield form, by
        yield simplify(form), by


def _cleared(equation: Expr, unknown: Symbol) -> Iterator[tuple[Expr, Phrase]]:
    if not _has_inverses(equation, unknown):
        # What is multiplied by X for no reason has the solution 0 besides.
        return
    if unknown.is_square and not unknown.is_scalar:
        x, xt = unknown, transpose(unknown)
        for left, right in ((x, None), (None, x), (x, x), (xt, xt), (xt, None), (None, xt)):
            factors = [factor for factor in (left, equation, right) if factor is not None]
            said = FROM_BOTH if left is not None and right is not None else FROM_LEFT
            if left is None:
                said = FROM_RIGHT
            yield multiplied_out(multiply(*factors)), said.filled(what=right if left is None else left)
        return
    if unknown.is_scalar:
        form, by = equation, number(1)
        for _ in range(ROUNDS):
            below = _denominator(form, unknown)
            if below is None:
                break
            by = multiply(by, below)
            # Term by term: a sum that is a denominator must not be multiplied out before it cancels.
            terms = summands(form)
            form = multiplied_out(add(*(multiply(below, term) for term in terms)), unknown)
            yield form, MULTIPLIED.filled(what=by)
        return
    by = unknown
    for _ in range(2):
        yield multiplied_out(hadamard(by, equation)), ENTRY_BY_ENTRY.filled(what=by)
        by = hadamard(by, unknown)


def _has_inverses(equation: Expr, unknown: Symbol) -> bool:
    return any(
        isinstance(node, Inverse) or (isinstance(node, (Power, MatrixPower)) and _is_negative(node.args[1]))
        for node in dependent_nodes(equation, unknown)
    )


def _is_negative(exponent: Expr) -> bool:
    return isinstance(exponent, Number) and exponent.value < 0


def _denominator(form: Expr, unknown: Symbol) -> Expr | None:
    """A scalar to multiply a sum by, so that a power of the unknown comes out of a denominator."""
    for term in summands(form):
        for factor in term.scalars if isinstance(term, Product) else (term,):
            base, exponent = split_exponent(factor)
            if isinstance(exponent, Number) and exponent.value < 0 and _depends(base, unknown):
                return power(base, number(-exponent.value))
    return None


def multiplied_out(expr: Expr, unknown: Symbol | None = None) -> Expr:
    """Multiply out all the way down the sums in products, as far as terms are sums again.

    Squares and cubes of numbers are opened where the unknown stands in them.
    """
    for _ in range(ROUNDS):
        terms = summands(expr)
        new = add(*(_opened(term, unknown) for term in terms))
        if new is expr:
            return expr
        expr = new
    return expr


def _opened(term: Expr, unknown: Symbol | None) -> Expr:
    if isinstance(term, IndexedSum):
        body = multiplied_out(term.args[0], unknown)
        terms = summands(body)
        return add(*(term.gathered(each) for each in terms))
    if isinstance(term, Power) and term.is_scalar and isinstance(term.args[0], Sum) and unknown is not None:
        if not _depends(term, unknown):
            return term
        exponent = term.exponent
        if isinstance(exponent, Number) and exponent.value in (2, 3):
            choices = combinations(term.args[0].args, repeat=int(exponent.value))
            return add(*(multiply(*chosen) for chosen in choices))
        return term
    if isinstance(term, (Product, Hadamard)):
        args = tuple(
            multiplied_out(arg, unknown) if isinstance(arg, (Product, Sum, Power, IndexedSum)) else arg
            for arg in term.args
        )
        whole = term if args == term.args else term.rebuild(args, term.data)
        return expanded(whole)
    return term
