"""Traces, inverses and determinants of matrices of blocks: one block on the diagonal after the other.

With A the block that is taken first, and D the others, all hangs on the Schur complement D − C A⁻¹ B
(Horn & Johnson, 2013, sec. 0.7.3 and 0.8.5). It is a matrix of blocks again, one fewer in a row.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import Dim, same
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import add, multiply, scale
from matgrad.ops.blocks import Grid, grid
from matgrad.ops.determinant import det, logdet
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import is_zero, zeros
from matgrad.ops.rank import rank
from matgrad.ops.trace import trace
from matgrad.rewrite.triangular_blocks import diagonal_blocks, inverse_of_triangular

MOST_IN_A_ROW = 5
"""Of more blocks in a row than this no Schur complement is written out."""

_INVERTIBLE = Fact.INVERTIBLE | Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL


def same_sizes(some: Sequence[Dim], others: Sequence[Dim]) -> bool:
    """Whether blocks have the same sizes one by one."""
    return len(some) == len(others) and all(map(same, some, others))


def trace_of_blocks(node: Expr) -> Expr | None:
    """The traces of the blocks on the diagonal."""
    x = node.args[0]
    if not isinstance(x, Grid) or not same_sizes(x.heights, x.widths):
        return None
    return add(*(trace(line[place]) for place, line in enumerate(x.blocks)))


@dataclass(frozen=True, slots=True)
class _Split:
    """A block on the diagonal and what stands beside it: [A, B; C, D], or [D, C; B, A] where it is last."""

    a: Expr
    b: Expr
    c: Expr
    d: Expr
    is_first: bool

    @property
    def complement(self) -> Expr:
        """The Schur complement D − C A⁻¹ B, block by block."""
        shares = [
            [multiply(left, inv(self.a), above) for above in _parts(self.b, across=True)]
            for left in _parts(self.c, across=False)
        ]
        whole = self.d.blocks if isinstance(self.d, Grid) else [(self.d,)]
        return grid(
            [
                [add(block, scale(-1, share)) for block, share in zip(line, shared, strict=True)]
                for line, shared in zip(whole, shares, strict=True)
            ]
        )


def _parts(x: Expr, *, across: bool) -> Sequence[Expr]:
    """The blocks of one row, or of one column, of blocks."""
    is_line = isinstance(x, Grid) and x.data[0] == (len(x.args) if across else 1)
    return x.args if is_line else (x,)


def _splits(x: Expr, fact: Fact, *, at_ends: bool) -> list[_Split]:
    """Ways to take a block first that has the fact: those with most zeros beside it before the others."""
    if not isinstance(x, Grid) or not same_sizes(x.heights, x.widths):
        return []
    count = len(x.heights)
    if not 2 <= count <= MOST_IN_A_ROW:
        return []
    blocks = x.blocks
    found = []
    for place in range(count):
        if not blocks[place][place].facts & fact or (at_ends and place not in (0, count - 1)):
            continue
        rest = [k for k in range(count) if k != place]
        row = [blocks[place][k] for k in rest]
        column = [blocks[k][place] for k in rest]
        found.append(
            (
                -sum(map(is_zero, (*row, *column))),
                _Split(
                    blocks[place][place],
                    grid([row]),
                    grid([[block] for block in column]),
                    grid([[blocks[i][k] for k in rest] for i in rest]),
                    place == 0,
                ),
            )
        )
    return [split for _, split in sorted(found, key=lambda each: each[0])]


def inverse_of_blocks(node: Expr) -> Expr | None:
    """The inverse by a Schur complement, where a block at an end of the diagonal is invertible."""
    triangular = inverse_of_triangular(node.args[0])
    if triangular is not None:
        return triangular
    for split in _splits(node.args[0], _INVERTIBLE, at_ends=True):
        left = inv(split.a)
        rest = inv(split.complement)
        over, under = multiply(left, split.b), multiply(split.c, left)
        corner = add(left, multiply(over, rest, under))
        beside, below = scale(-1, multiply(over, rest)), scale(-1, multiply(rest, under))
        return grid(
            [[corner, beside], [below, rest]] if split.is_first else [[rest, below], [beside, corner]]
        )
    return None


def determinant_of_blocks(node: Expr) -> Expr | None:
    """det A det(D − C A⁻¹ B), where a block on the diagonal is known to be invertible."""
    on_diagonal = diagonal_blocks(node.args[0])
    if on_diagonal is not None:
        return multiply(*map(det, on_diagonal))
    for split in _splits(node.args[0], _INVERTIBLE, at_ends=False):
        return multiply(det(split.a), det(split.complement))
    return None


def log_determinant_of_blocks(node: Expr) -> Expr | None:
    """log det A + log det(D − C A⁻¹ B), where a block on the diagonal is known to be positive definite.

    The determinant of the whole is positive, and so that of the rest is, where that of one block is.
    """
    on_diagonal = diagonal_blocks(node.args[0])
    if on_diagonal is not None and all(x.facts & Fact.POSITIVE_DEFINITE for x in on_diagonal[1:]):
        return add(*map(logdet, on_diagonal))
    if on_diagonal is not None and len(on_diagonal) == 2 and on_diagonal[0].facts & Fact.POSITIVE_DEFINITE:
        return add(*map(logdet, on_diagonal))
    for split in _splits(node.args[0], Fact.POSITIVE_DEFINITE, at_ends=False):
        return add(logdet(split.a), logdet(split.complement))
    return None


def rank_of_blocks(node: Expr) -> Expr | None:
    """rank(A) + rank(D − C A⁻¹ B) (Guttman), where the first of two by two blocks is invertible."""
    x = node.args[0]
    if not isinstance(x, Grid) or len(x.args) != 4 or x.data[0] != 2:
        return None
    a, b, c, d = x.args
    if a.facts & _INVERTIBLE:
        return add(rank(a), rank(_Split(a, b, c, d, True).complement))
    return add(rank(d), rank(_Split(d, c, b, a, False).complement)) if d.facts & _INVERTIBLE else None


def blocks_of_blocks(node: Expr) -> Expr | None:
    """Blocks that are made of blocks, as one matrix of blocks, where their sizes agree; zeros have any."""
    assert isinstance(node, Grid)
    blocks = node.blocks
    heights = [_sizes([b.heights for b in line if isinstance(b, Grid)], line[0].rows) for line in blocks]
    columns = list(zip(*blocks, strict=True))
    widths = [_sizes([b.widths for b in line if isinstance(b, Grid)], line[0].columns) for line in columns]
    lines: list[list[Expr]] = []
    for line, tall in zip(blocks, heights, strict=True):
        rows: list[list[Expr]] = [[] for _ in tall or ()]
        for block, wide in zip(line, widths, strict=True):
            if tall is None or wide is None:
                return None
            inner = _cut(block, tall, wide)
            if inner is None:
                return None
            for row, more in zip(rows, inner, strict=True):
                row += more
        lines += rows
    return grid(lines)


def _sizes(found: list[list[Dim]], whole: Dim) -> list[Dim] | None:
    """The sizes that all of them have; ``None`` where they differ."""
    if not found:
        return [whole]
    return found[0] if all(same_sizes(found[0], other) for other in found[1:]) else None


def _cut(block: Expr, tall: list[Dim], wide: list[Dim]) -> list[list[Expr]] | None:
    if isinstance(block, Grid) and same_sizes(block.heights, tall) and same_sizes(block.widths, wide):
        return [list(line) for line in block.blocks]
    if len(tall) == len(wide) == 1:
        return [[block]]
    return [[zeros(m, n) for n in wide] for m in tall] if is_zero(block) else None
