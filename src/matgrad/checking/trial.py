"""Numbers for a check: values at a few points sort hypotheses out, many digits at many points decide.

Nothing is accepted or rejected on the few alone: they only say what is worth deciding.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.errors import EvaluationError, MatgradError, TooFarError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact, closure
from matgrad.core.lazy import cached_property
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Number, Rows
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.equality import Comparison, compare, same_value
from matgrad.verify.sampling import ATTEMPTS, STYLES, sample

CLOSE = 1e-7
"""Values this close, relative to the larger, may be equal."""

DIGITS = 20
"""The digits of samples and values."""

NOISE = 1e-10
"""Where all values are smaller than this, a point says nothing: they are zero but for rounding."""

SPARE = 6
"""After so many points that share a size with another one, they are taken."""


class Point:
    """Numbers for all variables, and the values of expressions there, each found once.

    Parameters
    ----------
    values : mapping of str to rows of numbers
        The array of each variable.
    sizes : dict of str to int
        The size of each dimension.
    """

    def __init__(self, values: Mapping[str, Rows], sizes: dict[str, int]) -> None:
        self.values = dict(values)
        self.sizes = sizes
        self.xp = PreciseArrays(sizes, DIGITS)
        self._known: dict[Expr, Rows | None] = {}
        self._orders: dict[tuple[Expr, Symbol], list[Expr]] = {}

    def value(self, expr: Expr) -> Rows | None:
        """The value of an expression, or ``None`` where it has none at this point."""
        known = self._known
        for node in postorder(expr, lambda n: n not in known, lambda n: not n.scoped):
            known[node] = self._value(node)
        return known[expr]

    def value_with(self, expr: Expr, symbol: Symbol, array: Rows) -> Rows | None:
        """The value of an expression where one more variable has a value, which is not kept."""
        fresh: dict[Expr, Rows | None] = {symbol: array}
        nodes = self._holding(expr, symbol)
        for node in nodes:
            if node is symbol:
                continue
            args = [fresh[arg] if arg in fresh else self.value(arg) for arg in node.args]
            fresh[node] = self._apply(node, args)
        return fresh[expr] if nodes else self.value(expr)

    def total(self, parts: Sequence[Rows | None]) -> Rows | None:
        """The sum of values of one shape, or ``None`` where one of them is missing."""
        known = [part for part in parts if part is not None]
        return reduce(self.xp.add, known) if len(known) == len(parts) else None

    def _holding(self, expr: Expr, symbol: Symbol) -> list[Expr]:
        """The nodes of an expression that hold a variable, operands first."""
        found = self._orders.get((expr, symbol))
        if found is None:
            found = dependent_nodes(expr, symbol)
            self._orders[expr, symbol] = found
        return found if found[-1:] == [expr] else []

    def _value(self, node: Expr) -> Rows | None:
        if isinstance(node, Symbol):
            return self.values.get(node.label)
        return self._apply(node, [] if node.scoped else [self._known[arg] for arg in node.args])

    def _scoped(self, node: Expr) -> Rows:
        """The value of a sum over an index."""
        value: Rows = evaluate_nodes([node], self.values, self.xp)[0]
        return value

    def _apply(self, node: Expr, args: list[Rows | None]) -> Rows | None:
        if any(arg is None for arg in args):
            return None
        try:
            value = self._scoped(node) if node.scoped else node.numeric(self.xp, *args)
        except (MatgradError, ArithmeticError):
            return None
        return value


class Trial:
    """Points at which a function, its derivative and an answer are compared.

    Parameters
    ----------
    needed : sequence of Expr
        Expressions that have a value at every point.
    hoped : sequence of Expr
        Expressions that have one wherever that can be arranged.
    extra : iterable of Symbol
        Variables that occur in neither, such as dX.
    """

    def __init__(self, needed: Sequence[Expr], hoped: Sequence[Expr], extra: Iterable[Symbol] = ()) -> None:
        self.needed, self.hoped = list(needed), list(hoped)
        self._nodes = postorder([*needed, *hoped, *extra])
        self.symbols = sorted(
            {node.label: node for node in self._nodes if isinstance(node, Symbol)}.values(),
            key=lambda symbol: symbol.label,
        )
        self._constraints = SizeConstraints.of(self._nodes)
        self.points = self.draw({})

    def draw(self, facts: Mapping[str, Fact], count: int = 2) -> list[Point]:
        """Points at which variables have further facts; fewer than asked for where none are found.

        Parameters
        ----------
        facts : mapping of str to Fact
            What is to hold of variables besides what is declared of them.
        count : int
            How many points.
        """
        symbols = [
            Symbol.stand_in(s.label, s.rows, s.columns, closure(s.facts | facts[s.label]))
            if s.label in facts
            else s
            for s in self.symbols
        ]
        found: list[Point] = []
        spare: list[Point] = []
        partial: list[Point] = []
        # Points that differ in every size are preferred: no number may pass for a dimension.
        for attempt in (0, 3, 1, 2, *range(4, ATTEMPTS)):
            rng = random.Random(f"check/{attempt}/{[s.label for s in symbols]}")
            try:
                sizes = choose_sizes(self._constraints, rng, attempt)
                xp = PreciseArrays(sizes, DIGITS)
                drawn = sample(symbols, xp, rng, STYLES[attempt // 2 % len(STYLES)])
            except EvaluationError:
                continue
            point = Point(drawn, sizes)
            if any(point.value(expr) is None for expr in self.needed):
                continue
            values_here = [point.value(expr) for expr in self.hoped]
            if any(value is None or not xp.largest(value) > NOISE for value in values_here):
                partial.append(point)
            elif any(other.sizes.items() & sizes.items() for other in found):
                spare.append(point)
            else:
                found.append(point)
            if len(found) == min(count, 2) and len(found + spare) >= count:
                break
            if len(spare) > SPARE:
                break
        return (found + spare + partial)[:count]

    @cached_property
    def many_points(self) -> list[Point]:
        """More points, for what two do not determine."""
        return self.draw({}, count=6)

    def close(self, a: Expr, b: Expr, points: Sequence[Point] | None = None) -> bool:
        """Whether two expressions may be equal, as far as a few points tell."""
        for point in self.points if points is None else points:
            if not close(point.value(a), point.value(b)):
                return False
        return True

    def same(self, a: Expr, b: Expr) -> bool:
        """Whether two expressions are equal: filtered at a few points, decided at many."""
        return a.shape == b.shape and self.close(a, b) and confirmed(a, b)

    def compared(self, a: Expr, b: Expr) -> Comparison:
        """As :meth:`same`, with what stayed untried; this is what a verdict stands on."""
        near = a.shape == b.shape and self.close(a, b)
        return compared(a, b) if near else Comparison(False)


def same_shape(a: Rows, b: Rows) -> bool:
    """Whether two arrays have as many rows and columns."""
    return len(a) == len(b) and [len(row) for row in a] == [len(row) for row in b]


def entries(a: Rows) -> list[Number]:
    """The entries of an array, row by row."""
    return [x for row in a for x in row]


def close(a: Rows | None, b: Rows | None) -> bool:
    """Whether two arrays agree up to rounding; undefined ones do not."""
    if a is None or b is None or not same_shape(a, b):
        return False
    pairs = [(x, y) for r, s in zip(a, b, strict=True) for x, y in zip(r, s, strict=True)]
    scale = max((max(abs(x), abs(y)) for x, y in pairs), default=0)
    return all(abs(x - y) <= CLOSE * scale + 1e-12 for x, y in pairs)


def confirmed(a: Expr, b: Expr) -> bool:
    """Whether two expressions have one value in arbitrary precision, at several shapes.

    For what may have gone wrong in an answer; what a verdict stands on is :func:`compared`.
    """
    try:
        return same_value(a, b, seek=False)
    except EvaluationError:
        return False


def compared(a: Expr, b: Expr) -> Comparison:
    """Compare two expressions in arbitrary precision; not equal where they have no value together.

    Raises
    ------
    TooFarError
        Where what they differ by, if anything, is too small: that is neither right nor wrong.
    """
    try:
        return compare(a, b)
    except TooFarError:
        raise
    except EvaluationError:
        return Comparison(False)
