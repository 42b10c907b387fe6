"""log det(A ⊗ B): what stays one operation, what is split, and which signs have a value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg

GIVEN = "A: p×p, B: q×q"
RNG = np.random.default_rng(3)
TOGETHER = [
    "log det(kron(A, B))",
    "log|kron(A, B)|",
    r"\log|A \otimes B|",
    "ln(det(kron(A, B)))",
    "logdet(kron(A, B))",
]


def with_sign(n: int, sign: int) -> Any:
    a = RNG.normal(size=(n, n))
    if np.linalg.slogdet(a)[0] != sign:
        a[0] *= -1
    return a


@pytest.mark.parametrize("text", TOGETHER)
@pytest.mark.parametrize(
    ("p", "q", "signs"), [(30, 31, (1, -1)), (31, 30, (-1, 1)), (31, 31, (-1, -1)), (30, 30, (-1, 1))]
)
def test_it_stays_one_operation_and_has_its_value_at_every_size(
    text: str, p: int, q: int, signs: Any
) -> None:
    f = mg.parse(text, GIVEN)
    assert str(f) == "logdet(kron(A, B))"
    a, b = with_sign(p, signs[0]), with_sign(q, signs[1])
    value = q * np.linalg.slogdet(a)[1] + p * np.linalg.slogdet(b)[1]
    for found in (mg.evaluate(f, {"A": a, "B": b}), mg.compile(f)(A=a, B=b)):
        assert np.isclose(found, value, rtol=1e-10)


@pytest.mark.parametrize("text", TOGETHER)
def test_a_negative_determinant_is_refused(text: str) -> None:
    f = mg.parse(text, GIVEN)
    a, b = with_sign(3, -1), with_sign(3, 1)
    with pytest.raises(mg.DomainError):
        mg.evaluate(f, {"A": a, "B": b})
    with pytest.raises(mg.DomainError):
        mg.compile(f)(A=a, B=b)


@pytest.mark.parametrize(
    ("text", "given", "printed"),
    [
        ("log(abs(det(kron(A, B))))", GIVEN, "p log(abs(det(B))) + q log(abs(det(A)))"),
        ("log(det(A)^2*det(B)^4)", GIVEN, "2 (log(abs(det(A))) + 2 log(abs(det(B))))"),
        ("log(det(A)^2*det(B)^3)", GIVEN, "2 log(abs(det(A))) + 3 logdet(B)"),
        ("log(det(A)*det(B))", GIVEN, "log(det(A) det(B))"),
        ("log det(kron(A, B))", "A: p×p spd, B: q×q spd", "p logdet(B) + q logdet(A)"),
        ("log det(kron(A, B))", "A: p×p spd, B: q×q", "logdet(kron(A, B))"),
    ],
)
def test_what_is_split_is_what_the_signs_allow(text: str, given: str, printed: str) -> None:
    assert str(mg.parse(text, given)) == printed
    assert mg.derive(text, "A", given=given).verification.verified
