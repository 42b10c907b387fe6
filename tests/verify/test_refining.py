"""Derivatives that take more digits, or a smaller step, than others do to be compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import VerificationError
from matgrad.core.expr import Symbol
from matgrad.verify.claims import Claim, inner
from matgrad.verify.derivative_check import verify_claim


@pytest.mark.parametrize(
    ("text", "given", "wrt"),
    [
        ("sin(10^30*t)", "t: scalar", "t"),
        ("sum(sin(10^40*x))", "x: n", "x"),
        ("tanh(1000000*t)", "t: scalar", "t"),
        ("a'*softmax(1000*x)", "x: n, a: n", "x"),
        ("10^(-300)*x'*A*x", "x: n, A: n×n", "x"),
        ("x'*x + 10^(-100)*a'*x", "x: n, a: n", "x"),
    ],
)
def test_right_derivatives_are_verified(text: str, given: str, wrt: str) -> None:
    result = mg.derive(mg.parse(text, given), wrt)
    assert result.verification is not None
    assert result.verification.verified


def test_the_gradient_of_a_chaotic_function_is_verified() -> None:
    x, matrix = mg.vector("x", "n"), mg.matrix("A", "n", "n")
    state: Any = x
    for _ in range(100):
        state = np.sin(matrix @ state) + x
    result = mg.derive(state.T @ state, "x")
    assert result.verification is not None
    assert result.verification.verified


ALONG: Claim = lambda xp, at, v: inner(xp, at[0], v)  # noqa: E731


@pytest.mark.parametrize(
    ("function", "wrong"),
    [
        ("x'*x + 10^(-30)*a'*x", "2*x"),
        ("x'*x + 10^(-15)*a'*x", "2*x"),
        ("10^(-300)*x'*x", "2*10^(-300)*x + 10^(-320)*a"),
        ("sum(sin(10^30*x))", "10^30*sin(10^30*x)"),
        ("a'*tanh(30*x)", "0*a"),
    ],
)
def test_wrong_derivatives_are_not(function: str, wrong: str) -> None:
    given = "x: n, a: n"
    variable = mg.vector("x", "n")
    assert isinstance(variable, Symbol)
    with pytest.raises(VerificationError):
        verify_claim(mg.parse(function, given), variable, [mg.parse(wrong, given)], ALONG)


@pytest.mark.parametrize(
    ("text", "given", "chinese"),
    [
        ("log(-x'*x - 1)", "x: n", "在定义域内没有找到随机点"),
        ("x'*x", "x: 100000000", "尺寸"),
    ],
)
def test_why_nothing_was_verified_is_said_in_chinese(text: str, given: str, chinese: str) -> None:
    verification = mg.derive(mg.parse(text, given), "x").verification
    assert verification is not None
    assert not verification.verified
    assert chinese in verification.text("zh")
    assert verification.reason in verification.text("en")


def test_what_was_not_asked_for_is_said_in_chinese() -> None:
    verification = mg.derive(mg.parse("x'*x", "x: n"), "x", verify=False).verification
    assert verification is not None
    assert verification.text("zh") == "未验证：未要求验证"
