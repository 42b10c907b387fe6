"""Gradients by several variables compared with one difference quotient."""

from __future__ import annotations

from fractions import Fraction

import pytest

import matgrad as mg
from matgrad.calculus.pullback import pullbacks
from matgrad.core.errors import VerificationError
from matgrad.core.expr import Expr, Symbol
from matgrad.results import jointly
from matgrad.verify.joint_check import verify_jointly


def network(layers: int) -> tuple[Expr, dict[Symbol, Expr]]:
    """A network with its gradients by all weights."""
    h: Expr = mg.vector("x", "n")
    weights = [mg.matrix(f"W{i}", "n", "n") for i in range(layers)]
    for w in weights:
        h = mg.tanh(w @ h)
    f = mg.norm(h - mg.vector("y", "n")) ** 2
    return f, dict(zip(weights, mg.gradient(f, tuple(weights), verify=False), strict=True))


def test_all_are_shown_to_be_right() -> None:
    f, gradients = network(4)
    found = verify_jointly(f, gradients)
    assert found.keys() == gradients.keys()
    assert all(verification.verified for verification in found.values())


@pytest.mark.parametrize("wrong", range(4))
@pytest.mark.parametrize("by", [Fraction(-1), Fraction(10**9 + 1, 10**9)])
def test_a_wrong_one_stands_out(wrong: int, by: Fraction) -> None:
    f, gradients = network(4)
    variable = list(gradients)[wrong]
    gradients[variable] = by * gradients[variable]
    assert variable not in verify_jointly(f, gradients)


def test_a_wrong_one_far_smaller_than_the_others_stands_out() -> None:
    x, y = mg.vector("x", "n"), mg.vector("y", "n")
    f = x.T @ x + y.T @ y * Fraction(1, 10**30)
    right = dict(zip((x, y), mg.gradient(f, (x, y), verify=False), strict=True))
    assert verify_jointly(f, right).keys() == {x, y}
    assert y not in verify_jointly(f, {**right, y: 2 * right[y]})


def test_the_one_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(expr: Expr, variables: list[Symbol], cotangent: Expr) -> dict[Expr, Expr]:
        found = pullbacks(expr, variables, cotangent)
        return {**found, variables[0]: 2 * found[variables[0]]}

    monkeypatch.setattr(jointly, "pullbacks", broken)
    with pytest.raises(VerificationError, match="the gradient disagrees"):
        mg.gradient("norm(A x - b)^2", ("x", "b"))
