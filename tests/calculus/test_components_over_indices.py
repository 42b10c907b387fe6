"""Components of sums over data and by members: what a textbook prints, and its values entry by entry."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import matgrad as mg
from matgrad.calculus.components import Components
from matgrad.calculus.components_over_indices import as_expression

RANGES = "i = 1..N, j = 1..N, k = 1..K"
MIXTURE = "sum_i log(sum_k pi_k exp(-norm(x_i - m_k)^2/2))"

PRINTED = [
    ("sum_i (y_i - w'x_i)^2", "w", "y_i: scalar, x_i: n", "∂f/∂w_k = 2 Σ_i (wᵀx_i − y_i) x_ik"),
    ("sum_i (y_i - w'x_i)^2", "x", "y_i: scalar, x_i: n", "∂f/∂x_kl = 2 (wᵀx_k − y_k) w_l"),
    ("sum_i (y_i - w'x_i)^2", "y", "y_i: scalar, x_i: n", "∂f/∂y_k = 2 y_k − 2 wᵀx_k"),
    (
        "sum_{i<j} w_ij norm(x_i - x_j)^2",
        "x",
        "x_i: n, w_ij: scalar",
        "∂f/∂x_kl = −2 Σ_{j > k} w_kj (x_jl − x_kl) − 2 Σ_{i < k} w_ik (x_il − x_kl)",
    ),
    (
        MIXTURE,
        "m",
        "pi_k: scalar positive, m_k: n, x_i: n",
        "∂f/∂m_kl = Σ_i π_k exp(−½‖x_i − m_k‖²) (x_il − m_kl)/(Σ_j π_j exp(−½‖x_i − m_j‖²))",
    ),
    (
        "sum_k logdet(I + A_k X A_k')",
        "X",
        "A_k: m×n, X: n×n",
        "∂f/∂X_lp = Σ_kqr (A_k)_ql ((A_k X A_kᵀ + I)⁻¹)_rq (A_k)_rp",
    ),
    ("sum_k A_k X A_k'", "X", "A_k: m×n, X: n×n", "∂F_ij/∂X_lp = Σ_k (A_k)_il (A_k)_jp"),
    ("sum_i x_i x_i' W", "x", "x_i: n, W: n×n", "∂F_ij/∂x_kl = δ_il Σ_p x_kp W_pj + x_ki W_lj"),
    ("sum_{i≠j} exp(X_ij)", "X", "X: N×N", "∂f/∂X_kl = exp(X_kl) − δ_kl exp(X_kk)"),
    (
        "sum_{i=1}^{n-1} exp(x_{i+1} - x_i)",
        "x",
        "x: n",
        "∂f/∂x_k = [k ≥ 2] exp(x_k − x_(k − 1)) − [k < n] exp(x_(k + 1) − x_k)",
    ),
    ("prod_i (a_i'x)", "x", "a_i: n", "∂f/∂x_k = Σ_i (Π_{j ≠ i} a_jᵀx) a_ik"),
    ("exp(x_1'x_2)", "x", "x_i: n", "∂f/∂x_kl = [k = 2] exp(x_1ᵀx_2) x_1,l + [k = 1] exp(x_1ᵀx_2) x_2,l"),
]


@pytest.mark.parametrize(("text", "wrt", "given", "printed"), PRINTED, ids=lambda part: str(part)[:40])
def test_they_are_verified_and_printed(text: str, wrt: str, given: str, printed: str) -> None:
    found = mg.derive(text, wrt, given=f"{given}, {RANGES}", form="components")
    assert found.verification.verified
    assert str(found) == printed
    assert found.line("latex").startswith(r"\frac{\partial ")
    assert found.line("text").isascii()


def test_latex() -> None:
    found = mg.derive(
        MIXTURE, "m", given=f"pi_k: scalar positive, m_k: n, x_i: n, {RANGES}", form="components"
    )
    assert found.line("latex") == (
        r"\frac{\partial f}{\partial m_{kl}} = \sum_{i} \frac{\pi_{k} "
        r"\exp\left(-\frac{1}{2} \|x_{i} - m_{k}\|^{2}\right) (x_{il} - m_{kl})}"
        r"{\sum_{j} \pi_{j} \exp\left(-\frac{1}{2} \|x_{i} - m_{j}\|^{2}\right)}"
    )


def test_values_are_those_of_the_gradient() -> None:
    given = f"pi_k: scalar positive, m_k: n, x_i: n, {RANGES}"
    rng = np.random.default_rng(0)
    x, m, p = rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), rng.uniform(0.5, 1, size=2)
    shown = mg.derive(MIXTURE, "m", given=given, form="components").expr
    assert isinstance(shown, Components)
    density = p * np.exp(-((x[:, None] - m) ** 2).sum(axis=2) / 2)
    shares = density / density.sum(axis=1, keepdims=True)
    wanted = np.einsum("nk,nkd->kd", shares, x[:, None] - m)
    for k, entry in product(range(2), range(3)):
        place = {shown.places[0]: k + 1, shown.x_row: entry + 1}
        values = [
            mg.evaluate(as_expression(term), {"x": x, "m": m, "pi": p, **place}) for term in shown.terms
        ]
        assert sum(values) == pytest.approx(wanted[k, entry])
