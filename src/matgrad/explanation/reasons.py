"""Why the lines of a derivation hold, where it is no rule of an operation: names of the algebra."""

from __future__ import annotations

from matgrad.calculus.structure import structure_of
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.explanation.lines import MEDIA, Label
from matgrad.printing.names import latex_name, unicode_name

_MN = "Magnus & Neudecker (2019)"

TERM_BY_TERM = Phrase("a sum is differentiated term by term")
MEMBER = Phrase("of the sum only the terms of one member depend on it")
SIMPLIFIED = Phrase("simplify")
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
    return Phrase("{form}", _MN, "ch. 9", context="the gradient is read off it").filled(form=form)


def _on_vec(matrix: str, name: Label, stacks: str = "vec") -> Label:
    """J vec(dX)."""
    dx = _change(name)
    latex = rf"{matrix} \operatorname{{{stacks}}}({dx.latex})"
    return Label(f"{matrix} {stacks}({dx.unicode})", latex, f"{matrix} {stacks}({dx.write('text')})")


def _equation(left: Label, right: Label) -> Label:
    return Label(*(f"{left.write(medium)} = {right.write(medium)}" for medium in MEDIA))


def read_matrix(change: Label, variable: Symbol, letter: str) -> Phrase:
    """The Jacobian J, or the Hessian H, is what stands before vec(dX)."""
    name = _name(variable)
    dx = _change(name)
    column = Label(f"{letter} {dx.unicode}", rf"{letter} \, {dx.latex}", f"{letter} {dx.write('text')}")
    form = _equation(change, column if variable.is_vector else _on_vec(letter, name))
    read = {
        "J": Phrase("{form}", _MN, "ch. 9", context="the Jacobian is read off it"),
        "H": Phrase("{form}", _MN, "ch. 9", context="the Hessian is read off it"),
    }
    return read[letter].filled(form=form)


def divide(variable: Symbol) -> Phrase:
    """The derivative by a scalar is the quotient of differentials."""
    return Phrase("divide by {dx}").filled(dx=_change(_name(variable)))


def half(variable: Symbol) -> Phrase:
    """A symmetric matrix is given by half its entries."""
    name = _name(variable)
    dx = _change(name)
    stacked = Label(f"vec({dx.unicode})", rf"\operatorname{{vec}}({dx.latex})", f"vec({dx.write('text')})")
    whole = Phrase("{x} is symmetric: {form}", _MN, "ch. 3, sec. 8")
    return whole.filled(x=name, form=_equation(stacked, _on_vec("D", name, "vech")))


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
        return Phrase("{said}; G lies in that subspace").filled(said=said)
    if structure.has_pairs and convention == "independent":
        whole = Label("G − Gᵀ", r"G - G^{\top}", "G - G'")
        if variable.facts & Fact.SYMMETRIC:
            whole = Label("G + Gᵀ − G ⊙ I", r"G + G^{\top} - G \odot I", "G + G' - G .* I")
        become = Phrase("{whole} by independent entries").filled(whole=whole)
        return Phrase("{said}: {become}", "Matrix Cookbook", "eq. 138").filled(said=said, become=become)
    become = structure.projection.filled(name=x)
    reason = Phrase("{said}: {become}", become.source, become.place)
    return reason.filled(said=said, become=become)
