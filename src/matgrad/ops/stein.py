"""Stein equations X = A X B + C, with the discrete and continuous Lyapunov equations."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Sum, content, multiply, scale, split_scalars, subtract
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import kron
from matgrad.ops.leaves import Eye, eye, is_zero, number
from matgrad.ops.power import power
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.sylvester import sylvester
from matgrad.ops.transpose import transpose


class Stein(Expr):
    """The solution X of X = A X B + C. ``args`` are A, B, C.

    There is one solution unless an eigenvalue of A is the reciprocal of one of B. From
    dX = A dX B + dA X B + A X dB + dC.
    """

    __slots__ = ()
    name = "stein"
    reason = Phrase("differential of a Stein equation")
    legend = Phrase("stein(A, B, C) is the solution X of X = AXB + C")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b, c = args
        require_square(a, phrase("a Stein equation"), phrase("A square"))
        require_square(b, phrase("a Stein equation"), phrase("B square"))
        if not (same(a.rows, c.rows) and same(b.rows, c.columns)):
            raise ShapeError(
                phrase(
                    "in X = A X B + C the last term {c} must be {rows}×{b_rows}, as {a} and {b} say",
                    c=c.describe(),
                    rows=a.rows,
                    b_rows=b.rows,
                    a=a.describe(),
                    b=b.describe(),
                )
            )
        return c.shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return stein(*args)

    def infer_facts(self) -> Fact:
        a, b, c = self.args
        return c.facts & (Fact.SYMMETRIC | Fact.SKEW) if a.T is b else Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        a, b, c = self.args
        solve = SteinSolve(a, b, c.shape)
        if index == 0:
            return lm.compose(solve, lm.Right(multiply(self, b), a.shape))
        if index == 1:
            return lm.compose(solve, lm.Left(multiply(a, self), b.shape))
        return solve

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, b, c = values
        (m, n) = xp.shape(c)
        one, other = xp.eye(m), xp.eye(n)
        return xp.matrix_equation(2, (one, other, xp.scale(-1, a), b), c)

    def planned(self, plan: Planning, *values: Array) -> Array:
        (m, n) = plan.arrays.shape(values[2])
        return plan.primitive("stein", values, m, n)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return stein(transposed[1], transposed[0], transposed[2])

    def notation(self) -> Notation:
        return call("stein")


@function("stein", example="sum(stein(A, B, X))", given="A: m×m, B: n×n, X: m×n")
def stein(a: Expr, b: Expr, c: Expr) -> Expr:
    """The solution X of X = A X B + C.

    Raises
    ------
    ShapeError
        When A or B is not square, or C does not fit them.
    """
    Stein.shape_rule((a, b, c), ())
    if is_zero(c) or is_zero(a) or is_zero(b):
        return c
    if isinstance(c, Sum):
        common, rest = content(c)
        if common != 1:
            return scale(common, stein(a, b, rest))
    split = split_scalars(c)
    if split is not None:
        return multiply(split[0], stein(a, b, split[1]))
    if isinstance(b, Eye) or b.is_scalar:
        rest = subtract(eye(a.rows), a if isinstance(b, Eye) else multiply(b, a))
        return multiply(power(rest, number(-1)), c) if a.is_scalar else multiply(inv(rest), c)
    if isinstance(a, Eye) or a.is_scalar:
        rest = subtract(eye(b.rows), b if isinstance(a, Eye) else multiply(a, b))
        return multiply(c, inv(rest))
    return Stein.intern((a, b, c))


@function(
    "dlyap",
    "solve_discrete_lyapunov",
    example="tr(dlyap(A, X))",
    given="A: n×n, X: n×n",
)
def dlyap(a: Expr, q: Expr) -> Expr:
    """The solution X of the discrete Lyapunov equation A X Aᵀ − X + Q = 0.

    Raises
    ------
    ShapeError
        When A is not square, or Q has another shape.
    """
    return stein(a, transpose(a), q)


@function("lyap", example="tr(lyap(A, X))", given="A: n×n spd, X: n×n")
def lyap(a: Expr, q: Expr) -> Expr:
    """The solution X of the Lyapunov equation A X + X Aᵀ + Q = 0, as in MATLAB.

    Raises
    ------
    ShapeError
        When A is not square, or Q has another shape.
    """
    return scale(-1, sylvester(a, transpose(a), q))


@function(
    "solve_continuous_lyapunov",
    example="tr(solve_continuous_lyapunov(A, X))",
    given="A: n×n spd, X: n×n",
)
def solve_continuous_lyapunov(a: Expr, q: Expr) -> Expr:
    """The solution X of the Lyapunov equation A X + X Aᵀ = Q, as in SciPy.

    Raises
    ------
    ShapeError
        When A is not square, or Q has another shape.
    """
    return sylvester(a, transpose(a), q)


@dataclass(frozen=True, slots=True)
class SteinSolve(LinearMap):
    """C ↦ the X with X = A X B + C."""

    left: Expr
    right: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return stein(self.left, self.right, v)

    def adjoint(self) -> LinearMap:
        return SteinSolve(transpose(self.left), transpose(self.right), self.domain)

    def kronecker(self) -> Expr:
        m, n = self.domain
        return inv(subtract(eye(m * n), kron(transpose(self.right), self.left)))
