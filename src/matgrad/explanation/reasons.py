"""Why the lines of a derivation hold, where it is no rule of an operation: names of the algebra."""

from __future__ import annotations

from matgrad.calculus.structure import structure_of
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.printing.names import unicode_name

_MN = "Magnus & Neudecker (2019)"

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


def constant(variable: Symbol) -> Phrase:
    """What does not hold X does not change with it."""
    x = unicode_name(variable.label)
    return Phrase("does not depend on {x}").filled(x=x)


def itself(variable: Symbol) -> Phrase:
    """The change of X is called dX."""
    x = unicode_name(variable.label)
    return Phrase("d{x} is the change of {x}").filled(x=x)


def collect(change: Symbol) -> Phrase:
    """Terms that differ in what stands before dX are put together."""
    name = "d" + unicode_name(change.label[1:])
    return Phrase("collect {dx}").filled(dx=name)


def constant_direction(change: Symbol) -> Phrase:
    """In a second differential dX counts as a constant."""
    name = "d" + unicode_name(change.label[1:])
    return Phrase("{dx} is constant, so d({dx}) = 0", _MN, "ch. 6").filled(dx=name)


def read_gradient(change: str, variable: Symbol) -> Phrase:
    """The gradient is what stands before dX under the trace; ``change`` is df as it is written."""
    x = unicode_name(variable.label)
    form = f"{change} = gᵀ d{x}" if variable.is_vector else f"{change} = tr(Gᵀ d{x})"
    return Phrase("{form}", _MN, "ch. 9", context="the gradient is read off it").filled(form=form)


def read_matrix(change: str, variable: Symbol, letter: str) -> Phrase:
    """The Jacobian J, or the Hessian H, is what stands before vec(dX)."""
    x = unicode_name(variable.label)
    form = f"{change} = {letter} " + (f"d{x}" if variable.is_vector else f"vec(d{x})")
    read = {
        "J": Phrase("{form}", _MN, "ch. 9", context="the Jacobian is read off it"),
        "H": Phrase("{form}", _MN, "ch. 9", context="the Hessian is read off it"),
    }
    return read[letter].filled(form=form)


def divide(variable: Symbol) -> Phrase:
    """The derivative by a scalar is the quotient of differentials."""
    x = unicode_name(variable.label)
    return Phrase("divide by d{x}").filled(x=x)


def half(variable: Symbol) -> Phrase:
    """A symmetric matrix is given by half its entries."""
    x = unicode_name(variable.label)
    form = f"vec(d{x}) = D vech(d{x})"
    whole = Phrase("{x} is symmetric: {form}", _MN, "ch. 3, sec. 8")
    return whole.filled(x=x, form=form)


def within_structure(variable: Symbol, convention: str, changed: bool = True) -> Phrase | None:
    """What becomes of G where X moves in a subspace; ``None`` for a general matrix.

    ``changed`` says whether G becomes anything else.
    """
    structure = structure_of(variable)
    if structure is None:
        return None
    x = unicode_name(variable.label)
    said = structure.description.filled(name=x)
    if not changed:
        return Phrase("{said}; G lies in that subspace").filled(said=said)
    if structure.has_pairs and convention == "independent":
        whole = "G + Gᵀ − G ⊙ I" if variable.facts & Fact.SYMMETRIC else "G − Gᵀ"
        become = Phrase("{whole} by independent entries").filled(whole=whole)
        return Phrase("{said}: {become}", "Matrix Cookbook", "eq. 138").filled(said=said, become=become)
    become = structure.projection.filled(name=x)
    reason = Phrase("{said}: {become}", become.source, become.place)
    return reason.filled(said=said, become=become)
