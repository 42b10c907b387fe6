"""Why basic functions have the derivatives that they have: by entries, from what defines the functions.

The definition quotes no rule that is longer than the derivation: that of a determinant is read off its
expansion along a row, that of an inverse off XX⁻¹ = I, that of softmax off its quotients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import singledispatch

from matgrad.calculus.components import SUMMATION
from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.terms import Entry, Index, Term
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.entries import Axis, Indexed, axes_of
from matgrad.explanation.lines import LET, MEDIA, Formula, Label, Line, Side, Written
from matgrad.explanation.local_derivatives import along_structure
from matgrad.explanation.reasons import QUOTIENT, as_if_independent, delta
from matgrad.explanation.sides import entry_label, expression_label, quotient, symbol_label
from matgrad.explanation.unsimplified import product
from matgrad.ops.determinant import Adjugate, Determinant, LogDet, adjugate, det
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import number
from matgrad.ops.power import Power, exp, log, power
from matgrad.ops.reductions import total
from matgrad.ops.singular_values import (
    NuclearNorm,
    SpectralNorm,
    polar,
    top_left_singular_vector,
    top_right_singular_vector,
)
from matgrad.ops.softmax import LogSoftmax, LogSumExp, Softmax, softmax
from matgrad.ops.transpose import transpose
from matgrad.printing.shapes import square_root

EXPANSION = Phrase(
    "expand along row {k}: the cofactor {cofactor} is {sign} times the determinant "
    "without row {k} and column {j}"
)
COFACTOR = Phrase("{entry} has the cofactor {cofactor}, and no cofactor of row {k} holds an entry of row {k}")
ADJUGATE = Phrase("the adjugate adj({x}) is {c}ᵀ")
CRAMER = Phrase("{x} adj({x}) = det({x}) I")
LOGARITHM = Phrase("chain rule: the derivative of log t is 1/t")
INVERSE = Phrase("{x}{x}⁻¹ = I by entries")
BOTH_SIDES = Phrase("differentiate both sides: product rule; I is constant")
FROM_THE_LEFT = Phrase("multiply by {x}⁻¹ from the left")
SOFTMAX = Phrase("definition of softmax")
LOG_SOFTMAX = Phrase("definition of log-softmax")
LOG_SUM_EXP = Phrase("definition of log-sum-exp")
NORMALISER = Phrase("a name for the sum")
SUM_OF_EXPONENTIALS = Phrase("of the sum only one term depends on it")
NORM = Phrase("definition of the norm")
SQUARE = Phrase("differentiate both sides: chain rule")
SOLVED = Phrase("divide by {factor}, where {x} ≠ 0")
SINGULAR = Phrase("{form}, and {u} has length 1")
UNIT_VECTORS = Phrase("product rule; a unit vector changes at a right angle to itself, so only {x} counts")
SINGULAR_VALUES = Phrase("the sum of the singular values {form}, where {x} has full rank")
CRAMER_BY_ENTRIES = Phrase("{x} adj({x}) = det({x}) I by entries")
BY_COFACTOR = Phrase("product rule; {slope}: {entry} has that cofactor, which holds no entry of its row")
MULTIPLE_OF_INVERSE = Phrase("adj({x}) = det({x}) {x}⁻¹")
FROM_THE_LEFT_INVERTIBLE = Phrase("multiply by {x}⁻¹ from the left, where {x} is invertible")


@dataclass
class Proof:
    """The lines of a proof, and the names that they use."""

    lines: list[Line] = field(default_factory=list)
    definitions: dict[Symbol, Expr] = field(default_factory=dict)

    def add(
        self,
        right: Written,
        left: Written | None,
        reasons: Sequence[Phrase],
        claims: Sequence[tuple[Side, Side]],
        relation: str = "=",
    ) -> None:
        """One line more."""
        self.lines.append(Line(right, left, tuple(reasons), relation, tuple(claims)))


@dataclass(frozen=True)
class Setting:
    """A function of one argument, with the letters in which its derivative is written.

    Attributes
    ----------
    argument : Symbol
        X, of which an entry is meant by ``by``.
    by : tuple of (Index, Index)
        The letters of that entry: k and l, empty along an axis of length 1.
    taken : frozenset of str
        The letters and names that mean something else.
    name : Label or None
        What the function is called where it is the whole; else it is written out.
    simplify : Simplifier
        What brings derivatives to their form.
    is_variable : bool
        Whether X is what the whole is differentiated by; else it is an intermediate variable.
    names : mapping of Expr to Symbol
        The names that earlier proofs gave.
    """

    argument: Symbol
    by: tuple[Index, Index]
    taken: frozenset[str]
    name: Label | None
    simplify: Simplifier
    is_variable: bool = True
    names: Mapping[Expr, Symbol] = field(default_factory=dict)

    def letters(self, wanted: str, count: int) -> list[Index]:
        """Free letters, those that are wanted first."""
        used = {*self.taken, *self.by}
        return [c for c in dict.fromkeys(wanted + SUMMATION + "ijghuvw") if c not in used][:count]

    def free_name(self, wanted: str) -> str:
        """A free name for a part."""
        used = {*self.taken, *self.by, self.argument.label}
        return next((c for c in wanted if c not in used), f"{wanted[0]}1")

    @property
    def columns(self) -> tuple[Axis, ...]:
        """The axes of the entry by which is differentiated."""
        return axes_of(self.by, self.argument.shape)

    @property
    def denominator(self) -> Label:
        """∂X_kl."""
        return entry_label(symbol_label(self.argument), "".join(self.by))

    def called(self, node: Expr, row: Index = "", column: Index = "") -> Label:
        """An entry of the function: F_ij, (X⁻¹)_ij, det(X)."""
        if self.name is not None:
            return entry_label(self.name, row + column)
        shown = Indexed((Term(Fraction(1), ((node, row, column),)),), ())
        return Label(*(shown.write(medium) for medium in MEDIA))

    def quotient(self, node: Expr, row: Index = "", column: Index = "") -> Label:
        """∂F_ij/∂X_kl."""
        return quotient(self.called(node, row, column), self.denominator)

    def claim(self, node: Expr, side: Side) -> tuple[Side, Side]:
        """That a side is the derivative of the function."""

        def exact() -> Expr:
            return Derivative(node, self.argument, self.simplify).on_vec

        return along_structure(exact, side, self.argument, False)


@singledispatch
def prove(node: Expr, setting: Setting) -> Proof | None:
    """Derive the derivative of a function of X by entries; ``None`` where its rule is quoted.

    Parameters
    ----------
    node : Expr
        A function of the argument alone.
    setting : Setting
        The argument, and the letters.
    """
    return None


def _one(*entries: Entry, number_: int = 1, sums: Sequence[Axis] = (), deltas: Sequence[str] = ()) -> Term:
    return Term(Fraction(number_), entries, tuple(sums), tuple((pair[0], pair[1]) for pair in deltas))


def _cofactors(node: Expr, setting: Setting, proof: Proof) -> Symbol:
    """Σ_j X_kj C_kj, the expansion of a determinant along row k."""
    x, (k, _) = setting.argument, setting.by
    (j,) = setting.letters("jp", 1)
    known = setting.names.get(transpose(adjugate(x)))
    if known is not None:
        return known
    cofactors = Symbol.make(setting.free_name("CMQ"), *x.shape)
    proof.definitions[cofactors] = transpose(adjugate(x))
    side = Indexed((_one((x, k, j), (cofactors, k, j), sums=[(j, x.columns)]),), ((k, x.rows),))
    plain = Indexed((_one((det(x), "", "")),), ((k, x.rows),))
    named = entry_label(symbol_label(cofactors), k + j)
    sign = Label(f"(−1)^({k}+{j})", rf"(-1)^{{{k}+{j}}}", f"(-1)^({k}+{j})")
    reason = EXPANSION.filled(k=_letter(k), j=_letter(j), cofactor=named, sign=sign)
    # The line before says f = det(X).
    left = None if setting.name is not None else setting.called(det(x))
    proof.add(side, left, [reason], [(plain, side)])
    return cofactors


def _bare(setting: Setting) -> Setting:
    """The same setting for another function than the whole."""
    return replace(setting, name=None)


def _letter(index: Index) -> Label:
    return Label(index, index)


def _by_cofactor(node: Expr, setting: Setting, proof: Proof, cofactors: Symbol) -> None:
    """∂det(X)/∂X_kl = C_kl."""
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    named = entry_label(symbol_label(cofactors), k + l)
    reason = COFACTOR.filled(entry=setting.denominator, cofactor=named, k=_letter(k))
    side = Indexed((_one((cofactors, k, l)),), (), setting.columns)
    reasons = [reason, *(as_if_independent(x) if setting.is_variable else ())]
    proof.add(side, setting.quotient(node), reasons, [setting.claim(det(x), side)])


@prove.register
def _(node: Determinant, setting: Setting) -> Proof | None:
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    if setting.columns == () or node.args[0] is not x:
        return None
    proof = Proof()
    name = symbol_label(x)
    cofactors = _cofactors(node, setting, proof)
    _by_cofactor(node, setting, proof, cofactors)
    by_adjugate = Indexed((_one((Adjugate.intern((x,)), l, k)),), (), setting.columns)
    proof.add(
        by_adjugate,
        None,
        [ADJUGATE.filled(x=name, c=symbol_label(cofactors))],
        [setting.claim(node, by_adjugate)],
    )
    last = Indexed((_one((node, "", ""), (inv(x), l, k)),), (), setting.columns)
    proof.add(last, None, [CRAMER.filled(x=name)], [setting.claim(node, last)])
    return proof


@prove.register
def _(node: LogDet, setting: Setting) -> Proof | None:
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    if setting.columns == () or node.args[0] is not x:
        return None
    proof = Proof()
    plain, name = _bare(setting), symbol_label(x)
    cofactors = _cofactors(node, plain, proof)
    _by_cofactor(det(x), plain, proof, cofactors)
    over = power(det(x), number(-1))
    by_chain = Indexed((_one((cofactors, k, l), (over, "", "")),), (), setting.columns)
    proof.add(by_chain, setting.quotient(node), [LOGARITHM], [setting.claim(node, by_chain)])
    last = Indexed((_one((inv(x), l, k)),), (), setting.columns)
    proof.add(
        last,
        None,
        [ADJUGATE.filled(x=name, c=symbol_label(cofactors)), CRAMER.filled(x=name)],
        [setting.claim(node, last)],
    )
    return proof


@prove.register
def _(node: Inverse, setting: Setting) -> Proof | None:
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    if setting.columns == () or node.args[0] is not x:
        return None
    proof = Proof()
    i, j, p = setting.letters("ijp", 3)
    n = x.rows
    rows: tuple[Axis, ...] = ((i, n), (j, n))
    product = Indexed((_one((x, i, p), (node, p, j), sums=[(p, n)]),), rows)
    identity = Indexed((_one(deltas=[i + j]),), rows)
    proof.add(identity, product, [INVERSE.filled(x=symbol_label(x))], [(product, identity)])
    changes = {x: Symbol.stand_in("∂" + x.label, n, n), node: Symbol.stand_in("∂?", n, n)}
    partials = ((changes[x], symbol_label(x)), (changes[node], _name_of(node, setting)))
    zero = Label("0", "0")
    both = Indexed(
        (
            _one((node, p, j), (changes[x], i, p), sums=[(p, n)]),
            _one((x, i, p), (changes[node], p, j), sums=[(p, n)]),
        ),
        rows,
        setting.columns,
        partials,
        setting.denominator,
    )
    found = (
        _one((node, l, j), deltas=[i + k]),
        _one((x, i, p), (node, p, k), (node, l, j), number_=-1, sums=[(p, n)]),
    )
    tried = Indexed(found, rows, setting.columns)
    claim = (tried, Indexed((), rows, setting.columns))
    proof.add(zero, both, [BOTH_SIDES], [claim])
    inserted = Indexed((found[0], both.terms[1]), rows, setting.columns, partials, setting.denominator)
    proof.add(zero, inserted, [delta(x, i + p, k + l, setting.is_variable)], [claim])
    last = Indexed((_one((node, i, k), (node, l, j), number_=-1),), rows, setting.columns)
    proof.add(
        last,
        setting.quotient(node, i, j),
        [FROM_THE_LEFT.filled(x=symbol_label(x))],
        [setting.claim(node, last)],
    )
    return proof


@prove.register
def _(node: Adjugate, setting: Setting) -> Proof | None:
    """From X adj(X) = det(X) I, as the inverse from XX⁻¹ = I."""
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    if setting.columns == () or node.args[0] is not x:
        return None
    proof = Proof()
    i, j, p = setting.letters("ijp", 3)
    n, name, d = x.rows, symbol_label(x), det(x)
    rows: tuple[Axis, ...] = ((i, n), (j, n))
    whole = Indexed((_one((x, i, p), (node, p, j), sums=[(p, n)]),), rows)
    multiple = Indexed((_one((d, "", ""), deltas=[i + j]),), rows)
    proof.add(multiple, whole, [CRAMER_BY_ENTRIES.filled(x=name)], [(whole, multiple)])
    changes = {x: Symbol.stand_in("∂" + x.label, n, n), node: Symbol.stand_in("∂?", n, n)}
    partials = ((changes[x], name), (changes[node], _name_of(node, setting)))
    held = _one((node, p, j), (changes[x], i, p), sums=[(p, n)])
    moving = _one((x, i, p), (changes[node], p, j), sums=[(p, n)])
    on_right = Indexed((_one((node, l, k), deltas=[i + j]),), rows, setting.columns)
    found = (
        _one((node, l, j), deltas=[i + k]),
        _one((x, i, p), (inv(x), p, j), (node, l, k), sums=[(p, n)]),
        _one((x, i, p), (inv(x), p, k), (node, l, j), number_=-1, sums=[(p, n)]),
    )
    claim = (Indexed(found, rows, setting.columns), on_right)
    both = Indexed((held, moving), rows, setting.columns, partials, setting.denominator)
    slope = quotient(_bare(setting).called(d), setting.denominator)
    cofactor = Indexed((_one((node, l, k)),), ())
    form = Label(*(f"{slope.write(medium)} = {cofactor.write(medium)}" for medium in MEDIA))
    said = BY_COFACTOR.filled(slope=form, entry=setting.denominator)
    proof.add(on_right, both, [said], [claim])
    inserted = Indexed((found[0], moving), rows, setting.columns, partials, setting.denominator)
    proof.add(on_right, inserted, [delta(x, i + p, k + l, setting.is_variable)], [claim])
    by_inverse = Indexed(
        (
            _one((inv(x), i, j), (node, l, k)),
            _one((inv(x), i, k), (node, l, j), number_=-1),
        ),
        rows,
        setting.columns,
    )
    claims = [setting.claim(node, by_inverse)]
    proof.add(by_inverse, setting.quotient(node, i, j), [FROM_THE_LEFT_INVERTIBLE.filled(x=name)], claims)
    last = Indexed(
        (_one((inv(x), l, k), (node, i, j)), by_inverse.terms[1]),
        rows,
        setting.columns,
    )
    proof.add(last, None, [MULTIPLE_OF_INVERSE.filled(x=name)], [setting.claim(node, last)])
    return proof


def _name_of(node: Expr, setting: Setting) -> Label:
    """F, or (X⁻¹) where it has no name."""
    if setting.name is not None:
        return setting.name
    shown = Formula(node)
    if isinstance(node, Adjugate):
        return Label(*(shown.write(medium) for medium in MEDIA))
    return Label(*(f"({shown.write(medium)})" for medium in MEDIA))


def _normaliser(setting: Setting, proof: Proof) -> tuple[Symbol, Expr]:
    """S := Σ_j exp(x_j), and ∂s/∂x_k = exp(x_k)."""
    x = setting.argument
    (k,) = filter(None, setting.by)
    (j,) = setting.letters("jp", 1)
    grown = exp(x)
    known = setting.names.get(total(grown))
    if known is not None:
        return known, grown
    summed = Symbol.make(setting.free_name("czwm"), ONE, ONE)
    proof.definitions[summed] = total(grown)
    terms = Indexed((_one(_entry(grown, j, x), sums=[(j, _length(x))]),), ())
    proof.add(terms, symbol_label(summed), [NORMALISER], [(Formula(summed), terms)], LET)
    side = Indexed((_one(_entry(grown, k, x)),), (), setting.columns)
    left = quotient(symbol_label(summed), setting.denominator)
    proof.add(side, left, [SUM_OF_EXPONENTIALS], [setting.claim(total(grown), side)])
    return summed, grown


def _entry(expr: Expr, index: Index, like: Symbol) -> Entry:
    """An entry of a column or of a row."""
    return (expr, index, "") if like.is_vector else (expr, "", index)


def _length(x: Symbol) -> Dim:
    return x.rows if x.is_vector else x.columns


def _is_of_vector(node: Expr, setting: Setting) -> bool:
    return node.args[0] is setting.argument and setting.argument.is_vector and bool(setting.columns)


@prove.register
def _(node: Softmax, setting: Setting) -> Proof | None:
    if not _is_of_vector(node, setting):
        return None
    proof = Proof()
    x, (k, _) = setting.argument, setting.by
    summed, grown = _normaliser(setting, proof)
    (i,) = setting.letters("i", 1)
    rows: tuple[Axis, ...] = ((i, x.rows),)
    over = power(summed, number(-1))
    defined = Indexed((_one((grown, i, ""), (over, "", "")),), rows)
    proof.add(defined, setting.called(node, i), [SOFTMAX], [(Formula(node), defined)])
    twice = power(summed, number(-2))
    by_quotient = Indexed(
        (
            _one((grown, i, ""), (over, "", ""), deltas=[i + k]),
            _one((grown, i, ""), (grown, k, ""), (twice, "", ""), number_=-1),
        ),
        rows,
        setting.columns,
    )
    claims = [setting.claim(node, by_quotient)]
    proof.add(by_quotient, setting.quotient(node, i), [QUOTIENT, delta(x, i, k, setting.is_variable)], claims)
    last = Indexed(
        (_one((node, i, ""), deltas=[i + k]), _one((node, k, ""), (node, i, ""), number_=-1)),
        rows,
        setting.columns,
    )
    proof.add(last, None, [SOFTMAX], [setting.claim(node, last)])
    return proof


@prove.register
def _(node: LogSoftmax, setting: Setting) -> Proof | None:
    if not _is_of_vector(node, setting):
        return None
    proof = Proof()
    x, (k, _) = setting.argument, setting.by
    summed, grown = _normaliser(setting, proof)
    (i,) = setting.letters("i", 1)
    rows: tuple[Axis, ...] = ((i, x.rows),)
    defined = Indexed((_one((x, i, "")), _one((log(summed), "", ""), number_=-1)), rows)
    proof.add(defined, setting.called(node, i), [LOG_SOFTMAX], [(Formula(node), defined)])
    over = power(summed, number(-1))
    by_chain = Indexed(
        (_one(deltas=[i + k]), _one((grown, k, ""), (over, "", ""), number_=-1)), rows, setting.columns
    )
    claims = [setting.claim(node, by_chain)]
    proof.add(by_chain, setting.quotient(node, i), [delta(x, i, k, setting.is_variable), LOGARITHM], claims)
    last = Indexed((_one(deltas=[i + k]), _one((softmax(x), k, ""), number_=-1)), rows, setting.columns)
    proof.add(last, None, [SOFTMAX], [setting.claim(node, last)])
    return proof


@prove.register
def _(node: LogSumExp, setting: Setting) -> Proof | None:
    if not _is_of_vector(node, setting):
        return None
    proof = Proof()
    x, (k, _) = setting.argument, setting.by
    summed, grown = _normaliser(setting, proof)
    defined = Formula(log(summed))
    proof.add(defined, setting.called(node), [LOG_SUM_EXP], [(Formula(node), defined)])
    over = power(summed, number(-1))
    by_chain = Indexed((_one((grown, k, ""), (over, "", "")),), (), setting.columns)
    proof.add(by_chain, setting.quotient(node), [LOGARITHM], [setting.claim(node, by_chain)])
    last = Indexed((_one((softmax(x), k, "")),), (), setting.columns)
    proof.add(last, None, [SOFTMAX], [setting.claim(node, last)])
    return proof


@prove.register
def _(node: Power, setting: Setting) -> Proof | None:
    """‖x‖, and ‖X‖ of a matrix: the square is a sum of squares."""
    x = setting.argument
    is_root = node.exponent is number(Fraction(1, 2)) and node.is_scalar
    if not is_root or not setting.columns or square_root(node.args[0]) not in ((x,), (x.T,)):
        return None
    proof = Proof()
    i, j = setting.letters("ijp", 2)
    places = (i if setting.by[0] else "", j if setting.by[1] else "")
    name = setting.called(node)
    square = Label(f"{name.unicode}²", f"{name.latex}^{{2}}", f"{name.write('text')}^2")
    entry = (x, *places)
    squares = Indexed((_one(entry, entry, sums=axes_of(places, x.shape)),), ())
    proof.add(squares, square, [NORM], [(Formula(node.args[0]), squares)])
    double = Indexed((_one((x, *setting.by), number_=2),), (), setting.columns)
    slope = setting.quotient(node)
    left = Label(
        f"2{name.unicode} {slope.unicode}",
        rf"2 {name.latex} \, {slope.latex}",
        f"2 {name.write('text')} {slope.write('text')}",
    )
    claims = [setting.claim(node.args[0], double)]
    proof.add(
        double, left, [SQUARE, delta(x, "".join(places), "".join(setting.by), setting.is_variable)], claims
    )
    last = Indexed((_one((x, *setting.by), (power(node, number(-1)), "", "")),), (), setting.columns)
    factor = Label(f"2{name.unicode}", rf"2 {name.latex}", f"2 {name.write('text')}")
    solved = SOLVED.filled(factor=factor, x=symbol_label(x))
    proof.add(last, slope, [solved], [setting.claim(node, last)])
    return proof


@prove.register
def _(node: SpectralNorm, setting: Setting) -> Proof | None:
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    if node.args[0] is not x or len(setting.columns) < 2:
        return None
    proof = Proof()
    i, j = setting.letters("ijp", 2)
    left, right = top_left_singular_vector(x), top_right_singular_vector(x)
    sums = axes_of((i, j), x.shape)
    defined = Indexed((_one((left, i, ""), (x, i, j), (right, j, ""), sums=sums),), ())
    called = None if setting.name is not None else setting.called(node)
    sides = Formula(product(x, right)), Formula(product(node, left))
    defining, changing = singular_rules(node, x)
    proof.add(defined, called, [defining], [(Formula(node), defined), sides])
    last = Indexed((_one((left, k, ""), (right, l, "")),), (), setting.columns)
    proof.add(last, setting.quotient(node), [changing], [setting.claim(node, last)])
    return proof


def singular_rules(node: SpectralNorm | NuclearNorm, x: Symbol) -> tuple[Phrase, Phrase]:
    """What a norm is by singular vectors, and why they need not be differentiated."""
    name = symbol_label(x)
    if isinstance(node, SpectralNorm):
        left, right = top_left_singular_vector(x), top_right_singular_vector(x)
        sides = product(x, right), product(node, left)
        form = Label(*(" = ".join(Formula(side).write(medium) for side in sides) for medium in MEDIA))
        return SINGULAR.filled(form=form, u=expression_label(left)), UNIT_VECTORS.filled(x=name)
    value = Label(
        f"σ_r = u_rᵀ{name.unicode}v_r",
        rf"\sigma_{{r}} = u_{{r}}^{{\top}} {name.latex} v_{{r}}",
        f"sigma_r = u_r' {name.write('text')} v_r",
    )
    return SINGULAR_VALUES.filled(form=value, x=name), UNIT_VECTORS.filled(x=name)


@prove.register
def _(node: NuclearNorm, setting: Setting) -> Proof | None:
    x, (k, l) = setting.argument, setting.by  # noqa: E741
    if node.args[0] is not x or len(setting.columns) < 2:
        return None
    proof = Proof()
    i, j = setting.letters("ijp", 2)
    factor = polar(x)
    defined = Indexed((_one((factor, i, j), (x, i, j), sums=axes_of((i, j), x.shape)),), ())
    called = None if setting.name is not None else setting.called(node)
    defining, changing = singular_rules(node, x)
    proof.add(defined, called, [defining], [(Formula(node), defined)])
    last = Indexed((_one((factor, k, l)),), (), setting.columns)
    proof.add(last, setting.quotient(node), [changing], [setting.claim(node, last)])
    return proof
