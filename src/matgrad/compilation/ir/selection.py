"""Selection matrices: one 1 in each row."""

from __future__ import annotations

from matgrad.compilation.ir.primitive import Shape
from matgrad.core.records import dataclass


@dataclass(frozen=True)
class Selection:
    """The places of the ones of a selection matrix: one in each row.

    ``kind`` is ``"commutation"`` (sizes m, n), ``"duplication"`` or ``"elimination"`` (size n);
    ``inverse`` turns a permutation round.
    """

    kind: str
    sizes: tuple[int, ...]

    @property
    def shape(self) -> Shape:
        """The shape of the selection matrix."""
        if self.kind == "commutation":
            count = self.sizes[0] * self.sizes[1]
            return (count, count)
        n = self.sizes[0]
        half = n * (n + 1) // 2
        return (n * n, half) if self.kind == "duplication" else (half, n * n)

    def indices(self) -> list[int]:
        """For each row the column of its 1."""
        if self.kind == "commutation":
            m, n = self.sizes
            return [j * m + i for i in range(m) for j in range(n)]
        n = self.sizes[0]
        if self.kind == "elimination":
            return [j * n + i for j in range(n) for i in range(j, n)]
        start = [j * n - j * (j - 1) // 2 for j in range(n)]
        return [start[min(i, j)] + abs(i - j) for j in range(n) for i in range(n)]
