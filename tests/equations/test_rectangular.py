"""Equations of several terms with more or fewer equations than unknowns, beside their dense matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.solvers import SingularEquationError

_RNG = np.random.default_rng(4)
_A, _B, _C, _D = (_RNG.standard_normal(shape) for shape in ((5, 3), (4, 4), (5, 3), (4, 4)))

CASES: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("A X B + C X D = E", {"A": _A, "B": _B, "C": _C, "D": _D}, (3, 4)),
    ("A X B + C X D = E", {"A": _A.T, "B": _B, "C": _C.T, "D": _D}, (5, 4)),
    ("A X + X' B = E", {"A": _A[:4].T, "B": _A[:4]}, (4, 3)),
    ("A X B + C X D + A X D = E", {"A": _A, "B": _B, "C": _C, "D": _D}, (3, 4)),
]


def _left(text: str, arrays: dict[str, Any], x: Any) -> Any:
    values = {**arrays, "X": x}
    return mg.evaluate(mg.parse(text.partition("=")[0], {k: v.shape for k, v in values.items()}), values)


@pytest.mark.parametrize(("text", "arrays", "shape"), CASES)
def test_they_are_solved_as_their_matrices_are(
    text: str, arrays: dict[str, Any], shape: tuple[int, int]
) -> None:
    count = shape[0] * shape[1]

    columns = [_left(text, arrays, np.eye(count)[:, k].reshape(shape, order="F")) for k in range(count)]
    matrix = np.stack([column.ravel(order="F") for column in columns], axis=1)
    right = _RNG.standard_normal(columns[0].shape)
    sizes = ", ".join(f"{name}: {value.shape[0]}×{value.shape[1]}" for name, value in arrays.items())
    q = mg.equation(text, "X", given=f"{sizes}, X: {shape[0]}×{shape[1]}")
    found = q.solve(**arrays, E=right, least_squares=True).value
    np.testing.assert_allclose(
        found.ravel(order="F"), np.linalg.pinv(matrix) @ right.ravel(order="F"), atol=1e-10
    )
    with pytest.raises(SingularEquationError, match="is singular"):
        q.solve(**arrays, E=right)


def test_one_that_has_a_solution_has_it() -> None:
    text, arrays, shape = CASES[0]
    x = _RNG.standard_normal(shape)
    q = mg.equation(text, "X", given="A: 5×3, B: 4×4, C: 5×3, D: 4×4, X: 3×4")
    found = q.solve(**arrays, E=_left(text, arrays, x))
    assert found.unique
    np.testing.assert_allclose(found.value, x, atol=1e-10)
