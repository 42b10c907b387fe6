"""Why the lines of a derivation hold, where it is no rule of an operation: names of the algebra."""

from __future__ import annotations

from fractions import Fraction

from matgrad.calculus.structure import structure_of
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.explanation.lines import MEDIA, Label
from matgrad.explanation.sides import entry_label, expression_label, quotient
from matgrad.ops.arithmetic import Product
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.leaves import Eye, Number, number
from matgrad.ops.power import Power
from matgrad.printing.names import latex_name, unicode_name
from matgrad.printing.shapes import square_root

_MN = "Magnus & Neudecker (2019)"

ENTRY_BY_ENTRY = Phrase("entry by entry, so the matrix is diagonal")
HELD = Phrase("with {x} held")
BY_ENTRIES = Phrase("write out by entries")
LOCAL = Phrase("local derivative")
LINEAR = Phrase("linear in {x}")
SUM_LINEAR = Phrase("the sum is linear")
BY_SERIES = Phrase(
    "the power series term by term, with the cyclic shift: tr L_f(X, V) = tr(f′(X) V), "
    "with L_f(X, V) the derivative of f at X in the direction V"
)
QUOTIENT = Phrase("quotient rule")
UNPROJECTED = Phrase("{g}: the gradient as if the entries of {x} were independent")
TERM_BY_TERM = Phrase("a sum is differentiated term by term")
MEMBER = Phrase("of the sum only the terms of one member depend on it")
OF_MEMBER = Phrase("of the differential what belongs to one member: [k = l] where it is the same one")
SIMPLIFIED = Phrase("simplify")
CANONICAL = Phrase("in canonical form")
SQUARED_NORM = Phrase("differential of a squared norm")
NORM = Phrase("differential of a norm")
SCALAR_TRACE = Phrase("a scalar is its own trace")
SCALAR_TRANSPOSE = Phrase("a scalar is its own transpose")
TRACE_LINEAR = Phrase("the trace is linear", "Matrix Cookbook", "eq. 15")
DISTRIBUTE = Phrase("multiply out", context="algebra")
DENOMINATOR = Phrase("denominator layout: the transpose")
NUMERATOR = Phrase("numerator layout")
VEC = Phrase("vec of both sides")
NAMES = Phrase("names for its parts")
INSERTED = Phrase("insert the names")
HADAMARD_DIAGONAL = Phrase("a ⊙ b = diag(a) b")
HALF = Phrase("vec(X) = D vech(X) for symmetric X", "Magnus & Neudecker (1980)")
ENTRIES = Phrase("read off the entries")


HADAMARD_COLUMNS = Phrase("aᵀ(b ⊙ c) = (a ⊙ b)ᵀc")
SINCE = Phrase("since {form}")
SUM_TRACE = Phrase("sum(M) = tr(𝟏𝟏ᵀM)")


TOTAL_OF_COLUMNS = Phrase("sum(a ⊙ b) = aᵀb")
TOTAL_OF_MATRICES = Phrase("sum(A ⊙ B) = tr(AᵀB)")


def total_of_products(columns: bool) -> Phrase:
    """The sum over ⊙ is an inner product."""
    return TOTAL_OF_COLUMNS if columns else TOTAL_OF_MATRICES


def _name(symbol: Symbol) -> Label:
    """X."""
    return Label(unicode_name(symbol.label), latex_name(symbol.label), symbol.label)


def _change(name: Label) -> Label:
    """DX."""
    return Label(f"d{name.unicode}", rf"\mathrm{{d}}{name.latex}", f"d{name.write('text')}")


def constant(variable: Symbol) -> Phrase:
    """What does not hold X does not change with it."""
    return Phrase("does not depend on {x}").filled(x=_name(variable))


def itself(variable: Symbol) -> Phrase:
    """The change of X is called dX."""
    x = _name(variable)
    return Phrase("{dx} is the change of {x}").filled(dx=_change(x), x=x)


def _of_change(change: Symbol) -> Label:
    return Label(
        "d" + unicode_name(change.label[1:]), rf"\mathrm{{d}}{latex_name(change.label[1:])}", change.label
    )


def collect(change: Symbol) -> Phrase:
    """Terms that differ in what stands before dX are put together."""
    return Phrase("collect {dx}").filled(dx=_of_change(change))


def constant_direction(change: Symbol) -> Phrase:
    """In a second differential dX counts as a constant."""
    return Phrase("{dx} is constant, so d({dx}) = 0", _MN, "ch. 6").filled(dx=_of_change(change))


def read_gradient(change: Label, variable: Symbol) -> Phrase:
    """The gradient is what stands before dX under the trace; ``change`` is df as it is written."""
    dx = _change(_name(variable))
    media = [(change.write(medium), dx.write(medium)) for medium in MEDIA]
    forms = {
        True: ("{} = gᵀ {}", r"{} = g^{{\top}} \, {}", "{} = g' {}"),
        False: ("{} = tr(Gᵀ {})", r"{} = \operatorname{{tr}}\left(G^{{\top}} \, {}\right)", "{} = tr(G' {})"),
    }
    form = Label(*(form.format(*sides) for form, sides in zip(forms[variable.is_vector], media, strict=True)))
    return Phrase("read off the gradient from {form}", _MN, "ch. 9").filled(form=form)


def _on_vec(matrix: str, name: Label, stacks: str = "vec") -> Label:
    """J vec(dX)."""
    dx = _change(name)
    latex = rf"{matrix} \operatorname{{{stacks}}}({dx.latex})"
    return Label(f"{matrix} {stacks}({dx.unicode})", latex, f"{matrix} {stacks}({dx.write('text')})")


