"""Every stationary point and its nature beside the gradient and the Hessian on random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from tests.stationarity.numbers import curvature, points
from tests.stationarity.test_estimators import CASES, point

_CURVED = 1e-5
"""So much of the largest curvature is more than what difference quotients lose."""

OTHERS: list[dict[str, Any]] = [
    {"function": f, "given": given, "wrt": wrt, "subject_to": on}
    for f, given, wrt, on in (
        ("x' A x + b' x", "A: n×n symmetric, x: n, b: n", "x", ()),
        ("norm(A x - b)^2 - t norm(x)^2", "t: positive scalar", "x", ()),
        ("x' A x + b' x", "A: n×n spd, x: n, b: n", "x", ("sum(x) = 1",)),
        ("b' x - x' A x", "A: n×n spd, x: n, b: n", "x", ("C x = d",)),
        ("x' A x + b' x", "A: n×n symmetric, x: n, b: n", "x", ("sum(x) = 1",)),
        ("tr(X X) - tr(A X)", "X: n×n, A: n×n", "X", ()),
        ("tr(X X) - tr(A X)", "X: n×n symmetric, A: n×n", "X", ()),
        ("x' A y + b' x + c' y", "A: n×n", "x,y", ()),
        ("norm(x - a)^2 - norm(y - b)^2", "x: n, y: m", "x,y", ()),
        ("norm(A X - B)^2 - tr(C' X)", "X: n×k", "X", ()),
        ("n logdet(X) - tr(A X)", "X: n×n spd, A: n×n spd", "X", ()),
        ("logdet(X) + tr(A X^-1)", "X: n×n spd, A: n×n spd", "X", ()),
        ("tr(X^-1 A) - 3 logdet(X^-1)", "X: n×n spd, A: n×n spd", "X", ()),
        ("tr(A X^-1) + tr(B X) - c logdet(X)", "X, A, B: n×n spd, c: positive scalar", "X", ()),
        ("tr(A X^-1) + tr(B X) + c logdet(X)", "X, A, B: n×n spd, c: scalar", "X", ()),
        ("sum(exp(x)) - b' x", "x: n, b: n positive", "x", ()),
        ("sum(log(x)) - b' x", "x: n positive, b: n positive", "x", ()),
        ("x log(x) - c x", "x: positive scalar, c: scalar", "x", ()),
        ("a x^3 - b x", "x: positive scalar, a: positive scalar, b: positive scalar", "x", ()),
        ("a/x + b x^2", "x: positive scalar, a: positive scalar, b: positive scalar", "x", ()),
        ("a/x - b/x^2", "x: positive scalar, a: positive scalar, b: positive scalar", "x", ()),
        ("(d'w)^2/(w'S w)", "S: n×n spd", "w", ()),
        ("norm(D X - A)^2", "X: n×n diagonal, D: n×n diagonal, A: n×n", "X", ()),
        ("norm(X - A)^2 - 2 norm(X - B)^2", "X: n×n symmetric, A, B: n×n", "X", ()),
    )
]


@pytest.mark.parametrize("case", [*CASES, *OTHERS], ids=lambda case: case.get("name", case["function"]))
def test_the_nature_is_that_of_the_numeric_hessian(case: dict[str, Any]) -> None:
    found = point(case)
    if not found.solutions:
        assert case in OTHERS
        return
    tried = 0
    for at, sizes in points(found, range(2)):
        slope, values = curvature(found, at, sizes)
        tried += 1
        assert slope < 1e-5
        low, high = values.min(initial=np.inf), values.max(initial=-np.inf)
        assert found.nature != "minimum" or low > -_CURVED
        assert found.nature != "maximum" or high < _CURVED
        assert found.nature != "saddle" or (low < -_CURVED < _CURVED < high)
    assert tried


def test_a_geometric_mean_is_told_by_name() -> None:
    r = mg.stationary("tr(X^-1 A) + tr(X B)", "X", given="X, A, B: n×n spd")
    assert [text.text() for text in r.how] == [
        "the equation is multiplied by X from both sides",
        "the equation is X B X = A: X is the geometric mean of A and inv(B)",
    ]
