"""Derivatives of cross products are cross products."""

from __future__ import annotations

import pytest

import matgrad as mg

GIVEN = "p: 3, q: 3, a: 3, A: 3×3"


@pytest.mark.parametrize(
    ("text", "wrt", "line"),
    [
        ("norm(cross(p, q))^2", "p", "∂f/∂p = 2(q × (p × q))"),
        ("norm(cross(p, q))^2", "q", "∂f/∂q = 2(p × (q × p))"),
        ("norm(cross(p, q))", "p", "∂f/∂p = (q × (p × q))/‖p × q‖"),
        ("a' cross(p, cross(q, p))", "p", "∂f/∂p = a × (p × q) + q × (p × a)"),
        ("cross(p, cross(p, q))", "p", "∂f/∂pᵀ = −[p]×[q]× − [p × q]×"),
        ("cross(cross(p, q), p)", "p", "∂f/∂pᵀ = [p]×[q]× + [p × q]×"),
        ("cross(p, A p)", "p", "∂f/∂pᵀ = [p]×A − [Ap]×"),
    ],
)
def test_derivatives_of_cross_products(text: str, wrt: str, line: str) -> None:
    result = mg.derive(text, wrt, given=GIVEN)
    assert result.line() == line
    assert result.verification.verified
