"""When an equation has one solution, by what is declared: told, and held to arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import ortho_group

import matgrad as mg

_N = 4
_RNG = np.random.default_rng(3)
_G = _RNG.standard_normal((_N, _N))
ARRAYS = {
    "spd": _G @ _G.T + 0.01 * np.eye(_N),
    "psd": _G[:, :1] @ _G[:, :1].T,
    "orthogonal": ortho_group.rvs(_N, random_state=2),
}


@pytest.mark.parametrize(
    ("text", "given", "condition"),
    [
        ("A X = C", "A: spd", "always, as A is positive definite"),
        ("X A = C", "A: n×n orthogonal", "always, as A is invertible"),
        ("A X B = C", "A: spd, B: orthogonal", "always, as A and B are invertible"),
        ("(A'A + I) X = C", "A: n×n", "always, as A' A + eye(n) is positive definite"),
        ("A X B = C", "A: spd, B: n×n", "B is invertible"),
        ("A X + X B = C", "A: spd, B: psd", "always, as A is positive definite and B positive semidefinite"),
        ("A X + X B = C", "A: psd, B: spd", "always, as B is positive definite and A positive semidefinite"),
        ("-A X - X B = C", "A: spd, B: spd", "always, as A and B are positive definite"),
        ("A X - X B = C", "A: spd, B: spd", "A and B have no eigenvalue in common"),
        ("A X + X B = C", "A: psd, B: psd", "no eigenvalue of A and eigenvalue of B add up to 0"),
        ("A X + X A = C", "A: spd", "always, as A is positive definite"),
        ("A' X + X A = C", "A: n×n", "no two eigenvalues of A' add up to 0"),
    ],
)
def test_what_is_declared_decides(text: str, given: str, condition: str) -> None:
    q = mg.equation(text, "X", given=given)
    assert q.condition == condition
    assert q.form.is_always_unique == condition.startswith("always")
    if q.form.is_always_unique:
        facts = dict(part.replace("n×n ", "").split(": ") for part in given.split(", "))
        arrays: dict[str, Any] = {name: ARRAYS.get(facts.get(name, ""), _G) for name in "ABC" if name in text}
        assert q.solve(**arrays).unique


@pytest.mark.parametrize(
    ("text", "given", "ending"),
    [
        ("A' P + P A = -Q", "P: n×n symmetric", "; if Q is symmetric, declare it"),
        ("P = A P A' + Q", "P: n×n symmetric", "; if Q is symmetric, declare it"),
        ("A P + P B = Q", "P: n×n symmetric", "particular right sides only"),
    ],
)
def test_the_variable_that_has_to_be_symmetric_is_named(text: str, given: str, ending: str) -> None:
    assert mg.equation(text, "P", given=given).verification.text("en").endswith(ending)
