"""The Moore-Penrose pseudoinverse."""

from __future__ import annotations

from functools import singledispatch

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, split_scalars, subtract
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, is_zero, number, zeros
from matgrad.ops.orientation import oriented
from matgrad.ops.power import power
from matgrad.ops.registry import function


class Pinv(Expr):
    """The Moore-Penrose pseudoinverse, where the rank does not change.

    dX⁺ = −X⁺dX X⁺ + X⁺X⁺ᵀ dXᵀ (I − XX⁺) + (I − X⁺X) dXᵀ X⁺ᵀX⁺ (Golub & Pereyra, 1973).

    With data it is of a matrix that is known to have null vectors, and to how many: this stays known where
    what stands in it is written otherwise, and no null vector is searched for among rounding errors.
    """

    __slots__ = ()
    name = "pinv"
    no_derivative = Phrase("where the rank changes")
    reason = Phrase("differential of the pseudoinverse", "Golub & Pereyra (1973)")
    legend = Phrase("X⁺ is the pseudoinverse")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].columns, args[0].rows)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return _pinv(args[0], *data)

    def infer_facts(self) -> Fact:
        keep = (
            Fact.SYMMETRIC
            | Fact.SKEW
            | Fact.POSITIVE_SEMIDEFINITE
            | Fact.DIAGONAL
            | Fact.CIRCULANT
            | Fact.CONSTANT
        )
        return self.args[0].facts & keep

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        flipped = (x.columns, x.rows)
        left_rest = subtract(eye(x.rows), multiply(x, self))
        right_rest = subtract(eye(x.columns), multiply(self, x))
        transposition = lm.Transposition(x.shape)
        return lm.add_maps(
            lm.negated(lm.two_sided(self, self, x.shape)),
            lm.compose(lm.two_sided(multiply(self, self.T), left_rest, flipped), transposition),
            lm.compose(lm.two_sided(right_rest, multiply(self.T, self), flipped), transposition),
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.pinv(values[0], nullity=int(*self.data))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        if self.args[0].is_vector:
            return call("pinv", numpy="pinv")  # x⁺ of a vector may be its positive part
        return Notation("pinv({0})", "{0}⁺", "{0}^{{+}}", "pinv({0})")


@function("pinv", "pseudoinverse", numpy="linalg.pinv", example="tr(A*pinv(X))", given="A: m×n, X: m×n")
def pinv(x: Expr) -> Expr:
    """The Moore-Penrose pseudoinverse X⁺."""
    return _pinv(x)


def _pinv(x: Expr, nullity: int = 0) -> Expr:
    """X⁺, of a matrix that has at least so many null vectors."""
    nullity = nullity or _known_nullity(x)
    if x.is_scalar:
        return number(0) if nullity else power(x, number(-1))
    if is_zero(x):
        return zeros(x.columns, x.rows)
    if x.facts & Fact.INVERTIBLE:
        return inv(x)
    if x.facts & Fact.ORTHOGONAL_PROJECTOR:
        return x
    if (x.facts | x.T.facts) & Fact.ORTHONORMAL_COLUMNS:
        return x.T
    if isinstance(x, Pinv):
        return x.args[0]
    split = split_scalars(x)
    if split is not None:
        return multiply(power(split[0], number(-1)), _pinv(split[1], nullity))
    common, rest = content(x)
    if common != 1:
        return scale(1 / common, _pinv(rest, nullity))
    known = composed(Pinv, x)
    return oriented(Pinv, x, (nullity,) if nullity else (), parity=-1) if known is None else known


@singledispatch
def singular_shifts(scalar: Expr) -> list[Expr]:
    """The matrices R for which s I − R is known to have a null vector: S, for s = λ_max(S)."""
    return []


def _known_nullity(x: Expr) -> int:
    """1 for λ_max(S) I − S and for σ_max(Y)² I − YYᵀ, which have a null vector, else 0."""
    if not isinstance(x, Sum):
        return 0
    for term in x.args:
        if not isinstance(term, Product) or len(term.scalars) != 1 or term.chain != (eye(x.rows),):
            continue
        if any(
            rest.shape == x.shape and add(term, scale(-term.coefficient, rest)) is x
            for rest in singular_shifts(term.scalars[0])
        ):
            return 1
    return 0
