"""The sizes of symbolic dimensions, from the shapes of arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.dims import Dim
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import listed, phrase


def dims_in(nodes: Iterable[Expr]) -> set[Dim]:
    """The dimensions that the shapes and the data of these nodes mention."""
    found: set[Dim] = set()
    for node in nodes:
        found.update(node.shape)
        found.update(dims_of_data(node.data))
    return found


def dims_of_data(data: Any) -> Iterator[Dim]:
    """The dimensions in the data of a node, however deep in tuples."""
    for item in data:
        if isinstance(item, Dim):
            yield item
        elif isinstance(item, tuple):
            yield from dims_of_data(item)


def solve_sizes(shapes: Sequence[tuple[Symbol, tuple[int, ...]]], sizes: dict[str, int]) -> None:
    """Find the sizes of dimensions from the actual shapes of variables, and add them to ``sizes``.

    A polynomial such as m*n or n*(n + 1)/2 is solved once all but one of its names are known.

    Raises
    ------
    EvaluationError
        When the shapes conflict, naming the variable, its declared and its actual shape.
    """
    origin = dict.fromkeys(sizes, "")
    equations = [
        (symbol, actual, dim, value)
        for symbol, actual in shapes
        for dim, value in zip(symbol.array_shape, actual, strict=True)
    ]
    while equations:
        waiting = []
        for equation in equations:
            symbol, actual, dim, value = equation
            unknown = dim.symbols - sizes.keys()
            if not unknown:
                if dim.value(sizes) != value:
                    raise _conflict(symbol, actual, dim, sizes, origin)
            elif len(unknown) > 1 or _inside_minimum(dim, sizes):
                waiting.append(equation)
            else:
                (name,) = unknown
                root = _whole_root(dim, name, value, sizes)
                if root is None:
                    raise _conflict(symbol, actual, dim, sizes, origin)
                sizes[name] = root
                origin[name] = symbol.label
        if len(waiting) == len(equations):
            return
        equations = waiting


def _inside_minimum(dim: Dim, sizes: Mapping[str, int]) -> bool:
    return any(
        not isinstance(atom, str) and not Dim({((atom, 1),): Fraction(1)}).symbols <= sizes.keys()
        for monomial, _ in dim.terms
        for atom, _ in monomial
    )


def _whole_root(dim: Dim, name: str, value: int, sizes: Mapping[str, int]) -> int | None:
    """The size of ``name`` at which ``dim`` has the given value; dimensions grow with their names."""
    if str(dim) == name:  # as nearly all are
        return value

    def excess(size: int) -> Fraction:
        total = Fraction(-value)
        for monomial, coefficient in dim.terms:
            total += coefficient * Dim({monomial: Fraction(1)}).value({**sizes, name: size})
        return total

    low, high = 0, 1
    while excess(high) < 0:
        low, high = high, 2 * high
        if high > 1 << 62:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if excess(middle) < 0:
            low = middle
        else:
            high = middle
    return next((size for size in (high, low) if excess(size) == 0), None)


def _factor(dim: Dim) -> str:
    return f"({dim})" if len(dim.terms) > 1 else str(dim)


def _conflict(
    symbol: Symbol, actual: tuple[int, ...], dim: Dim, sizes: Mapping[str, int], origin: Mapping[str, str]
) -> EvaluationError:
    known = listed(
        phrase("{name} = {size} as in {symbol}", name=name, size=sizes[name], symbol=origin[name])
        if origin[name]
        else phrase("{name} = {size} given", name=name, size=sizes[name])
        for name in sorted(dim.symbols & sizes.keys())
    )
    where = phrase(", where {sizes}", sizes=known) if known else ""
    return EvaluationError(
        phrase(
            "{symbol} is declared {array_shape} but was given {actual}{where}",
            symbol=symbol.label,
            array_shape="×".join(map(_factor, symbol.array_shape)),
            actual="×".join(map(str, actual)),
            where=where,
        )
    )
