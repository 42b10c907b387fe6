"""Random choices and names: the same seed gives the same problem everywhere.

Only ``random.Random.random`` is used, whose sequence Python promises to keep for a seed; ``choice``
and ``shuffle`` may change between its versions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from matgrad.core.dims import Dim
from matgrad.core.expr import Symbol
from matgrad.ops.variables import matrix, scalar, vector

Item = TypeVar("Item")

_SIZES = ("mnpqk", "nmpqk", "nkmpq", "pnqmk", "mpnqk", "knpmq")
_NUMBERS = (("3", "2", "4"), ("2", "3", "4"), ("4", "2", "3"))
_MATRICES = ("ABCPQRM", "BCAPQRM", "PQRABCM", "CABMPQR", "MABCPQR")
_VECTORS = ("abcgrsuvw", "bcagrsuvw", "cabrsguvw", "uvwabcrsg", "rsabcguvw")
_SCALARS = (
    ("alpha", "beta", "gamma"),
    ("lambda", "mu", "nu"),
    ("beta", "gamma", "alpha"),
    ("mu", "rho", "tau"),
)
_SYMMETRIC = (("S", "Q", "P", "R"), ("Q", "S", "R", "P"), ("Sigma", "Omega", "S", "Q"), ("M", "S", "Q", "P"))

VARIABLES = {
    "vector": ("x", "x", "x", "y", "z", "w", "u", "theta", "beta"),
    "matrix": ("X", "X", "X", "Y", "Z", "W", "U", "V"),
    "symmetric": ("X", "X", "Y", "S", "Z"),
    "scalar": ("t", "t", "s", "alpha"),
}
"""The names of variables by their kind; the usual ones several times."""


class OutOfNamesError(Exception):
    """A problem has more constants than there are letters for: it is too long anyway."""


class Draw:
    """A source of choices, and of names that do not collide.

    Parameters
    ----------
    seed : str
        Whatever identifies the problem.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random
        self._used: set[str] = set()
        self._matrices = self.choose(_MATRICES)
        self._vectors = self.choose(_VECTORS)
        self._scalars = self.choose(_SCALARS)
        self._symmetric = self.choose(_SYMMETRIC)
        self._sizes = self.choose(_NUMBERS) if self.chance(0.08) else tuple(self.choose(_SIZES))
        self._size_count = 0

    def chance(self, probability: float) -> bool:
        """True as often as the probability says."""
        return self._random() < probability

    def choose(self, items: Sequence[Item]) -> Item:
        """One of the items, all equally likely."""
        return items[int(self._random() * len(items))]

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def size(self, reuse: float = 0.0) -> Dim:
        """A dimension; with probability ``reuse``, or when all are used up, one that was drawn before."""
        count = len(self._sizes)
        if self._size_count and (self._size_count == count or self.chance(reuse)):
            return _dim(self._sizes[self.between(0, self._size_count - 1)])
        self._size_count += 1
        return _dim(self._sizes[self._size_count - 1])

    def variable(self, kind: str, rows: Dim, columns: Dim, **facts: bool) -> Symbol:
        """The variable of the problem, with a name for its kind."""
        return matrix(self._unused(self.choose(VARIABLES[kind]), VARIABLES[kind]), rows, columns, **facts)

    def matrix(self, rows: Dim, columns: Dim, **facts: bool) -> Symbol:
        """A constant matrix; symmetric ones have names of their own."""
        pool = self._symmetric if facts.keys() & {"symmetric", "positive_definite"} else self._matrices
        return matrix(self._fresh(pool), rows, columns, **facts)

    def vector(self, rows: Dim) -> Symbol:
        """A constant vector."""
        return vector(self._fresh(self._vectors), rows)

    def scalar(self) -> Symbol:
        """A constant scalar, with a Greek name."""
        return scalar(self._fresh(self._scalars))

    def _unused(self, name: str, pool: Sequence[str]) -> str:
        return self._fresh((name, *pool))

    def _fresh(self, pool: Sequence[str]) -> str:
        """A new name; read aloud, a and A would be the same, so they do not occur together."""
        free = [name for name in pool if name.lower() not in self._used]
        if not free:
            raise OutOfNamesError
        self._used.add(free[0].lower())
        return free[0]


def _dim(name: str) -> Dim:
    return Dim.of(int(name) if name.isdigit() else name)
