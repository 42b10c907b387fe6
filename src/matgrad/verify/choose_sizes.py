"""Small sizes for symbolic dimensions, at which every shape of an expression makes sense."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from matgrad.core.dims import Dim, Shape
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.numeric.sizes import dims_in, dims_of_data

_DISTINCT = 5
"""With more dimensions than this, sizes are shared: a chain of 200 layers stays small."""

_TRIALS = 400


@dataclass(frozen=True)
class SizeConstraints:
    """What the sizes of dimensions must satisfy.

    Parameters
    ----------
    dims : tuple of Dim
        Dimensions that must come out as whole numbers and at least 1.
    variables : tuple of (Dim, Dim)
        The shapes of the variables, which tell rows from columns.
    tall : tuple of (Dim, Dim)
        Shapes with at least as many rows as columns, those of orthonormal columns.
    even : tuple of Dim
        Dimensions that must be even, those of invertible skew matrices.
    at_least : mapping of str to int
        Smallest sizes of single names.
    indices : tuple of str
        Names that only pick entries, as the i of ``x[i]``: no larger than any size.
    """

    dims: tuple[Dim, ...]
    variables: tuple[Shape, ...] = ()
    tall: tuple[Shape, ...] = ()
    even: tuple[Dim, ...] = ()
    at_least: Mapping[str, int] | None = None
    indices: tuple[str, ...] = ()

    @classmethod
    def of(cls, nodes: Sequence[Expr]) -> SizeConstraints:
        """Read the constraints off the nodes of expressions."""
        dims = dict.fromkeys(dim for node in nodes for dim in node.shape)
        variables, tall, even = [], [], []
        least: dict[str, int] = {}
        for node in nodes:
            if isinstance(node, Symbol):
                variables.append(node.shape)
                if node.has(Fact.ORTHONORMAL_COLUMNS):
                    tall.append(node.shape)
                if node.has(Fact.SKEW) and node.facts & (Fact.INVERTIBLE | Fact.ORTHONORMAL_COLUMNS):
                    even.append(node.rows)
                # Plane rotations and 2×2 skew matrices commute, which would hide errors of order.
                picked = (
                    3 if node.facts & (Fact.SKEW | Fact.ORTHONORMAL_COLUMNS) and not node.is_scalar else 0
                )
            else:
                picked = max((int(d) for d in dims_of_data(node.data) if d.is_integer), default=0)
            if picked > 2:
                for dim in (*node.shape, *(d for arg in node.args for d in arg.shape)):
                    for name in dim.symbols:
                        least[name] = max(picked, least.get(name, 0))
        in_shapes = {name for dim in dims for name in dim.symbols}
        indices = {name for dim in dims_in(nodes) for name in dim.symbols} - in_shapes
        return cls(tuple(dims), tuple(variables), tuple(tall), tuple(even), least, tuple(sorted(indices)))

    def hold(self, sizes: Mapping[str, int]) -> bool:
        """Whether the sizes satisfy them all."""
        try:
            if any(dim.value(sizes) < 1 for dim in self.dims):
                return False
            return all(m.value(sizes) >= n.value(sizes) for m, n in self.tall) and all(
                n.value(sizes) % 2 == 0 for n in self.even
            )
        except EvaluationError:
            return False

    def names(self) -> list[str]:
        """The names of dimensions, those of columns before those of rows."""
        weight = {name: 0 for dim in self.dims for name in dim.symbols}
        for rows, columns in self.variables:
            for dim, sign in ((rows, 1), (columns, -1)):
                for name in dim.symbols:
                    weight[name] += sign
        return sorted(weight, key=lambda name: (weight[name], name))


def choose_sizes(constraints: SizeConstraints, rng: random.Random, attempt: int = 0) -> dict[str, int]:
    """Choose small sizes, distinct where there are few, that satisfy the constraints.

    Attempts 0 and 3 of every four make most matrices tall, 1 and 2 wide; 2 and 3 make all of them
    larger by one, so that no number passes for a dimension. From the 24th on the order is random.

    Parameters
    ----------
    constraints : SizeConstraints
        What the sizes must satisfy.
    rng : random.Random
        The source of random choices.
    attempt : int
        Which attempt this is.

    Raises
    ------
    EvaluationError
        When no sizes are found.
    """
    names = constraints.names()
    if attempt % 4 in (1, 2):
        names.reverse()
    least = constraints.at_least or {}
    distinct = min(len(names), _DISTINCT)
    first = (3 if distinct == 1 else 2) + (attempt % 4 >= 2)
    for trial in range(_TRIALS):
        pool = range(first, first + distinct)
        if trial or attempt >= 24:
            rng.shuffle(names)
            pool = range(2, first + distinct + trial // 20)
        picked = sorted(rng.sample(pool, distinct))
        sizes = {name: picked[k % distinct] for k, name in enumerate(names)}
        for name, smallest in least.items():
            if sizes.get(name, smallest) < smallest:
                sizes[name] = max(smallest, max(sizes.values()) + 1) if len(names) <= _DISTINCT else smallest
        smallest = min(sizes.values(), default=2)
        sizes.update((name, rng.randint(1, smallest)) for name in constraints.indices)
        if constraints.hold(sizes):
            return sizes
    raise EvaluationError(phrase("no sizes were found at which every dimension is a positive whole number"))
