"""Constraints xᵀBx = c and XᵀBX = cI: the variable is √c B^(−½) times one with orthonormal columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import Product, add, multiply, scale, split_number, subtract, summands
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number
from matgrad.ops.matrix_power import matrix_power
from matgrad.ops.power import Power, power, split_exponent
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import is_positive
from matgrad.stationarity.solving import multiplied_out
from matgrad.stationarity.spectral import quadratic_of

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """Where XᵀBX = cI.

    Attributes
    ----------
    variable : Symbol
        X.
    b, c : Expr
        B, positive definite, and the positive number c.
    unit : Symbol
        U with orthonormal columns, and X = √c B^(−½) U.
    """

    variable: Symbol
    b: Expr
    c: Expr
    unit: Symbol

    def value(self, of_unit: Expr) -> Expr:
        """X, of a value of U."""
        root = of_unit if isinstance(self.b, Eye) else multiply(matrix_power(self.b, number(-_HALF)), of_unit)
        return multiply(power(self.c, number(_HALF)), root)


def ellipsoid(constraint: Expr, variable: Symbol, taken: Sequence[Expr]) -> Ellipsoid | None:
    """The B and c of a constraint that is zero; ``None`` where it is another one.

    Parameters
    ----------
    constraint : Expr
        As xᵀBx − c, ‖x‖ − 1, or XᵀBX − I.
    variable : Symbol
        X.
    taken : sequence of Expr
        What has names.
    """
    try:
        found = _of_column(constraint, variable) if variable.is_vector else _of_matrix(constraint, variable)
    except MatgradError:
        return None
    if found is None:
        return None
    b, c = found
    if not (isinstance(b, Eye) or b.has(Fact.POSITIVE_DEFINITE)) or variable in postorder(b):
        return None
    if not is_positive(c) and not (isinstance(c, Number) and c.value > 0):
        return None
    label = variable.label
    if not isinstance(b, Eye) or c is not number(1):
        names = names_in(taken)
        label = "u" if variable.is_vector else "U"
        label += f"_{variable.label}" if label in names or len(taken) > 2 else ""
        while label in names:
            label += "0"
    fact = Fact.ORTHOGONAL if variable.is_square else Fact.ORTHONORMAL_COLUMNS
    return Ellipsoid(variable, b, c, Symbol.make(label, *variable.shape, fact))


def _squared(constraint: Expr, x: Symbol) -> Expr:
    """The constraint ‖x‖ = c as ‖x‖² = c²."""
    moving = [term for term in summands(constraint) if x in postorder(term)]
    if len(moving) != 1:
        return constraint
    (term,) = moving
    front, root = split_number(term)
    base, exponent = split_exponent(root) if isinstance(root, Power) else (root, number(1))
    if exponent is not number(_HALF):
        return constraint
    rest = subtract(constraint, term)
    return subtract(scale(front * front, base), multiply(rest, rest))


def _of_column(constraint: Expr, x: Symbol) -> tuple[Expr, Expr] | None:
    if not constraint.is_scalar:
        return None
    found = quadratic_of(_squared(constraint, x), x)
    if found is None or not is_zero(found.g) or x in postorder(found.c):
        return None
    front, p = split_number(found.p)
    return p, simplify(scale(-1 / front, found.c))


def _of_matrix(constraint: Expr, x: Symbol) -> tuple[Expr, Expr] | None:
    terms = summands(multiplied_out(constraint))
    moving = [term for term in terms if x in postorder(term)]
    if len(moving) != 1:
        return None
    front, product = split_number(moving[0])
    if not isinstance(product, Product) or product.scalars or len(product.chain) < 2:
        return None
    chain = product.chain
    if chain[0] is not x.T or chain[-1] is not x:
        return None
    b = multiply(*chain[1:-1]) if len(chain) > 2 else eye(x.rows)
    rest = simplify(scale(-1 / front, add(*(term for term in terms if term is not moving[0]))))
    if isinstance(rest, Eye):
        return b, number(1)
    if isinstance(rest, Product) and len(rest.chain) == 1 and isinstance(rest.chain[0], Eye):
        return b, multiply(number(rest.coefficient), *rest.scalars)
    return None
