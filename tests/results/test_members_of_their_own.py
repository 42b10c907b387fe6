"""Names that authors define with indices come back in results, where they shorten them."""

from __future__ import annotations

import pytest

import matgrad as mg

SPHERES = "x_n: D, mu_k: D, pi_k: scalar positive, n = 1..N, k = 1..K"
SHARES = "gamma_nk = pi_k exp(-norm(x_n-mu_k)^2/2)/(sum_k pi_k exp(-norm(x_n-mu_k)^2/2))"
MIXTURE = f"sum_n log(sum_k pi_k exp(-norm(x_n - mu_k)^2/2)) where {SHARES}"
LINES = "x_n: D, w: D, y_n: scalar, n = 1..N"
LOGISTIC = "sum_n (s_n - y_n)^2 where s_n = sigmoid(w'x_n)"
RESIDUALS = "sum_n e_n^2 where e_n = y_n - w'x_n"


@pytest.mark.parametrize(
    ("text", "given", "wrt", "printed"),
    [
        (MIXTURE, SPHERES, "mu", "∂f/∂μ_k = Σ_n γ_nk (x_n − μ_k) where γ_nk = "),
        (MIXTURE, SPHERES, "pi", "∂f/∂π_k = Σ_n γ_nk/π_k where γ_nk = "),
        (MIXTURE, SPHERES, "x", "∂f/∂x_n = Σ_k γ_nk (μ_k − x_n) where γ_nk = "),
        (LOGISTIC, LINES, "w", "∂f/∂w = −2Σ_n s_n (s_n − 1)(s_n − y_n)x_n where s_n = σ(wᵀx_n)"),
        (RESIDUALS, LINES, "w", "∂f/∂w = −2Σ_n e_n x_n where e_n = y_n − wᵀx_n"),
    ],
)
def test_they_come_back(text: str, given: str, wrt: str, printed: str) -> None:
    found = mg.derive(text, wrt, given=given)
    assert found.verification.verified
    assert str(found).startswith(printed)


def test_they_come_back_in_every_medium() -> None:
    found = mg.derive(RESIDUALS, "w", given=LINES)
    assert found.right_side("text") == "-2 sum_n e_n x_n where e_n = y_n - w' x_n"
    assert (
        found.right_side("latex")
        == r"-2 \sum_{n} e_{n} x_{n} \quad\text{where } e_{n} = y_{n} - w^{\top} x_{n}"
    )
    assert mg.check(RESIDUALS, "w", found.right_side("text"), given=LINES).correct


def test_a_name_that_says_something_else_stays_away() -> None:
    found = mg.derive("sum_n (y_n - w'x_n)^2 where e_n = y_n - 2 w'x_n", "w", given=LINES)
    assert "e_n" not in str(found)
