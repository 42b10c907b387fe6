"""The order of a program in which a large matrix is read again while it is still in the cache.

A x and Aᵀ(A x − b) read A twice. Of twenty such pairs, one after the other, each second reading costs next to
nothing, also where the matrices together do not fit in the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import TRANSPOSE

LARGE = 8_000
"""Entries from which on a matrix is worth reading while it is near."""

CACHE = 100_000
"""Entries that stay near in any case."""

THIN = 8
"""How many times smaller than a matrix a value is that is made by reading it."""


def near_data(values: Sequence[Value]) -> tuple[list[Value], frozenset[Value]]:
    """The values of a program in another order, operands still before what is made of them.

    The second result are those that were brought forward, which are to be computed where they stand.

    Parameters
    ----------
    values : sequence of Value
        In the order of making.
    """
    readers: dict[Value, list[Value]] = {}
    for v in values:
        for matrix in _read(v):
            readers.setdefault(matrix, []).append(v)
    again = {matrix: found for matrix, found in readers.items() if len(found) > 1}
    if len(again) < 2 or sum(_entries(matrix) for matrix in again) <= CACHE:
        return list(values), frozenset()
    placed: dict[Value, None] = {}
    brought: set[Value] = set()
    for v in values:
        _place(v, placed, again, brought)
    return list(placed), frozenset(brought)


def read_early(values: Sequence[Value]) -> tuple[list[Value], frozenset[Value]]:
    """The values of a program, each that is small beside a large matrix as soon as that is there.

    What reads the matrix last may then be written in its memory, and fewer of them are kept at a time. The
    second result are those that were brought forward.

    Parameters
    ----------
    values : sequence of Value
        In the order of making.
    """
    waiting: dict[Value, list[Value]] = {}
    for v in values:
        for matrix in _read(v):
            if _entries(matrix) >= _WORTH and not matrix.op.is_foreign and v.op.reads_once:
                waiting.setdefault(matrix, []).append(v)
    if not waiting:
        return list(values), frozenset()
    placed: dict[Value, None] = {}
    brought: set[Value] = set()
    following = dict(pairwise(values))
    for v in values:
        for made in _missing(v, placed):
            placed[made] = None
            last: Value | None = None
            for other in waiting.get(made, ()):
                missing = _missing(other, placed)
                if missing and all(w is other or w.op is TRANSPOSE for w in missing):
                    placed.update(dict.fromkeys(missing))
                    if following.get(last or made) is not missing[0]:
                        brought.add(other)
                    last = other
    return list(placed), frozenset(brought)


_WORTH = 1 << 14
"""So many entries a matrix has whose memory is worth being taken."""


def _entries(v: Value) -> int:
    rows, columns = v.extent
    return rows * columns


def _read(v: Value) -> list[Value]:
    """The large matrices that a value is made of, where it is much smaller itself."""
    if v.op is TRANSPOSE:
        return []
    matrices = [arg.args[0] if arg.op is TRANSPOSE else arg for arg in v.args]
    least = max(LARGE, THIN * _entries(v))
    return [m for m in dict.fromkeys(matrices) if _entries(m) >= least]


def _place(v: Value, placed: dict[Value, None], again: dict[Value, list[Value]], brought: set[Value]) -> None:
    """Put a value behind its operands, and behind it what reads the same matrices and needs little else."""
    for missing in _missing(v, placed):
        placed[missing] = None
        for matrix in _read(missing):
            for other in again.get(matrix, ()):
                waits_for = _missing(other, placed)
                if waits_for and all(_is_little(w, matrix) for w in waits_for):
                    placed.update(dict.fromkeys(waits_for))
                    brought.add(other)


def _is_little(v: Value, matrix: Value) -> bool:
    """Whether a value reads no large matrix but one."""
    return _entries(v) < LARGE and all(m is matrix for m in _read(v))


def _missing(v: Value, placed: dict[Value, None]) -> list[Value]:
    """A value and what it needs that has no place yet, operands first."""
    found: dict[Value, None] = {}
    stack = [(v, False)]
    while stack:
        node, ready = stack.pop()
        if node in placed or node in found:
            continue
        if ready:
            found[node] = None
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))
    return list(found)
