"""The golden cases as numbers: what each shows, arrays for its variables, and the value there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.numeric.sizes import dims_in
from matgrad.ops.matrix_equation import MatrixEquation
from matgrad.ops.named_functions import only_named
from matgrad.ops.riccati import Care, Dare
from matgrad.verify.sampling import samples
from tests.golden.loader import cases

Arrays = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """The function of a golden case and its derivative, arrays, and the values of both there."""

    id: str
    exprs: tuple[Expr, ...]
    arrays: Arrays
    values: tuple[Any, ...]


TOPICS = sorted({case.topic for case in cases()} - {"named_functions"})
"""The topics of what is computed; functions that are only names have no value by themselves."""


REFUSED: dict[str, tuple[type[Expr], ...]] = {
    "dask": (MatrixEquation, Care, Dare),
    "julia": (Care, Dare),
    "matlab": (Care, Dare),
}
"""Operations that a backend refuses by name (test_primitives.py): solvers that it does not have."""


def is_refused(exprs: Sequence[Expr], backend: str) -> bool:
    """Whether a backend refuses one of the operations in some expressions."""
    return any(isinstance(node, REFUSED.get(backend, ())) for node in postorder(exprs))


def points(topic: str, backend: str = "") -> tuple[Point, ...]:
    """The golden cases of a topic whose operations are all defined, at one sample in the domain.

    Those that a backend refuses are left out where it is named.
    """
    return tuple(point for point in _all_points(topic) if not is_refused(point.exprs, backend))


@lru_cache
def _all_points(topic: str) -> tuple[Point, ...]:
    return tuple(_points(topic))


def _points(topic: str) -> Iterator[Point]:
    for case in (case for case in cases() if case.topic == topic):
        read = mg.interpret(case.expression, case.given or None)
        result = mg.derive(
            read.expr,
            read.symbols[case.wrt],
            order=case.order,
            form=case.form,
            layout=case.layout,
            convention=case.convention,
            verify=False,
        )
        exprs = (read.expr, result.expr) if isinstance(result.expr, Expr) else (read.expr,)
        if any(only_named(postorder(exprs))):  # which somebody must hand over
            continue
        arrays, values = _sample(exprs)
        yield Point(case.id, exprs, arrays, values)


def _sample(exprs: tuple[Expr, ...]) -> tuple[Arrays, tuple[Any, ...]]:
    needed = {name for dim in dims_in(postorder(exprs)) for name in dim.symbols}
    shown = {n for s in symbols_of(exprs).values() for dim in s.shape for n in dim.symbols}
    reason = "nothing was drawn"
    for sizes, values in samples(exprs):
        arrays: Arrays = {name: np.array(value, dtype=float) for name, value in values.items()}
        arrays |= {name: sizes[name] for name in needed - shown}
        try:
            found = tuple(mg.evaluate(expr, {**arrays, **sizes}) for expr in exprs)
        except MatgradError as error:
            reason = str(error)
            continue
        return arrays, found
    raise AssertionError(f"no sample for {exprs[-1]}: {reason}")


def disagreements(
    topic: str, compute: Callable[[Point], tuple[Any, ...]], tolerance: float = 1e-10, backend: str = ""
) -> list[str]:
    """The golden cases in which a backend's values differ from those of ``mg.evaluate``."""
    wrong = []
    for point in points(topic, backend):
        try:
            got = compute(point)
        except Exception as error:  # every case is to be listed, not the first
            wrong.append(f"{point.id}: {type(error).__name__}: {error}")
            continue
        for expr, value, expected in zip(point.exprs, got, point.values, strict=True):
            if not agrees(value, expected, tolerance):
                wrong.append(f"{point.id}: {expr}: {value} is not {expected}")
    return wrong


def agrees(value: Any, expected: Any, tolerance: float = 1e-10) -> bool:
    """Whether two arrays have one shape and agree up to rounding, relative to the largest entry."""
    array, right = np.asarray(value), np.asarray(expected)
    scale = tolerance * max(1.0, float(np.abs(right).max(initial=0)))
    return array.shape == right.shape and np.allclose(array, right, rtol=tolerance, atol=scale)
