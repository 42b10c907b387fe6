"""Signs in front of terms: A X − X B = C is a Sylvester equation, and messages write what was asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.solvers import SingularEquationError

SYLVESTER = [
    ("A X - X B = Q", "A X - X B = Q", "A and B have no eigenvalue in common"),
    ("A X = X B + Q", "A X - X B = Q", "A and B have no eigenvalue in common"),
    ("A X + X B = Q", "A X + X B = Q", "no eigenvalue of A and eigenvalue of B add up to 0"),
    ("X B - A X = Q", "X B - A X = Q", "A and B have no eigenvalue in common"),
    ("A X - X (A + B) = Q", "A X - X (A + B) = Q", "A and A + B have no eigenvalue in common"),
]


@pytest.mark.parametrize(("text", "normal", "condition"), SYLVESTER, ids=[case[0] for case in SYLVESTER])
def test_a_sign_makes_no_other_kind(text: str, normal: str, condition: str) -> None:
    equation = mg.equation(text, "X")
    assert (equation.kind, equation.normal_form) == ("Sylvester equation", normal)
    assert equation.condition == condition
    rng = np.random.default_rng(3)
    arrays: dict[str, Any] = {name: rng.normal(size=(3, 3)) for name in "ABQ"}
    solution = equation.solve(**arrays)
    assert solution.unique
    assert solution.residual < 1e-10


def test_what_commutes_can_be_added() -> None:
    equation = mg.equation("A X - X A = Q", "X")
    assert equation.condition == "never: what commutes with A can be added to X"


@pytest.mark.parametrize(
    ("text", "arrays", "said"),
    [
        (
            "A X - X B = Q",
            {"A": np.diag([1.0, 2.0]), "B": np.diag([2.0, 5.0]), "Q": np.ones((2, 2))},
            "the equation A X - X B = Q is singular: the eigenvalue 2 of A and the eigenvalue -2 of -B add",
        ),
        (
            "A X + X A' + Q = 0",
            {"A": np.diag([1.0, -1.0]), "Q": np.eye(2)},
            "the equation A X + X A' = -Q is singular: the eigenvalue -1 of A and the eigenvalue 1 of A'",
        ),
        (
            "A X = B",
            {"A": np.ones((2, 2)), "B": np.eye(2)},
            "the equation A X = B is singular: A (2×2) has rank 1",
        ),
    ],
)
def test_a_singular_equation_is_written_as_it_was_asked(text: str, arrays: dict[str, Any], said: str) -> None:
    with pytest.raises(SingularEquationError) as caught:
        mg.equation(text, "X").solve(**arrays)
    assert caught.value.message.startswith(said)
