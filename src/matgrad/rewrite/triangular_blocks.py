"""Matrices of blocks that are zero below or above the diagonal: their diagonal, and their inverse."""

from __future__ import annotations

from matgrad.core.dims import same
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import add, multiply, scale
from matgrad.ops.blocks import Grid, grid
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import is_zero, zeros

LARGEST = 5
"""Inverses of more blocks in a row than this are not written out."""


def triangular_blocks(x: Expr) -> list[tuple[Expr, ...]] | None:
    """The blocks of a matrix with square ones on the diagonal and zeros below it; ``None`` of others."""
    if not isinstance(x, Grid) or len(x.heights) != len(x.widths):
        return None
    if not all(map(same, x.heights, x.widths)):
        return None
    blocks = x.blocks
    below = all(is_zero(block) for i, line in enumerate(blocks) for block in line[:i])
    return blocks if below else None


def diagonal_blocks(x: Expr) -> list[Expr] | None:
    """The blocks on the diagonal, where those on one side of it are zero."""
    found = triangular_blocks(x) or triangular_blocks(x.T)
    if found is None:
        return None
    assert isinstance(x, Grid)
    return [line[place] for place, line in enumerate(x.blocks)]


def inverse_of_triangular(x: Expr) -> Expr | None:
    """The inverse by back substitution: X_ii = A_ii⁻¹ and X_ij = −A_ii⁻¹ Σ_{i<k≤j} A_ik X_kj.

    Where the whole is invertible, so are the blocks on the diagonal.
    """
    blocks = triangular_blocks(x)
    if blocks is None:
        turned = triangular_blocks(x.T)
        if turned is None:
            return None
        found = _inverse(turned)
        return None if found is None else found.T
    return _inverse(blocks)


def _inverse(blocks: list[tuple[Expr, ...]]) -> Expr | None:
    count = len(blocks)
    if count > LARGEST:
        return None
    heights = [line[0].rows for line in blocks]
    found: list[list[Expr]] = [[zeros(m, n) for n in heights] for m in heights]
    for j in range(count):
        found[j][j] = inv(blocks[j][j])
        for i in reversed(range(j)):
            terms = [multiply(blocks[i][k], found[k][j]) for k in range(i + 1, j + 1)]
            found[i][j] = scale(-1, multiply(found[i][i], add(*terms)))
    return grid(found)
