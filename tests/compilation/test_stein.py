"""Stein equations compiled: in cubic time on arrays of NumPy, and as one equation elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import DomainError
from tests.compilation.golden import Point
from tests.compilation.julia.execution import require_agreement
from tests.compilation.test_matlab import calls, needs_octave, octave

LOSS = mg.parse("sum(stein(A, B, C).^2)", "A: m×m, B: n×n, C: m×n")
EXPRS = (LOSS, *(mg.gradient(LOSS, name) for name in "ABC"))


def _arrays(m: int, n: int) -> dict[str, Any]:
    rng = np.random.default_rng(10 * m + n)
    return {"A": rng.normal(size=(m, m)), "B": rng.normal(size=(n, n)), "C": rng.normal(size=(m, n))}


@pytest.mark.parametrize("backend", ["numpy", "torch", "dask"])
@pytest.mark.parametrize("sizes", [(3, 4), (1, 3), (4, 1), (1, 1)])
def test_values_and_gradients(backend: str, sizes: tuple[int, int]) -> None:
    arrays = _arrays(*sizes)
    compiled = mg.compile(EXPRS, backend=backend)
    for found, expr in zip(compiled(**arrays), EXPRS, strict=True):
        np.testing.assert_allclose(
            np.ravel(np.asarray(found)), np.ravel(mg.evaluate(expr, arrays)), rtol=1e-7, atol=1e-9
        )


def test_a_large_equation_is_solved() -> None:
    arrays = {name: array / 12 for name, array in _arrays(60, 60).items()}
    a, b, c = arrays["A"], arrays["B"], arrays["C"]
    x = mg.compile(mg.parse("stein(A, B, C)", "A: m×m, B: n×n, C: m×n"))(**arrays)
    np.testing.assert_allclose(a @ x @ b + c, x, atol=1e-10)


def test_an_equation_without_one_solution_is_refused() -> None:
    solve = mg.compile(mg.parse("stein(A, B, C)", "A: m×m, B: n×n, C: m×n"))
    with pytest.raises(DomainError, match="reciprocal"):
        solve(A=np.diag([2.0, 3.0]), B=np.diag([0.5, 1.0, 4.0]), C=np.ones((2, 3)))


def _point() -> Point:
    arrays = _arrays(3, 2)
    return Point("stein", EXPRS, arrays, tuple(mg.evaluate(expr, arrays) for expr in EXPRS))


def test_julia() -> None:
    point = _point()
    require_agreement(point.exprs, point.arrays, point.values)


@needs_octave
def test_matlab(tmp_path: Any) -> None:
    point = _point()
    source = mg.compile(EXPRS, backend="matlab", name="loss", results=["r0", "r1", "r2", "r3"]).source
    (tmp_path / "loss.m").write_text(source, encoding="utf-8")
    for line, value in zip(
        octave(tmp_path, "\n".join(calls("loss", source, point))).splitlines(), point.values, strict=True
    ):
        found = np.array([float(x) for x in line.split()[3:]])
        np.testing.assert_allclose(found, np.ravel(value, order="F"), rtol=1e-8)
