"""Golden cases compiled for NumPy agree with evaluation, however their arrays lie in memory."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matgrad.compilation.backends.numpy import calls, entrywise, linear_algebra, products, writer
from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.sizes import dims_in
from matgrad.verify.sampling import sample
from tests.compilation.golden import TOPICS, Point, agrees, disagreements, points


def fortran(a: Any) -> Any:
    return np.asfortranarray(a)


def strided(a: Any) -> Any:
    """The same array as every other row and third column of a larger one."""
    if np.ndim(a) < 2:
        return a
    whole = np.full((2 * a.shape[0], 3 * a.shape[1]), np.nan)
    whole[::2, ::3] = a
    return whole[::2, ::3]


LAYOUTS: tuple[Callable[[Any], Any], ...] = (np.asarray, fortran, strided)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_golden_cases(topic: str, layout: Callable[[Any], Any]) -> None:
    def compute(point: Point) -> tuple[Any, ...]:
        fn = compile_expressions(point.exprs)
        arrays = {name: layout(a) if np.ndim(a) else a for name, a in point.arrays.items()}
        return tuple(fn(**arrays))

    with np.errstate(all="ignore"):
        assert disagreements(topic, compute) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_written_for_large_arrays(topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms that pay for large arrays only, on small ones: in place, in tiles, by BLAS."""
    monkeypatch.setattr(writer, "REUSED", 1)
    monkeypatch.setattr(entrywise, "TURNED", 1)
    monkeypatch.setattr(products, "TRIANGULAR", 2)
    monkeypatch.setattr(products, "LARGE", 0)
    monkeypatch.setattr(calls, "SMALL", 0)
    monkeypatch.setattr(linear_algebra, "TILE", 2)

    def compute(point: Point) -> tuple[Any, ...]:
        return tuple(compile_expressions(point.exprs)(**point.arrays))

    with np.errstate(all="ignore"):
        assert disagreements(topic, compute) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_vectors_with_one_axis(topic: str) -> None:
    def compute(point: Point) -> tuple[Any, ...]:
        fn = compile_expressions(point.exprs)
        flat = {s.label: s.columns is ONE and not s.is_scalar for s in symbols_of(point.exprs).values()}
        arrays = {name: a.reshape(-1) if flat.get(name) else a for name, a in point.arrays.items()}
        results = []
        for expr, result in zip(point.exprs, fn(**arrays), strict=True):
            if expr.is_vector and any(s.is_vector for s in symbols_of(point.exprs).values()):
                assert result.ndim == 1, point.id
                result = result[:, None]
            results.append(result)
        return tuple(results)

    with np.errstate(all="ignore"):
        assert disagreements(topic, compute) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_sizes_of_one_and_zero(topic: str) -> None:
    """Every dimension 1, and each in turn 1 or 0, wherever evaluation has a value there."""
    wrong: list[str] = []
    compared = 0
    for point in points(topic):
        names = sorted({n for dim in dims_in(postorder(point.exprs)) for n in dim.symbols})
        trials = [dict.fromkeys(names, 1)] if names else []
        for special in names:
            trials += [{n: size if n == special else 2 + i for i, n in enumerate(names)} for size in (0, 1)]
        for sizes in trials:
            outcome = _at_sizes(point, sizes)
            compared += outcome is not None
            wrong += outcome or []
    assert wrong == []
    assert compared > 2 * len(points(topic))


def _at_sizes(point: Point, sizes: dict[str, int]) -> list[str] | None:
    """What disagrees at given sizes; ``None`` where evaluation has no value."""
    symbols = symbols_of(point.exprs).values()
    shown = {n for s in symbols for d in s.shape for n in d.symbols}
    products = [d for s in symbols for d in s.shape if len(d.symbols) > 1]
    if 0 in sizes.values() and products:
        return None  # an empty side m·n does not say which of m and n is 0
    try:
        arrays = {}
        for s in symbols:
            shape = tuple(d.value(sizes) for d in s.shape)
            drawn = sample([s], PreciseArrays(sizes), random.Random(1))[s.label] if 0 not in shape else None
            arrays[s.label] = np.zeros(shape) if drawn is None else np.array(drawn, dtype=float)
        expected = evaluate_nodes(point.exprs, arrays, NumpyArrays(sizes))
    except (ValueError, IndexError, ArithmeticError, np.linalg.LinAlgError):
        return None
    except Exception as error:
        if type(error).__module__.startswith("matgrad"):
            return None
        raise
    if any(
        value.shape != tuple(d.value(sizes) for d in e.shape)
        for e, value in zip(point.exprs, expected, strict=True)
    ):
        return None  # a literal without rows has lost its columns
    free = {name: sizes[name] for name in sizes.keys() - shown}
    with np.errstate(all="ignore"):
        got = compile_expressions(point.exprs)(**arrays, **free)
    return [
        f"{point.id} at {sizes}: {value} is not {reference}"
        for expr, value, reference in zip(point.exprs, got, expected, strict=True)
        if not agrees(value, _shown(expr, reference), 1e-9)
    ]


def _shown(expr: Expr, reference: Any) -> Any:
    """The value as evaluation returns it."""
    return reference[0, 0] if expr.is_scalar else reference
