"""A gradient that a derivation finds within the structure of a variable, or must bring into it."""

from __future__ import annotations

import pytest

import matgrad as mg


@pytest.mark.parametrize("method", ["chain", "definition"])
@pytest.mark.parametrize("function", ["(a - S q)' (a - S q)", "norm(N S - S N)^2", "(a - S q)' S (a - S q)"])
def test_what_is_not_symmetric_has_another_name(function: str, method: str) -> None:
    """The form of the engine may be symmetric where what the derivation finds is not: they differ."""
    lines = str(mg.explain(function, "S", given="S: n×n symmetric", method=method)).splitlines()
    assert any("⇒ G = " in line and "as if the entries of S were independent" in line for line in lines)
    assert "the symmetric part ½(G + Gᵀ)" in lines[-1]
    assert "so is what was found" not in "\n".join(lines)


def test_what_is_symmetric_is_the_gradient() -> None:
    derivation = str(mg.explain("log(det(S))", "S", given="S: n×n spd", method="chain"))
    assert "S is symmetric, and so is what was found" in derivation
