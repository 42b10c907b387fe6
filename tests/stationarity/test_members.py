"""Members of families, several constraints in one text, and what is asked or said beside an answer."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.stationarity import said

MIXTURE = "r_ik: positive scalar, x_i: d, m_k: d, S_k: d×d spd, pi_k: positive scalar, i=1..N, k=1..K"


def test_the_m_step_of_a_mixture_member_by_member() -> None:
    f = "sum_i sum_k r_ik (log(pi_k) - 1/2 (x_i - m_k)' S_k^-1 (x_i - m_k) - 1/2 logdet(S_k))"
    found = mg.stationary(f, ("pi_k", "m_k", "S_k"), given=MIXTURE, subject_to="sum_k pi_k = 1")
    assert found.lines() == [
        "π_k = Σ_i r_ik/(Σ_{i, j} r_ij)",
        "m_k = Σ_i r_ik x_i/(Σ_i r_ik)",
        "S_k = Σ_i r_ik (x_i − m_k)(x_i − m_k)ᵀ/(Σ_i r_ik)",
    ]
    assert (found.nature, found.verification.verified) == ("maximum", True)


def test_members_that_meet_are_not_taken_apart() -> None:
    given = "m_k: d, c: d, j=1..K, k=1..K"
    found = mg.stationary("sum_k norm(c - m_k)^2 + norm(sum_k m_k)^2", "m_k", given=given)
    assert not found.lines()[0].startswith("m_k = c")


def test_constraints_of_one_text() -> None:
    one = mg.stationary("w' S w", "w", given="S: n×n spd", subject_to="sum(w) = 1; mu' w = r")
    two = mg.stationary("w' S w", "w", given="S: n×n spd", subject_to=["sum(w) = 1", "mu' w = r"])
    assert str(one) == str(two) == "w = S⁻¹Cᵀ(CS⁻¹Cᵀ)⁻¹[1; r] where C = [𝟏ᵀ; μᵀ]"


def test_procrustes_asks_for_a_square_matrix() -> None:
    with pytest.raises(mg.ArgumentError, match="for a square one there is") as caught:
        mg.stationary("norm(A Q - B)^2", "Q", subject_to="Q' Q = I")
    given = str(caught.value.fix).removeprefix("declare ")
    found = mg.stationary("norm(A Q - B)^2", "Q", given=given, subject_to="Q' Q = I")
    assert str(found) == "Q = polar(AᵀB)"
    assert mg.stationary("tr(Q' M)", "Q", subject_to="Q' Q = I").verification.verified


def test_signs_of_an_answer_are_explained() -> None:
    found = mg.stationary("tr(W' A W)", "W", given="A: n×n symmetric, W: n×k", subject_to="W' W = I")
    assert str(found) == "W = V(A)[:, n - k + 1:n]"
    assert [mg.stationarity.said(legend) for legend in found.legends] == [
        "V(S) are the orthonormal eigenvectors of S, in the order of the eigenvalues",
        "V(A)[:, n - k + 1:n] are the last k columns of V(A)",
    ]


def test_natures_that_hang_on_data() -> None:
    found = mg.stationary("sum_i (l - x_i log(l))", "l", given="x_i: scalar, l: scalar, i=1..N")
    # Where log(l) is defined, Σ_i x_i is positive: that is a condition of the point, not of its nature.
    assert (found.nature, [said(c) for c in found.conditions]) == ("minimum", ["Σ_i x_i is positive"])
    open_one = mg.stationary("n' log(p)", "p", subject_to="sum(p) = 1")
    assert open_one.reasons[-1] == "a maximum if the entries of n are positive: declare that"
    closed = mg.stationary("n' log(p)", "p", given="n: K positive", subject_to="sum(p) = 1")
    assert (str(closed), closed.nature) == ("p = n/sum(n)", "maximum")
