"""Partial traces of matrices on a tensor product, which are also traces of blocks and by blocks."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Dim, Shape, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Sum, add, multiply, split_scalars
from matgrad.ops.kronecker import Kron, KronLeft, KronRight
from matgrad.ops.leaves import eye, is_zero, zeros
from matgrad.ops.registry import function
from matgrad.ops.trace import trace
from matgrad.ops.transpose import Transpose, transpose

_KEPT = Fact.SYMMETRIC | Fact.SKEW | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.DIAGONAL


class PartialTrace(Expr):
    """The trace over one factor of ℝᵐ ⊗ ℝⁿ: with 1 Σ X_ii over the m² blocks, with 2 the traces of them.

    ``data`` is ``(m, n, 1 or 2)``: tr₁(A ⊗ B) = tr(A) B and tr₂(A ⊗ B) = tr(B) A.
    """

    __slots__ = ()
    name = "partial_trace"
    linearity = "each"
    reason = Phrase("a partial trace is linear")
    legend = Phrase("partial_trace(X, m, n, k) is the trace over the factor k of ℝᵐ ⊗ ℝⁿ")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        m, n, side = data
        x = args[0]
        if not (same(x.rows, m * n) and same(x.columns, m * n)):
            raise ShapeError(
                phrase(
                    "a partial trace over {m} and {n} is of a {n2}×{n2} matrix, not of {x}",
                    m=m,
                    n=n,
                    n2=m * n,
                    x=x.describe(),
                )
            )
        return (n, n) if side == 1 else (m, m)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return partial_trace(args[0], *data)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (_KEPT | Fact.CONSTANT)

    def linear_map(self, index: int) -> LinearMap:
        return PartialTraceMap(*self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        first, second, side = self.data
        m, n = xp.size(first), xp.size(second)
        if side == 1:
            mask = xp.kron(xp.eye(m), xp.ones(n, n))
            sums = xp.kron(xp.ones(m, 1), xp.eye(n))
        else:
            mask = xp.kron(xp.ones(m, m), xp.eye(n))
            sums = xp.kron(xp.eye(m), xp.ones(n, 1))
        return xp.matmul(xp.matmul(xp.transpose(sums), xp.hadamard(mask, values[0])), sums)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return None if isinstance(transposed[0], Transpose) else partial_trace(transposed[0], *self.data)

    def notation(self) -> Notation:
        m, n, side = self.data
        ours = call("partial_trace")
        inside = f"{{0}}, {m}, {n}, {side}"
        written = f"partial_trace({inside})"
        return Notation(written, written, ours.latex.replace("{*}", inside), written)


@function(
    "partial_trace",
    example="tr(A*partial_trace(X, m, n, 2))",
    given="A: m×m, X: m*n×m*n, b: n",
)
def partial_trace(x: Expr, m: Dim, n: Dim, side: int) -> Expr:
    """The trace over the first (1) or the second (2) factor of ℝᵐ ⊗ ℝⁿ.

    tr₁(A ⊗ B) = tr(A) B and tr₂(A ⊗ B) = tr(B) A for A: m×m and B: n×n.

    Raises
    ------
    ShapeError
        When the matrix is not mn×mn.
    ArgumentError
        When the factor is not 1 or 2.
    """
    if side not in (1, 2):
        raise ArgumentError(
            phrase("a partial trace is over the factor 1 or 2, not {side}", side=side),
            fix="partial_trace(X, m, n, 1)",
        )
    data = (m, n, side)
    shape = PartialTrace.shape_rule((x,), data)
    if is_zero(x):
        return zeros(*shape)
    if isinstance(x, Sum):
        return add(*(partial_trace(term, *data) for term in x.args))
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], partial_trace(split[1], *data))
    if isinstance(x, Transpose):
        return transpose(partial_trace(x.args[0], *data))
    if isinstance(x, Kron) and len(x.args) == 2 and x.args[0].shape == (m, m):
        a, b = x.args
        return multiply(trace(a), b) if side == 1 else multiply(trace(b), a)
    if x is eye(x.rows):
        return multiply(trace(eye(m if side == 1 else n)), eye(shape[0]))
    return PartialTrace.intern((x,), data)


@function("block_trace", example="tr(A*block_trace(X, m, n))", given="A: m×m, X: m*n×m*n, b: n")
def block_trace(x: Expr, m: Dim, n: Dim) -> Expr:
    """The m×m matrix of the traces of the n×n blocks.

    Raises
    ------
    ShapeError
        When the matrix is not mn×mn.
    """
    return partial_trace(x, m, n, 2)


@dataclass(frozen=True, slots=True)
class PartialTraceMap(LinearMap):
    """V ↦ its partial trace. The adjoint is V ↦ I ⊗ V, or V ⊗ I."""

    first: Dim
    second: Dim
    side: int

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return (self.first * self.second, self.first * self.second)

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.second, self.second) if self.side == 1 else (self.first, self.first)

    def apply(self, v: Expr) -> Expr:
        return partial_trace(v, self.first, self.second, self.side)

    def adjoint(self) -> LinearMap:
        if self.side == 1:
            return KronLeft(eye(self.first), self.codomain)
        return KronRight(eye(self.second), self.codomain)

    def kronecker(self) -> Expr:
        return self.adjoint().kronecker().T
