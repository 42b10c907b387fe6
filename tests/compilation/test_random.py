"""Random expressions over all operations, with a derivative, in PyTorch, Dask and MATLAB's text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dask.base import compute

import matgrad as mg
from matgrad.compilation.backends import compile_for
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, postorder
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.ops.undefined import Undefined
from matgrad.verify.sampling import samples
from tests.compilation.golden import Point, agrees, is_refused
from tests.compilation.test_matlab import calls, needs_octave, octave
from tests.properties.expressions import SLOW
from tests.properties.rooms.expressions import a_variable, drawn

SEEDS = range(3000, 3120)
ILL_CONDITIONED = SLOW | {"pinv", "cholesky", "singular_values", "adjugate", "cofactor", "logdet"}
"""Their values at random data may be too ill-conditioned to compare two ways of computing them."""


@lru_cache(1)
def random_points() -> tuple[Point, ...]:
    """Random expressions with a gradient, arrays within their domain, and the values there."""
    return tuple(_random_points())


def _random_points() -> Iterator[Point]:
    for seed in SEEDS:
        expr = drawn(seed, scalar=seed % 2 == 0)
        exprs: list[Expr] = [expr]
        variable = a_variable(expr, seed)
        if variable is not None and expr.is_scalar:
            with suppress(mg.NotDifferentiableError):
                exprs.append(mg.gradient(expr, variable, verify=False))
        if any(isinstance(n, Undefined) or n.name in ILL_CONDITIONED for n in postorder(exprs)):
            continue
        for sizes, values in samples(exprs, seed=1, attempts=4, digits=16):
            arrays = {name: np.array(value, dtype=float) for name, value in values.items()}
            with suppress(mg.MatgradError):
                found = evaluate_nodes(exprs, arrays, NumpyArrays(sizes))
                near = {name: array * (1 + 1e-13) for name, array in arrays.items()}
                moved = evaluate_nodes(exprs, near, NumpyArrays(sizes))
                # Where rounding of the data changes the value, two ways of computing it differ too.
                if all(agrees(a, b, 1e-10) for a, b in zip(moved, found, strict=True)):
                    yield Point(f"seed {seed}", tuple(exprs), {**sizes, **arrays}, tuple(found))
                break


def arguments(function: Any, point: Point) -> dict[str, Any]:
    """The arrays and sizes that a function takes."""
    return {name: point.arrays[name] for name in function.arguments}


@pytest.mark.parametrize("backend", ["torch", "dask"])
def test_functions(backend: str) -> None:
    wrong = []
    for point in random_points():
        if is_refused(point.exprs, backend):
            continue
        function = compile_for(point.exprs, backend)
        results = function(**arguments(function, point))
        found = compute(*results, scheduler="synchronous") if backend == "dask" else results
        for expr, value, expected in zip(point.exprs, found, point.values, strict=True):
            if not agrees(value, expected if np.ndim(value) else expected[0, 0], 1e-8):
                wrong.append(f"{point.id}: {expr}")
    assert not wrong, "\n".join(wrong)
    assert len(random_points()) > len(SEEDS) // 3


@needs_octave
def test_text(tmp_path: Path) -> None:
    script, waiting, refused = ["warning('off', 'all');"], {}, 0
    for number, point in enumerate(random_points()):
        results = [f"r{k}" for k in range(len(point.exprs))]
        if is_refused(point.exprs, "matlab"):
            continue
        try:
            source = compile_for(point.exprs, "matlab", name=f"case_{number}", results=results).source
        except ArgumentError:
            refused += 1
            continue
        (tmp_path / f"case_{number}.m").write_text(source, encoding="utf-8")
        script += calls(f"case_{number}", source, point)
        waiting[f"case_{number}"] = (point, list(point.values))
    for line in octave(tmp_path, "\n".join(script) + "\n").splitlines():
        name, rows, columns, *numbers = line.split(" ")
        point, expected = waiting[name]
        assert rows != "failed:", f"{point.id}: {line}"
        found = np.reshape([float(x) for x in numbers], (int(rows), int(columns)), order="F")
        assert agrees(found, expected.pop(0), 1e-8), f"{point.id}: {point.exprs}"
    assert not any(left for _, left in waiting.values())
    assert refused <= len(random_points()) // 20
