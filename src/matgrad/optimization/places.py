"""The variables of a minimisation: where they start, and where their coordinates lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matgrad.core.dims import shape_text
from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.numeric.inputs import named, read_inputs
from matgrad.numeric.sizes import solve_sizes
from matgrad.optimization.coordinates import Coordinates, coordinates_of


@dataclass
class Place:
    """One of the variables, and where its coordinates lie among those of all."""

    variable: Symbol
    start: Any
    """The starting point, with two axes."""
    shape: tuple[int, ...]
    """The shape in which the user gave it."""
    coordinates: Coordinates
    part: slice


def read_places(
    exprs: Sequence[Expr], variables: Sequence[Symbol], data: Mapping[Any, Any], x0: Any, single: bool
) -> tuple[list[Place], dict[str, int], dict[str, Any]]:
    """Match data and starting points with the variables of the expressions."""
    symbols = symbols_of([*exprs, *variables])
    names = [variable.label for variable in variables]
    given = named(symbols, data)
    _check_data(symbols, names, given)
    starts = _starts(variables, x0, single, symbols, given)
    inputs = read_inputs([*exprs, *variables], {**given, **starts})
    places, at = [], 0
    for variable in variables:
        array = inputs.values[variable.label]
        coordinates = coordinates_of(variable, array.shape)
        part = slice(at, at + coordinates.length)
        places.append(Place(variable, array, np.shape(starts[variable.label]), coordinates, part))
        at = part.stop
    arrays = {name: value for name, value in inputs.values.items() if name not in names}
    return places, inputs.sizes, arrays


def _check_data(symbols: Mapping[str, Symbol], names: Sequence[str], given: Mapping[str, Any]) -> None:
    missing = [s for name, s in symbols.items() if name not in given and name not in names]
    if missing:
        words = ", ".join(f"{s.label} ({shape_text(s.shape)})" for s in missing)
        fix = ", ".join(f"{s.label}=…" for s in missing)
        raise EvaluationError(phrase("no data were given for {words}", words=words), fix=fix)
    for name in names:
        if name in given:
            raise ArgumentError(
                phrase("{name} is minimised over: its starting point is x0", name=name), fix=f"x0={name}"
            )


def _starts(
    variables: Sequence[Symbol],
    x0: Any,
    single: bool,
    symbols: Mapping[str, Symbol],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """The starting point of each variable."""
    if single:
        starts = {} if x0 is None else {variables[0].label: x0}
    elif x0 is None or isinstance(x0, Mapping):
        starts = {str(getattr(key, "label", key)): value for key, value in (x0 or {}).items()}
    else:
        raise ArgumentError(
            phrase("with several variables x0 gives the starting point of each by name"),
            fix=f"x0={{{', '.join(f'{v.label!r}: …' for v in variables)}}}",
        )
    for variable in variables:
        if variable.label not in starts:
            shape = _expected(variable, symbols, given)
            example = "1.0" if variable.is_scalar else f"np.zeros({shape})"
            where = example if single else f"{{{variable.label!r}: {example}, …}}"
            raise ArgumentError(
                phrase(
                    "no starting point was given for {variable} ({shape})",
                    variable=variable.label,
                    shape=shape_text(variable.shape),
                ),
                fix=f"x0={where}",
            )
    return starts


def _expected(variable: Symbol, symbols: Mapping[str, Symbol], given: Mapping[str, Any]) -> str:
    """The shape that the data ask of a variable, as far as they tell."""
    shapes = [(symbols[name], np.shape(value)) for name, value in given.items() if name in symbols]
    sizes: dict[str, int] = {}
    solve_sizes([(symbol, (shape[0], shape[1])) for symbol, shape in shapes if len(shape) == 2], sizes)
    known = [d.value(sizes) if d.symbols <= sizes.keys() else d for d in variable.shape]
    return str(known[0]) if variable.is_vector else f"({known[0]}, {known[1]})"


def as_user_gave(places: Sequence[Place], arrays: Sequence[Any], single: bool) -> Any:
    """Arrays of all variables, each in the shape of its starting point."""
    shaped = {
        p.variable.label: np.reshape(a, p.shape) if p.shape else float(np.reshape(a, ()))
        for p, a in zip(places, arrays, strict=True)
    }
    return next(iter(shaped.values())) if single else shaped
