"""Ranks of what other operations give (Horn & Johnson, 2013, sec. 0.4; 1991, sec. 4.2)."""

from __future__ import annotations

from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, subtract
from matgrad.ops.blocks import Grid
from matgrad.ops.diagonals import Diag
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Number, dimension, eye, is_zero
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.pseudoinverse import Pinv, pinv
from matgrad.ops.rank import MatrixRank, rank
from matgrad.ops.trace import trace

_HORN = "Horn & Johnson (2013)"
_INVERTIBLE = Fact.INVERTIBLE | Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL


@identity(
    MatrixRank,
    Kron,
    reason=Phrase("rank of ⊗", "Horn & Johnson (1991)", "thm. 4.2.15"),
    on=("kron(A, B)",),
    given="A: m×n, B: p×q",
)
def rank_of_kron(x: Expr) -> Expr | None:
    """rank(A ⊗ B) = rank(A) rank(B)."""
    return multiply(*(rank(factor) for factor in x.args))


@identity(
    MatrixRank,
    Pinv,
    reason=Phrase("rank of a pseudoinverse", "Ben-Israel & Greville (2003)", "sec. 1.6"),
    on=("pinv(X)",),
    given="X: m×n",
)
def rank_of_pseudoinverse(x: Expr) -> Expr | None:
    """rank(X⁺) = rank(X)."""
    return rank(x.args[0])


@identity(
    MatrixRank,
    Diag,
    reason=Phrase("rank of a diagonal matrix", _HORN, "sec. 0.4"),
    on=("diag(x)",),
    given="x: n positive",
)
def rank_of_diagonal(x: Expr) -> Expr | None:
    """The order of diag(x), where no entry is 0."""
    return dimension(x.rows) if x.args[0].facts & Fact.POSITIVE else None


@identity(
    MatrixRank,
    Symbol,
    reason=Phrase("the rank of a projector is its trace", _HORN, "sec. 1.1"),
    on=("P",),
    given="P: n×n idempotent",
)
def rank_of_projector(x: Expr) -> Expr | None:
    """rank(P) = tr P where P² = P."""
    return trace(x) if x.facts & Fact.IDEMPOTENT else None


@identity(
    MatrixRank,
    Sum,
    reason=Phrase("the rank of a projector is its trace", _HORN, "sec. 1.1"),
    on=("eye(n) - P",),
    given="P: n×n idempotent",
)
def rank_of_complement(x: Expr) -> Expr | None:
    """rank(I − P) = n − rank(P) where P² = P."""
    if not x.facts & Fact.IDEMPOTENT:
        return None
    return subtract(dimension(x.rows), rank(subtract(eye(x.rows), x)))


@identity(
    MatrixRank,
    MatrixPower,
    reason=Phrase("rank of a power of a symmetric matrix", _HORN, "sec. 2.5"),
    on=("S^3",),
    given="S: n×n symmetric",
)
def rank_of_power(x: Expr) -> Expr | None:
    """rank(Sᵏ) = rank(S) for symmetric S and a number k > 0."""
    base, exponent = x.args
    positive = isinstance(exponent, Number) and exponent.value > 0
    return rank(base) if positive and base.facts & (Fact.SYMMETRIC | Fact.SKEW) else None


@identity(
    MatrixRank,
    Grid,
    reason=Phrase("rank of a block diagonal matrix", _HORN, "sec. 0.9.2"),
    on=("[A, 0; 0, B]",),
    given="A: m×n, B: p×q",
)
def rank_of_block_diagonal(x: Expr) -> Expr | None:
    """rank(A ⊞ B) = rank(A) + rank(B)."""
    assert isinstance(x, Grid)
    if len(x.heights) != len(x.widths):
        return None
    beside = (block for i, line in enumerate(x.blocks) for j, block in enumerate(line) if i != j)
    if not all(map(is_zero, beside)):
        return None
    return add(*(rank(line[place]) for place, line in enumerate(x.blocks)))


@identity(
    MatrixRank,
    Product,
    reason=Phrase("rank of a product", _HORN, "sec. 0.4.6"),
    on=("P*A*Q",),
    given="P: m×m invertible, A: m×n, Q: n×n invertible",
)
def rank_of_product(x: Expr) -> Expr | None:
    """rank(PAQ) = rank(A) for invertible P and Q; rank(AᵀSA) = rank(A) = rank(AA⁺) for definite S."""
    assert isinstance(x, Product)
    nonzero = all(scalar.facts & Fact.POSITIVE for scalar in x.scalars)
    if nonzero and (x.scalars or x.coefficient != 1):
        return rank(multiply(*x.chain))
    chain = list(x.chain)
    while len(chain) > 1 and chain[0].facts & _INVERTIBLE:
        chain.pop(0)
    while len(chain) > 1 and chain[-1].facts & _INVERTIBLE:
        chain.pop()
    if len(chain) < len(x.chain):
        return rank(multiply(*x.scalars, *chain))
    if x.scalars or len(chain) not in (2, 3):
        return None
    first, last = chain[0], chain[-1]
    gram = first.T is last and (len(chain) == 2 or bool(chain[1].facts & Fact.POSITIVE_DEFINITE))
    if gram or (len(chain) == 2 and (pinv(first) is last or pinv(last) is first)):
        return rank(first)
    # A factor with as many independent columns as columns, or rows as rows, takes nothing away.
    whole = len(chain) == 2
    if whole and first.facts & Fact.ORTHONORMAL_COLUMNS:
        return rank(last)
    if whole and last.T.facts & Fact.ORTHONORMAL_COLUMNS:
        return rank(first)
    return None
