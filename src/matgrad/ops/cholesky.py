"""The Cholesky factor."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Eye, number
from matgrad.ops.linear_operation import OperationMap
from matgrad.ops.power import sqrt
from matgrad.ops.registry import Difference, function
from matgrad.ops.requirements import require_square, require_symmetric
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import HalfLowerPart


class Cholesky(Expr):
    """The lower triangular L with L Lᵀ = X. dL = L Φ(L⁻¹ dX L⁻ᵀ) (Smith, 1995; Murray, 2016)."""

    __slots__ = ()
    name = "cholesky"
    reason = Phrase("differential of the Cholesky factor", "Smith (1995); Murray (2016)")
    legend = Phrase(
        "chol(S) is the lower triangular L with LLᵀ = S",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a Cholesky factor"), "cholesky({}'*{})")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cholesky(args[0])

    def infer_facts(self) -> Fact:
        return Fact.LOWER_TRIANGULAR | Fact.INVERTIBLE | self.args[0].facts & (Fact.CONSTANT | Fact.DIAGONAL)

    def linear_map(self, index: int) -> LinearMap:
        inverted = inv(self)
        half = lm.compose(lm.Scale(number(Fraction(1, 2)), self.shape), _symmetrise(self.shape))
        return lm.compose(
            lm.Left(self, self.shape),
            OperationMap(HalfLowerPart, self.shape, self.shape),
            lm.two_sided(inverted, transpose(inverted), self.shape),
            half,
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.cholesky(values[0])

    def notation(self) -> Notation:
        return call("cholesky", r"\operatorname{chol}", unicode="chol")


def _symmetrise(shape: Shape) -> LinearMap:
    """V ↦ V + Vᵀ: only the symmetric part of a change of a symmetric matrix counts."""
    return lm.add_maps(lm.Identity(shape), lm.Transposition(shape))


@function(
    "cholesky",
    "chol",
    numpy="linalg.cholesky",
    example="sum(cholesky(X'*X))",
    given="X: n×n",
    matlab=Difference(
        "chol",
        Phrase(
            "chol(S) is the lower triangular factor L with S = LLᵀ; MATLAB's is the upper one, Lᵀ",
        ),
    ),
)
def cholesky(x: Expr) -> Expr:
    """The lower triangular Cholesky factor of a positive definite matrix.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    DomainError
        When it is not known to be symmetric.
    """
    if x.is_scalar:
        return sqrt(x)
    require_symmetric(x, phrase("a Cholesky factor"))
    if isinstance(x, Eye):
        return x
    known = composed(Cholesky, x)
    return Cholesky.intern((x,)) if known is None else known
