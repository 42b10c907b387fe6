"""Derivatives of sums over data: by shared parameters, by members, by entries, and by two members."""

from __future__ import annotations

import re

import numpy as np
import pytest

import matgrad as mg
from matgrad.ops.indices.members import Family

POINTS = "x_i: d, y_i: scalar, i = 1..N, w: d, mu: d, S: d×d SPD"
MIXTURE = "x_n: d, n = 1..N, pi_k: scalar positive, mu_k: d, Sigma_k: d×d SPD, k = 1..K"
DENSITY = "exp(-1/2 (x_n - mu_k)' inv(Sigma_k) (x_n - mu_k)) / sqrt(det(Sigma_k))"
PAIRS = "q_i: scalar, r_i: 3, i = 1..n"

CASES = [
    ("sum_i (y_i - w'x_i)^2", POINTS, "w", "∂f/∂w = −2Σ_i (y_i − wᵀx_i)x_i"),
    ("sum_i (y_i - w'x_i)^2", POINTS, "x", "∂f/∂x_k = 2(wᵀx_k − y_k)w"),
    ("sum_i (y_i - w'x_i)^2", POINTS, "y", "∂f/∂y_k = 2(y_k − wᵀx_k)"),
    ("-1/2 sum_i (x_i - mu)' inv(S) (x_i - mu)", POINTS, "mu", "∂f/∂μ = S⁻¹(Σ_i (x_i − μ))"),
    ("sum_i log(1 + exp(-y_i w'x_i))", POINTS, "w", "∂f/∂w = −Σ_i y_i σ(−y_i wᵀx_i)x_i"),
    ("sum_j norm(A_j X - B_j)^2", "A_j: p×n, B_j: p×q, j = 1..m, X: n×q", "A", "∂f/∂A_k = 2(A_k X − B_k)Xᵀ"),
    ("1/2 sum_{i!=j} q_i q_j/norm(r_i - r_j)", PAIRS, "r",
     "∂f/∂r_k = q_k Σ_{i ≠ k} q_i (r_i − r_k)/‖r_i − r_k‖³"),
    ("1/2 sum_{i!=j} q_i q_j/norm(r_i - r_j)", PAIRS, "q", "∂f/∂q_k = Σ_{i ≠ k} q_i/‖r_i − r_k‖"),
    ("-logdet(-sum_i x_i F_i - G)", "F_i: m×m symmetric, x_i: scalar, i = 1..n, G: m×m symmetric", "x",
     "∂f/∂x_k = −tr(F_k (G + Σ_i x_i F_i)⁻¹)"),
    ("c prod_{j=1}^n x_j^a_j", "c: scalar, x: n positive, a: n", "x",
     "∂f/∂x_k = c a_k x_k^(a_k−1)Π_{i ≠ k} x_i^a_i"),
    ("sum_{p,q} x_p M_pq x_q", "M: n×n, x: n", "M", "∂f/∂M = xxᵀ"),
    ("sum_{i,j} abs(X_ij - Y_ij)", "X: m×n, Y: m×n", "X", "∂f/∂X = sign(X − Y)"),
    ("-sum_{i>j} J_ij s_i s_j", "J: n×n, s: n", "s", "∂f/∂s_k = −Σ_{i > k} s_i J_ik − Σ_{i < k} s_i J_ki"),
    ("sum_i x_i^2", "x: n", "x", "∂f/∂x = 2x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "wrt", "line"), CASES)
def test_it_is_what_a_textbook_prints(text: str, given: str, wrt: str, line: str) -> None:
    result = mg.derive(text, wrt, given=given)
    assert result.verification.verified
    assert str(result) == line


@pytest.mark.parametrize("wrt", ["mu", "Sigma", "pi"])
def test_mixtures_are_verified_by_every_parameter(wrt: str) -> None:
    result = mg.derive(f"sum_n log(sum_k pi_k {DENSITY})", wrt, given=MIXTURE)
    assert result.verification.verified
    assert f"∂f/∂{ {'mu': 'μ', 'Sigma': 'Σ', 'pi': 'π'}[wrt] }_k = " in str(result)


def test_a_shifted_member_belongs_to_two_terms() -> None:
    """Σ_{i=2}^n (x_i − x_{i−1})² by x_k, at the ends and between them."""
    x = np.array([0.3, -1.2, 2.0, 0.7])
    whole = mg.gradient("sum_{i=2}^n (x_i - x_{i-1})^2", "x", given="x: n")
    expected = np.zeros(4)
    expected[1:] += 2 * np.diff(x)
    expected[:-1] -= 2 * np.diff(x)
    np.testing.assert_allclose(mg.evaluate(whole, {"x": x}), expected)


def test_second_derivatives_by_two_members() -> None:
    """Σ_{i<j} ‖x_i − x_j‖⁴/4: the part with δ_kl and the part without, against a difference quotient."""
    result = mg.derive("sum_{i<j} norm(x_i - x_j)^4/4", "x", given="x_i: d, i = 1..N", order=2)
    shown = result.by_member
    assert shown is not None
    assert isinstance(result.variable, Family)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4, 3))

    def gradient(at: np.ndarray, k: int) -> np.ndarray:
        apart = at[k] - np.delete(at, k, axis=0)
        return np.asarray((apart**2).sum(axis=1) @ apart)

    for k, other in ((0, 0), (0, 2), (3, 1), (2, 2)):
        columns = []
        for entry in range(3):
            step = np.zeros_like(x)
            step[other, entry] = 1e-6
            columns.append((gradient(x + step, k) - gradient(x - step, k)) / 2e-6)
        names = [place.sort_key for places in shown.places for place in places]
        value = mg.evaluate(shown.expr, {"x": x, names[0]: k + 1, names[1]: other + 1})
        np.testing.assert_allclose(value, np.array(columns).T, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("sum_{i<j} w_ij norm(x_i - x_j)", "x_i: d, w_ij: scalar, i = 1..N, j = 1..N"),
        ("sum_{i<j} (norm(x_i - x_j) - w_ij)^2", "x_i: d, w_ij: scalar, i = 1..N, j = 1..N"),
    ],
)
def test_what_has_no_value_on_the_diagonal_is_not_evaluated_there(text: str, given: str) -> None:
    """1/‖x_i − x_j‖ stands under i < j in every second derivative, and each part says where it holds once."""
    result = mg.derive(text, "x", given=given, order=2)
    assert result.verification.verified
    assert re.search(r"\[. = .\] [+−] \[. = .\]", str(result)) is None


@pytest.mark.parametrize(
    "text",
    [
        "(sum_{j<i} p_j)^2",
        "(sum_i (sum_{j<i} w_jj))^2",
        "exp(sum_i p_i sum_{j<i} p_j)",
        "(prod_i p_i)^2 (sum_{i<j} p_i p_j)^2",
        "norm(sum_{i<j} p_i p_j x_i)^4",
    ],
)
@pytest.mark.parametrize("wrt", ["p", "w"])
def test_a_sum_beside_what_stands_under_that_very_sum_catches_nothing(text: str, wrt: str) -> None:
    """In a gradient of a power of a sum both have one name for their index."""
    given = "w_ij: scalar, p_i: scalar, x_i: d, i = 1..N, j = 1..N"
    assert mg.derive(text, wrt, given=given).verification.verified
    assert mg.derive(text, wrt, given=given, form="components").verification.verified
