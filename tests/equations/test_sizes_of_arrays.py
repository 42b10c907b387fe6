"""Sizes that are not declared are those of the arrays, and the condition is that of the solution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import EvaluationError
from matgrad.solvers import SingularEquationError

RNG = np.random.default_rng(4)
A, B, C, D = (RNG.normal(size=shape) for shape in ((5, 3), (2, 4), (5, 3), (2, 4)))
X = RNG.normal(size=(3, 2))


def _condition(matrix: Any) -> float:
    values = np.linalg.svd(matrix, compute_uv=False)
    return float(values[-1] / values[0])


CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("A X = B", {"A": A, "B": A @ X}, A),
    ("X A = B", {"A": B, "B": X @ B}, B.T),
    ("A X B = C", {"A": A, "B": B, "C": A @ X @ B}, np.kron(B.T, A)),
    (
        "A X B + C X D = E",
        {"A": A, "B": B, "C": C, "D": D, "E": A @ X @ B + C @ X @ D},
        np.kron(B.T, A) + np.kron(D.T, C),
    ),
]


@pytest.mark.parametrize(("text", "arrays", "matrix"), CASES, ids=[case[0] for case in CASES])
def test_rectangular_arrays_need_no_declaration(text: str, arrays: dict[str, Any], matrix: Any) -> None:
    s = mg.equation(text, "X").solve(**arrays)
    assert s.unique
    assert np.allclose(s.value, X)
    assert s.reciprocal_condition == pytest.approx(_condition(matrix))


def test_others_say_what_they_would_say_declared() -> None:
    with pytest.raises(SingularEquationError, match="A is 3×5, not square; it has many solutions"):
        mg.equation("A X = B", "X").solve(A=A.T, B=RNG.normal(size=(3, 2)))
    s = mg.equation("A X = B", "X").solve(least_squares=True, A=A, B=RNG.normal(size=(5, 2)))
    assert not s.consistent
    with pytest.raises(EvaluationError, match="A is declared n×n but was given 5×3"):
        mg.equation("A X = B", "X").solve(A=A, B=np.ones((4, 2)))
    with pytest.raises(EvaluationError, match="A is declared n×n but was given 5×3"):
        mg.equation("A X = B", "X", given="A: n×n").solve(A=A, B=A @ X)
    with pytest.raises(EvaluationError, match="A is declared n×n but was given 5×3"):
        mg.equation("A X + X A = C", "X").solve(A=A, C=A)


def test_equations_that_depend_on_each_other_in_one_size_are_read_in_another() -> None:
    q = mg.equation("X A = B; A Y = X", ["X", "Y"])
    assert q.lines() == ["Y = A⁻¹BA⁻¹", "X = AY"]
    kept = mg.equation("X A = B; A Y = X", ["X", "Y"], given="A: m×n")
    assert kept.form.is_never_unique
