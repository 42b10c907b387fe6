"""Component formulas: brackets where an index needs them, and nowhere else."""

from __future__ import annotations

import pytest

import matgrad as mg


@pytest.mark.parametrize(
    ("text", "given", "wrt", "unicode", "latex"),
    [
        (
            "det(X)^k",
            "X: n×n, k: scalar",
            "X",
            "k det(X)ᵏ (X⁻¹)_lk",
            r"k \det(X)^{k} \left(X^{-1}\right)_{lk}",
        ),
        ("norm(x)^3", "x: n", "x", "3 ‖x‖ x_k", r"3 \|x\| x_{k}"),
        ("sum(1 ./ x)", "x: n", "x", "−x_k⁻²", r"-x_{k}^{-2}"),
        ("X[1,2]*t", "X: 3×3, t: scalar", "X", "t (e₁)_k (e₂)_l", r"t (e_{1})_{k} (e_{2})_{l}"),
        ("W_1'*v", "W_1: n×m, v: n", "v", "(W₁)_ki", r"(W_{1})_{ki}"),
        ("t^3", "t: scalar", "t", "3 t²", r"3 t^{2}"),
    ],
)
def test_brackets(text: str, given: str, wrt: str, unicode: str, latex: str) -> None:
    found = mg.derive(mg.parse(text, given), wrt, form="components")
    assert found.right_side("unicode") == unicode
    assert found.right_side("latex") == latex


def test_numpy_is_written_as_text_throughout() -> None:
    found = mg.derive(mg.parse("sum((X*b).^(-1))", "X: m×n, b: n"), "X", form="components")
    assert found.right_side("numpy") == found.right_side("text") == "-(X b)_k^(-2) b_l"
