"""What an answer lost: a norm, a factor of an entrywise product, a factor of an exponential, an order."""

from __future__ import annotations

import pytest

import matgrad as mg

SAID = [
    ("norm(A x - b)^3", "x", "", "3 r A' r where r = A x - b", "the norm is missing: r should be ‖Ax − b‖"),
    ("tr(K X L X')", "X", "K symmetric, L symmetric", "2 X L K", "wrong order: 2 X L K should be 2KXL"),
    ("c' (x .* x .* x)", "x", "", "3 x.^2", "the factor c is missing"),
    ("c' softmax(A x)", "x", "", "A' (p .* c) with p = softmax(A x)", "a term is missing"),
    ("exp(a' x + b)", "x", "", "exp(a' x) a", "the factor exp(b) is missing"),
]


@pytest.mark.parametrize(("f", "x", "given", "answer", "said"), SAID)
def test_what_is_lost_is_named(f: str, x: str, given: str, answer: str, said: str) -> None:
    found = mg.check(f, x, answer, given=given)
    assert not found.correct
    assert said in str(found)
