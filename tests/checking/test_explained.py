"""Mistakes that once were called nothing more than wrong."""

from __future__ import annotations

import pytest

import matgrad as mg

MISTAKES = [
    (
        "(a' x)^2 (b' x)^3",
        "x",
        "2(a'x)(b'x)^3 b + 3 (a'x)^2 (b'x)^2 a",
        "symbols_swapped",
        "b and a are interchanged",
    ),
    ("a' inv(X' X) b", "b", "-X'X a", "inverse_missing", "and the sign is wrong"),
    ("a' inv(X' X) b", "b", "X'X a", "inverse_missing", "X'X should be (XᵀX)⁻¹"),
    (
        "sum(exp(-(X a).^2))",
        "a",
        "-2 * X.T @ np.exp(-(X @ a)**2)",
        "missing_factor",
        "the factor Xa is missing",
    ),
    ("prod(x)", "x", "prod(x) .* x", "divided", "a product and a quotient are confused"),
]


@pytest.mark.parametrize(("f", "x", "answer", "mistake", "reason"), MISTAKES)
def test_the_mistake_is_told(f: str, x: str, answer: str, mistake: str, reason: str) -> None:
    found = mg.check(f, x, answer, given="a, b, x: n, X: m×n")
    assert (found.correct, found.mistake) == (False, mistake)
    assert reason in found.reason
