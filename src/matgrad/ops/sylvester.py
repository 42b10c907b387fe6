"""Sylvester equations A X + X B = C."""

from __future__ import annotations

from fractions import Fraction

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
from matgrad.ops.arithmetic import Sum, add, content, multiply, scale, split_scalars
from matgrad.ops.frechet import commutes
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import kron_sum
from matgrad.ops.leaves import is_zero, number
from matgrad.ops.power import power
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.transpose import transpose


class Sylvester(Expr):
    """The solution X of A X + X B = C. ``args`` are A, B, C (Bartels & Stewart, 1972)."""

    __slots__ = ()
    name = "sylvester"
    reason = Phrase("differential of a Sylvester equation")
    legend = Phrase(
        "sylvester(A, B, C) is the solution X of AX + XB = C",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b, c = args
        require_square(a, phrase("a Sylvester equation"), phrase("A square"))
        require_square(b, phrase("a Sylvester equation"), phrase("B square"))
        if not (same(a.rows, c.rows) and same(b.rows, c.columns)):
            raise ShapeError(
                phrase(
                    "in A X + X B = C the right side {c} must be {rows}×{b_rows}, as {a} and {b} say",
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
        return sylvester(*args)

    def infer_facts(self) -> Fact:
        a, b, c = self.args
        return c.facts & (Fact.SYMMETRIC | Fact.SKEW) if a.T is b else Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        a, b, c = self.args
        solve = SylvesterSolve(a, b, c.shape)
        if index == 0:
            return lm.negated(lm.compose(solve, lm.Right(self, a.shape)))
        if index == 1:
            return lm.negated(lm.compose(solve, lm.Left(self, b.shape)))
        return solve

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, b, c = values
        (m, n) = xp.shape(c)
        return xp.matrix_equation(2, (a, xp.eye(n), xp.eye(m), b), c)

    def planned(self, plan: Planning, *values: Array) -> Array:
        solution = plan.sylvester(*values)
        return super().planned(plan, *values) if solution is None else solution

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return sylvester(transposed[1], transposed[0], transposed[2])

    def notation(self) -> Notation:
        return call("sylvester", r"\operatorname{sylvester}", numpy="sylvester")


@function(
    "sylvester",
    numpy="linalg.solve_sylvester",
    example="sum(sylvester(A, B, X))",
    given="A: m×m spd, B: n×n spd, X: m×n",
)
def sylvester(a: Expr, b: Expr, c: Expr) -> Expr:
    """The solution X of A X + X B = C.

    Raises
    ------
    ShapeError
        When A or B is not square, or C does not fit them.
    """
    Sylvester.shape_rule((a, b, c), ())
    if is_zero(c):
        return c
    if isinstance(c, Sum):
        common, rest = content(c)
        if common != 1:
            return scale(common, sylvester(a, b, rest))
    split = split_scalars(c)
    if split is not None:
        return multiply(split[0], sylvester(a, b, split[1]))
    if a is b and commutes(a, c):
        return scale(Fraction(1, 2), multiply(inv(a), c))
    if a.is_scalar and b.is_scalar:
        return multiply(power(add(a, b), number(-1)), c)
    return Sylvester.intern((a, b, c))


@dataclass(frozen=True, slots=True)
class SylvesterSolve(LinearMap):
    """C ↦ the X with A X + X B = C."""

    left: Expr
    right: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return sylvester(self.left, self.right, v)

    def adjoint(self) -> LinearMap:
        return SylvesterSolve(transpose(self.left), transpose(self.right), self.domain)

    def kronecker(self) -> Expr:
        return inv(kron_sum(transpose(self.right), self.left))