def equation(left: Label, right: Label) -> Label:
    """The equation of two sides that are only written."""
    return Label(*(f"{left.write(medium)} = {right.write(medium)}" for medium in MEDIA))


def read_matrix(change: Label, variable: Symbol, letter: str) -> Phrase:
    """The Jacobian J, or the Hessian H, is what stands before vec(dX)."""
    name = _name(variable)
    dx = _change(name)
    column = Label(f"{letter} {dx.unicode}", rf"{letter} \, {dx.latex}", f"{letter} {dx.write('text')}")
    form = equation(change, column if variable.is_vector else _on_vec(letter, name))
    read = {
        "J": Phrase("read off the Jacobian from {form}", _MN, "ch. 9"),
        "H": Phrase("read off the Hessian from {form}", _MN, "ch. 9"),
    }
    return read[letter].filled(form=form)


def delta(variable: Symbol, entry: str, by: str, is_bound: bool = True) -> Phrase:
    """∂X_ij/∂X_kl = δ_ik δ_jl: an entry changes with itself and with no other.

    Parameters
    ----------
    variable : Symbol
        X.
    entry, by : str
        The letters of an entry, and of that by which it is differentiated; empty where X is a number.
    is_bound : bool
        Whether a structure of X binds its entries together, which must be said.
    """
    name = _name(variable)
    left = quotient(entry_label(name, entry), entry_label(name, by))
    pairs = list(zip(entry, by, strict=True))
    value = Label(
        " ".join(f"δ_{a}{b}" for a, b in pairs) or "1",
        r" \, ".join(rf"\delta_{{{a}{b}}}" for a, b in pairs) or "1",
        " ".join(f"delta_{a}{b}" for a, b in pairs) or "1",
    )
    form = equation(left, value)
    if not is_bound or structure_of(variable) is None:
        return SINCE.filled(form=form)
    return Phrase("since {form}, as if the entries of {x} were independent").filled(form=form, x=name)


def as_if_independent(variable: Symbol) -> list[Phrase]:
    """What is said where entries are varied one by one that a structure binds together."""
    if structure_of(variable) is None:
        return []
    return [Phrase("as if the entries of {x} were independent").filled(x=_name(variable))]


def rule_in_entries(node: Expr, whole: Expr) -> Phrase | None:
    """The rule by which a function in an expression is differentiated entry by entry.

    Parameters
    ----------
    node : Expr
        The function.
    whole : Expr
        The expression that it stands in.
    """
    if isinstance(node, Power) and isinstance(node.exponent, Number):
        if node.is_scalar and node.exponent.value < 0 and node is not whole:
            return QUOTIENT
        if square_root(node.args[0]) is not None and node.exponent is number(Fraction(1, 2)):
            return NORM
    return scalar_rule(node) if isinstance(node, Elementwise) else node.reason


def scalar_rule(node: Elementwise) -> Phrase:
    """The derivative of a function of one number, which every course of calculus has before this one."""
    argument = Symbol.stand_in("t", ONE, ONE)
    function = type(node).intern((argument, *node.args[1:]), node.data)
    slope = function.linear_map(0).apply(number(1))
    plain, latex, text = (expression_label(function).write(medium) for medium in MEDIA)
    left = Label(f"d {plain}/dt", rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}}t}} {latex}", f"d {text}/dt")
    return Phrase("chain rule: {form}").filled(form=equation(left, expression_label(slope)))


def symmetric(matrix: Label) -> Phrase:
    """Why a matrix may be transposed where it stands."""
    return Phrase("{name} is symmetric").filled(name=matrix)


def symmetries(expr: Expr) -> list[Phrase]:
    """That the symmetric matrices which are factors in a term are symmetric."""
    factors = [part for node in postorder(expr) if isinstance(node, Product) for part in node.chain]
    found = [
        part for part in factors if part.rows is not ONE and part.T is part and not isinstance(part, Eye)
    ]
    return [symmetric(expression_label(part)) for part in dict.fromkeys(found)]


def divide(variable: Symbol) -> Phrase:
    """The derivative by a scalar is the factor of its differential."""
    return Phrase("read off the factor of {dx}", _MN, "ch. 5").filled(dx=_change(_name(variable)))


def half(variable: Symbol) -> Phrase:
    """A symmetric matrix is given by half its entries."""
    name = _name(variable)
    dx = _change(name)
    stacked = Label(f"vec({dx.unicode})", rf"\operatorname{{vec}}({dx.latex})", f"vec({dx.write('text')})")
    whole = Phrase("{x} is symmetric: {form}", _MN, "ch. 3, sec. 8")
    return whole.filled(x=name, form=equation(stacked, _on_vec("D", name, "vech")))


def within_structure(variable: Symbol, convention: str, changed: bool = True) -> Phrase | None:
    """What becomes of G where X moves in a subspace; ``None`` for a general matrix.

    ``changed`` says whether G becomes anything else.
    """
    structure = structure_of(variable)
    if structure is None:
        return None
    x = _name(variable)
    said = structure.description.filled(name=x)
    if not changed:
        return Phrase("{said}, and so is what was found").filled(said=said)
    if structure.has_pairs and convention == "independent":
        whole = Label("G − Gᵀ", r"G - G^{\top}", "G - G'")
        if variable.facts & Fact.SYMMETRIC:
            whole = Label("G + Gᵀ − G ⊙ I", r"G + G^{\top} - G \odot I", "G + G' - G .* I")
        become = Phrase("{whole} by independent entries").filled(whole=whole)
        return Phrase("{said}: {become}", "Matrix Cookbook", "eq. 138").filled(said=said, become=become)
    become = structure.projection.filled(name=x)
    reason = Phrase("{said}: {become}", become.source, become.place)
    return reason.filled(said=said, become=become)
