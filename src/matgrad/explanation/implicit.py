"""The Jacobian of an inverse by the chain rule: XF = I does not change with X."""

from __future__ import annotations

from collections.abc import Iterator

from matgrad.core.arrays import Array
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.differentiations import NamedDifferentiation
from matgrad.explanation.graph import WRITE_OUT
from matgrad.explanation.lines import MEDIA, Formula, Label, Line, Point, Written
from matgrad.explanation.local_derivatives import tried_direction
from matgrad.explanation.reasons import HELD, LOCAL
from matgrad.explanation.sides import Partial, Sized, symbol_label
from matgrad.explanation.unsimplified import plus, product
from matgrad.ops.arithmetic import multiply, scale
from matgrad.ops.identities.kronecker_products import MIXED
from matgrad.ops.inverse import Inverse
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import eye, zeros
from matgrad.ops.maps import VEC_OF_PRODUCT
from matgrad.ops.reshaping import vec

DEFINED = Phrase("definition of the inverse")
CONSTANT = Phrase("chain rule, summed over the paths; {product} = I is constant")
SOLVED = Phrase("solve for the derivative: (I ⊗ {x})⁻¹ = I ⊗ {x}⁻¹")


def is_implicit(stage: NamedDifferentiation) -> bool:
    """Whether a stage asks for the Jacobian of the inverse of X itself."""
    function = stage.function
    of_variable = isinstance(function, Inverse) and function.args[0] is stage.variable
    return of_variable and stage.is_on_vec and not stage.turned and stage.free is None


@dataclass(frozen=True, slots=True)
class _Beside:
    """A matrix and a derivative behind it: (I ⊗ X) ∂vec(F)/∂vec(X)ᵀ, plus another matrix before them."""

    first: Expr
    matrix: Expr
    partial: Written
    value: Expr

    def write(self, medium: str) -> str:
        """The sum in a medium."""
        gap = r" \, " if medium == "latex" else " "
        first, matrix = Formula(self.first).write(medium), Formula(self.matrix).write(medium)
        brackets = (r"\left(", r"\right)") if medium == "latex" else ("(", ")")
        return f"{first} + {brackets[0]}{matrix}{brackets[1]}{gap}{self.partial.write(medium)}"

    def evaluate(self, point: Point) -> Array:
        """Its value, with that of the derivative."""
        return point.value(plus(self.first, multiply(self.matrix, self.value)))


def lines_of(stage: NamedDifferentiation, name: Symbol) -> Iterator[Line]:
    """From XF = I to ∂vec(F)/∂vec(X)ᵀ.

    Parameters
    ----------
    stage : NamedDifferentiation
        Whose function is X⁻¹.
    name : Symbol
        F, which stands for it.
    """
    x, function = stage.variable, stage.function
    called = symbol_label(name)
    whole = product(x, name)
    label = Label(*(Formula(whole).write(medium) for medium in MEDIA))
    unit = eye(x.rows)
    yield Line(Formula(unit), label, (DEFINED,), claims=((Formula(whole), Formula(unit)),))
    by_x, by_f = Kron.intern((name.T, unit)), Kron.intern((unit, x))
    shape = x.shape
    outer_x = Partial(label, shape, x, held=(name,))
    outer_f = Partial(label, shape, name, held=(x,))
    factors = [
        (by_x, outer_x, product(tried_direction(x), name), name),
        (by_f, outer_f, product(x, tried_direction(x)), x),
    ]
    for matrix, partial, moved, held in factors:
        claim = (Formula(multiply(matrix, vec(tried_direction(x)))), Formula(vec(moved)))
        yield Line(
            Sized(matrix),
            partial,
            (LOCAL, VEC_OF_PRODUCT, HELD.filled(x=symbol_label(held))),
            claims=(claim,),
        )
    inner = Partial(called, shape, x)
    value = stage.derivative.on_vec
    both = _Beside(by_x, by_f, inner, value)
    zero = zeros(*value.shape)
    said = CONSTANT.filled(product=label)
    yield Line(Label("0", "0"), both, (said,), claims=((both, Formula(zero)),))
    solved = scale(-1, product(Kron.intern((unit, function)), by_x))
    yield Line(
        Formula(solved),
        inner,
        (SOLVED.filled(x=symbol_label(x)),),
        claims=((Formula(solved), Formula(value)),),
    )
    reasons = (MIXED, WRITE_OUT)
    yield Line(Formula(value), None, reasons, claims=((Formula(solved), Formula(value)),))
