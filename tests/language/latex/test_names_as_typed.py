"""Names come back as they were typed, in every medium, and what is printed is read again as the same name."""

from __future__ import annotations

import numpy as np
import pytest

import matgrad as mg


@pytest.mark.parametrize(
    ("typed", "text", "latex"),
    [
        ("W^{(1)}", "W⁽¹⁾", "W^{(1)}"),
        ("W^{[1]}", "W⁽¹⁾", "W^{[1]}"),
        ("W_1^{(2)}", "W₁⁽²⁾", "W_{1}^{(2)}"),
        (r"\hat W^{(1)}", "Ŵ⁽¹⁾", r"\hat{W}^{(1)}"),
        (r"\theta^{(\text{old})}", "θ⁽ᵒˡᵈ⁾", r"\theta^{(\mathrm{old})}"),
        ("h_{t-1}", "hₜ₋₁", "h_{t-1}"),
        (r"\Delta x", "Δx", r"\Delta x"),
        (r"\hat{x}_{k|k-1}", "x_hat_k_km1", r"\hat{x}_{k|k-1}"),
        (r"\hat y", "y_hat", r"\hat{y}"),
        ("k_*", "k_star", r"k_{\star}"),
        ("W_1", "W_1", "W_{1}"),
    ],
)
def test_a_name_comes_back(typed: str, text: str, latex: str) -> None:
    read = mg.interpret(rf"{typed}\,a", f"{typed}: n×n, a: n")
    first, _ = read.symbols.values()
    assert (str(first), mg.latex(first)) == (text, latex)
    for written, syntax in ((str(read.expr), "matlab"), (mg.latex(read.expr), "latex")):
        assert mg.parse(written, read.declarations(), syntax=syntax) is read.expr


def test_a_label_above_is_none_below() -> None:
    read = mg.interpret(r"W_1 + W^{(1)}")
    assert list(read.symbols) == ["W_1", "W_sup1"]
    assert mg.latex(mg.gradient(r"\|W^{(1)}x\|^2", "W^{(1)}")) == r"2 W^{(1)} x x^{\top}"


def test_a_declared_name_stands_for_both() -> None:
    assert list(mg.interpret(r"W^{(1)}x", "W_1: m×n, x: n").symbols) == ["W_1", "x"]
    assert mg.parse("W_1 x", r"W^{(1)}: m×n, x: n") is mg.parse(r"W^{(1)}x", r"W^{(1)}: m×n, x: n")


@pytest.mark.parametrize("name", ["W_1", "W1", "W_sup1"])
def test_arrays_go_by_what_is_easily_typed(name: str) -> None:
    norm = mg.parse(r"\|W^{(1)}x\|^2")
    arrays = {name: np.eye(2), "x": np.ones(2)}
    assert mg.evaluate(norm, arrays) == 2.0
    assert mg.compile(norm)(**arrays) == 2.0


def test_letters_of_members_are_no_labels() -> None:
    read = mg.interpret(r"x^{(1)} + x^{(2)}", "x^{(i)}: n, i = 1..N")
    assert read.expr is mg.parse("x_1 + x_2", "x_i: n, i = 1..N")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"E_D + E_W \text{ where } E_D = a^\top x, E_W = x^\top x", "a' x + x' x"),
        (r"L_a + L_b \text{ where } L_a = a^\top x, L_b = x^\top x", "a' x + x' x"),
        (r"L_{rec} + L_{reg} \text{ where } L_{rec} = a^\top x, L_{reg} = x^\top x", "a' x + x' x"),
    ],
)
def test_letters_below_one_name_that_differ_are_labels(text: str, plain: str) -> None:
    assert mg.parse(text, "a: n, x: n") is mg.parse(plain, "a: n, x: n")
