"""The trace, and the inner product ⟨A, B⟩ = tr(AᵀB)."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale
from matgrad.ops.leaves import Eye, dimension, eye, is_zero, number
from matgrad.ops.orientation import orient, orientation_key, turned_round
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.transpose import Transpose


class Trace(Expr):
    """The trace. d tr(X) = tr(dX) (Matrix Cookbook, eq. 36)."""

    __slots__ = ()
    name = "trace"
    linearity = "each"
    reason = Phrase("differential of the trace", "Matrix Cookbook", "eq. 36")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a trace"), Phrase("sum({x}) for the sum of all entries"))
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return trace(args[0])

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & Fact.CONSTANT
        if self.args[0].facts & Fact.POSITIVE_DEFINITE:
            return facts | Fact.POSITIVE
        if self.args[0].facts & Fact.POSITIVE_SEMIDEFINITE:
            return facts | Fact.NONNEGATIVE
        return facts

    def linear_map(self, index: int) -> LinearMap:
        return lm.Inner(eye(self.args[0].rows))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        total = xp.diagonal(values[0])
        return xp.matmul(xp.ones(1, xp.shape(total)[0]), total)

    def planned(self, plan: Planning, *values: Array) -> Array:
        inner = self.args[0]
        if isinstance(inner, Product) and not inner.scalars:
            return plan.trace(inner.coefficient, [plan.value(factor) for factor in inner.chain])
        return plan.trace(Fraction(1), values)

    def notation(self) -> Notation:
        return call("tr", r"\operatorname{tr}", numpy="trace")


@function("tr", "trace", numpy="trace", example="tr(A*X)", given="A: n×m, X: m×n")
def trace(x: Expr) -> Expr:
    """The sum of the diagonal entries of a square matrix.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    if x.is_scalar:
        return x
    require_square(x, phrase("a trace"), Phrase("sum({x}) for the sum of all entries"))
    if isinstance(x, Eye):
        return dimension(x.rows)
    if is_zero(x):
        return number(0)
    if isinstance(x, Sum):
        return add(*(trace(term) for term in x.args))
    if isinstance(x, Product):
        scalars = (number(x.coefficient), *x.scalars)
        return multiply(*scalars, _trace_of_chain(list(x.chain)))
    if isinstance(x, Transpose):
        return trace(x.args[0])
    known = composed(Trace, x)
    return Trace.intern((orient(x)[0],)) if known is None else known


def _trace_of_chain(chain: list[Expr]) -> Expr:
    """The trace of a product of matrices: a scalar if it can be rotated to one, else canonical.

    The trace is the same for every rotation of the chain and of its transpose; the canonical one
    has the fewest transposes, is a quadratic form XᵀAX where it can be, then comes first in the
    order of operands.
    """
    if len(chain) == 1:
        return trace(chain[0])
    for place in range(len(chain)):
        if chain[place].rows.is_integer and int(chain[place].rows) == 1:
            return multiply(*chain[place:], *chain[:place])
    rotated = multiply(chain[-1], *chain[:-1])
    if not (isinstance(rotated, Product) and len(rotated.chain) == len(chain)):
        return trace(rotated)
    flipped, reverse = turned_round(chain)
    turns = [
        (_place_of_turn(turn), sign, turn)
        for sign, cycle in ((Fraction(1), chain), (flipped, reverse))
        for turn in (cycle[place:] + cycle[:place] for place in range(len(cycle)))
    ]
    _, sign, best = min(turns, key=lambda turn: turn[0])
    product = multiply(*best)
    if not (isinstance(product, Product) and len(product.chain) == len(best)):
        return scale(sign, trace(product))
    return scale(sign, Trace.intern((Product.intern(tuple(best), (Fraction(1), 0)),)))


def _place_of_turn(turn: list[Expr]) -> tuple[object, ...]:
    transposes, *order = orientation_key(turn)
    return (transposes, turn[0].T is not turn[-1], *order)


def inner_product(a: Expr, b: Expr) -> Expr:
    """⟨A, B⟩ = tr(AᵀB), of columns aᵀb."""
    if a.shape[1].is_integer and int(a.shape[1]) == 1:
        return multiply(a.T, b)
    if a.shape[0].is_integer and int(a.shape[0]) == 1:
        return multiply(a, b.T)
    return trace(multiply(a.T, b))
