"""Algebraic Riccati equations, continuous and discrete."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import add, multiply, subtract
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.stein import SteinSolve
from matgrad.ops.sylvester import SylvesterSolve
from matgrad.ops.transpose import transpose


class _Riccati(Expr):
    """What both have in common: operands A, G, Q of one order, a symmetric solution."""

    __slots__ = ()
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, g, q = args
        for part in args:
            require_square(part, phrase("a Riccati equation"), phrase("all of its matrices square"))
        for part in (g, q):
            if not same(part.rows, a.rows):
                raise ShapeError(
                    phrase(
                        "in a Riccati equation {part} must be {rows}×{rows}, as {a} is",
                        part=part.describe(),
                        rows=a.rows,
                        a=a.describe(),
                    )
                )
            if not part.has(Fact.SYMMETRIC):
                raise ShapeError(
                    phrase("in a Riccati equation {part} must be symmetric", part=part.describe()),
                    fix=phrase("declare {part}: {rows}×{rows} symmetric", part=part, rows=part.rows)
                    if isinstance(part, Symbol)
                    else phrase(
                        "declare what makes it so, or write its symmetric part, sym({part})", part=part
                    ),
                )
        return a.shape

    def infer_facts(self) -> Fact:
        return Fact.SYMMETRIC

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self


class Care(_Riccati):
    """The stabilising X of Aᵀ X + X A − X G X + Q = 0. ``args`` are A, G, Q.

    With F = A − G X, Fᵀ dX + dX F = X dG X − dQ − dAᵀ X − X dA (Kao & Hennequin, 2020).
    """

    __slots__ = ()
    name = "riccati"
    reason = Phrase("differential of a Riccati equation", "Kao & Hennequin (2020)", "sec. 4")
    legend = Phrase("riccati(A, G, Q) is the stabilising solution X of AᵀX + XA − XGX + Q = 0")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return riccati(*args)

    def linear_map(self, index: int) -> LinearMap:
        a, g, _ = self.args
        closed = subtract(a, multiply(g, self))
        solve = SylvesterSolve(transpose(closed), closed, self.shape)
        if index == 1:
            return lm.compose(solve, lm.two_sided(self, self, g.shape))
        if index == 2:
            return lm.negated(solve)
        right = lm.compose(lm.Right(self, a.shape), lm.Transposition(a.shape))
        return lm.negated(lm.compose(solve, lm.add_maps(right, lm.Left(self, a.shape))))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.riccati(*values, discrete=False)

    def notation(self) -> Notation:
        return call("riccati")


class Dare(_Riccati):
    """The stabilising X of X = Aᵀ X (I + G X)⁻¹ A + Q. ``args`` are A, G, Q.

    With F = (I + G X)⁻¹ A, dX − Fᵀ dX F = dAᵀ X F + Fᵀ X dA − Fᵀ X dG X F + dQ (Kao & Hennequin, 2020).
    """

    __slots__ = ()
    name = "discrete_riccati"
    reason = Phrase("differential of a discrete Riccati equation", "Kao & Hennequin (2020)", "sec. 4")
    legend = Phrase("discrete_riccati(A, G, Q) is the stabilising solution X of X = AᵀX(I + GX)⁻¹A + Q")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return discrete_riccati(*args)

    def linear_map(self, index: int) -> LinearMap:
        a, g, _ = self.args
        closed = multiply(inv(add(eye(a.rows), multiply(g, self))), a)
        solve = SteinSolve(transpose(closed), closed, self.shape)
        after = multiply(self, closed)
        if index == 1:
            return lm.negated(lm.compose(solve, lm.two_sided(transpose(after), after, g.shape)))
        if index == 2:
            return solve
        right = lm.compose(lm.Right(after, a.shape), lm.Transposition(a.shape))
        return lm.compose(solve, lm.add_maps(right, lm.Left(transpose(after), a.shape)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.riccati(*values, discrete=True)

    def notation(self) -> Notation:
        return call("discrete_riccati")


@function(
    "riccati",
    example="tr(riccati(A, G, Q))",
    given="A: n×n, G: n×n spd, Q: n×n spd",
)
def riccati(a: Expr, g: Expr, q: Expr) -> Expr:
    """The stabilising solution X of the Riccati equation AᵀX + XA − XGX + Q = 0, G and Q symmetric.

    Raises
    ------
    ShapeError
        When a matrix is not square, of another order than the others, or not symmetric.
    """
    return Care.intern((a, g, q))


@function(
    "discrete_riccati",
    example="tr(discrete_riccati(A, G, Q))",
    given="A: n×n, G: n×n spd, Q: n×n spd",
)
def discrete_riccati(a: Expr, g: Expr, q: Expr) -> Expr:
    """The stabilising solution X of X = AᵀX(I + GX)⁻¹A + Q, G and Q symmetric.

    Raises
    ------
    ShapeError
        When a matrix is not square, of another order than the others, or not symmetric.
    """
    return Dare.intern((a, g, q))


@function(
    "care",
    "solve_continuous_are",
    example="tr(care(A, B, Q, R))",
    given="A: n×n, B: n×m, Q: n×n spd, R: m×m spd",
)
def care(a: Expr, b: Expr, q: Expr, r: Expr) -> Expr:
    """The stabilising solution X of AᵀX + XA − XBR⁻¹BᵀX + Q = 0, as in SciPy.

    Raises
    ------
    ShapeError
        When a matrix does not fit the others, or Q or R is not symmetric.
    """
    return riccati(a, multiply(b, inv(r), transpose(b)), q)


@function(
    "dare",
    "solve_discrete_are",
    example="tr(dare(A, B, Q, R))",
    given="A: n×n, B: n×m, Q: n×n spd, R: m×m spd",
)
def dare(a: Expr, b: Expr, q: Expr, r: Expr) -> Expr:
    """The stabilising solution X of X = AᵀXA − AᵀXB(R + BᵀXB)⁻¹BᵀXA + Q, as in SciPy.

    Raises
    ------
    ShapeError
        When a matrix does not fit the others, or Q or R is not symmetric.
    """
    return discrete_riccati(a, multiply(b, inv(r), transpose(b)), q)
